"""Code/InvalidParameter: bodies that are no JSON object, taken for one or met with a 5xx; must not know any field."""

from __future__ import annotations

import ast
import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, hang_up, wrong
from conformance.reference.records import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Reply

ROW = "Code/InvalidParameter"
CODE = "InvalidParameter"

# What is not JSON, and taken for it


def _lenient(repair: Callable[[str], str]) -> Callable[[Call], Any]:
    """Repair a text that is not JSON before it is refused."""

    def parse(call: Call) -> Any:
        try:
            return call.plain()
        except Refusal:
            return call.plain(repair(call.value))

    return parse


def _no_trailing_comma(text: str) -> str:
    return re.sub(r",\s*([}\]])", r"\1", text)


def _first_value(text: str) -> str:
    try:
        _, end = json.JSONDecoder().raw_decode(text.strip())
    except ValueError:
        return text
    return text.strip()[:end]


def _as_python(call: Call) -> Any:
    try:
        return call.plain()
    except Refusal:
        try:
            return ast.literal_eval(call.value.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            raise Refusal(CODE, "The body is not valid JSON") from None


wrong(
    "json-trailing-comma",
    ROW,
    "JSON with a comma after the last member is accepted.",
    hard=True,
    parse_json=_lenient(_no_trailing_comma),
)
wrong("json-trailing-text", ROW, "Text after the JSON object is ignored.", hard=True, parse_json=_lenient(_first_value))
wrong(
    "json-or-python",
    ROW,
    "A body with single quotes, as Python writes it, is accepted.",
    hard=True,
    parse_json=_as_python,
)


def _only_member(call: Call) -> Any:
    document = call.value
    return (
        document[0]
        if isinstance(document, list) and len(document) == 1 and isinstance(document[0], dict)
        else call.plain()
    )


wrong("array-of-one-event", ROW, "An array of one event is accepted.", not_an_object=_only_member)
wrong(
    "array-500",
    ROW,
    "A body that is an array is answered with 500.",
    not_an_object=lambda call: breaks(call) if isinstance(call.value, list) else call.plain(),
)
wrong(
    "null-body-acknowledged",
    ROW,
    "A body of null is acknowledged.",
    push=lambda call: _acknowledge(call) if call.ctx.body.strip() == b"null" else call.plain(),
)


async def _acknowledge(call: Call) -> Reply:
    return call.rules.reply(call.ctx, 200, {"request_id": call.ctx.request_id, "data": {}})


# 5xx

HUGE = re.compile(r"[:\[,]\s*-?\d(?:\d{300}|[\d.]{0,20}[eE]\+?\d{3})")
PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")


def _depth(text: str) -> int:
    """Measure how deep brackets are nested."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[{}\]]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise RuntimeError("duplicate member")
    return made


def _no_doubles(call: Call) -> Any:
    document = call.plain()
    json.loads(call.value, object_pairs_hook=_pairs)
    return document


def _no_pairs(call: Call) -> Any:
    return breaks(call) if PAIR.search(call.ctx.body) else call.plain()


wrong("bad-utf8-500", ROW, "A body that is not UTF-8 is answered with 500.", hard=True, bad_utf8=breaks)
wrong(
    "byte-order-mark-500",
    ROW,
    "A body with a byte order mark is answered with 500.",
    hard=True,
    decode_body=lambda call: breaks(call) if call.ctx.body[:3] == b"\xef\xbb\xbf" else call.plain(),
)
wrong(
    "lone-surrogate-500",
    ROW,
    "The escape of half a surrogate pair is answered with 500.",
    hard=True,
    repair_text=lambda call: breaks(call) if call.plain() != call.value else call.value,
)
wrong(
    "nul-500",
    ROW,
    "The escape of NUL in a text is answered with 500.",
    hard=True,
    tidy=lambda call: breaks(call) if "\x00" in call.value else call.plain(),
)
wrong(
    "deep-nesting-500",
    ROW,
    "A body that is nested more than 500 deep is answered with 500.",
    hard=True,
    parse_json=lambda call: breaks(call) if _depth(call.value) > 500 else call.plain(),
)
wrong(
    "huge-number-500",
    ROW,
    "A number of more than 300 digits, or with a huge exponent, is answered with 500.",
    hard=True,
    parse_json=lambda call: breaks(call) if HUGE.search(call.value) else call.plain(),
)
wrong(
    "duplicate-member-500",
    ROW,
    "A JSON object that has a member twice is answered with 500.",
    hard=True,
    parse_json=_no_doubles,
)
wrong(
    "unicode-escape-500",
    ROW,
    "A character outside the BMP that is written as an escaped pair is answered with 500.",
    hard=True,
    decode_body=_no_pairs,
)


async def _waits(call: Call) -> Any:
    """Wait for a body that does not come."""
    if call.ctx.method == "POST" and not call.ctx.body:
        await asyncio.sleep(3600)
        return hang_up()
    return await call.plain()


wrong("empty-body-unanswered", ROW, "A request with an empty body is never answered.", answer=_waits)


# Members that are not documented

KNOWN = {"title_rule", "title", "event_status", "alert_key", "description", "labels", "images"}


def _only_known(call: Call) -> Any:
    if set(call.value) - KNOWN:
        call.refuse("the body has a member that is not known")
    return call.plain()


def _only_texts(call: Call) -> Any:
    if not all(isinstance(value, str) for name, value in call.value.items() if name not in KNOWN):
        call.refuse("the body has a member that is not a string")
    return call.plain()


wrong(
    "unknown-member-refused",
    "Payload/title_rule",
    "A body with a member that is not documented is refused.",
    level="should",
    read_event=_only_known,
)
wrong(
    "event-time-500",
    ROW,
    "A body with event_time, which older clients send, is answered with 500.",
    hard=True,
    read_event=lambda call: breaks(call) if "event_time" in call.value else call.plain(),
)
wrong(
    "unknown-member-refused-unless-text",
    "Payload/title_rule",
    "A body with a member that is not documented is refused if its value is no string.",
    level="should",
    read_event=_only_texts,
)
