"""A line that loses connections: relays bytes, and resets a share of the exchanges, before or after the server."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from typing import Self
from urllib.parse import urlsplit, urlunsplit

_ABORT = struct.pack("ii", 1, 0)


class BadLine:
    """Stands between a client and the server of a URL; a context manager."""

    def __init__(self, url: str, *, share: float, seed: int = 0) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 80)
        self._share, self._random, self._lock = share, random.Random(seed), threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: set[socket.socket] = set()
        self.lost = 0
        origin = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = urlunsplit(parts._replace(netloc=origin))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._open):
            self._reset(sock)

    def _unlucky(self) -> bool:
        with self._lock:
            hit = self._random.random() < self._share / 2
            self.lost += hit
            return hit

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(sock)
            for here, there in ((client, server), (server, client)):
                threading.Thread(target=self._relay, args=(here, there, client), daemon=True).start()

    def _relay(self, here: socket.socket, there: socket.socket, client: socket.socket) -> None:
        """Pass on what comes; each piece is a request, or a reply, as a rule."""
        with contextlib.suppress(OSError):
            while data := here.recv(1 << 16):
                if self._unlucky():
                    self._reset(client)
                    break
                there.sendall(data)
        for sock in (here, there):
            self._open.discard(sock)
            with contextlib.suppress(OSError):
                sock.close()

    def _reset(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            sock.shutdown(socket.SHUT_RD)
            sock.close()
