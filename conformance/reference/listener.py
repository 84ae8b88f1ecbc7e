"""uvicorn, run inside a thread and stopped at once; must not know the protocol beyond asking the rules for a reply."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from httptools import HttpParserInvalidMethodError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.reference.app import RAW_HEADERS
from conformance.reference.records import Exchange

if TYPE_CHECKING:
    import socket

    from conformance.reference.app import App

KEEP_ALIVE_SECONDS = 75  # longer than a client's pool keeps a connection, so that the client is the one to close
REASONS = {400: b"Bad Request"}


class LoudTransport:
    """A transport that writes header names in capitals: uvicorn makes them small before they come here."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Write; what begins a reply has header names in it."""
        if data.startswith(b"HTTP/1.1 "):
            head, end, body = data.partition(b"\r\n\r\n")
            first, *fields = head.split(b"\r\n")
            pairs = [field.partition(b":") for field in fields]
            data = b"\r\n".join([first, *(name.upper() + colon + value for name, colon, value in pairs)]) + end + body
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """Leave everything else to the transport."""
        return getattr(self._transport, name)


class EnvelopeProtocol(HttpToolsProtocol):
    """Answers in the envelope also what the parser refuses; uvicorn would answer in plain text."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take up a connection, with a transport that shouts where the rules want it."""
        app: App = self.config.loaded_app
        if app.rules.upper_case_headers:
            transport = cast("asyncio.Transport", LoudTransport(cast("asyncio.Transport", transport)))
        super().connection_made(cast("asyncio.Transport", transport))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header's name as it is on the wire, besides the small one."""
        scope = cast("dict[str, Any]", self.scope)
        scope.setdefault(RAW_HEADERS, []).append((name.decode("latin-1"), value.decode("latin-1")))
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP."""
        app: App = self.config.loaded_app
        rules = app.rules
        invented = isinstance(sys.exception(), HttpParserInvalidMethodError)
        ctx = Exchange(method="", path="", raw_path=b"", query="", headers=(), body=b"", number=0)
        reply = rules.not_http(ctx, invented_method=invented)
        body = rules.encode(ctx, reply.payload)
        headers = [*rules.reply_headers(ctx, reply), ("Content-Length", str(len(body))), ("Connection", "close")]
        head = b"HTTP/1.1 %d %b\r\n" % (reply.status, REASONS.get(reply.status, b"Refused"))
        head += b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)
        self.transport.write(head + b"\r\n" + body)
        self.transport.close()


class Listener(uvicorn.Server):
    """One uvicorn server that is told to stop instead of looking every tenth of a second whether it should."""

    def __init__(self, app: App, sock: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http=EnvelopeProtocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,  # its lines would hold the integration key
                server_header=False,
                proxy_headers=False,
                log_level="critical",  # what is not HTTP is answered, not logged
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                backlog=2048,
            )
        )
        self._app = app
        self._sock = sock
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ready = threading.Event()
        self.failure: BaseException | None = None

    def run_here(self) -> None:
        """Serve in this thread until told to stop."""
        try:
            self.run(sockets=[self._sock])
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the start
            self.failure = error
        finally:
            self.ready.set()

    def stop(self) -> None:
        """Tell the server to stop; may be called from any thread, and more than once."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self._app.start()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Renew the Date header each second until told to stop."""
        if self._stop is None:
            return
        while not self._stop.is_set() and not await self.on_tick(0):
            try:
                await asyncio.wait_for(self._stop.wait(), 1.0)
            except TimeoutError:
                continue

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop on a signal (in the foreground only)."""
        super().handle_exit(sig, frame)
        self.stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop at once: nobody is waited for, every connection is closed."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._app.stop()
