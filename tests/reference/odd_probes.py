"""Probes with odd inputs, of any row: what only such faults answer otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fault_bench import KEY, SECOND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fault_bench import Bench

EVENT = {"title_rule": "t", "event_status": "Info"}
LINK = "https://img.example.com/a.png"


async def odd(bench: Bench) -> AsyncIterator[Any]:
    """Probe texts with NUL, half templates, and values of wrong types in events of a known key."""
    for more in (
        {"title_rule": "a\0b"},
        {"labels": {"a": "a\0b"}},
        {"images": [{"src": LINK, "alt": "a\0b"}]},
        {"title_rule": "a ${b"},
        {"title_rule": "$a::$b", "labels": {"a": "C:\\1"}},
        {"event_status": "Resolved", "alert_key": "odd"},
        {"event_status": "Fatal"},
    ):
        yield await bench.push({**EVENT, **more})
    yield await bench.push(EVENT, query=f"integration_key={quote(quote(KEY, safe='').replace('i', '%69'))}")
    yield await bench.push(EVENT, query="integration_key=" + "".join(f"%25{ord(sign):02x}" for sign in KEY))
    yield await bench.push(EVENT, path="/event/push/alert")
    images = [{"src": LINK + "x" * 300, "alt": "long"}, {"src": LINK, "alt": "good"}]
    for more in ({}, {"description": "changed", "labels": {"a": 1}}, {"images": images}, {"images": images[1:]}):
        yield await bench.push({**EVENT, "alert_key": "odd of a known key", **more})
        yield await bench.stored("odd of a known key")


async def unusual(bench: Bench) -> AsyncIterator[Any]:
    """Probe rare media types and keys, two integrations, escapes, repetitions and many labels."""
    for kind in ("multipart/form-data", "json", "*/*"):
        yield await bench.push(EVENT, headers=(("Content-Type", kind),))
    for key in ("ключ", "k" * 300):
        yield await bench.push(EVENT, key=key)
    yield await bench.push(EVENT, query=f"integration_key={quote(KEY)}&debug")
    yield await bench.send('{"title_rule": "t", "event_status": "Info", "alert_key": "slash", "description": "a\\/b"}')
    yield await bench.stored("slash")
    image = {"src": LINK, "alt": "a", "width": 3}
    for key in (KEY, SECOND):
        yield await bench.push({**EVENT, "alert_key": "both", "images": [{"src": LINK}]}, key=key)
        yield await bench.stored("both")
    yield await bench.push({**EVENT, "alert_key": "other", "images": [{"src": LINK}]}, key=SECOND)
    yield await bench.stored("other")
    for status in ("Ok", "Info", "Info", "Ok", "Info"):
        yield await bench.push({**EVENT, "event_status": status, "alert_key": "other"}, key=SECOND)
        yield await bench.stored("other")
    yield await bench.push({**EVENT, "images": [image]})
    blanks = "10\u00a0kg 全角\u3000空白"
    named = {"title_rule": "r", "event_status": "Ok", "labels": "l", "check": blanks}
    yield await bench.push(
        {**EVENT, "title_rule": blanks, "description": blanks, "labels": named, "alert_key": "blank"}
    )
    yield await bench.stored("blank")
    first = {"description": "old", "labels": {"a": "1"}}
    for status, more in (("Info", first), ("Ok", {}), ("Info", {"labels": {"a": "2"}, "title_rule": "again"})):
        yield await bench.push({**EVENT, "event_status": status, "alert_key": "turn", **more})
    yield await bench.stored("turn")
    for name in "ab":
        labels = {f"{name}{place}": "x" for place in range(30)}
        yield await bench.push({**EVENT, "alert_key": "many", "labels": labels})
        yield await bench.stored("many")


async def habits(bench: Bench) -> AsyncIterator[Any]:
    """Probe what languages, libraries and stores have habits about."""
    yield await bench.push(EVENT, query=f"integration_key={quote(KEY)}%2F")
    for key, text in ((KEY, "of one"), (SECOND, "of two")):
        yield await bench.push({**EVENT, "alert_key": "in both", "description": text}, key=key)
        yield sorted(str(alert) for alert in await bench.stored("in both"))
    for text in ("Same", "same"):
        yield await bench.push({**EVENT, "alert_key": "case", "description": text})
        yield await bench.stored("case")
    yield await bench.push({"title_rule": "t", "alert_key": "case"})
    yield await bench.push({**EVENT, "event_status": "constructor"})
    values = {"yes": "yes", "nan": "NaN", "time": "2026-01-01T08:00:00.000Z", "a__b": "1", "Host": "h"}
    yield await bench.push({**EVENT, "title_rule": "$host::x", "labels": values, "alert_key": "values"})
    yield await bench.stored("values")
    yield await bench.push({**EVENT, "labels": {"hasOwnProperty": "1"}})
    links = ("s3://images/a.png", f"{LINK}?v&utm_source=m", "https://img.example.com/a//b.png", LINK)
    images = [{"src": link, "alt": f"image {place}", "href": LINK} for place, link in enumerate(links)]
    images.append({"src": f"{LINK}?w=1", "alt": "far", "href": "https://example.com/".ljust(255, "x") + "%41%41"})
    yield await bench.push({**EVENT, "images": images, "alert_key": "images"})
    yield await bench.stored("images")
    yield await bench.push({**EVENT, "images": [{"src": "ftp://images.example.com/a.png"}], "alert_key": "ftp"})
    yield await bench.stored("ftp")
    texts = {"title_rule": "so\u00adft", "description": '"quoted"'}
    for key, more in (("odd texts", texts), ("lines", {"description": "line\n".ljust(3000, "x")}), ("123456", {})):
        for _ in range(2):
            yield await bench.push({**EVENT, **more, "alert_key": key})
        yield await bench.stored(key)
    yield await bench.push({**EVENT, "alert_key": "123456", "event_status": "Ok"})
    yield await bench.push(EVENT)


async def combinations(bench: Bench) -> AsyncIterator[Any]:
    """Probe limits in every turn of a life, values that look like others, and bodies beside their media type."""
    long = {"description": "d" * 2100, "labels": {"a": "v" * 2100, "password": "x"}}
    long |= {"title_rule": "t" * 600, "images": [{"src": LINK, "alt": "a" * 200, "href": "https://A.example/x"}]}
    for status in ("Info", "Ok", "Warning"):
        yield await bench.push({**EVENT, **long, "event_status": status, "alert_key": "turns"})
        yield await bench.stored("turns")
    for text in ("one", "two"):
        labels = {f"l{place}": text for place in range(50)}
        yield await bench.push({**EVENT, "alert_key": "fifty", "labels": labels})
        yield await bench.stored("fifty")
    yield await bench.push(EVENT, query="integration_key=%25")
    yield await bench.push({**EVENT, "event_status": ["Info"]})
    yield await bench.push({**EVENT, "status": "Critical", "alert_key": "a", "description": "4111111111111111"})
    yield await bench.push({**EVENT, "alert_key": "&#97;"})
    yield await bench.stored("a", "&#97;")
    for kind in ("application/octet-stream", "text/html"):
        yield await bench.push(EVENT, headers=(("Content-Type", kind),))
    named = (("Content-Type", "application/json; charset=utf-8"),)
    body = {"description": "é", **EVENT, "alert_key": "named"}
    for headers in (named, (("Content-Type", "application/json"),)):
        yield await bench.send(json.dumps(body, ensure_ascii=False), headers=headers)
        yield await bench.stored("named")
