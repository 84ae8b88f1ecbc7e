"""A failed combination is reduced to the fields that matter, and the finding names them."""

from __future__ import annotations

from typing import Any

import pytest
from pretended import ALL, Alert, Event, Server, followed, ground, judged, told

from conformance.checks.conclude import requirements
from conformance.checks.followups import ROUNDS, follow_ups
from conformance.checks.ground import Ground, push, scenario
from conformance.checks.verdicts import Finding
from conformance.contract import load
from conformance.model.scenario import Scenario
from conformance.model.text import fill
from conformance.wire.records import Story

FULL: dict[str, Any] = {
    "title_rule": fill(600, "cjk"),
    "event_status": "Critical",
    "description": fill(2500, "ascii"),
    "labels": {"host": "web-1"},
    "images": [{"alt": "a", "src": "https://img.example.com/a.png", "href": "https://example.com/"}],
}
LEVELS = {
    "title_rule": ("600-cjk", "title-rule.over-limit-accepted"),
    "event_status": ("Critical", "event-status.critical"),
    "description": ("2500-ascii", "description.over-limit-accepted"),
    "labels": ("one", "labels.accepted"),
    "images": ("one", "images.accepted"),
}


def _plan(made: Ground, *, recovery: bool = False, **fields: Any) -> list[Scenario]:
    """The plainest event, and one that is unusual in every field but those given as None."""
    event = made.event("combo", **{**FULL, **fields})
    stages = [push(event, "content-type.json")]
    if recovery:
        stages.append(push(made.ok(event["alert_key"], labels=event["labels"]), "event-status.ok"))
    factors = tuple(sorted((name, level) for name, level in LEVELS.items() if name in event))
    plain = scenario("plain", ("title-rule.accepted",), push(made.plain, "content-type.json"))
    return [plain, scenario("combination.all", ("images.kept",), *stages, factors=factors)]


def _finding(stories: list[Story], requirement: str) -> Finding:
    """The finding that a reader of a requirement sees first."""
    results = requirements(judged(stories), {}, ALL, {})
    return next(entry for entry in results if entry.id == requirement).findings[0]


def _no_images_when_long(event: Event, alert: Alert) -> None:
    if len(event.get("description", "")) > load().limits.description:
        alert["images"] = []


def _no_images_without_labels(event: Event, alert: Alert) -> None:
    if not event.get("labels"):
        alert["images"] = []


def _title_not_cut(event: Event, alert: Alert) -> None:
    alert["title_rule"] = event["title_rule"]


def test_a_field_that_fails_alone_is_named_alone() -> None:
    """One field is enough: the first finding is of an event that is plain in every other."""
    made = ground()
    stories, _ = followed(made, _plan(made), Server(stores=_title_not_cut))
    finding = _finding(stories, "title-rule.cut")
    assert finding.sentence.endswith(": title_rule alone does it.")
    assert finding.scenario == "followup.combination.all.title_rule"
    event = next(s for s in stories if s.scenario.id == finding.scenario).scenario.pushes()[0].event()
    assert set(event or {}) == {"title_rule", "event_status", "alert_key"}


def test_fields_that_fail_together_are_named_together() -> None:
    """Neither is enough, leaving out either heals: the finding names both, of an event that holds no other."""
    made = ground()
    stories, rounds = followed(made, _plan(made), Server(stores=_no_images_when_long))
    finding = _finding(stories, "images.kept")
    assert finding.sentence.endswith(": it takes description and images together.")
    assert finding.scenario == "followup.combination.all.description+images"
    assert len(rounds) == 3


def test_a_field_whose_absence_matters_is_named() -> None:
    """What fails only where another field is left out is said to do so."""
    made = ground()
    stories, _ = followed(made, _plan(made, labels=None), Server(stores=_no_images_without_labels))
    assert _finding(stories, "images.kept").sentence.endswith(": images alone does it, and only without labels.")


def test_a_refusal_is_reduced_and_convicts_the_field_at_fault() -> None:
    """Of all the fields of one refused event the one at fault remains, and the others are cleared."""
    made = ground()
    stories, _ = followed(made, _plan(made), Server(refuses=lambda event: bool(event.get("labels"))))
    fallen = {judgement.requirement for judgement in judged(stories).judgements if judgement.outcome == "fail"}
    assert fallen == {"labels.accepted"}
    assert _finding(stories, "labels.accepted").sentence.endswith(": labels alone does it.")


