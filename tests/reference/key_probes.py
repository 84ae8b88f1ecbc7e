"""Probes of alert keys: given ones, some of them nearly the same, and generated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench, made_key
from probe_events import WRONG, each, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAIRS = (
    ("Case", "case"),
    ("a" * 250 + "1", "a" * 250 + "2"),
    ("b" * 191 + "1", "b" * 191 + "2"),
    ("d" * 100 + "1", "d" * 100 + "2"),
    ("a_b", "axb"),
    ("a%", "abc"),
    ("7", "007"),
    ("resumé", "resume"),
    ("beer 🍺", "beer 🍣"),
    ("x-y", "x_y"),
    ("汉字", "漢字"),
    ("p#1", "p#2"),
    ("u?a=1", "u?a=2"),
    ("pre", "prefix"),
    ("e" * 130, "f" * 130),
)


async def keys(bench: Bench) -> AsyncIterator[Any]:
    """Probe alert_key."""
    for one, other in PAIRS:
        for key, title in ((other, "one"), (one, "two"), (other, "three")):
            yield await bench.push(event(alert_key=key, title_rule=title))
        yield await bench.push(event(alert_key=one, event_status="Ok"))
        yield await bench.stored(one, other)
    plain = (
        "k",
        "A" * 254,
        "B" * 255,
        "C" * 256,
        "汉" * 255,
        "😀" * 255,
        " blank ",
        "a/b",
        "a/",
        "a.",
        "50%25",
        "it's",
        "<&>",
        "12345",
        "é",
    )
    events = [
        {"alert_key": value, "event_status": status} for value in (*plain, *WRONG, ...) for status in ("Info", "Ok")
    ]
    async for seen in each(bench, "key", events):
        yield seen


async def generated(bench: Bench) -> AsyncIterator[Any]:
    """Probe generated keys."""
    made: list[str] = []
    for number in range(25):
        bench.made = ""
        yield await bench.push(event(title_rule=f"generated {number // 2}"))
        made.append(bench.made or f"none {number}")
    for key, statuses in zip(made, (("Ok",), ("Critical", "Ok"), ("Ok", "Ok")), strict=False):
        for status in statuses:
            reply = await bench.push(event(alert_key=key, event_status=status))
            yield [reply[0], made_key(reply) == key]
            yield [
                (alert["alert_key"] == key, alert["alert_status"], alert["end_time"])
                for alert in await bench.stored(key)
            ]
