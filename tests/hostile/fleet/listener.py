"""A listening socket on the loopback with a thread for each connection, all of which end on close."""

import contextlib
import socket
import threading
from collections.abc import Callable

from .connection import Connection

Serve = Callable[[Connection], None]
POLL_SECONDS = 0.05


class Listener:
    """Listens on a free port; starts to accept when it is told what to do with a connection."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stop = threading.Event()
        self._sock = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._sock.settimeout(POLL_SECONDS)
        self.port: int = self._sock.getsockname()[1]
        self._lock = threading.Lock()
        self._serving: dict[threading.Thread, Connection] = {}
        self._acceptor: threading.Thread | None = None

    @property
    def origin(self) -> str:
        """Host and port as a URL has them, without the scheme."""
        return f"127.0.0.1:{self.port}"

    def start(self, serve: Serve) -> None:
        """Accept connections from now on."""
        self._acceptor = threading.Thread(target=self._accept, args=(serve,), name=f"{self.name}-accept", daemon=True)
        self._acceptor.start()

    def _accept(self, serve: Serve) -> None:
        with self._sock:
            while not self.stop.is_set():
                try:
                    sock, _ = self._sock.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                sock.settimeout(None)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = Connection(sock, self.stop)
                thread = threading.Thread(target=self._serve, args=(serve, connection), name=self.name, daemon=True)
                with self._lock:
                    self._serving[thread] = connection
                thread.start()

    def _serve(self, serve: Serve, connection: Connection) -> None:
        try:
            if not self.stop.is_set():
                with contextlib.suppress(OSError):
                    serve(connection)
        finally:
            connection.close()
            with self._lock:
                self._serving.pop(threading.current_thread(), None)

    def hang_up(self) -> None:
        """Stop listening and cut every connection, without waiting for the threads to end."""
        self.stop.set()
        with contextlib.suppress(OSError):  # wakes the acceptor at once where the system allows it
            self._sock.shutdown(socket.SHUT_RDWR)
        with self._lock:
            connections = list(self._serving.values())
        for connection in connections:
            connection.abort()

    def close(self) -> None:
        """Stop, and wait for all threads."""
        self.hang_up()
        if self._acceptor is None:
            self._sock.close()
        else:
            self._acceptor.join()
        self.hang_up()
        with self._lock:
            threads = list(self._serving)
        for thread in threads:
            thread.join()
