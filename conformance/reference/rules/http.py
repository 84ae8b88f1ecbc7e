"""Methods, paths and the order of checks for one request; must not know bytes on the wire (that is app.py)."""

from __future__ import annotations

import asyncio
import logging

from conformance.reference.records import Exchange, Refusal, Reply
from conformance.reference.rules.readback import ReadbackRules

PUSH_PATH = "/event/push/alert/standard"
READ_PATH = "/alert/list"
logger = logging.getLogger(__name__)


class HttpRules(ReadbackRules):
    """From a request to its reply."""

    async def answer(self, ctx: Exchange) -> Reply:
        """Answer any request; every reply is in the envelope, also when a rule breaks."""
        ctx.request_id = self.new_request_id(ctx)
        try:
            await self.wait_latency(ctx)
            return await self.dispatch(ctx)
        except Refusal as refusal:
            return self.failure(ctx, refusal)
        except Exception as error:  # noqa: BLE001 - whatever breaks, the client gets an envelope
            return self.broken(ctx, error)

    def broken(self, ctx: Exchange, error: Exception) -> Reply:
        """Answer when a rule broke: Code/InternalError."""
        logger.debug("a rule broke", exc_info=error)
        return self.failure(ctx, Refusal("InternalError", "Internal or unknown error"))

    async def wait_latency(self, ctx: Exchange) -> None:
        """Be as slow as the options ask."""
        if self.options.latency:
            await asyncio.sleep(self.options.latency)

    async def dispatch(self, ctx: Exchange) -> Reply:
        """Find out what the request is for."""
        path = self.route_path(ctx)
        if self.is_push_path(ctx, path):
            return await self.push(ctx) if self.is_push_method(ctx) else self.wrong_method(ctx)
        if self.is_read_path(ctx, path):
            return self.list_alerts(ctx) if ctx.method == "POST" else self.wrong_method(ctx)
        return self.unknown_route(ctx)

    def route_path(self, ctx: Exchange) -> str:
        """Give the path that is compared with the routes (open: letter case, slashes)."""
        return ctx.path

    def is_push_path(self, ctx: Exchange, path: str) -> bool:
        """Tell whether a path is the push endpoint."""
        return path == PUSH_PATH

    def is_push_method(self, ctx: Exchange) -> bool:
        """Tell whether a method pushes."""
        return ctx.method == "POST"

    def is_read_path(self, ctx: Exchange, path: str) -> bool:
        """Tell whether a path is the read-back."""
        return path == READ_PATH

    def wrong_method(self, ctx: Exchange) -> Reply:
        """Refuse another method on a known path (open: MethodNotAllowed or RouteNotFound)."""
        raise Refusal("MethodNotAllowed", f"HTTP method {ctx.method[:20]} is not supported")

    def unknown_route(self, ctx: Exchange) -> Reply:
        """Refuse a path that leads nowhere."""
        raise Refusal("RouteNotFound", "Request Method+Path not matched")

    async def push(self, ctx: Exchange) -> Reply:
        """Take one event: what is refused changes nothing, for nothing is stored before the last check."""
        self.check_size(ctx)
        self.check_content_type(ctx)
        ctx.integration = self.authorize(ctx)
        self.check_rate(ctx)
        ctx.document = self.parse_body(ctx)
        event = ctx.event = self.read_event(ctx, ctx.document)
        async with self.guard(ctx):
            await self.apply(ctx, event)
        return self.success(ctx, event)
