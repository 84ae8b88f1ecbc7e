"""No secret in anything that is written: each spelling of a key is replaced, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import time
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_servers import KEY, answering, client_of, serving

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
