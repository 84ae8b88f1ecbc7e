"""The levels of each field for the covering array: texts at, around and far above each limit, in every script.

Levels stand in order of worth: a quick run takes the first of each, a standard one more.  Each level is a value and
the requirement to blame when an event is refused for it.  Nothing is sent or judged here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.checks.ground import Ground
from conformance.model.text import TRICKY, fill, straddling

#: Label values that look like something else than text.
TYPED = {
    "zeros": "007",
    "float": "1.50",
    "exponent": "1e3",
    "minus": "-0",
    "none": "null",
    "yes": "True",
    "hex": "0x1F",
    "zero": "0",
    "big": "12345678901234567890",
    "date": "2026-01-01",
    "time": "2026-01-01T08:00:00.000Z",
    "no": "false",
    "norway": "no",
    "nan": "NaN",
    "go": "{{ .a }}",
    "inf": "+Inf",
    "link": "https://example.com/a?b=1&c=%20#d",
}
#: Labels named like something that servers, languages and libraries have a meaning of their own for.
NAMED = {
    "severity": "info",
    "status": "status",
    "title": "t",
    "id": "7",
    "constructor": "c",
    "alert_key": "k",
    "Id": "i",
}
NAMED |= {"event_status": "Ok", "title_rule": "r", "description": "d", "labels": "l", "images": "[]"}
NAMED |= {"hasOwnProperty": "h", "a__b": "u", "a_": "t", "alertname": "a", "job": "j", "instance": "i"}
NAMED |= {"password": "x", "token": "y"}


@dataclass(frozen=True)
class Level:
    """A value of a field (``None``: the field is absent) with a name and the requirement that it tests."""

    name: str
    make: Callable[[], Any]
    blame: str


def _texts(field: str, limit: int, over: str, within: str) -> list[Level]:
    """Levels of a text field that is cut at ``limit``."""
    return [
        Level(f"{limit + 1}-ascii", lambda: fill(limit + 1, "words", "T<&>\"'\nu"), over),
        Level(f"{limit}-mixed", lambda: fill(limit, "latin", _tricky(field)), within),
        Level(f"{limit * 10}-astral-across", lambda: straddling(limit * 10, limit, "ascii", "astral"), over),
        Level("tricky", lambda: _tricky(field), within),
        Level(f"{limit + 20}-cjk", lambda: straddling(limit + 20, limit, "cjk", "astral"), over),
        Level(f"{limit - 1}-cjk", lambda: fill(limit - 1, "cjk"), within),
        Level(f"{limit}-astral", lambda: fill(limit, "astral"), within),
        Level(f"{limit + 2}-combining-across", lambda: straddling(limit + 2, limit, "cjk", "combining"), over),
        Level(f"{limit + 1}-rtl", lambda: fill(limit + 1, "rtl"), over),
        Level(f"{limit * 2}-latin", lambda: fill(limit * 2, "latin"), over),
        Level(f"{limit}-cjk", lambda: fill(limit, "cjk"), within),
        Level("one", lambda: "x", within),
        Level("number-like", lambda: "0123", within),
        Level(f"{limit // 2}-ascii", lambda: fill(limit // 2), within),
        Level("formula", lambda: "=1+1 a%20b%41+c", within),
        Level("zero", lambda: "0", within),
        Level("null-word", lambda: "null", within),
        Level("json", lambda: '{"b": 1, "a":[1,2.50], "c": "\\u00e9", "b": null}', within),
        Level("replacements", lambda: "cost $$5 $& $1 $` \\1 \\n {0} %(a)s", within),
        Level("bmp-edge", lambda: "\uff5e\ud7ff\ue000 \u00df\u0130\u0131 \u1e9e", within),
    ]


def _tricky(field: str) -> str:
    """Text that careless code alters; a title must hold no template sign, or it could not be judged on title."""
    if field == "title_rule":
        return TRICKY.replace("${HOME}", "HOME") + " $$5"
    return f'"{TRICKY} $check ${{check}} {{{{.Labels.check}}}} [MD] 100%d %s"'


def title_levels(ground: Ground) -> list[Level]:
    """Levels of title_rule."""
    return _texts(
        "title_rule", ground.contract.limits.title_rule, "title-rule.over-limit-accepted", "title-rule.accepted"
    )


def description_levels(ground: Ground) -> list[Level]:
    """Levels of description."""
    limit = ground.contract.limits.description
    texts = _texts("description", limit, "description.over-limit-accepted", "description.accepted")
    absent = Level("absent", lambda: None, "description.optional")
    return [*texts[:3], absent, *texts[3:6], Level("empty", lambda: "", "description.optional"), *texts[6:]]


def key_levels(ground: Ground) -> list[Level]:
    """Levels of alert_key; an absent one is made up by the server."""
    limit, names = ground.contract.limits.alert_key, ground.names
    return [
        Level("signs", lambda: names.key("aB/c%2F?d#e&f=g+h;i'\"\\<j> 主🔥é"), "alert-key.accepted"),
        Level(f"{limit}-cjk", lambda: names.long_key(limit, "cjk"), "alert-key.accepted"),
        Level("absent", lambda: None, "alert-key.optional"),
        Level("one", lambda: names.long_key(1), "alert-key.accepted"),
        Level(f"{limit}-ascii", lambda: names.long_key(limit), "alert-key.accepted"),
        Level("quotes", lambda: names.key("a'b\"c`d::e.<b>&amp;"), "alert-key.accepted"),
        Level("cjk-and-blank", lambda: names.key("主机 磁盘 — é❤\ufe0f\u200d♂"), "alert-key.accepted"),
        Level("hash", names.hexadecimal, "alert-key.accepted"),
        Level("url", lambda: names.key("https://a.b/c?d=%41&e#f/"), "alert-key.accepted"),
        Level("plain", lambda: names.key("combo"), "alert-key.accepted"),
        Level("astral", lambda: names.key("🔥🚒"), "alert-key.accepted"),
        Level(f"{limit - 1}-ascii", lambda: names.long_key(limit - 1), "alert-key.accepted"),
        Level("mixed-case", lambda: names.key("MixedCASE-"), "alert-key.accepted"),
    ]


def _labels(count: int) -> dict[str, str]:
    return {f"label_{place:03d}": f"value {place}" for place in range(count)}


def label_levels(ground: Ground) -> list[Level]:
    """Levels of labels, from none to as many as are kept, keys and values at their limits."""
    limits = ground.contract.limits
    value, key = limits.label_value, fill(limits.label_key, "ascii", "k_")
    accepted, over = "labels.accepted", "labels.value-over-limit-accepted"
    odd = {"resource": "171.26.23.22", "_x": "same", "y": "same", "_": "alone", **TYPED, **NAMED}
    return [
        Level("fifty", lambda: _labels(limits.labels), accepted),
        Level(
            "edges",
            lambda: {key: fill(value, "ascii", TRICKY), key[:-1] + "Z": "z", "Check": "A", "check": "b", **odd},
            accepted,
        ),
        Level(
            "value-over",
            lambda: {
                "resource": fill(value + 1, "words", "v"),
                "n": "42",
                "z": straddling(value * 10, value, "ascii", "astral"),
            },
            over,
        ),
        Level("empty", dict, "labels.optional"),
        Level("absent", lambda: None, "labels.optional"),
        Level("tricky", lambda: {"check": TRICKY, **odd}, accepted),
        Level("value-cjk", lambda: {"resource": fill(value + 30, "cjk"), key[:-1]: "k"}, over),
        Level("astral", lambda: {"icon": straddling(value + 9, value, "cjk", "astral")}, over),
        Level("one-less", lambda: _labels(limits.labels - 1), accepted),
        Level("one", lambda: {"a": "1"}, accepted),
        Level("value-far", lambda: {"a": fill(value * 10, "ascii"), "b": fill(value - 1, "cjk")}, over),
        Level("fifty-long", lambda: dict.fromkeys(_labels(limits.labels), fill(value // 8, "cjk")), accepted),
        Level("case", lambda: {"Host": "Web", "host": "web", "HOST": "WEB", "hOST": "wEB"}, accepted),
        Level("fifty-full", lambda: {name: fill(value) for name in _labels(limits.labels)}, accepted),
        Level("value-exact-cjk", lambda: {"v": fill(value, "cjk"), "w": fill(value, "rtl")}, accepted),
    ]
