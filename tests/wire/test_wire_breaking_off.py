"""Exchanges that break off: no push is repeated that may have been acted on, and the problem has a name."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable

import pytest
from wire_servers import OK, Server, answering, client_of, read_request, serving

from conformance.model.scenario import Push
from conformance.wire.records import Note

PUSH = Push(b"{}")


def reset(sock: socket.socket) -> None:
    """Close with a reset instead of an orderly end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("how", [reset, socket.socket.close])
def test_a_whole_push_that_was_never_answered_is_not_sent_again(how: Callable[[socket.socket], None]) -> None:
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
