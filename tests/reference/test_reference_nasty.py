"""Whatever is sent, and whatever a rule does, the answer is in the envelope and the server stays up."""

from __future__ import annotations

import http.client
import re
import socket
from typing import TYPE_CHECKING

import pytest
import requests
from reference_client import Client, refused

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.records import Alert, Event, Exchange, Reply

NASTY = {
    "empty": b"",
    "cut off": b'{"title_rule":',
    "two documents": b"{}{}",
    "deep array": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "deep member": b'{"title_rule":"t","event_status":"Info","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "not utf-8": b'{"title_rule":"\xff\xfe","event_status":"Info"}',
    "byte order mark": b'\xef\xbb\xbf{"title_rule":"t","event_status":"Info"}',
    "nan": b'{"title_rule":"t","event_status":"Info","x":NaN}',
    "huge number": b'{"title_rule":"t","event_status":"Info","x":' + b"9" * 100_000 + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "raw control": b'{"title_rule":"a\x01","event_status":"Info"}',
    "5 MiB": b'{"title_rule":"' + b"t" * 5 * 2**20 + b'","event_status":"Info"}',
}
ODD = {
    "lone surrogate": rb'{"title_rule":"\ud800","event_status":"Info","alert_key":"\udfff","labels":{"\ud800":"x"}}',
    "huge exponent": b'{"title_rule":"t","event_status":"Info","x":1e999999}',
    "nul": rb'{"title_rule":"\u0000","event_status":"Info","alert_key":"a\u0000b","description":"\u0000"}',
    "duplicate keys": b'{"title_rule":"a","title_rule":"b","event_status":"Info"}',
    "1 MiB": b'{"title_rule":"t","event_status":"Info","description":"' + b"d" * 2**20 + b'"}',
}


@pytest.mark.parametrize("body", [*NASTY.values(), *ODD.values()], ids=[*NASTY, *ODD])
def test_no_body_brings_the_server_down(client: Client, body: bytes) -> None:
    """Whatever is sent, the answer is in the envelope and no 5xx, and the next event is accepted."""
    reply = client.raw(body)
    assert reply.status_code < 500
    assert reply.json()["request_id"]
    assert ("error" in reply.json()) == (reply.status_code != 200)
    assert client.push().status_code == 200
    assert client.page()["items"]


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_what_is_refused_is_not_stored(client: Client, body: bytes) -> None:
    """A refused body leaves no alert."""
    assert client.raw(body).status_code in (400, 413)
    assert client.alerts() == []


@pytest.mark.parametrize(
    "request_line",
    [b"FOO /event/push/alert/standard HTTP/1.1", b"GARBAGE", b"CONNECT x:1 HTTP/1.1", b"POST /\xff HTTP/1.1"],
)
def test_what_is_not_http_is_answered_in_the_envelope(client: Client, request_line: bytes) -> None:
    """An invented method, or no HTTP at all, gets an envelope too."""
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=5) as sock:
        sock.sendall(request_line + b"\r\nHost: x\r\n\r\n")
        reply = http.client.HTTPResponse(sock)
        reply.begin()
        assert reply.status in (400, 404)
        assert re.search(rb'"request_id":"\w+","error":\{"code":"\w+"', reply.read())
        reply.close()


def test_a_rule_sees_header_names_as_sent_and_may_hang_up(run: Callable[..., Client]) -> None:
    """A fault can look at the case of a header's name, tell connections apart, and cut one without a reply."""
    seen = []

    class Rude(Rules):
        """Hangs up on one title."""

        def success(self, ctx: Exchange, event: Event) -> Reply:
            """Hang up, or not."""
            seen.append((ctx.peer, dict(ctx.raw_headers)))
            reply = super().success(ctx, event)
            reply.hang_up = event.title == "rude"
            return reply

    client = run(Rude())
    client.raw('{"title_rule":"t","event_status":"Info"}', cONTENT_type="application/json")
    assert seen[0][1]["cONTENT-type"] == "application/json"
    with pytest.raises(requests.ConnectionError):
        client.push(title_rule="rude")
    assert client.push().status_code == 200
    assert seen[0][0] == seen[1][0] != seen[2][0]


def test_a_rule_that_breaks_is_an_internal_error(run: Callable[..., Client]) -> None:
    """An exception in a rule becomes InternalError in the envelope."""

    class Broken(Rules):
        """Breaks on one status."""

        def update_severity(self, ctx: Exchange, alert: Alert, event: Event) -> None:
            """Break."""
            raise KeyError(event.status)

    client = run(Broken())
    client.push(alert_key="k")
    refused(client.push(alert_key="k"), "InternalError", 500)
    assert client.push(alert_key="other").status_code == 200
