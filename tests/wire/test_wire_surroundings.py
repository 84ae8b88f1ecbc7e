"""The way to a target: a proxy only where one is given, nothing that lies about, and a name for each dead end."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from wire_servers import OK, Server, answering, client_of, serving

from conformance.model.scenario import Push
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

PUSH = Push(b"{}")


def client_for(url: str, **options: Any) -> Client:
    """Return a client for a URL that need not be one of our servers."""
    target = Target.from_options(url, "k3y-0123456789abcdef", exchange_timeout=2.0, **options)
    return Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:{closed}/x", "connect"),
        ("http://nowhere.invalid/x", "resolve"),
        ("https://127.0.0.1:{plain}/x", "tls"),
    ],
)
def test_a_target_that_cannot_be_reached_is_a_problem_with_a_name(url: str, kind: str) -> None:
    """No connection, no address and no TLS are told apart."""

    def plain_only(sock: socket.socket, _: Server) -> None:
        sock.recv(1000)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(plain_only) as server, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        client = client_for(url.format(closed=silent.getsockname()[1], plain=server.port))
        exchange = client.push(PUSH, Note())
        client.close()
    assert exchange.problem is not None
    assert exchange.problem.kind == kind, exchange.problem


def test_a_proxy_is_used_when_asked_for_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxies are ignored; a given one gets the whole URL."""
    with serving(answering(OK)) as proxy, serving(answering(OK)) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_of(server) as (client, _):
            client.push(PUSH, Note())
        assert proxy.connections == 0
        with client_of(server, proxy=f"http://user:p%40ss@127.0.0.1:{proxy.port}") as (client, _):
            client.push(PUSH, Note())
            client.push(PUSH, Note())
        assert server.connections == 1
    for request in proxy.requests:
        assert request.startswith(b"POST http://127.0.0.1:%d/event/push/alert/standard?integration_key=" % server.port)
        assert b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in request
        assert b"\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n" in request


def test_a_netrc_file_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials lying about on the machine are not sent to the target."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answering(OK)) as server, client_of(server) as (client, _):
        client.push(PUSH, Note())
    assert b"uthorization" not in server.requests[0]


def test_cookies_are_not_sent_back() -> None:
    """What one reply sets must not colour the next request."""
    reply = OK.replace(b"\r\n", b"\r\nSet-Cookie: a=b\r\n", 1)
    with serving(answering(reply)) as server, client_of(server) as (client, _):
        client.push(PUSH, Note())
        client.push(PUSH, Note())
    assert b"ookie" not in server.requests[1]
