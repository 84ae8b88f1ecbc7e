"""A fault of one field is blamed on that field, in whatever events and steps it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pretended import Alert, Event, Server, ground, judged, told

from conformance.checks.ground import push, scenario
from conformance.checks.verdicts import FAIL
from conformance.contract import load
from conformance.model.scenario import Scenario
from conformance.model.text import fill

LIMITS = load().limits


def _of(event: Event, *path: str) -> list[str]:
    """The texts that an event has at a place."""
    values: list[Any] = [event]
    for name in path:
        inner = [value.get(name) for value in values if isinstance(value, dict)]
        values = [item for value in inner for item in (value if isinstance(value, list) else [value])]
    return [value for value in values if isinstance(value, str)]


def _plan() -> list[Scenario]:
    """Plain events, long texts in several fields, and long texts where something else is the question."""
    made = ground()
    image = {"src": "https://img.example.com/a.png", "alt": "a", "href": "h" * (LIMITS.href + 1)}
    long = {"title_rule": fill(LIMITS.title_rule + 9), "description": fill(LIMITS.description + 9)}
    events = [
        *((made.event(f"plain-{number}"), "alert-key.accepted") for number in range(3)),
        (made.event("both", **long), "title-rule.over-limit-accepted"),
        (made.event("description", description=long["description"]), "description.over-limit-accepted"),
        (made.event("title", title_rule=long["title_rule"]), "title-rule.over-limit-accepted"),
        (made.event("labels", labels={"a": "v" * (LIMITS.label_value + 1)}), "labels.value-over-limit-accepted"),
        (made.event("image", images=[image]), "images.accepted"),
        (made.event("status", event_status="Critical", **long), "event-status.critical"),
    ]
    return [scenario(f"s{number}", (varies,), push(event, varies)) for number, (event, varies) in enumerate(events)]


def _fallen(plan: list[Scenario], server: Server) -> set[str]:
    stories = [told(made, server, 100 * number + 100) for number, made in enumerate(plan)]
    return {judgement.requirement for judgement in judged(stories).judgements if judgement.outcome == FAIL}


@pytest.mark.parametrize(
    ("path", "limit", "blamed"),
    [
        (("title_rule",), LIMITS.title_rule, "title-rule.over-limit-accepted"),
        (("description",), LIMITS.description, "description.over-limit-accepted"),
        (("images", "href"), LIMITS.href, "href.over-limit-accepted"),
    ],
)
def test_a_length_that_is_refused_everywhere_is_blamed_alone(path: tuple[str, ...], limit: int, blamed: str) -> None:
    """Whatever else the refused events vary."""
    server = Server(refuses=lambda event: any(len(text) > limit for text in _of(event, *path)))
    assert {name for name in _fallen(_plan(), server) if load().requirements[name].observed_in != "stored"} == {blamed}


def _cut_at(limit: int) -> Callable[[Event, Alert], None]:
    def stores(_: Event, alert: Alert) -> None:
        alert["description"] = alert["description"][:limit]

    return stores


def _updating() -> list[Scenario]:
    """An event, and an update of it with a long description."""
    made = ground()
    event = made.event("u", description="short")
    longer = {**event, "description": fill(LIMITS.description)}
    new = push(made.event("n", description=fill(LIMITS.description)), "description.accepted")
    steps = (push(event, "alert-key.accepted"), push(longer, "alert-key.update"))
    return [scenario("new", ("description.kept",), new), scenario("update", ("alert-key.update-description",), *steps)]


def test_an_update_that_is_cut_as_every_event_is_no_fault_of_updates() -> None:
    """The description that came with it is there, but for what the server does to all descriptions."""

    def updates(_: Alert, alert: Alert) -> None:
        alert["description"] = alert["description"][:100]

    assert _fallen(_updating(), Server(stores=_cut_at(100), updates=updates)) == {"description.kept"}


def test_an_update_that_alone_is_kept_wrongly_is_a_fault_of_updates() -> None:
    """Where new alerts keep their descriptions, and updates do not."""

    def updates(_: Alert, alert: Alert) -> None:
        alert["description"] = alert["description"][:100]

    assert _fallen(_updating(), Server(updates=updates)) == {"alert-key.update-description"}


def test_an_update_that_is_ignored_is_a_fault_of_updates_whatever_else_is_wrong() -> None:
    """The description of the event before is still there."""

    def updates(before: Alert, alert: Alert) -> None:
        alert["description"] = before["description"]

    fallen = _fallen(_updating(), Server(stores=_cut_at(100), updates=updates))
    assert fallen == {"description.kept", "alert-key.update-description"}


def test_an_update_alone_that_is_cut_too_short_is_a_fault_of_both() -> None:
    """What came with it is there, but less of it than of a new alert's description."""
    made = ground()
    event = made.event("u", description="short")
    steps = (push(event, "alert-key.accepted"), push({**event, "description": fill(9000)}, "alert-key.update"))
    plan = [scenario("update", ("alert-key.update-description",), *steps)]

    def updates(_: Alert, alert: Alert) -> None:
        alert["description"] = alert["description"][:1024]

    assert _fallen(plan, Server(updates=updates)) == {"alert-key.update-description", "description.cut"}


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"title_rule": fill(LIMITS.title_rule + 9)}, "title-rule.over-limit-accepted"),
        ({"labels": {"check": "a"}}, "event-status.ok"),
    ],
)
def test_what_is_refused_in_recoveries_alone_is_blamed_on_what_they_share(fields: Event, blamed: str) -> None:
    """Events that open an alert are accepted with the same fields."""
    made, plan = ground(), []
    for number, varies in enumerate(("event-status.ok", "labels.optional", "description.accepted")):
        opened = push(made.event(f"o{number}", **fields), varies)
        closing = push(made.ok(opened.event()["alert_key"], **fields), varies)
        plan.append(scenario(f"s{number}", (varies,), opened, closing))
    plan.append(scenario("bare", ("event-status.ok",), push(made.ok(made.names.key("bare")), "event-status.ok")))
    server = Server(
        refuses=lambda event: (
            event["event_status"] == "Ok"
            and all(name in event for name in fields)
            and (event["title_rule"] == fields.get("title_rule", event["title_rule"]))
        )
    )
    assert _fallen(plan, server) == {blamed}


