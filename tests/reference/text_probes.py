"""Probes of the texts of an event: title_rule, description and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench
from probe_events import EVENT, WRONG, each, event, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def titles(bench: Bench) -> AsyncIterator[Any]:
    """Probe title_rule."""
    async for seen in texts(bench, 512, lambda text: {"title_rule": text}):
        yield seen
    events = [
        {"title_rule": value, **more}
        for value in (..., *WRONG)
        for more in ({}, {"description": "d"}, {"event_status": "Ok"})
    ]
    events += [
        {"title_rule": rule, "labels": {"host": "h1", "hostname": "h2", "Name": "n", "name": "m"}}
        for rule in (
            "$host::$hostname::$Name and $name::$none",
            "[TPL]${host} of ${none} on ${hostname}",
            "a::b",
            "[TPL]plain",
            "$Name",
        )
    ]
    async for seen in each(bench, "title", events):
        yield seen
    for title in ("a", "b" * 600, "汉" * 600):
        yield await bench.push(event(alert_key="title-updated", title_rule=title))
        yield await bench.stored("title-updated")


async def descriptions(bench: Bench) -> AsyncIterator[Any]:
    """Probe description."""
    async for seen in texts(bench, 2048, lambda text: {"description": text, "labels": {"name": "n", "host": "h"}}):
        yield seen
    events = [{"description": value} for value in (..., *WRONG, EVENT["title_rule"])]
    async for seen in each(bench, "description", events):
        yield seen


async def labels(bench: Bench) -> AsyncIterator[Any]:
    """Probe labels."""
    async for seen in texts(bench, 2048, lambda text: {"labels": {"first": text, "second": text + "2"}}):
        yield seen
    names = ("a", "_x", "__x", "severity", "hostName", "k8s", "resource", "check", "A" * 127, "b" * 128, "C" * 129)
    many = {f"l{number}": f"v{number}" for number in range(110)}
    long = {f"long_{number}": "汉" * 2048 for number in range(50)}
    events: list[dict[str, Any]] = [{"labels": {name: "Value", "other": "v"}} for name in names]
    events += [{"labels": value} for value in (..., *WRONG)]
    events += [{"labels": {"x": value, "y": "v"}} for value in WRONG]
    events += [{"labels": {"Case": "1", "case": "2", "CASE": "2"}}, {"labels": long}]
    for count in (1, 2, 49, 50, 51, 52, 100):
        some = dict(list(many.items())[:count])
        events += [{"labels": some}, {"labels": some, "description": "d"}]
    async for seen in each(bench, "labels", events):
        yield seen
    for start in (0, 30, 60):
        yield await bench.push(event(alert_key="labels-updated", labels=dict(list(many.items())[start : start + 40])))
        yield await bench.stored("labels-updated")
    yield await bench.push(event(alert_key="labels-updated", labels={"l1": "v" * 3000}))
    yield await bench.stored("labels-updated")
