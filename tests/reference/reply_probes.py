"""Probes of replies, whatever the event: routes, accounts, the rate, what all have in common, sixteen at once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from fault_bench import ACCOUNTS, LIMITED, Bench, made_key
from probe_events import event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable


async def routes(bench: Bench) -> AsyncIterator[Any]:
    """Probe methods, paths and accounts."""
    path = "/event/push/alert/standard"
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
        yield await bench.send(json.dumps(event(alert_key=method)), method=method)
        yield await bench.stored(method)
    for other in ("/", "/nowhere", path + "x", path + "/x", "/event/push/alert/other"):
        for method in ("GET", "POST"):
            yield await bench.send(json.dumps(event(alert_key=other)), method=method, path=other)
            yield await bench.stored(other)
    for code, key in ACCOUNTS.items():
        yield await bench.push(event(alert_key=f"account {code}"), key=key)
        yield await bench.stored(f"account {code}")


async def rates(bench: Bench) -> AsyncIterator[Any]:
    """Probe the rate."""
    names = [f"rate {number}" for number in range(8)]
    for name in names:
        yield await bench.push(event(alert_key=name), key=LIMITED)
    yield await bench.stored(*names)


async def envelopes(bench: Bench) -> AsyncIterator[Any]:
    """Probe what all replies have in common."""
    for _ in range(2):
        yield await bench.push(event(alert_key="same body"))
        for fields in ({}, {"event_status": "bad"}, {"alert_key": "汉"}, {"alert_key": "k"}, {"title_rule": "t" * 600}):
            for status in (0, 0):
                yield await bench.push(event(**fields), peer=f"peer {status}")
        yield await bench.send("{", peer="peer 1")
        yield await bench.push(event(), key="made up", peer="peer 1")
        yield await bench.push(event(event_status='a"b'), peer="peer 2")
    for number in range(300):
        yield await bench.send("", method="GET", path=f"/{number}")


async def together(bench: Bench) -> AsyncIterator[Any]:
    """Probe with sixteen requests at once; order does not count."""

    async def at_once(events: Iterable[Any]) -> list[str]:
        replies = await asyncio.gather(*(bench.push(one) for one in events))
        return sorted(str(reply) for reply in replies)

    names = [f"together {number}" for number in range(16)]
    yield await at_once(event(alert_key="together") for _ in names)
    yield await bench.stored("together")
    for status in ("Info", "Ok"):
        made = [event(alert_key=name, event_status=status, description=name, labels={"n": name}) for name in names]
        replies = await asyncio.gather(*(bench.push(one) for one in made))
        yield [made_key(reply) == name for reply, name in zip(replies, names, strict=True)]
        yield sorted(str(alert) for alert in await bench.stored(*names))
    yield await at_once(event(alert_key=names[0]) for _ in names)
    yield [alert["end_time"] for alert in await bench.stored(names[0])]
    yield await at_once(event() for _ in names)
