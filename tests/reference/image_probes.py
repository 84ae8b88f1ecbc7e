"""Probes of images, and of src, alt and href in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench
from probe_events import LINK, WRONG, each, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def sources() -> Iterator[Any]:
    """Give values for src."""
    yield from (
        LINK,
        "http://e.test/a",
        "https://e.test",
        "https://e.test:8443/A.PNG?x=1&y=2#f",
        "http://10.0.0.1/a.png",
    )
    yield from ("javascript:alert(1)", "JavaScript:alert(1)", "data:image/png;base64,AAAA", "ftp://e.test/a.png")
    yield from ("file:///etc/passwd", "img_0123456789")
    for length in (199, 201, 255, 256, 257, 258, 512, 513, 2600):
        yield ("https://e.test/" + "a" * length)[:length]


async def images(bench: Bench) -> AsyncIterator[Any]:
    """Probe images."""
    events: list[dict[str, Any]] = [{"images": value} for value in (..., *WRONG, "x", {"src": LINK, "alt": "a"})]
    events += [{"images": [{"src": LINK, "alt": "ok"}, value]} for value in WRONG]
    events += [
        {"images": [{"src": LINK, "alt": "ok"}, {"src": value, "alt": "b", "href": "https://e.test/h"}]}
        for value in WRONG
    ]
    several = [{"src": f"https://e.test/{number}.png", "alt": f"alt {number}", "href": "/h"} for number in range(12)]
    for some in (several[:1], several[:2], several[:3], several[:5], several):
        for more in ({}, {"description": "d"}, {"labels": {"a": "b"}}, {"description": "d" * 3000}):
            events += [{"images": some, **more}]
    same, case = {**several[0], "alt": "other"}, {**several[1], "alt": "ALT 0"}
    events += [{"images": [several[0], same]}, {"images": [several[0], case]}, {"images": [{"src": LINK}, several[1]]}]
    events += [{"images": [several[0], {"alt": "no src", "href": "https://e.test/h"}, several[1]]}]
    events += [{"images": [{**several[0], "title": "unknown"}]}]
    async for seen in each(bench, "images", events):
        yield seen


async def src(bench: Bench) -> AsyncIterator[Any]:
    """Probe src."""
    events = [{"images": [{"src": value, "alt": "a"}, {"src": LINK, "alt": "b"}]} for value in sources()]
    far = LINK + "x" * 300
    events += [{"images": [{"src": LINK, "alt": "a"}, {"src": far, "alt": "b"}]}, {"images": [{"src": far}]}]
    async for seen in each(bench, "src", events):
        yield seen
    async for seen in images(bench):
        yield seen


async def alts(bench: Bench) -> AsyncIterator[Any]:
    """Probe alt."""
    async for seen in texts(
        bench, 128, lambda text: {"images": [{"src": LINK, "alt": text}, {"src": LINK, "alt": "2" + text}]}
    ):
        yield seen
    async for seen in each(
        bench, "alt", [{"images": [{"src": LINK, "alt": value}]} for value in WRONG] + [{"images": [{"src": LINK}]}]
    ):
        yield seen


async def hrefs(bench: Bench) -> AsyncIterator[Any]:
    """Probe href."""
    async for seen in texts(bench, 256, lambda text: {"images": [{"src": LINK, "alt": "a", "href": text}]}):
        yield seen
    async for seen in each(
        bench,
        "href",
        [{"images": [{"src": LINK, "href": value}]} for value in (*WRONG, "h" * 256)] + [{"images": [{"src": LINK}]}],
    ):
        yield seen
