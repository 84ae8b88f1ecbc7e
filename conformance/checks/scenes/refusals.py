"""Scenarios of the refusals that the payload table demands; each breaks one rule and its twin breaks none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.ground import (
    CORE,
    QUICK,
    STANDARD,
    THOROUGH,
    Event,
    Ground,
    push,
    refusal,
    refused,
    scenario,
    scenes,
)
from conformance.model.scenario import Scenario

WRONG: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("number", 1),
    ("true", True),
    ("array", []),
    ("object", {}),
    ("zero", 0),
    ("false", False),
    ("filled-array", ["Info"]),
    ("filled-object", {"a": "b"}),
    ("fraction", 1.5),
)
#: Where others of their kind are tried, these seldom show more.
_RARE_TYPES = ("filled-array", "filled-object", "fraction")


def _raw(event: Event, **fields: Any) -> Event:
    """An event with fields set to exactly these values, null included."""
    return {**event, **fields}


@scenes
def required_fields(ground: Ground) -> Iterator[Scenario]:
    """title_rule and event_status missing, null, of every wrong type; alone and beside every optional field."""
    full = {"description": "text", "labels": {"check": "a"}, "images": []}
    for field, rule in (("title_rule", "title-rule"), ("event_status", "event-status")):
        missing = f"{rule}.missing-refused"
        bare = {name: value for name, value in ground.event("req").items() if name != field}
        yield refused(f"{rule}.missing", missing, refusal(bare, missing), worth=CORE)
        if field == "title_rule":
            over = {name: value for name, value in ground.ok(ground.names.key("req")).items() if name != field}
            yield refused(f"{rule}.missing-ok", missing, refusal(over, missing), worth=QUICK + 1)
            typed = refusal({**over, "title_rule": 5}, f"{rule}.type-refused")
            yield refused(f"{rule}.type-ok", f"{rule}.type-refused", typed)
        fuller = {name: value for name, value in ground.event("req", **full).items() if name != field}
        yield refused(f"{rule}.missing-full", missing, refusal(fuller, missing))
        for place, (name, value) in enumerate(WRONG):
            sent = refusal(_raw(ground.event("type"), **{field: value}), f"{rule}.type-refused")
            rare = (
                STANDARD + 4
                if name in _RARE_TYPES or (field == "event_status" and name in ("zero", "false"))
                else STANDARD
            )
            # Some languages take an array for what is in it.
            usual = {"filled-array" if field == "event_status" else "object": QUICK - 3, "number": QUICK}
            worth = CORE if place < 1 else usual.get(name, rare)
            yield refused(f"{rule}.type-{name}", f"{rule}.type-refused", sent, worth=worth)


@scenes
def wrong_statuses(ground: Ground) -> Iterator[Scenario]:
    """Near misses of the enum: other words, other cases, white space around."""
    words = [
        "Resolved",
        "Error",
        "",
        "OK!",
        "Ｏｋ",
        "0",
        "Emergency",
        "constructor",
        "Warn",
        "Ok,Info",
    ]
    more = [
        'say "Ok"\n<b>',
        "Unknown",
        "Fatal",
        "Information",
        "Recovered",
        "Normal",
        "P1",
        "Critical\u200b",
        "Closed",
        "null",
        "Critica",
        "Notice",
        "C",
        "Criticall",
    ]
    for place, word in enumerate([*words, *more]):
        if ground.may_page(word):
            continue
        sent = refusal(_raw(ground.event("enum"), event_status=word), "event-status.enum")
        worth = CORE if place < 2 else STANDARD if place <= len(words) else THOROUGH
        yield refused(f"event-status.enum-{place}", "event-status.enum", sent, worth=worth)
    statuses = [status for status in ground.contract.statuses if not ground.may_page(status)]
    cases = [*(s.lower() for s in statuses), *(s.upper() for s in statuses), *(s.swapcase() for s in statuses)]
    for place, word in enumerate(dict.fromkeys(cases)):
        sent = refusal(_raw(ground.event("case"), event_status=word), "event-status.case")
        worth = CORE if place in (0, 7) else STANDARD  # of the four in small letters the first, in capitals the last
        worth += 4 * (place > 2 * len(statuses))  # of swapped letters one shows what the others would
        yield refused(f"event-status.case-{place}", "event-status.case", sent, worth=worth)
    for place, form in enumerate(["{}\n", " {}", "{} ", "\t{}", "{}\r\n", "\u00a0{}\ufeff", "{}\0"]):
        for status in statuses:
            sent = refusal(_raw(ground.event("blank"), event_status=form.format(status)), "event-status.blanks")
            # Whoever takes a blank off the end takes a line feed off; some patterns take the line feed alone.
            first = place < 2 and status == (statuses[0] if place else statuses[-1])
            worth = CORE if first else STANDARD if place < 2 or status == statuses[0] else THOROUGH
            yield refused(f"event-status.blank-{place}-{status}", "event-status.blanks", sent, worth=worth)


@scenes
def wrong_keys(ground: Ground) -> Iterator[Scenario]:
    """An alert_key over its limit, in every script; an Ok without a key or with an empty one."""
    limit, over = ground.contract.limits.alert_key, "alert-key.over-limit-refused"
    sizes = [
        (limit + 1, "ascii", CORE),
        (limit + 1, "cjk", QUICK + 2),
        (limit * 10, "ascii", STANDARD),
        (limit + 2, "rtl", STANDARD + 4),
    ]
    for length, script, worth in sizes:
        key = ground.names.long_key(length, script)
        sent = refusal(ground.event("over", alert_key=key), over)
        # It may be refused, and stored under what is left of its key.
        yield refused(f"alert-key.over-{length}-{script}", over, sent, worth=worth, watch=(key[:limit],))
    longer = ground.ok(ground.names.long_key(limit + 1))
    yield refused("alert-key.over-ok", over, refusal(longer, over))
    needs = "alert-key.ok-needs-key"
    yield refused("alert-key.ok-none", needs, refusal(ground.ok(None), needs), worth=CORE)
    yield refused("alert-key.ok-empty", needs, refusal(ground.ok(""), needs), worth=CORE)
    yield refused("alert-key.ok-null", needs, refusal(_raw(ground.ok(None), alert_key=None), needs))
    if "loopback" in ground.given:  # elsewhere such a key may be somebody's
        blank = push(ground.ok("   "), "event-status.ok-unknown", role="refusal")
        yield scenario("alert-key.ok-blank", ["code.invalid-parameter.never-5xx"], blank, loose=True)
    full = ground.ok(None, description="over", labels={"check": "a"})
    yield refused("alert-key.ok-none-full", needs, refusal(full, needs))


@scenes
def wrong_optional_types(ground: Ground) -> Iterator[Scenario]:
    """A wrong type in an optional field: refused, or the offending part left out (SHOULD); never a 5xx."""
    cases: list[tuple[str, str, Any]] = []
    for field, rule in (("description", "description.type"), ("labels", "labels.type"), ("images", "images.type")):
        fits = {"labels": dict, "images": list}.get(field)
        cases += [
            (rule, f"{field}-{name}", {field: value})
            for name, value in WRONG[1:]
            if not _fits(value, fits) and f"{field}-{name}" != "images-object"
        ]
        if fits:
            cases.append((rule, f"{field}-text", {field: "text"}))
    single = {"alt": "single", "src": "https://img.example.com/a.png"}
    cases.append(("images.type", "images-object", {"images": single}))
    for name, value in WRONG[1:]:  # null is open here
        cases.append(("labels.type", f"label-{name}", {"labels": {"good": "kept", "bad": value}}))
        if not isinstance(value, dict):
            cases.append(("images.type", f"image-{name}", {"images": [value]}))
        elif not value:
            cases.append(("images.type", "image-text", {"images": ["text"]}))
        image = {"src": "https://img.example.com/a.png"}
        cases.append(("alt.type", f"alt-{name}", {"images": [{**image, "alt": value}]}))
        cases.append(("href.type", f"href-{name}", {"images": [{**image, "href": value}]}))
        cases.append(("alert-key.type", f"key-{name}", {"alert_key": value}))
    good = {"alt": "good", "src": "https://img.example.com/good.png"}
    wrong_sources = [{"alt": name, "src": value} for name, value in WRONG[1:]]
    cases.append(("src.missing-discarded", "src-object", {"images": [good, *wrong_sources]}))
    image = {"src": "https://img.example.com/a.png"}
    nulls: list[tuple[str, str, Any]] = [
        ("labels.type", "label-null", {"labels": {"good": "kept", "bad": None}}),
        ("images.type", "image-null", {"images": [None]}),
        ("alt.type", "alt-null", {"images": [{**image, "alt": None}]}),
        ("href.type", "href-null", {"images": [{**image, "href": None}]}),
    ]
    for rule, name, fields in [*cases, *nulls]:
        worth = QUICK - 4 if name in _QUICK_TYPES else _type_worth(name)
        event = ground.event("opt", **({"alert_key": None} if "alert_key" in fields else {})) | fields
        yield scenario(f"{rule}-{name}", [rule, "code.invalid-parameter.never-5xx"], push(event, rule), worth=worth)


#: Wrong types that are let in more often than others.
_QUICK_TYPES = ("key-number",)
_STANDARD_TYPES = ("label-fraction",)
_NARROW = ("description", "label", "alt", "href")  # one text each: what is inside of a wrong value matters less


def _type_worth(name: str) -> int:
    field, _, form = name.partition("-")
    kind = name.rpartition("-")[2]
    if name in _STANDARD_TYPES:
        return STANDARD
    if field in _NARROW and form in _RARE_TYPES:
        return STANDARD + 4
    usual = ("object", "array", "text", "null", "true")
    return QUICK + 5 if kind == "number" else STANDARD if kind in usual else THOROUGH


def _fits(value: Any, kind: type | None) -> bool:
    return kind is not None and isinstance(value, kind)
