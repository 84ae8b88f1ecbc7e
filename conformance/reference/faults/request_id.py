"""Response/request_id: replies without an id, with one of another type, or that is not unique; nothing else."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import constant, hang_up, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Reply

ROW = "Response/request_id"
CONSTANT = "0ace00116215ab4ca0ec5244b8fc54b0"


def _repeats(count: int) -> Callable[[Call], Any]:
    return lambda call: f"{CONSTANT[:24]}{call.count('requests') % count:08x}"


def _without_id(call: Call) -> dict[str, Any]:
    return {name: value for name, value in call.plain().items() if name != "request_id"}


def _per_connection(call: Call) -> str:
    return f"{CONSTANT[:24]}{call.count(call.ctx.peer):08x}"


def _of_the_body(call: Call) -> str:
    return hashlib.md5(call.ctx.body, usedforsecurity=False).hexdigest() if call.ctx.body else str(call.plain())


def _cut_by_characters(call: Call) -> bytes:
    """Give as many bytes as the text has characters: the length was taken before the encoding."""
    data: bytes = call.plain()
    is_list = "items" in (call.value.get("data") or ())
    return data if is_list else data[: len(data.decode())]


def _escaped_by_hand(call: Call) -> bytes:
    """Put the message between quotes without escaping it."""
    payload = call.value
    message = payload.get("error", {}).get("message", "")
    if not message.startswith("event_status '"):
        return bytes(call.plain())
    code = payload["error"]["code"]
    return f'{{"request_id":"{payload["request_id"]}","error":{{"code":"{code}","message":"{message}"}}}}'.encode()


async def _only_so_many(call: Call) -> Any:
    """Serve eight at a time, and cut whoever comes then."""
    call.memory.setdefault("busy", 0)
    if call.memory["busy"] >= 8:
        return hang_up()
    call.memory["busy"] += 1
    try:
        await asyncio.sleep(0.03)
        return await call.plain()
    finally:
        call.memory["busy"] -= 1


async def _cut_after_refusal(call: Call) -> Any:
    """Lose the connection's next request after a refusal."""
    spoilt: set[str] = call.memory.setdefault("spoilt", set())
    if call.ctx.peer in spoilt:
        spoilt.discard(call.ctx.peer)
        return hang_up()
    reply: Reply = await call.plain()
    if reply.status >= 400 and call.ctx.peer:
        spoilt.add(call.ctx.peer)
    return reply


async def _last_reply_again(call: Call) -> Any:
    """Answer the request after a refusal with the refusal, which is still in the buffer of the connection."""
    refused: dict[str, Reply] = call.memory.setdefault("refused", {})
    if call.ctx.peer in refused:
        await call.plain()
        return refused.pop(call.ctx.peer)
    reply: Reply = await call.plain()
    if reply.status >= 400 and call.ctx.peer:
        refused[call.ctx.peer] = reply
    return reply


def _shared(call: Call) -> str:
    """Note the id in a variable that all requests share."""
    call.memory["current"] = call.plain()
    return str(call.memory["current"])


wrong("request-id-constant", ROW, "Every reply has the same request_id.", new_request_id=constant(CONSTANT))
wrong("request-id-empty", ROW, "request_id is empty.", shown_request_id=constant(""))
wrong(
    "request-id-number",
    ROW,
    "request_id is a number.",
    new_request_id=lambda call: str(2**40 + call.count("requests")),
    shown_request_id=lambda call: int(call.ctx.request_id),
)
wrong("request-id-missing-on-errors", ROW, "A reply that refuses has no request_id.", failure_body=_without_id)
wrong("request-id-missing-on-success", ROW, "A reply of success has no request_id.", success_body=_without_id)
wrong(
    "request-id-missing-on-wrong-method",
    ROW,
    "The reply to a wrong method has no request_id.",
    hard=True,
    failure_body=lambda call: _without_id(call) if call.ctx.method != "POST" else call.plain(),
)
wrong(
    "request-id-repeats-after-100", ROW, "Each request_id comes again after 100 requests.", new_request_id=_repeats(100)
)
wrong(
    "request-id-repeats-after-256",
    ROW,
    "Each request_id comes again after 256 requests.",
    hard=True,
    new_request_id=_repeats(256),
)
wrong(
    "request-id-per-connection",
    ROW,
    "request_id counts from one on each connection.",
    hard=True,
    new_request_id=_per_connection,
)
wrong(
    "request-id-of-the-body",
    ROW,
    "request_id is a digest of the body, so that a repeated push gets the same.",
    hard=True,
    new_request_id=_of_the_body,
)
wrong(
    "request-id-of-another-in-flight",
    ROW,
    "Requests that are in flight together get the same request_id.",
    hard=True,
    new_request_id=_shared,
    wait_latency=lambda _: asyncio.sleep(0.02),
    shown_request_id=lambda call: call.memory["current"],
)
wrong(
    "reply-cut-where-it-is-not-ascii",
    ROW,
    "The length of a reply is counted in characters, so that one with other than ASCII in it ends too early.",
    hard=True,
    encode=_cut_by_characters,
)
wrong(
    "reply-not-escaped",
    ROW,
    "A reply that repeats a bad event_status is no JSON if that has a quote or a line feed in it.",
    hard=True,
    encode=_escaped_by_hand,
    unknown_status=lambda call: call.refuse(f"event_status '{call.value}' is not known"),
)
wrong(
    "reply-in-python-notation",
    ROW,
    "A reply that refuses is written with single quotes, which is no JSON.",
    encode=lambda call: repr(call.value).encode() if "error" in call.value else call.plain(),
)
wrong(
    "reply-missing-beyond-eight-in-flight",
    ROW,
    "With eight requests in flight, the connection of the next one is cut.",
    hard=True,
    answer=_only_so_many,
)
wrong(
    "connection-cut-after-a-refusal",
    "Code/InvalidParameter",
    "After a refusal, the next request on the same connection gets no reply.",
    hard=True,
    answer=_cut_after_refusal,
)
wrong(
    "connection-repeats-a-refusal",
    ROW,
    "After a refusal, the next request on the same connection is answered with that refusal again.",
    hard=True,
    answer=_last_reply_again,
)
