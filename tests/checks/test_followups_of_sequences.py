"""A failed sequence is made shorter, and the shortest that fails is shown first."""

from __future__ import annotations

from typing import Any

from pretended import ALL, Alert, Event, Server, followed, ground, judged

from conformance.checks.conclude import requirements
from conformance.checks.ground import Ground, push, scenario
from conformance.checks.verdicts import Finding
from conformance.model.scenario import Scenario, Stage
from conformance.wire.records import Story

SERVED = ("alert-key.update", "event-status.ok-closes")


def _first(stories: list[Story], requirement: str) -> Finding:
    results = requirements(judged(stories), {}, ALL, {})
    return next(entry for entry in results if entry.id == requirement).findings[0]


def _program(made: Ground, *steps: tuple[str, str]) -> Scenario:
    """A sequence of (alert, step) over named alerts: ``ok``, or the text of an event."""
    keys = {name: made.names.key(f"m{name}") for name, _ in steps}
    pushes = [
        push(made.ok(keys[name]), "event-status.ok")
        if step == "ok"
        else push(made.event("m", alert_key=keys[name], description=step), "alert-key.update")
        for name, step in steps
    ]
    return scenario("machine.0", SERVED, *pushes, machine=True)


def _steps(stories: list[Story], finding: Finding) -> tuple[Any, ...]:
    """The statuses that the shown sequence sent, in order."""
    story = next(story for story in stories if story.scenario.id == finding.scenario)
    events = {
        one.n: push.event() or {} for one, push in zip(story.all_exchanges(), story.scenario.pushes(), strict=False)
    }
    return tuple(events[number]["event_status"] for number in finding.sequence)


def _stuck_once_updated(event: Event, alert: Alert) -> bool:
    return bool(alert["alert_key"] == event["alert_key"] and not alert["updates"])


def test_steps_of_other_alerts_and_needless_ones_are_left_out() -> None:
    """An Ok that does not close what was updated: of ten steps three remain."""
    made = ground()
    plan = [_program(made, ("a", "one"), ("b", "one"), ("a", "two"), ("b", "ok"), ("a", "three"), ("c", "one"),
                     ("a", "four"), ("c", "ok"), ("b", "two"), ("a", "ok"))]  # fmt: skip
    stories, rounds = followed(made, plan, Server(closes=_stuck_once_updated))
    finding = _first(stories, "event-status.ok-closes")
    assert _steps(stories, finding) == ("Info", "Info", "Ok")
    assert finding.scenario.startswith("followup.machine.0.steps-")
    assert len(rounds) <= 4
    assert len(stories[1].scenario.pushes()) == 5, "the first trial is the failing alert alone"


def test_the_neighbour_that_did_it_stays() -> None:
    """Where another key's Ok closes the alert, that Ok remains beside what opened the alert."""
    made = ground()
    plan = [_program(made, ("a", "one"), ("b", "one"), ("c", "one"), ("a", "two"), ("b", "ok"))]
    stories, _ = followed(made, plan, Server(closes=lambda *_: True))
    finding = _first(stories, "event-status.ok-only-own")
    assert _steps(stories, finding) == ("Info", "Ok")


def test_a_sequence_that_needs_every_step_stays_as_it_is() -> None:
    """Each step is left out once; then nothing more is asked, and the first finding is the one of the plan."""
    made = ground()
    plan = [_program(made, ("a", "one"), ("a", "two"), ("a", "ok"))]
    stories, rounds = followed(made, plan, Server(closes=_stuck_once_updated))
    assert [[entry.id for entry in asked] for asked in rounds] == [
        ["followup.machine.0.steps-1-2", "followup.machine.0.steps-0-2"]
    ]
    assert _first(stories, "event-status.ok-closes").scenario == "machine.0"


def test_two_steps_are_short_enough() -> None:
    """An event and its Ok are not followed up."""
    made = ground()
    plan = [_program(made, ("a", "one"), ("a", "ok"))]
    assert followed(made, plan, Server(closes=lambda *_: False))[1] == []


def test_bursts_are_not_taken_apart() -> None:
    """What takes simultaneous pushes would not fail one after the other."""
    made = ground()
    key = made.names.key("race")
    burst = tuple(push(made.event("race", alert_key=key, description=f"n {n}"), "alert-key.update") for n in range(3))
    closing = push(made.ok(key), "event-status.ok")
    plan = [scenario("together.one", SERVED, Stage(burst), closing, concurrent=True)]
    assert followed(made, plan, Server(closes=lambda *_: False))[1] == []


def test_a_made_up_key_comes_with_the_push_that_it_was_made_up_for() -> None:
    """A step that takes its key from an earlier reply never goes without that one."""
    made = ground()
    opened = push(made.event("new", alert_key=None, description="new"), "alert-key.optional")
    other = push(made.event("other", description="other"), "alert-key.update")
    update = push(made.event("m", alert_key=None, description="more"), "alert-key.update", key_from=1)
    closing = push(made.ok(None), "event-status.ok", key_from=1)
    plan = [scenario("machine.0", SERVED, other, opened, update, closing)]
    stories, _ = followed(made, plan, Server(closes=_stuck_once_updated))
    trial = stories[1].scenario.pushes()
    assert [entry.key_from for entry in trial] == [None, 0, 0]
    assert _first(stories, "data.alert-key.generated-recovers").scenario == "followup.machine.0.steps-1-2-3"


def test_keys_differ_in_a_follow_up_as_they_did_before() -> None:
    """Keys alike but for their case get one fresh number, so that they are alike but for their case again."""
    made = ground()
    base = made.names.key("Key")
    renewed = made.names.renewed([base, base.swapcase(), base + "-1", made.names.key("other"), "0123"])
    fresh = renewed[base]
    assert fresh != base
    assert renewed[base.swapcase()] == fresh.swapcase()
    assert renewed[base + "-1"] == fresh + "-1"
    assert len(renewed) == len(set(renewed.values())) == 4, "a key without a number of this run is left out"