def test_a_recovery_that_fails_is_reduced_with_its_event() -> None:
    """Where the Ok is refused, each trial opens an alert and closes it, and fells no other requirement."""
    made = ground()
    server = Server(refuses=lambda event: event["event_status"] == "Ok" and bool(event.get("labels")))
    stories, _ = followed(made, _plan(made, recovery=True), server)
    fallen = {judgement.requirement for judgement in judged(stories).judgements if judgement.outcome == "fail"}
    before = {judgement.requirement for judgement in judged(stories[:2]).judgements if judgement.outcome == "fail"}
    assert fallen == before
    finding = _finding(stories, min(fallen))
    assert finding.sentence.endswith(": labels alone does it.")
    assert len(finding.sequence) == 2


def test_where_plain_events_fail_as_well_no_field_is_named() -> None:
    """A recovery that never closes is no matter of fields: the plain event and its Ok are shown."""
    made = ground()
    stories, _ = followed(made, _plan(made, recovery=True), Server(closes=lambda *_: False))
    finding = _finding(stories, "event-status.ok-closes")
    assert finding.sentence.endswith(": a plain event and its recovery do it.")
    assert not any("alone" in f.sentence for f in _findings(stories))


def _findings(stories: list[Story]) -> list[Finding]:
    return [judgement.finding for judgement in judged(stories).judgements if judgement.finding is not None]


def test_nothing_failed_asks_for_nothing() -> None:
    """A server that conforms gets no follow-up."""
    made = ground()
    assert followed(made, _plan(made), Server())[1] == []


def test_one_push_that_varies_one_thing_is_as_small_as_can_be() -> None:
    """What a single-field scenario shows already needs no follow-up."""
    made = ground()
    single = scenario("title-rule.over", ("title-rule.cut",), push(made.event(title_rule=fill(600)), "title-rule.cut"))
    assert followed(made, [*_plan(made), single], Server(stores=_title_not_cut))[1] == []


def test_where_no_plain_event_is_accepted_no_field_is_at_fault() -> None:
    """A server that refuses everything gets no follow-up."""
    made = ground()
    assert followed(made, _plan(made), Server(refuses=lambda _: True))[1] == []


def test_a_requirement_that_was_not_selected_asks_for_nothing() -> None:
    """A partial run follows up what it judges."""
    made, server = ground(), Server(stores=_title_not_cut)
    stories = [told(entry, server, 100 * place + 100) for place, entry in enumerate(_plan(made))]
    assert follow_ups(made, judged(stories), stories, ALL)
    assert not follow_ups(made, judged(stories), stories, frozenset({"images.kept"}))


@pytest.mark.parametrize("stores", [_no_images_when_long, _no_images_without_labels, _title_not_cut])
def test_the_same_answers_ask_for_the_same_follow_ups(stores: Any) -> None:
    """Nothing is drawn from chance, the clock or what was asked before."""
    one, other = ground(), ground()
    first = followed(one, _plan(one), Server(stores=stores))[1]
    assert first == followed(other, _plan(other), Server(stores=stores))[1]
    assert len(first) <= ROUNDS


def test_every_follow_up_has_a_key_of_its_own() -> None:
    """No trial finds the alert of another one."""
    made = ground()
    stories, _ = followed(made, _plan(made), Server(stores=_no_images_when_long))
    keys = [(story.scenario.pushes()[0].event() or {}).get("alert_key") for story in stories]
    assert len(set(keys)) == len(keys)


def test_a_key_that_the_server_makes_up_is_a_field_like_others() -> None:
    """Where the key is left out and that is what matters, the finding says so."""

    def lost(event: Event, alert: Alert) -> None:
        if alert["alert_key"].startswith("made-up"):
            alert["description"] = ""

    made = ground()
    plan = _plan(made, alert_key=None, labels=None)
    plan[1] = scenario("combination.all", (), push({k: v for k, v in (plan[1].pushes()[0].event() or {}).items()
                                                     if k != "alert_key"}, "content-type.json"))  # fmt: skip
    finding = _finding(followed(made, plan, Server(stores=lost))[0], "description.cut")
    assert finding.sentence.endswith(": it takes the missing alert_key and description together.")
