"""Faults that show only when requests overlap: real gaps between reading and writing; must not judge single fields."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, hang_up, page, wrong

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.reference.faults.making import Call

GAP = 0.02  # seconds between reading and writing
KEY = "Payload/alert_key"


async def _gap(_: Call) -> None:
    await asyncio.sleep(GAP)


async def _gap_after_recovery(call: Call) -> None:
    event = call.ctx.event
    if event is not None and event.alert_key is not None and call.rules.find_closed(call.ctx, event):
        await asyncio.sleep(GAP)


wrong(
    "race-opens-two-alerts",
    KEY,
    "Simultaneous first events of one key open several alerts.",
    hard=True,
    unique_active=False,
    before_store=_gap,
)
wrong(
    "race-first-events-500",
    KEY,
    "Of simultaneous first events of one key all but one are answered with 500.",
    hard=True,
    before_store=_gap,
)
wrong(
    "race-after-recovery-opens-two-alerts",
    KEY,
    "Simultaneous events of a key that was recovered open several alerts.",
    hard=True,
    unique_active=False,
    before_store=_gap_after_recovery,
)


# Recoveries


async def _shared_recovery(call: Call) -> None:
    """Keep the event that is being handled where another request overwrites it."""
    event = call.value
    if event.status == "Ok":
        event.key = event.alert_key
        call.memory["current"] = event
        await asyncio.sleep(GAP)
        await call.plain(call.memory["current"])
    else:
        await call.plain()


async def _busy_recovery(call: Call) -> None:
    """Give up when the lock is taken, and say nothing."""
    event = call.value
    if event.status != "Ok":
        await call.plain()
        return
    event.key = event.alert_key
    if call.memory.get("locked"):
        return
    call.memory["locked"] = True
    try:
        await asyncio.sleep(GAP)
        await call.plain()
    finally:
        call.memory["locked"] = False


wrong(
    "race-loses-recoveries",
    "Payload/event_status",
    "Of simultaneous recoveries of several alerts only the last is carried out.",
    hard=True,
    apply=_shared_recovery,
)
wrong(
    "race-skips-recoveries",
    "Payload/event_status",
    "A recovery that comes while another is being carried out is acknowledged and skipped.",
    hard=True,
    apply=_busy_recovery,
)


# Content


async def _shared_description(call: Call) -> None:
    event = call.value
    call.memory["description"] = event.description
    await asyncio.sleep(GAP)
    event.description = call.memory["description"]
    await call.plain()


wrong(
    "race-mixes-descriptions",
    "Payload/description",
    "Simultaneous events are stored with the description of one another.",
    hard=True,
    apply=_shared_description,
)


# Keys in replies


async def _counted_key(call: Call) -> None:
    """Read the counter, and write it a little later."""
    number = call.memory.get("keys", 0)
    if call.value.alert_key is None:
        await asyncio.sleep(GAP)
        call.memory["keys"] = number + 1
    call.ctx.notes["number"] = number
    await call.plain()


async def _shared_reply(call: Call) -> None:
    """Keep the key for the reply where another request overwrites it."""
    await call.plain()
    call.memory["key"] = call.value.key
    await asyncio.sleep(GAP)


wrong(
    "race-generates-one-key-twice",
    "Data/alert_key",
    "Simultaneous events without alert_key get the same generated key.",
    hard=True,
    unique_active=False,
    apply=_counted_key,
    generated_key=lambda call: f"{call.memory.setdefault('seed', call.plain())}-{call.ctx.notes['number']}",
)
wrong(
    "race-swaps-keys-in-replies",
    "Data/alert_key",
    "The replies to simultaneous events have each other's key.",
    hard=True,
    apply=_shared_reply,
    shown_key=lambda call: call.memory["key"],
)


# Load


def _gate(places: int, seconds: float, full: Callable[[Call], Any]) -> Callable[[Call], Awaitable[Any]]:
    """Serve so many at a time, each for a while; whoever comes then gets what ``full`` gives."""

    async def enter(call: Call) -> Any:
        if call.memory.get("inside", 0) >= places:
            return full(call)
        call.memory["inside"] = call.memory.get("inside", 0) + 1
        try:
            await asyncio.sleep(seconds)
            return await call.plain()
        finally:
            call.memory["inside"] -= 1

    return enter


def _dropped_silently(call: Call) -> None:
    """Take the event for queued, which has no room for it."""
    event = call.value
    event.key = event.alert_key or call.rules.generated_key(call.ctx)


wrong(
    "race-exhausts-the-pool",
    "Response/data",
    "With more than ten events in flight, some are answered with 500.",
    hard=True,
    apply=_gate(10, 3 * GAP, breaks),
)
wrong(
    "race-drops-events-under-load",
    KEY,
    "With more than five events in flight, some are acknowledged and not stored.",
    hard=True,
    apply=_gate(5, GAP, _dropped_silently),
)
wrong(
    "race-beyond-ten-refused",
    "Response/data",
    "With more than ten events in flight, some are refused as if they were not valid.",
    hard=True,
    apply=_gate(10, GAP, lambda call: call.refuse("another event is being processed")),
)
wrong(
    "race-beyond-twelve-page",
    "Response/data",
    "With more than twelve requests in flight, some are answered with the page of a gateway.",
    hard=True,
    answer=_gate(12, 3 * GAP, lambda _: page(503, "503 Service Temporarily Unavailable")),
    media_type=lambda call: "text/html" if call.value.raw is not None else call.plain(),
)
wrong(
    "race-beyond-four-cut-off",
    "Response/data",
    "With more than four requests in flight, connections are cut off.",
    hard=True,
    answer=_gate(4, GAP, lambda _: hang_up()),
)
