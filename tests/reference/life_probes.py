"""Probes of event_status, and of what a life of many events makes of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench
from probe_events import LINK, WRONG, each, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FULL = {"description": "d", "labels": {"a": "b"}, "images": [{"src": LINK, "alt": "a"}]}
STATUSES = ("Critical", "Warning", "Info", "Ok")
OTHERS = (
    "critical",
    "OK",
    "ok",
    "Ok ",
    " Warning",
    "Info\n",
    "Error",
    "resolved",
    "Critical,Warning",
    'a"b',
    "a\nb",
    "3",
)


async def statuses(bench: Bench) -> AsyncIterator[Any]:
    """Probe event_status."""
    events: list[dict[str, Any]] = [{"event_status": value} for value in (..., *STATUSES, *OTHERS, *WRONG, 3)]
    events += [{"event_status": "Ok", **FULL}]
    async for seen in each(bench, "status", events):
        yield seen


async def lives(bench: Bench) -> AsyncIterator[Any]:
    """Probe the life of alerts, several at a time."""
    for fields in ({}, FULL):
        for first in STATUSES[:3]:
            keys = [f"life-{first}-{len(fields)}", f"life-{first}-{len(fields)}-2", f"LIFE-{first}-{len(fields)}"]
            for key in keys:
                yield await bench.push(event(event_status=first, alert_key=key, **fields))
            for status, more in (
                ("Critical", {"description": "new description"}),
                ("Warning", {"description": "short"}),
                ("Info", {"title_rule": "another title", "labels": {"a": "c", "d": "e"}}),
                ("Info", {"title_rule": "another title", "description": "alone"}),
                ("Critical", {"title_rule": "another title", "description": "alone"}),
                ("Critical", {}),
                ("Warning", {}),
                ("Ok", {"title_rule": "recovered"}),
                ("Ok", {}),
                ("Warning", {}),
                ("Critical", {"description": "again"}),
                ("Ok", {"description": "comment"}),
                ("Ok", {}),
                ("Info", {}),
                ("Ok", {}),
                ("Info", {"description": "after"}),
                ("Ok", {"labels": {"other": "label"}}),
            ):
                yield await bench.push(event(event_status=status, alert_key=keys[0], **more))
                yield await bench.stored(*keys)
            yield await bench.push(event(event_status="Ok", alert_key=keys[2], **fields))
            yield await bench.stored(*keys)
    for key in ("k" * 255, "never seen", "never seen", "never seen before"):
        yield await bench.push(
            event(event_status="Ok", alert_key=key, title_rule="x", **(FULL if "before" in key else {}))
        )
        yield await bench.stored(key)
    for status in ("Info", "Ok"):
        yield await bench.push(event(event_status=status, alert_key="k" * 255))
        yield await bench.stored("k" * 255)
