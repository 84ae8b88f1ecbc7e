"""Between ASGI and the rules: collects a request, puts a reply on the wire; must not decide anything."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from conformance.reference.records import Exchange
from conformance.reference.webhook import WebhookSender

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from conformance.reference.rules import Rules

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

RAW_HEADERS = "reference.raw_headers"  # put into the scope by the listener
DRAINED_AT_MOST = 64 * 1024 * 1024


def hang_up(send: Send) -> None:
    """Cut the connection without a reply."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]


class App:
    """The ASGI application around one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._numbers = itertools.count(1)
        self._sender: WebhookSender | None = None

    async def start(self) -> None:
        """Begin to send webhooks, if there is anybody to send them to."""
        if self.rules.options.webhook:
            self._sender = WebhookSender(self.rules.options.webhook)
            self.rules.tell = self._sender.put

    async def stop(self) -> None:
        """Stop sending."""
        if self._sender is not None:
            await self._sender.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await self._body(receive)
        if body is None:
            return
        ctx = Exchange(
            method=scope["method"],
            path=scope["path"],
            raw_path=scope["raw_path"],
            query=scope["query_string"].decode("latin-1"),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
            body=body,
            number=next(self._numbers),
            raw_headers=tuple(scope.get(RAW_HEADERS, ())),
            peer=":".join(map(str, scope["client"] or ())),
        )
        await self.deliver(ctx, send)

    async def deliver(self, ctx: Exchange, send: Send) -> None:
        """Put the reply to a request on the wire."""
        reply = await self.rules.answer(ctx)
        if reply.hang_up:
            hang_up(send)
            return
        body = self.rules.encode(ctx, reply.payload) if reply.raw is None else reply.raw
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.rules.reply_headers(ctx, reply)]
        names = {name.lower() for name, _ in headers}
        if b"content-length" not in names and b"transfer-encoding" not in names:
            headers.append((b"content-length", str(len(body)).encode()))
        await self.rules.transmit(ctx, reply.status, headers, body, send)

    async def _body(self, receive: Receive) -> bytes | None:
        """Collect the body, what is beyond a generous cap thrown away; None if the client went away."""
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if not message.get("more_body", False):
            return bytes(message.get("body", b""))
        parts = [message.get("body", b"")]
        size = len(parts[0])
        while message.get("more_body", False):
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size <= DRAINED_AT_MOST:
                parts.append(part)
        return b"".join(parts)
