"""Small servers for these tests: each connection is handed to a function, and what it received is kept."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.wire.records import Exchange

KEY = "k3y-0123456789abcdef"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n" + b'{"request_id":"1"}'


@dataclass
class Server:
    """A listening socket on loopback and what has come in through it."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Where pushes go."""
        return f"http://127.0.0.1:{self.port}/event/push/alert/standard"


def read_request(sock: socket.socket) -> bytes:
    """One request with a Content-Length body, or what came of it before the other side closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(it[15:]) for it in head.split(b"\r\n") if it.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = sock.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving(handler: Callable[[socket.socket, Server], None]) -> Iterator[Server]:
    """Run the handler for each connection, in a thread of its own; its connection errors are of no interest."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = Server(listener.getsockname()[1])
    stopped = threading.Event()
    open_sockets: list[socket.socket] = []

    def one(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            handler(sock, server)

    def accept() -> None:
        while not stopped.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.connections += 1
            open_sockets.append(sock)
            threading.Thread(target=one, args=(sock,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stopped.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for sock in open_sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def answering(*replies: bytes) -> Callable[[socket.socket, Server], None]:
    """Return a handler that reads requests and answers each with the next reply; the last one is repeated."""

    def handler(sock: socket.socket, server: Server) -> None:
        while request := read_request(sock):
            server.requests.append(request)
            sock.sendall(replies[min(len(server.requests), len(replies)) - 1])

    return handler


def saying(reply: bytes, *, then_close: bool = True) -> Callable[[socket.socket, Server], None]:
    """Return a handler that answers the first request with these bytes, and closes or falls silent."""

    def handler(sock: socket.socket, server: Server) -> None:
        server.requests.append(read_request(sock))
        sock.sendall(reply)
        if not then_close:
            time.sleep(30)

    return handler


def endless(first: bytes, again: bytes, pause: float = 0.0) -> Callable[[socket.socket, Server], None]:
    """Return a handler that never stops talking."""

    def handler(sock: socket.socket, server: Server) -> None:
        server.requests.append(read_request(sock))
        sock.sendall(first)
        while True:
            sock.sendall(again)
            if pause:
                time.sleep(pause)

    return handler


@contextlib.contextmanager
def client_of(
    server: Server, timeout: float = 5.0, query: str = "", **options: object
) -> Iterator[tuple[Client, list[Exchange]]]:
    """Make a client for the server, unpaced, and the list of exchanges that it makes."""
    target = Target.from_options(server.url + query, KEY, exchange_timeout=timeout, **options)  # type: ignore[arg-type]
    seen: list[Exchange] = []
    client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=seen.append)
    try:
        yield client, seen
    finally:
        client.close()
