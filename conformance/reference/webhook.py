"""Sends webhooks one after another, to loopback only; must not know what they say."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 1.0  # the vendor expects an answer within one second
ATTEMPTS = 2


class WebhookSender:
    """A queue of messages, and the task that sends them in order."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task = asyncio.create_task(self._work())

    def put(self, message: dict[str, Any]) -> None:
        """Send a message as soon as those before it are out."""
        self._queue.put_nowait(message)

    async def close(self) -> None:
        """Stop; what is still waiting is dropped."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _work(self) -> None:
        while True:
            body = json.dumps(await self._queue.get()).encode()
            for _ in range(ATTEMPTS):
                with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
                    if await asyncio.wait_for(self._post(body), TIMEOUT):
                        break

    async def _post(self, body: bytes) -> bool:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            head = (
                f"POST {self._target} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode("latin-1") + body)
            await writer.drain()
            status_line = await reader.readuntil(b"\r\n")
            return status_line.split(b" ")[1].startswith(b"2")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
