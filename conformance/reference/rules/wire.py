"""How a finished reply goes out, and what is answered to what is not HTTP; must not know what a reply says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.records import Exchange, Refusal, Reply
from conformance.reference.rules.webhook import WebhookRules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping


class WireRules(WebhookRules):
    """The last steps before the socket."""

    upper_case_headers = False  # uvicorn writes header names in lower case

    async def transmit(
        self,
        ctx: Exchange,
        status: int,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Send a reply, its body in one piece."""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for part in self.body_parts(ctx, body):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def body_parts(self, ctx: Exchange, body: bytes) -> list[bytes]:
        """Give the pieces in which a body is sent."""
        return [body]

    def not_http(self, ctx: Exchange, *, invented_method: bool) -> Reply:
        """Answer what could not be understood as an HTTP request, an invented method included."""
        ctx.request_id = self.new_request_id(ctx)
        if invented_method:
            return self.failure(ctx, Refusal("MethodNotAllowed", "this HTTP method is not known here"))
        return self.failure(ctx, Refusal("InvalidParameter", "this is not an HTTP/1.1 request that can be understood"))
