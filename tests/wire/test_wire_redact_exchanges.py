"""No secret in what is written of an exchange: its parts, its sentences, its URL, and what Python shows of it."""

from __future__ import annotations

import base64
import json
import traceback
from urllib.parse import quote

import pytest
from wire_servers import KEY, answering, client_of, saying, serving
from wire_spellings import APP, AWKWARD, LATIN, MIXED_HEX, spellings

from conformance.model.scenario import Push
from conformance.wire.records import Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target


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
