"""Scenarios of the open points that no other scenario answers: whatever comes back is recorded and never fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.ground import QUICK, STANDARD, Event, Ground, push, scenario, scenes
from conformance.checks.image_levels import link
from conformance.model.scenario import MAIN_THEN_UNKNOWN, UNKNOWN_THEN_MAIN, Scenario, Stage
from conformance.model.text import fill

NEVER = "code.invalid-parameter.never-5xx"


@scenes
def single_events(ground: Ground) -> Iterator[Scenario]:
    """Events whose one oddity is open."""
    limits, image = ground.contract.limits, {"alt": "same", "src": link(40, 1)}
    label = {"good": "kept"}
    cases: list[tuple[str, Event, int]] = [
        ("labels.key-over-limit", {"labels": {**label, fill(2 * limits.label_key + 9, "ascii", "k"): "v"}}, QUICK),
        ("labels.key-naming", {"labels": {**label, "on-call": "v", "9lives": "v", "a.$b": "v"}}, QUICK),
        ("labels.empty-value", {"labels": {**label, "empty": ""}}, STANDARD),
        ("title-rule.empty", {"title_rule": ""}, QUICK),
        ("title-rule.blank", {"title_rule": "  \t "}, STANDARD),
        ("title-rule.go-template", {"title_rule": "[TPL]{{.Labels.good}}", "labels": label}, STANDARD),
        ("text.edges", {"title_rule": "  both ends  ", "description": "\n edges \t"}, STANDARD),
        ("text.blank-runs", {"description": "two  blanks   three"}, STANDARD),
        ("text.crlf", {"description": "one\r\ntwo\r\nthree"}, STANDARD),
        ("images.equal-alt", {"images": [image, {**image, "src": link(41, 2)}]}, QUICK),
        ("images.unknown-key", {"images": [{"alt": "key", "src": "img_0123456789abcdef"}]}, STANDARD),
        ("images.unusual-src", {"images": [{"alt": "upper", "src": "HTTPS://img.example.com/a.png"}]}, STANDARD),
        ("images.bad-src", {"images": [{"alt": "js", "src": "javascript:void(0)"}]}, STANDARD),
        ("images.over-long-src", {"images": [{"alt": "long", "src": link(limits.src + 1)}]}, STANDARD),
        ("character.width", {"title_rule": fill(limits.title_rule, "astral")}, STANDARD),
    ]
    for point, fields, worth in cases:
        yield _open(ground, point, ground.event("open") | fields, worth)
    nulls = [
        ("null.description", "description"),
        ("null.labels", "labels"),
        ("null.images", "images"),
        ("alert-key.null", "alert_key"),
    ]
    for point, field in nulls:
        yield _open(ground, point, ground.event("null") | {field: None}, STANDARD - 10)
    empty = [ground.event(f"empty {text}", labels={"check": text}) | {"alert_key": ""} for text in ("one", "two")]
    two = tuple((push(event, NEVER),) for event in empty[: ground.size(1, 2, 2)])
    serves = [NEVER, "data.alert-key.generated-unique"]
    yield scenario("open.alert-key.empty", serves, *two, worth=QUICK + 3, open="alert-key.empty")
    instead = ground.event("instead", title_rule=None) | {"title": ground.names.title("in title")}
    yield _open(ground, "title-rule.title-instead", instead, QUICK)


def _open(ground: Ground, point: str, event: Event, worth: int, **how: Any) -> Scenario:
    row = ground.contract.of_row(ground.contract.open_points[point].row)
    plain = [r.id for r in row if r.level == "must" and r.observed_in == "response" and not r.accepts][:1]
    return scenario(
        f"open.{point}",
        [NEVER, *plain],
        push(event, NEVER, **how),
        worth=worth + (3 if worth < STANDARD else -1),
        open=point,
    )


@scenes
def requests(ground: Ground) -> Iterator[Scenario]:
    """Requests whose one oddity is open: a key given twice, another charset."""
    first = push(ground.event("twice"), NEVER, credential=MAIN_THEN_UNKNOWN)
    last = push(ground.event("twice"), NEVER, credential=UNKNOWN_THEN_MAIN)
    yield scenario("open.key.twice", [NEVER], (first,), (last,), open="key.twice")
    charset = (("Content-Type", "application/json; charset=iso-8859-1"),)
    sent = push(ground.event("charset"), NEVER, headers=charset)
    yield scenario("open.content-type.other-charset", [NEVER], sent, any=True, open="content-type.other-charset")


@scenes
def sequences(ground: Ground) -> Iterator[Scenario]:
    """Sequences whose outcome is open: what an update leaves, whether twins are one, what identical events count."""
    images = [{"alt": "first", "src": link(40, 1)}], [{"alt": "second", "src": link(40, 2)}]
    # Each event has another severity than the one before, so that an update that shows late is not taken for none.
    start = ground.event(
        "keep",
        event_status=ground.statuses[0],
        description="was there",
        labels={"was": "there"},
        images=images[0],
    )
    bare = {"title_rule": start["title_rule"], "event_status": ground.statuses[0], "alert_key": start["alert_key"]}
    served = ["alert-key.update", NEVER]
    yield scenario(
        "open.update",
        served,
        push(start, NEVER),
        push({**bare, "images": images[1], "event_status": ground.mild}, "alert-key.update"),
        push(bare, "alert-key.update"),
        worth=QUICK + 3,
        open="alert-key.update-absent-description",
    )
    key = ground.names.key("again")
    again = ground.event("again", alert_key=key, description="again")
    closing = push({**again, "event_status": ground.contract.recovery}, "event-status.ok")
    yield scenario(
        "open.retrigger",
        ["event-status.retrigger", NEVER],
        push(again, NEVER),
        closing,
        push(again, "event-status.retrigger"),
        open="alert-key.retrigger",
    )
    same = ground.event("same", description="the same")
    yield scenario(
        "open.identical",
        ["alert-key.one-active", NEVER],
        Stage((push(same, NEVER),), observe=False),
        Stage((push(same, NEVER),), observe=False),
        push({**same, "description": "another"}, NEVER),  # once that shows, what came before has been counted
        open="alert-key.identical-event",
    )
    base = ground.names.key("cafe")
    twins = [
        ("alert-key.normalisation", base + "\u00e9", base + "e\u0301"),
        ("alert-key.trailing-blank", base, base + " "),
    ]
    for point, one, other in twins:
        pair = (push(ground.event("a", alert_key=one), NEVER), push(ground.event("b", alert_key=other), NEVER))
        yield scenario(f"open.{point}", [NEVER], (pair[0],), (pair[1],), open=point, loose=True)
