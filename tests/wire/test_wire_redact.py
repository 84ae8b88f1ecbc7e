"""No secret in anything that is written: each spelling of a key is replaced, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import time
import traceback
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_servers import KEY, answering, client_of, saying, serving

from conformance.model.scenario import Push
from conformance.wire.records import Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

AWKWARD = "ab/+ c&<>'\"\\é漢😀=%z-9"


def spellings(key: str) -> dict[str, str]:
    """Return the key in every form that a server or a library may put it in."""
    raw = key.encode()
    return {
        "raw": key,
        "quote": quote(key),
        "quote, no safe": quote(key, safe=""),
        "quote_plus": quote_plus(key),
        "lower hex": quote(key, safe="").lower() if key.islower() else quote(key, safe=""),
        "every byte": "".join(f"%{byte:02x}" for byte in raw),
        "every byte, upper": "".join(f"%{byte:02X}" for byte in raw),
        "twice": quote(quote(key, safe=""), safe=""),
        "JSON": json.dumps(key)[1:-1],
        "JSON, not ASCII": json.dumps(key, ensure_ascii=False)[1:-1],
        "JSON, slashes": json.dumps(key)[1:-1].replace("/", "\\/"),
        "JSON in JSON": json.dumps(json.dumps(key))[3:-3],
        "JSON, all escaped": "".join(f"\\u{ord(char):04X}" for char in key if ord(char) < 0x10000)
        if max(key) < "\U00010000"
        else json.dumps(key)[1:-1],
        "HTML": html.escape(key),
        "HTML, decimal": "".join(f"&#{ord(char)};" for char in key),
        "HTML, hex": "".join(f"&#x{ord(char):X};" for char in key),
        "HTML of a URL": html.escape(quote(key)),
        "hex": raw.hex(),
        "hex, upper": raw.hex().upper(),
        "latin-1": raw.decode("latin-1"),
        "upper case": key.upper() if key.isascii() else key,
    }


@pytest.mark.parametrize("key", [AWKWARD, KEY, "0123456789abcdefABCDEF", "p%2Fq+r s/t", "漢字漢字漢字"])
def test_every_spelling_of_a_key_becomes_its_name(key: str) -> None:
    """Raw, percent-encoded, JSON, HTML and hex, in text and in bytes."""
    redactor = Redactor({"NAME": key})
    for form, text in spellings(key).items():
        assert redactor.text(f"x {text} y") == "x $NAME y", form
        assert redactor.data(f"x {text} y".encode()) == b"x $NAME y", form


LATIN = 'K%2f+ "<é&=zQ7w'
APP = 'App/+= "<ü9xLm2'
MIXED_HEX = "".join(f"{byte:02X}"[0] + f"{byte:02x}"[1] for byte in LATIN.encode())
SPELT_IN_BYTES = {
    "latin-1": LATIN.encode("latin-1"),
    "latin-1, percent-encoded": quote(LATIN.encode("latin-1"), safe="").encode(),
    "UTF-8 read as latin-1": LATIN.encode().decode("latin-1").encode(),
    "UTF-8 read as latin-1, JSON": json.dumps(LATIN.encode().decode("latin-1"))[1:-1].encode(),
    "latin-1 read as UTF-8": LATIN.encode("latin-1").decode("utf-8", "replace").encode(),
    "latin-1 read as UTF-8, JSON": json.dumps(LATIN.encode("latin-1").decode("utf-8", "replace"))[1:-1].encode(),
    "UTF-8 read as ASCII": LATIN.encode().decode("ascii", "replace").encode(),
    "written in ASCII": LATIN.encode("ascii", "replace"),
    "repr of UTF-8": repr(LATIN.encode())[2:-1].encode(),
    "repr of latin-1": repr(LATIN.encode("latin-1"))[2:-1].encode(),
    "repr of UTF-8, upper case": repr(LATIN.encode())[2:-1].replace("xc3", "xC3").replace("xa9", "xA9").encode(),
    "ascii()": ascii(LATIN)[1:-1].encode(),
    "ascii() of ascii()": ascii(ascii(LATIN)[1:-1])[1:-1].encode(),
    "every byte as in C": "".join(f"\\x{byte:02x}" for byte in LATIN.encode()).encode(),
    "hex in mixed case": MIXED_HEX.encode(),
    "hex with colons": LATIN.encode().hex(":").encode(),
    "hex with blanks, upper case": LATIN.encode().hex(" ").upper().encode(),
    "hex of latin-1": LATIN.encode("latin-1").hex().encode(),
    "JSON, mixed case of hex": "".join(f"\\u{ord(char):04x}" for char in LATIN).replace("2f", "2F").encode(),
    "upper case": LATIN.upper().encode(),
    "lower case": LATIN.lower().encode(),
    "other case": LATIN.swapcase().encode(),
    "accents apart": unicodedata.normalize("NFD", LATIN).encode(),
    "accents apart, JSON": json.dumps(unicodedata.normalize("NFD", LATIN))[1:-1].encode(),
    "base32": base64.b32encode(LATIN.encode()).rstrip(b"="),
    "base64 of latin-1": base64.b64encode(LATIN.encode("latin-1")).rstrip(b"="),
    "percent-encoded three times": quote(quote(quote(LATIN, safe=""), safe=""), safe="").encode(),
}


@pytest.mark.parametrize("form", SPELT_IN_BYTES)
def test_a_key_in_another_charset_case_or_escaping_becomes_its_name(form: str) -> None:
    """Whatever a server's charset makes of the key, and whatever Python shows of that."""
    data = SPELT_IN_BYTES[form]
    clean = Redactor({"NAME": LATIN, "APP": APP}).data(b"x:" + data + b";y")
    assert clean.startswith(b"x:$NAME")
    assert clean.endswith(b";y")
    assert len(clean) <= len(b"x:$NAME;y") + 2  # of base32 two digits may be left over, which tell nothing


