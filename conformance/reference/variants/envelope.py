"""Other forms of a reply: ids, generated keys, absent parts, headers and framing; must stay in the envelope."""

from __future__ import annotations

import gzip
import itertools
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from conformance.reference.records import Event, Exchange, Refusal, Reply


class UuidIds(Rules):
    """Request ids and generated keys are UUIDs."""

    def new_request_id(self, ctx: Exchange) -> str:
        """Give a UUID."""
        return str(uuid.uuid4())

    def generated_key(self, ctx: Exchange) -> str:
        """Give a UUID in capitals."""
        return str(uuid.uuid4()).upper()


class NumberIds(Rules):
    """Request ids and generated keys are whole numbers, as strings."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(secrets.randbelow(2**48) + 2**53)

    def new_request_id(self, ctx: Exchange) -> str:
        """Give the next number."""
        return str(next(self.numbers))

    def generated_key(self, ctx: Exchange) -> str:
        """Give the next number."""
        return str(next(self.numbers))


class ShortIds(Rules):
    """Request ids and generated keys are as short as they can be; a key in use is skipped."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = itertools.count()
        self.made = itertools.count()

    def new_request_id(self, ctx: Exchange) -> str:
        """Give the next id."""
        return f"{next(self.ids):x}"

    def generated_key(self, ctx: Exchange) -> str:
        """Give the next key that nobody uses."""
        while True:
            key = f"~{next(self.made):x}"
            if not self.store.has_key(self.owner(ctx), self.match_form(key)):
                return key


class OddIds(Rules):
    """Request ids are long and beyond ASCII, generated keys have 255 characters, none of them harmless."""

    def new_request_id(self, ctx: Exchange) -> str:
        """Give a long id."""
        return f"请求 <{self.random_hex(32)}> " + "–" * 300

    def request_id_header(self, ctx: Exchange) -> str:
        """Leave out a header that could not hold it."""
        return ""

    def generated_key(self, ctx: Exchange) -> str:
        """Give a key that has to be quoted everywhere."""
        start = f"/%?#&+ \"'\\<é键> {self.random_hex(32)} "
        return start + "k" * (self.key_limit - len(start) - 1) + ";"


class NoDataOnOk(Rules):
    """The reply to a recovery has no data."""

    def success_body(self, ctx: Exchange, event: Event) -> dict[str, Any]:
        """Leave data out."""
        body = super().success_body(ctx, event)
        if self.is_recovery(ctx, event.status):
            del body["data"]
        return body


class NoKeyOnOk(Rules):
    """The reply to a recovery has data without an alert_key."""

    def success_data(self, ctx: Exchange, event: Event) -> Any:
        """Leave the key out."""
        return {} if self.is_recovery(ctx, event.status) else super().success_data(ctx, event)


class NullDataOnErrors(Rules):
    """`data` is null on errors, and the message Chinese."""

    def failure_body(self, ctx: Exchange, code: str, refusal: Refusal) -> dict[str, Any]:
        """Add the null."""
        return {**super().failure_body(ctx, code, refusal), "data": None}

    def shown_message(self, ctx: Exchange, refusal: Refusal) -> Any:
        """Say it in Chinese."""
        return f"请求失败：{refusal.message}"


class EmptyDataOnErrors(Rules):
    """`data` is an empty object on errors, the message an empty string."""

    def failure_body(self, ctx: Exchange, code: str, refusal: Refusal) -> dict[str, Any]:
        """Add the object, in front."""
        return {"data": {}, **super().failure_body(ctx, code, refusal)}

    def shown_message(self, ctx: Exchange, refusal: Refusal) -> Any:
        """Say nothing."""
        return ""


class NoMessage(Rules):
    """An error has a code and nothing else."""

    def error_object(self, ctx: Exchange, code: str, refusal: Refusal) -> Any:
        """Leave the message out."""
        return {"code": code}


class MoreMembers(Rules):
    """Replies have members that the document does not know, and are laid out for people."""

    def reply(self, ctx: Exchange, status: int, payload: Any) -> Reply:
        """Add members on each level."""
        reply = super().reply(ctx, status, payload)
        for inner in ("data", "error"):
            if isinstance(payload.get(inner), dict):
                payload[inner]["$extension"] = {"code": 0, "alert_key": None, "message": ["x"]}
        reply.payload = {"apiVersion": 3, "success": status < 400, **payload, "trace": None}
        return reply

    def encode(self, ctx: Exchange, payload: Any) -> bytes:
        """Lay it out, escaped, with white space around it."""
        return b"\r\n\t" + json.dumps(payload, indent=4).encode() + b"\n\n"

    def media_type(self, ctx: Exchange, reply: Reply) -> str:
        """Write the type in another case."""
        return 'Application/JSON;Charset="UTF-8"'


class PlainMediaType(Rules):
    """The Content-Type of a reply has no charset."""

    def media_type(self, ctx: Exchange, reply: Reply) -> str:
        """Leave it at the type."""
        return "application/json"


class ClosesAfterRefusal(Rules):
    """A refusal announces that the connection is closed, and then it is."""

    def failure(self, ctx: Exchange, refusal: Refusal) -> Reply:
        """Announce it."""
        reply = super().failure(ctx, refusal)
        if ("Connection", "close") not in reply.headers:
            reply.headers.append(("Connection", "close"))
        return reply


class ChunkedReplies(Rules):
    """Replies come in chunks of a few bytes."""

    def reply_headers(self, ctx: Exchange, reply: Reply) -> list[tuple[str, str]]:
        """Announce chunks."""
        return [*super().reply_headers(ctx, reply), ("Transfer-Encoding", "chunked")]

    def body_parts(self, ctx: Exchange, body: bytes) -> list[bytes]:
        """Split, also within a character."""
        return [body[start : start + 37] for start in range(0, min(len(body), 370), 37)] + [body[370:]]


class GzipReplies(Rules):
    """Replies are packed for a client that accepts it; header names are in upper case."""

    upper_case_headers = True

    def reply_headers(self, ctx: Exchange, reply: Reply) -> list[tuple[str, str]]:
        """Write header names in capitals, and some that nobody asked for."""
        headers = [*super().reply_headers(ctx, reply), ("Vary", "Accept-Encoding"), ("X-Empty", "")]
        return [(name.upper(), value) for name, value in headers]

    async def transmit(
        self,
        ctx: Exchange,
        status: int,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Pack the body."""
        if "gzip" in (ctx.header("accept-encoding") or ""):
            body = gzip.compress(body, 1)
            headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
            headers += [(b"CONTENT-ENCODING", b"gzip"), (b"CONTENT-LENGTH", str(len(body)).encode())]
        await super().transmit(ctx, status, headers, body, send)
