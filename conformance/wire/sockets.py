"""Connects, sends and receives on sockets within one deadline; knows nothing of HTTP.

Each single operation gets what is left of the time limit of the whole exchange, so bytes that drip in one at a time do
not prolong it.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from typing import Any

from conformance.wire.http1 import Trouble

CHUNK = 64 * 1024
_INTERIM = {b"HTTP/1.1 1", b"HTTP/1.0 1"}


class Deadline:
    """The moment at which an exchange is over, whatever it is doing."""

    __slots__ = ("_at",)

    def __init__(self, at: float) -> None:
        """Take a moment of the monotonic clock."""
        self._at = at

    def left(self, doing: str, kind: str = "timeout") -> float:
        """Return the seconds until then; past it is trouble."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise Trouble(kind, f"the time limit of the whole exchange ran out {doing}")
        return left


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connected socket, the addresses of the name tried in turn within the deadline."""
    failure: Trouble | None = None
    addresses = _resolve(host.strip("[]"), port, deadline)
    for place, (family, kind, protocol, _, address) in enumerate(addresses):
        left = deadline.left("while connecting", "too-slow-to-connect")
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left / (len(addresses) - place))  # an address that swallows packets must leave some time
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
            sock.settimeout(deadline.left("before the TLS handshake"))
        except TimeoutError:
            failure = Trouble("too-slow-to-connect", f"no connection to {host}:{port} within the time limit")
        except OSError as error:
            failure = Trouble("connect", f"cannot connect to {host}:{port}: {error.strerror or error}")
        except Trouble:
            sock.close()
            raise
        else:
            return sock
        sock.close()
    raise failure or Trouble("resolve", f"{host} has no address")


def _resolve(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Return the addresses of a name; a lookup has no time limit of its own, so it runs beside this thread."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        pass
    found: list[Any] = []
    failed: list[str] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(getattr(error, "strerror", None) or str(error))

    thread = threading.Thread(target=look_up, name="conformance-resolve", daemon=True)
    thread.start()
    thread.join(deadline.left("before the name was looked up"))
    if failed or not found:
        raise Trouble("resolve", f"cannot find the address of {host}: {failed[0] if failed else 'no answer in time'}")
    return found


def send(sock: Any, data: bytes | memoryview, deadline: Deadline) -> None:
    """Send all of it; ``sendall`` of a TLS socket would start the time limit anew with every piece."""
    view = memoryview(data)
    while view:
        sock.settimeout(deadline.left("while sending the request"))
        try:
            view = view[sock.send(view[:CHUNK]) :]
        except TimeoutError:
            raise Trouble("timeout", "the target did not take the whole request within the time limit") from None


def send_watching(sock: Any, data: bytes, deadline: Deadline) -> None:
    """Send something long, and stop with an OSError when the target answers before it has read it all."""
    view = memoryview(data)
    if not isinstance(sock, ssl.SSLSocket):  # under TLS a session ticket would look like an answer
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while view and not _answered(sock, selector, deadline):
                sock.settimeout(deadline.left("while sending the request"))
                view = view[sock.send(view[:CHUNK]) :]
    send(sock, view, deadline)


def _answered(sock: Any, selector: selectors.BaseSelector, deadline: Deadline) -> bool:
    """Wait until more can be sent; True when the target says to go on (100), an OSError when it says anything else."""
    while True:
        events = selector.select(deadline.left("while sending the request"))
        ready = events[0][1] if events else 0
        if ready & selectors.EVENT_READ:
            if sock.recv(10, socket.MSG_PEEK)[:10] in _INTERIM:
                return True
            raise OSError("answered early")
        if ready & selectors.EVENT_WRITE:
            return False


def receive(sock: Any, deadline: Deadline, doing: str, size: int = CHUNK) -> bytes:
    """Return some bytes, none at the end of the stream; each receive gets only what is left of the time limit."""
    if sock is None:
        return b""
    sock.settimeout(deadline.left(doing))
    try:
        received: bytes = sock.recv(size)
    except TimeoutError:
        raise Trouble("timeout", f"the time limit of the whole exchange ran out {doing}") from None
    except OSError as error:
        raise Trouble("reset", f"the connection broke {doing}: {error.strerror or error}") from None
    return received
