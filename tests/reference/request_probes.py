"""Probes of the request around an event: Content-Type, keys, and bodies that are hard to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fault_bench import KEY, SECOND, Bench
from probe_events import event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


async def access(bench: Bench) -> AsyncIterator[Any]:
    """Probe Content-Type and integration_key."""
    body = json.dumps(event(alert_key="access"))
    for value in (
        *("application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"),
        *(
            "text/plain",
            "text/json",
            "application/jsonp",
            "application/vnd.api+json",
            "application/x-www-form-urlencoded",
        ),
        *("text/plain; a=application/json", "", "json", "application/xml"),
    ):
        for name in ("Content-Type", "content-type", "CONTENT-TYPE"):
            yield await bench.send(body, headers=((name, value),))
        yield await bench.send(body.replace('"access"', f'"access {value}"'), headers=(("Content-Type", value),))
        yield await bench.stored(f"access {value}")
    over = '{"title_rule":"over","event_status":"Ok","alert_key":"access"}'
    yield await bench.send(over, headers=(("Content-Type", "text/plain"),))
    yield await bench.send(body, headers=())
    for key in (None, "", "made up", KEY.upper(), KEY + "x", KEY[:-1], KEY[:16] + "other", "it's", "k" * 300, SECOND):
        for status in ("Info", "Ok"):
            yield await bench.push(event(alert_key=f"access to {key}", event_status=status), key=key)
        yield await bench.push(event(event_status="Critical"), key=key)
        yield await bench.stored(f"access to {key}")
    coded = "".join(f"%{byte:02x}" for byte in KEY.encode())
    for query in (
        f"integration_key={coded}",
        f"integration%5Fkey={KEY}",
        f"integration%5fkey={KEY}",
        f"x=1&integration_key={KEY}",
        f"integration_key={KEY}&x=1",
    ):
        yield await bench.send(body, query=query)
    for key in (KEY, "made up", KEY):
        yield await bench.push(event(), key=key, peer="one connection")
    for one, status in (
        (KEY, "Info"),
        (SECOND, "Critical"),
        (SECOND, "Ok"),
        (KEY, "Warning"),
        (KEY, "Ok"),
        (SECOND, "Info"),
    ):
        yield await bench.push(event(alert_key="of both", event_status=status), key=one)
        yield await bench.stored("of both")
    yield await bench.push(event(alert_key="of one"))
    for status in ("Info", "Ok"):
        yield await bench.push(event(alert_key="of one", event_status=status), key=SECOND)
        yield await bench.stored("of one")
    yield await bench.push(event(alert_key="of one, recovered"))
    yield await bench.push(event(alert_key="of one, recovered", event_status="Ok"), key=SECOND)
    yield await bench.stored("of one, recovered")


def bodies() -> Iterator[bytes | str]:
    """Give bodies that are no JSON object, and objects that are hard to read."""
    plain = json.dumps(event(alert_key="body"))
    yield from (
        "",
        "null",
        "1",
        '"text"',
        "[]",
        f"[{plain}]",
        "{",
        plain[:-1],
        plain + "x",
        plain + plain,
        json.dumps(plain),
    )
    yield from (
        plain.replace('"', "'"),
        plain[:-1] + ",}",
        "/* c */" + plain,
        plain[:-1] + ',"x":NaN}',
        "a=b&title_rule=t",
    )
    for value in ("[" * 600 + "]" * 600, "9" * 400, "1e9999", '"\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"'):
        yield plain[:-1] + f',"x":{value}}}'
        yield plain[:-1] + f',"description":{value}}}'
    yield plain[:-1] + ',"title_rule":"twice"}'
    yield b"\xff" + plain.encode()
    yield b"\xef\xbb\xbf" + plain.encode()
    yield plain[:-1] + ',"description":"' + "a" * 70000 + '"}'


async def raw(bench: Bench) -> AsyncIterator[Any]:
    """Probe bodies."""
    for body in bodies():
        yield await bench.send(body)
        yield await bench.stored("body")
    for fields in (
        {"event_status": "bad"},
        {"title_rule": ...},
        {"images": 5},
        {"labels": {"a": 1}},
        {"description": 5},
        {"x": 1},
        {"event_time": 1},
    ):
        yield await bench.push(event(alert_key=f"raw {fields}", **fields))
        yield await bench.stored(f"raw {fields}")
