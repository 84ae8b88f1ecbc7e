"""Requests that tell a faulty server from the plain one, in groups; must not know any fault by name."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from fault_bench import ACCOUNTS, KEY, LIMITED, SECOND, Bench, made_key
from odd_probes import habits, odd, unusual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    Group = Callable[[Bench], AsyncIterator[Any]]

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


GROUPS: dict[str, Group] = {
    "odd": odd,
    "unusual": unusual,
    "habits": habits,
    "together": together,
    "Code/InvalidParameter": raw,
    "Payload/event_status": statuses,
    "Payload/alert_key": keys,
    "Data/alert_key": generated,
    "life": lives,
    "routes": routes,
    "Code/RequestTooFrequently": rates,
    "Query/integration_key": access,
    "Header/Content-Type": access,
    "Payload/title_rule": titles,
    "Payload/description": descriptions,
    "Payload/labels": labels,
    "Payload/images": images,
    "Image/src": src,
    "Image/alt": alts,
    "Image/href": hrefs,
    "Response/request_id": envelopes,
}
LIKELY = {
    "Code": "routes",
    "Data": "Payload/alert_key",
    "Error": "Code/InvalidParameter",
    "Example": "Response/request_id",
    "Response": "Response/request_id",
}


def groups_for(row: str) -> list[Group]:
    """Give all groups, the likeliest for a row first."""
    likely = [name for name in (row, LIKELY.get(row.split("/", maxsplit=1)[0], "life")) if name in GROUPS]
    return list(dict.fromkeys(GROUPS[name] for name in [*likely, *GROUPS]))
