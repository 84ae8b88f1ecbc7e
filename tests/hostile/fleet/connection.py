"""One accepted connection: reading requests from it, and sending, dripping, stalling, closing and resetting it."""

import contextlib
import socket
import struct
import threading
from dataclasses import replace

from .messages import Request, parse_head

LARGEST_HEAD = 2**20
LARGEST_BODY = 2**25
LINGER_SECONDS = 0.2


class HangUp(OSError):  # noqa: N818 - a decision, no error
    """Raised to end a connection."""


class Connection:
    """A connection whose every wait ends when the server is closed."""

    def __init__(self, sock: socket.socket, stop: threading.Event) -> None:
        self.sock = sock
        self.stop = stop
        self.buffer = b""

    def _more(self) -> None:
        received = self.sock.recv(65536)
        if not received:
            raise HangUp("the client closed the connection")
        self.buffer += received

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _line(self, end: bytes = b"\r\n") -> bytes:
        while end not in self.buffer:
            if len(self.buffer) > LARGEST_HEAD:
                raise HangUp("a head beyond all measure")
            self._more()
        return self._take(self.buffer.index(end) + len(end))

    def read_request(self) -> Request | None:
        """Read the next request with its body, or nothing when the client is done."""
        try:
            raw = self._line(b"\r\n\r\n")
            request = parse_head(raw)
            if request.headers.get("expect", "").lower() == "100-continue" and not self.buffer:
                self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            if "chunked" in request.headers.get("transfer-encoding", "").lower():
                request, body = self._chunks(request)
            elif request.well_formed:
                body = self._take(min(int(request.headers.get("content-length", "0")), LARGEST_BODY))
            else:
                body = b""
        except OSError:
            return None
        return replace(request, body=body, raw=raw + body)

    def _chunks(self, request: Request) -> tuple[Request, bytes]:
        body = b""
        while len(body) < LARGEST_BODY:
            try:
                size = int(self._line().split(b";")[0], 16)
            except ValueError:
                return replace(request, well_formed=False), body
            if size == 0:
                break
            body += self._take(size)
            self._line()
        while self._line() != b"\r\n":
            pass
        return request, body

    def send(self, data: bytes) -> None:
        """Send all of it at once."""
        self.sock.sendall(data)

    def drip(self, data: bytes, interval: float) -> None:
        """Send it byte by byte with a pause after each."""
        for position in range(len(data)):
            self.send(data[position : position + 1])
            self.pause(interval)

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the server lives."""
        if self.stop.wait(seconds):
            raise HangUp("the server is being closed")

    def stall(self) -> None:
        """Say nothing more, until the client gives up or the server is closed; always ends in hanging up."""
        while self.sock.recv(65536):
            pass
        raise HangUp("stalled to the end")

    def pending(self, seconds: float) -> bool:
        """Whether more bytes of the client are here already, or come within the time given."""
        if self.buffer:
            return True
        self.sock.settimeout(seconds)
        try:
            self._more()
        except TimeoutError:
            return False
        finally:
            self.sock.settimeout(None)
        return True

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise HangUp("reset")

    def abort(self) -> None:
        """Wake whatever waits on this connection; callable from any thread."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close in good order: what was sent still arrives even where the client sent more than was read."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(LINGER_SECONDS)
            while not self.stop.is_set() and self.sock.recv(65536):
                pass
        self.sock.close()