@pytest.mark.parametrize("key", [LATIN, APP, KEY, "漢字漢字漢字"])
@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [b"", b"x"])
def test_a_key_in_utf_16_becomes_its_name(key: str, charset: str, before: bytes) -> None:
    """With and without a mark, at even and odd places, plain and escaped as in JSON; the rest stays as it is."""
    redactor = Redactor({"NAME": key})
    for spelled in (key, json.dumps(key)[1:-1], json.dumps(key, ensure_ascii=False)[1:-1]):
        data = before + f'{{"é": "{spelled}", "z": 1}}'.encode(charset)
        assert redactor.data(data) == before + '{"é": "$NAME", "z": 1}'.encode(charset)


def test_bytes_that_look_like_utf_16_are_left_as_they_are() -> None:
    """Zero bytes alone alter nothing."""
    data = bytes(range(256)) * 9 + b"\0\xd8\0\xdc\0"
    assert Redactor({"NAME": LATIN}).data(data) is data


def test_question_marks_are_no_key() -> None:
    """Of a key in other scripts nothing is left when it is lost in decoding: ordinary text must not be taken for it."""
    redactor = Redactor({"NAME": "ключ-для", "SHORT": "é漢"})
    for text in ("????????", "??", "\ufffd" * 9, "key=??"):
        assert redactor.text(text) == text


def test_what_ends_in_the_middle_of_a_key_ends_with_its_name() -> None:
    """A sentence may show what came before the rest of the key did."""
    redactor = Redactor({"NAME": LATIN})
    assert redactor.beginning(b"x " + LATIN.encode()[:9]) == b"x $NAME"
    assert redactor.beginning(b"x " + LATIN.encode() + b" y") == b"x $NAME y"
    assert redactor.beginning(b"x K%2") == b"x K%2"


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
@pytest.mark.parametrize(
    "reply",
    [
        b"xxxxxxxxxxxxxxxxxxxxxxxxxxxx%b%b\r\n\r\n",
        b"HTTP/1.1 %b%b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n%b %b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: %b%b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %b%b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b%b\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: %b%b\r\nContent-Length: 1\r\n\r\nx",
    ],
)
def test_no_sentence_shows_a_key_that_the_target_sent_in_place_of_http(reply: bytes, charset: str) -> None:
    """What was seen is cleaned before it is escaped and cut: after that no key can be recognised."""
    said = reply % (LATIN.encode(charset), APP.encode(charset))
    with serving(saying(said)) as server, client_of(server, app_key=APP) as (client, _):
        client._redactor = Redactor({"INTEGRATION_KEY": LATIN, "APP_KEY": APP})
        exchange = client.push(Push(b"{}"), Note())
    assert exchange.problem is not None
    text = exchange.problem.text.lower()
    assert "$integration_key" in text
    for part in (LATIN[:4], LATIN[-4:], APP[:4], APP[-5:]):
        assert part.lower() not in text


