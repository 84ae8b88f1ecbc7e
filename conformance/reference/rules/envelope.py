"""Tables Response, Data, Error and Code: how a reply looks; must not know why a request was accepted or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.reference.records import STATUS_OF_CODE, Reply
from conformance.reference.rules.base import BaseRules

if TYPE_CHECKING:
    from conformance.reference.records import Event, Exchange, Refusal


class EnvelopeRules(BaseRules):
    """The envelope of every reply, and the headers around it."""

    def new_request_id(self, ctx: Exchange) -> str:
        """Give the id of this request (Response/request_id: 32 hexadecimal digits, as in the examples)."""
        return self.random_hex(32)

    # success

    def success(self, ctx: Exchange, event: Event) -> Reply:
        """Answer an accepted event."""
        return self.reply(ctx, self.success_status(ctx, event), self.success_body(ctx, event))

    def success_status(self, ctx: Exchange, event: Event) -> int:
        """Give the status of success."""
        return 200

    def success_body(self, ctx: Exchange, event: Event) -> dict[str, Any]:
        """Give the envelope of success; `error` stays out of it (Response/error)."""
        return {"request_id": self.shown_request_id(ctx), "data": self.success_data(ctx, event)}

    def success_data(self, ctx: Exchange, event: Event) -> Any:
        """Give `data` (Response/data, Data/alert_key)."""
        return {"alert_key": self.shown_key(ctx, event)}

    def shown_key(self, ctx: Exchange, event: Event) -> str:
        """Give the key in the reply: the one sent, unchanged, or the generated one."""
        return event.key

    def shown_request_id(self, ctx: Exchange) -> str:
        """Give the request id as it stands in the body."""
        return ctx.request_id

    # failure

    def failure(self, ctx: Exchange, refusal: Refusal) -> Reply:
        """Answer a refused request."""
        code = self.shown_code(ctx, refusal)
        reply = self.reply(ctx, self.failure_status(ctx, code), self.failure_body(ctx, code, refusal))
        reply.headers += refusal.headers
        return reply

    def shown_code(self, ctx: Exchange, refusal: Refusal) -> str:
        """Give the code that the client sees."""
        return refusal.code

    def failure_status(self, ctx: Exchange, code: str) -> int:
        """Give the status that the error table has for a code."""
        return STATUS_OF_CODE.get(code, 400)

    def failure_body(self, ctx: Exchange, code: str, refusal: Refusal) -> dict[str, Any]:
        """Give the envelope of failure; `data` is left out, as in the example."""
        return {"request_id": self.shown_request_id(ctx), "error": self.error_object(ctx, code, refusal)}

    def error_object(self, ctx: Exchange, code: str, refusal: Refusal) -> Any:
        """Give `error` (Error/code, Error/message)."""
        return {"code": code, "message": self.shown_message(ctx, refusal)}

    def shown_message(self, ctx: Exchange, refusal: Refusal) -> Any:
        """Give the message."""
        return refusal.message

    # both

    def reply(self, ctx: Exchange, status: int, payload: Any) -> Reply:
        """Put a payload into a reply."""
        return Reply(status, payload)

    def encode(self, ctx: Exchange, payload: Any) -> bytes:
        """Give the bytes of a payload."""
        try:
            return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # half a surrogate pair that a rule has let through
            return json.dumps(payload).encode()

    def media_type(self, ctx: Exchange, reply: Reply) -> str:
        """Give the Content-Type of a reply."""
        return "application/json; charset=utf-8"

    def request_id_header(self, ctx: Exchange) -> str:
        """Give the request id as it stands in the header Flashcat-Request-Id; empty = no header."""
        return ctx.request_id

    def reply_headers(self, ctx: Exchange, reply: Reply) -> list[tuple[str, str]]:
        """Give the headers of a reply, those of its own included; Content-Length and Date are added below."""
        headers = [("Content-Type", self.media_type(ctx, reply)), *reply.headers]
        if request_id := self.request_id_header(ctx):
            headers.append(("Flashcat-Request-Id", request_id))
        return headers