def test_a_label_that_an_update_loses_is_not_said_to_be_null() -> None:
    """What is missing is missing: nothing is said about the type of its value."""
    made = ground()
    event = made.event("u", labels={"a": "1"})
    steps = (push(event, "alert-key.accepted"), push({**event, "labels": {"a": "1", "b": "2"}}, "alert-key.update"))

    def updates(_: Alert, alert: Alert) -> None:
        alert["labels"] = {"a": "1"}

    story = told(scenario("update", ("alert-key.update-others",), *steps), Server(updates=updates), 100)
    found = [one.finding.sentence for one in judged([story]).judgements if one.finding is not None]
    assert found
    assert all('"b"' in sentence and "null" not in sentence for sentence in found), found


def test_an_image_is_not_taken_for_another_of_the_same_alt() -> None:
    """Of two images of one alt one has no source: that the other is stored is as it should be."""
    good = {"alt": "same", "src": "https://img.example.com/a.png"}
    made = push(ground().event("i", images=[{"alt": "same", "src": None}, good]), "src.missing-discarded")

    def stores(_: Event, alert: Alert) -> None:
        alert["images"] = [good]

    assert _fallen([scenario("src.null", ("src.missing-discarded",), made)], Server(stores=stores)) == set()
    kept = {"alt": "same", "src": "https://img.example.com/b.png"}

    def invents(_: Event, alert: Alert) -> None:
        alert["images"] = [good, kept]

    fallen = _fallen([scenario("src.null", ("src.missing-discarded",), made)], Server(stores=invents))
    assert "src.missing-discarded" in fallen