def test_a_key_in_latin_1_is_in_no_header_reason_or_body() -> None:
    """Headers are read as latin-1, so that no spelling of UTF-8 would find it there."""
    raw = LATIN.encode("latin-1")
    reply = b"HTTP/1.1 200 %b\r\nX-K: %b\r\nX-%b: 1\r\nContent-Length: %d\r\n\r\n%b" % (
        raw, raw, MIXED_HEX.encode(), len(raw), raw,
    )  # fmt: skip
    with serving(answering(reply)) as server, client_of(server) as (client, _):
        client._redactor = Redactor({"NAME": LATIN})
        got = client.push(Push(b"{}"), Note()).reply
    assert got is not None
    assert (got.reason, got.headers[:2], got.body) == ("$NAME", (("X-K", "$NAME"), ("X-$NAME", "1")), b"$NAME")


@pytest.mark.parametrize("key", [AWKWARD, KEY])
@pytest.mark.parametrize("before", ["", "a", "bc"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_gives_a_key_away_at_no_alignment(key: str, before: str, encode) -> None:  # noqa: ANN001
    """However many bytes stand before the key, what is left of it in base64 is less than three characters."""
    clean = Redactor({"NAME": key}).data(encode(f"{before}{key}tail".encode()))
    assert b"$NAME" in clean
    assert len(clean.replace(b"$NAME", b"")) <= len(before) + 3 + 8


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30), st.data())
def test_spellings_may_be_mixed(key: str, data: st.DataObject) -> None:
    """Each character may be escaped in its own way."""
    ways = (str, lambda char: "".join(f"%{byte:02X}" for byte in char.encode()), lambda char: f"&#{ord(char)};")
    text = "".join(data.draw(st.sampled_from(ways))(char) for char in key)
    assert Redactor({"NAME": key}).text(text) == "$NAME"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_holds_no_key_is_left_as_it_is(data: bytes) -> None:
    """The very same object comes back, so that nothing has to be compared or copied."""
    assert Redactor({"NAME": KEY}).data(data) is data


def test_lone_surrogates_and_broken_utf8_survive_redaction() -> None:
    """Servers send both, and a crash in the redactor would be the worst of answers."""
    redactor = Redactor({"NAME": KEY})
    assert redactor.text(f"\ud800{KEY}\udfff") == "\ud800$NAME\udfff"
    assert redactor.data(b"\xff" + KEY.encode() + b"\xc3") == b"\xff$NAME\xc3"


def test_of_two_keys_that_begin_alike_the_longer_one_is_named() -> None:
    """A key that begins with another is not cut in two."""
    redactor = Redactor({"A": "key-123456", "B": "key-123456789"})
    assert redactor.text("key-123456789 key-123456") == "$B $A"


def test_a_short_key_is_replaced_only_where_a_key_stands() -> None:
    """A key of three characters would otherwise eat its way through every word."""
    redactor = Redactor({"K": "abc"})
    assert redactor.text("abc abcd xabc") == "abc abcd xabc"
    assert redactor.text("?integration_key=abc&x=abc") == "?integration_key=$K&x=abc"
    assert redactor.text('{"app_key": "abc", "x": "abc"}') == '{"app_key": "$K", "x": "abc"}'
    assert redactor.text("integration_key%3Dabc key=abcd") == "integration_key%3D$K key=abcd"


def test_of_a_url_only_the_names_of_parameters_are_shown() -> None:
    """Any value of a query may be a secret; of recorded URLs those are taken out that are named like one."""
    target = Target.from_options(f"http://h/p?app_key={quote(APP, safe='')}&x=1&access_token=t0ken-t0ken", KEY)
    assert target.shown_url == "http://h/p?app_key=…&x=…&access_token=…"
    assert (
        Redactor(target.secrets)
        .text(target.push_url)
        .endswith("?app_key=$QUERY_APP_KEY&x=1&access_token=$QUERY_ACCESS_TOKEN")
    )
    assert Target.from_options(f"http://h/p?integration_key={KEY}").shown_url == "http://h/p"


def test_nothing_to_hide_is_no_trouble() -> None:
    """A run without keys redacts nothing, and empty keys are none."""
    assert Redactor({}).text("abc") == "abc"
    assert Redactor({"K": ""}).text("abc") == "abc"


