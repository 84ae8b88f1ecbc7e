"""Connections: kept alive, named, renewed without repeating a push, and safe when the other side breaks off."""

from __future__ import annotations

import socket
import struct
import threading
import time

import pytest
from wire_servers import OK, Server, answering, client_of, read_request, serving

from conformance.model.scenario import Push
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

PUSH = Push(b"{}")


def reset(sock: socket.socket) -> None:
    """Close with a reset instead of an orderly end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_one_connection_carries_many_pushes() -> None:
    """Connections are kept alive, and the exchange says whether it used one."""
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        for _ in range(5):
            client.push(PUSH, Note())
        assert server.connections == 1
    assert [exchange.reused for exchange in seen] == [False, True, True, True, True]
    assert [exchange.n for exchange in seen] == [1, 2, 3, 4, 5]


def test_a_named_connection_is_its_own_and_shared_by_its_scenario() -> None:
    """Pushes that name a connection use that one and no other."""
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        for name, scenario in (("", "s"), ("a", "s"), ("", "s"), ("a", "s"), ("b", "s"), ("a", "t"), ("a", "s")):
            client.push(Push(b"{}", connection=name), Note(scenario))
        assert server.connections == 4
    assert [exchange.reused for exchange in seen] == [False, False, True, True, False, False, True]


def test_a_connection_that_carried_a_refusal_is_used_again_only_by_name() -> None:
    """What a target does to such a connection shows where it is looked for, and nowhere else."""
    refusal = OK.replace(b"200 OK", b"400 Bad Request")
    with serving(answering(refusal)) as server, client_of(server) as (client, seen):
        for name in ("", "", "a", "a"):
            client.push(Push(b"{}", connection=name), Note("s"))
        assert server.connections == 3
    assert [exchange.reused for exchange in seen] == [False, False, False, True]


def test_a_scenario_that_is_over_hangs_up() -> None:
    """Its named connections are closed, those of others stay."""
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        for scenario in ("s", "t"):
            client.push(Push(b"{}", connection="a"), Note(scenario))
        client.hang_up("s")
        for scenario in ("s", "t"):
            client.push(Push(b"{}", connection="a"), Note(scenario))
    assert [exchange.reused for exchange in seen] == [False, False, False, True]


def test_many_named_connections_do_not_pile_up() -> None:
    """Connections of scenarios long past are closed."""
    with serving(answering(OK)) as server, client_of(server) as (client, _):
        for number in range(100):
            client.push(Push(b"{}", connection="a"), Note(f"s{number}"))
        assert len(client._named) <= 32


def test_idle_connections_are_let_go_of_but_for_some() -> None:
    """A target that serves few connections at once has room again: named ones go as well."""
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        meeting = threading.Barrier(4)

        def go() -> None:
            meeting.wait(5)
            client.push(PUSH, Note())

        threads = [threading.Thread(target=go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.push(Push(b"{}", connection="a"), Note("s"))
        client.let_go(1)
        assert (len(client._idle), len(client._named)) == (1, 0)
        client.push(PUSH, Note())
        client.push(Push(b"{}", connection="a"), Note("s"))
    assert [exchange.reused for exchange in seen[-2:]] == [True, False]


def test_a_connection_closed_while_idle_is_replaced_before_anything_is_sent() -> None:
    """A server that closes after its reply without saying so gets each push once, on a new connection."""

    def handler(sock: socket.socket, server: Server) -> None:
        server.requests.append(read_request(sock))
        sock.sendall(OK)

    with serving(handler) as server, client_of(server) as (client, seen):
        for _ in range(3):
            client.push(PUSH, Note())
            time.sleep(0.05)
        assert len(server.requests) == server.connections == 3
    assert all(exchange.reply is not None and not exchange.reused for exchange in seen)


@pytest.mark.parametrize("how", [reset, socket.socket.close])
def test_a_whole_push_that_was_never_answered_is_not_sent_again(how) -> None:  # noqa: ANN001
    """Pushes are not idempotent: a connection lost after the request went out is a problem, not a second push."""

    def handler(sock: socket.socket, server: Server) -> None:
        server.requests.append(read_request(sock))
        sock.sendall(OK)
        server.requests.append(read_request(sock))
        how(sock)

    with serving(handler) as server, client_of(server) as (client, _):
        client.push(PUSH, Note())
        exchange = client.push(PUSH, Note())
        time.sleep(0.05)
        assert len(server.requests) == 2
    assert exchange.problem is not None
    assert exchange.problem.kind == "reset"
    assert exchange.reused
    assert not exchange.resent


def test_a_push_cut_off_in_the_middle_of_sending_is_sent_again_on_a_new_connection() -> None:
    """What was never whole cannot have been acted on, so sending it again is harmless; the record says so."""
    big = Push(b"x" * 8_000_000)

    def handler(sock: socket.socket, server: Server) -> None:
        if server.connections > 1:
            answering(OK)(sock, server)
            return
        read_request(sock)
        sock.sendall(OK)
        sock.recv(1000)
        reset(sock)

    with serving(handler) as server, client_of(server) as (client, _):
        client.push(PUSH, Note())
        exchange = client.push(big, Note())
    assert exchange.reply is not None
    assert exchange.resent
    assert [len(request.partition(b"\r\n\r\n")[2]) for request in server.requests] == [8_000_000]


def test_on_a_new_connection_a_cut_off_push_is_a_problem() -> None:
    """A target that cuts every long request off is not asked again and again."""

    def handler(sock: socket.socket, server: Server) -> None:
        sock.recv(1000)
        reset(sock)

    with serving(handler) as server, client_of(server) as (client, _):
        exchange = client.push(Push(b"x" * 8_000_000), Note())
        assert server.connections == 1
    assert exchange.problem is not None
    assert exchange.problem.kind == "reset"


def test_an_early_refusal_of_a_long_body_is_read() -> None:
    """A server that answers 413 and reads no further has answered; it is not a timeout."""

    def handler(sock: socket.socket, server: Server) -> None:
        sock.recv(1000)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")
        time.sleep(5)

    with serving(handler) as server, client_of(server, 3.0) as (client, _):
        exchange = client.push(Push(b"x" * 30_000_000), Note())
    assert exchange.reply is not None
    assert exchange.reply.status == 413
    assert exchange.seconds < 2  # far below what the target would take


def test_a_target_that_does_not_read_is_a_timeout() -> None:
    """Sending counts towards the time limit."""
    with serving(lambda *_: time.sleep(5)) as server, client_of(server, 0.4) as (client, _):
        exchange = client.push(Push(b"x" * 30_000_000), Note())
    assert exchange.problem is not None
    assert exchange.problem.kind == "timeout"
    assert exchange.seconds < 2  # far below what the target would take


def test_an_exchange_that_is_cut_because_the_run_is_over_says_nothing_of_the_target() -> None:
    """It is no timeout: the target had less time than it was promised."""
    with serving(lambda *_: time.sleep(5)) as server, client_of(server) as (client, _):
        client.allowed = lambda: 0.2
        exchange = client.push(PUSH, Note())
    assert exchange.problem is not None
    assert exchange.problem.kind == "out-of-time"


def test_bytes_beyond_the_announced_body_are_never_taken_for_the_next_reply() -> None:
    """After a reply longer than its Content-Length the connection is not used again."""
    smuggled = b"HTTP/1.1 500 Not Yours\r\nContent-Length: 0\r\n\r\n"

    def handler(sock: socket.socket, server: Server) -> None:
        while request := read_request(sock):
            server.requests.append(request)
            sock.sendall(OK + smuggled)

    with serving(handler) as server, client_of(server) as (client, _):
        replies = [client.push(PUSH, Note()).reply for _ in range(3)]
        assert server.connections == 3
    assert [reply.status for reply in replies if reply] == [200, 200, 200]


@pytest.mark.parametrize(
    "reply",
    [
        OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1),
        OK.replace(b"HTTP/1.1", b"HTTP/1.0"),
        OK.replace(b"\r\n", b"\r\nTransfer-Encoding: chunked\r\n", 1).replace(b'{"request_id":"1"}', b"0\r\n\r\n"),
    ],
)
def test_a_connection_that_cannot_be_trusted_with_another_request_is_closed(reply: bytes) -> None:
    """Connection: close, HTTP/1.0, and two framings at once each end the connection."""
    with serving(answering(reply)) as server, client_of(server) as (client, _):
        client.push(PUSH, Note())
        assert client.push(PUSH, Note()).reply is not None
        assert server.connections == 2


def test_sixteen_threads_share_a_client() -> None:
    """Each exchange in flight has a connection of its own, numbers are unique, and replies are not mixed up."""

    def handler(sock: socket.socket, server: Server) -> None:
        while request := read_request(sock):
            body = request.partition(b"\r\n\r\n")[2]
            time.sleep(0.002)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    with serving(handler) as server, client_of(server) as (client, seen):

        def work(name: int) -> None:
            for turn in range(20):
                client.push(Push(b"%d-%d" % (name, turn)), Note())

        threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.connections <= 16
    assert sorted(exchange.n for exchange in seen) == list(range(1, 321))
    assert all(exchange.reply is not None and exchange.reply.body == exchange.sent.body for exchange in seen)


def client_for(url: str, **options: object) -> Client:
    """Return a client for a URL that need not be one of our servers."""
    target = Target.from_options(url, "k3y-0123456789abcdef", exchange_timeout=2.0, **options)  # type: ignore[arg-type]
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


def test_a_netrc_file_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # noqa: ANN001
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
