"""What probes push: events, texts that are easily spoilt, values of wrong types; and how they are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

LINK = "https://e.test/a.png"
EVENT = {"title_rule": "cpu high", "event_status": "Warning"}


def event(**fields: Any) -> dict[str, Any]:
    """Make an event, minimal unless told otherwise; a field that is `...` is left out."""
    made: dict[str, Any] = {**EVENT, **fields}
    return {name: value for name, value in made.items() if value is not ...}


def samples(limit: int) -> Iterator[str]:
    """Give texts at, around and far beyond a limit, and texts that are easily spoilt."""
    for unit in ("a", "汉", "é", "😀", "e\u0301", "word ", "&<"):
        size = len(unit)
        lengths = (limit // 2 + 1, limit - 1, limit, limit + 1, limit + 2, *((limit * 10,) if unit in "a汉" else ()))
        for length in lengths:
            yield (unit * (length // size + 1))[:length]
    yield "a" + "😀" * limit
    yield "".join(chr(0x61 + n % 26) for n in range(limit + 50))
    yield from (
        "<b>bold</b> & \"quoted\" 'text'",
        "Ünïcödé cafe\u0301 ＦＵＬＬ ﬁ",
        "family 👨\u200d👩\u200d👧 ❤\ufe0f",
        "שלום عالم",
        "line one\nline two\twith tab",
        "back\\slash\\n 100%25 a+b %E6%B1%89",
        '{"a":1,  "b":[1,2]}',
        "$name and ${name} and $host",
        "a,b=c;d",
        "Ends With Full Stop.",
        "https://e.test:8080/P/a.png?x=1&y=%20#frag",
        "/relative/path",
        "007",
        "42",
        "true",
        "null",
        "0",
        "2026-01-01",
        "12345678901234567890",
        "cost $$5 and 100%%",
        "“quoted” ‘text’",
        "=1+1",
        "[text](link)",
        "http://e.test/a/",
        "a" * 70_000,
    )


async def texts(bench: Bench, limit: int, make: Callable[[str], dict[str, Any]]) -> AsyncIterator[Any]:
    """Push each text in one field."""
    for number, text in enumerate(samples(limit)):
        key = f"text-{limit}-{number}"
        yield await bench.push({**event(alert_key=key), **make(text)})
        yield await bench.stored(key)


async def each(bench: Bench, group: str, events: Iterable[Any]) -> AsyncIterator[Any]:
    """Push events on their own, and read them back."""
    for number, fields in enumerate(events):
        sent = event(**{"alert_key": f"{group}-{number}", **fields})
        yield await bench.push(sent)
        key = sent.get("alert_key")
        yield await bench.stored(f"{group}-{number}", *([key] if isinstance(key, str) and key else []))


WRONG = (None, 1, 2.5, True, False, [], ["Ok"], {}, {"a": 1}, "")