@pytest.mark.parametrize("noise", [b"\\" * 500_000, b"&#0" * 200_000, b"key " * 100_000, b"%25" * 200_000])
def test_hostile_text_does_not_stall_the_redactor(noise: bytes) -> None:
    """Megabytes of escape signs are searched in a time that grows no faster than they do."""
    started = time.process_time()
    redactor = Redactor({"NAME": AWKWARD, "SHORT": "abc", "OTHER": "\\\\\\\\&&%%00"})
    redactor.data(noise)
    assert time.process_time() - started < 3


@pytest.mark.parametrize("key", [AWKWARD, KEY])
def test_a_server_that_echoes_the_key_everywhere_gives_nothing_away(key: str) -> None:
    """The canary: whatever the reply holds, the exchange shows the key in no spelling."""
    texts = [text for text in spellings(key).values() if "\n" not in text]
    body = json.dumps([key, *texts]).encode() + base64.b64encode(key.encode())
    headers = "".join(f"X-{number}: {text}\r\n" for number, text in enumerate(texts)).encode()
    reply = b"HTTP/1.1 302 %b\r\nLocation: /?integration_key=%b\r\n%bContent-Length: %d\r\n\r\n%b" % (
        key.encode(), quote(key).encode(), headers, len(body), body,
    )  # fmt: skip
    with serving(answering(reply)) as server, client_of(server, second_key="s-e-c-o-n-d") as (client, _):
        object.__setattr__(client.target, "key", key)
        redacted = Redactor(client.target.secrets)
        client._redactor, client._requests = redacted, type(client._requests)(client.target)
        exchanges = [
            client.push(Push(key.encode(), query=(("a", key),), headers=(("X", key),), path=f"/{key}"), Note()),
            client.push(Push(b"{}", credential="main-encoded"), Note()),
            client.push(Push(b"{}", credential="second"), Note()),
        ]
    shown = repr(exchanges)
    for form, text in spellings(key).items():
        assert text not in shown, form
    assert base64.b64encode(key.encode())[:-4].decode() not in shown
    assert "s-e-c-o-n-d" not in shown
    assert "integration_key=$INTEGRATION_KEY" in exchanges[0].sent.url
    assert exchanges[2].sent.url.endswith("?integration_key=$SECOND_KEY")


def test_no_repr_and_no_traceback_shows_a_key() -> None:
    """Target, client and the errors that they raise can be printed."""
    options = {"second_key": "s" + KEY, "app_key": "a" + KEY, "accounts": {"NoLicense": "n" + KEY}}
    with serving(answering(b"nonsense")) as server:
        secret = {"headers": [("Authorization", "Bearer h" + KEY)], "proxy": f"http://u:{KEY}@127.0.0.1:{server.port}"}
        with client_of(server, **options, **secret) as (client, seen):
            client.push(Push(b"{}"), Note())
            shown = repr(client) + repr(client.target) + str(client.target) + repr(seen) + repr(client._redactor)
            shown += repr(client._requests.push(Push(b"{}")))
            for push in (Push(b"", method=" "), Push(b"", credential="account:X"), Push(b"", headers=(("a b", "c"),))):
                with pytest.raises(ValueError, match=r".") as caught:
                    client.push(push, Note())
                shown += "".join(traceback.format_exception(caught.value))
    for url in (f"ftp://h/?integration_key={KEY}", f"http:///x?integration_key={KEY}", f"http://h:x/?k={KEY}"):
        with pytest.raises(ValueError, match=r".") as caught:
            Target.from_options(url, None)
        shown += str(caught.value)
    assert KEY not in shown


def test_what_a_gateway_header_or_a_proxy_password_holds_is_a_secret_too() -> None:
    """They are given on the same command line, and would end up in the same reports."""
    target = Target.from_options(
        "http://h/",
        KEY,
        headers=[("Authorization", "Bearer t0ken-t0ken"), ("X-Env", "staging")],
        proxy="http://user:p%40ssw0rd@127.0.0.1:1",
    )
    redactor = Redactor(target.secrets)
    assert (
        redactor.text("Bearer t0ken-t0ken p@ssw0rd staging") == "Bearer $HEADER_AUTHORIZATION $PROXY_PASSWORD staging"
    )
