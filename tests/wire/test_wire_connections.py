"""Connections: kept alive, named, let go of, and closed where they cannot be trusted with another request."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from wire_servers import OK, Server, answering, client_of, read_request, serving

from conformance.model.scenario import Push
from conformance.wire.records import Note

PUSH = Push(b"{}")


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
