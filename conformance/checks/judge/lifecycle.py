"""Judges what the store shows after each stage of a story: which alerts are there, and which of them are active."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.case import UNSEEN, Case, is_active
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.contents import judge_again, judge_count, judge_fields, judge_lengths
from conformance.checks.judge.expected import Expected, history
from conformance.checks.judge.expecting import expectation, pushes_of
from conformance.checks.judge.reply import ACCEPTED, REFUSED, read, sent_event
from conformance.checks.verdicts import Finding
from conformance.model.oracle import ACCEPT
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Observation, Story


def judge_stages(bench: Bench, story: Story, since: int = 0) -> None:
    """What the store showed after each stage, from this one on."""
    looks = zip(story.scenario.stages, story.observations, history(bench, story), strict=False)
    for stage, (planned, seen, (model, unsure)) in enumerate(looks):
        if seen is None or not planned.observe or stage < since:
            continue
        if seen.state != "seen":
            _unjudged(bench, story, seen)
            continue
        for key, expected in model.items():
            if key not in unsure:
                alerts = [alert for alert in seen.alerts if alert.get("alert_key") == key]
                _judge_key(bench, story, stage, key, expected, alerts)


def _unjudged(bench: Bench, story: Story, seen: Observation) -> None:
    for requirement in story.scenario.serves:
        if bench.contract.requirements[requirement].observed_in != "stored":
            continue
        if seen.state == "none":
            bench.unseen(requirement, story.scenario.check)
        else:
            why = seen.problem or UNSEEN
            bench.blocked(requirement, story.scenario.check, f"The store could not be read: {why}", seen.exchanges)


_BLAME = {
    "new": "event-status.stored",
    "update": "alert-key.update",
    "recovery": "event-status.ok-closes",
    "second-recovery": "event-status.second-ok",
    "retrigger": "event-status.retrigger",
    "unknown-recovery": "event-status.ok-unknown",
}


#: After which event of its key an alert is looked at; and after events that were none of its own.
_AFTER = {
    "new": "after the first event of its key, ",
    "update": "after an update, ",
    "retrigger": "after a recovery and another event, ",
}
_AFTER_OTHERS, _AFTER_REFUSALS = "after events that were not its own, ", "after what was refused, "


def _judge_key(
    bench: Bench, story: Story, stage: int, key: str, expected: Expected, alerts: list[Mapping[str, Any]]
) -> None:
    case = Case(bench, story, stage, key, expected, alerts)
    judge_lengths(case, expected, alerts)
    active = [alert for alert in alerts if is_active(alert, bench.contract.recovery)]
    unmoved = story.scenario.fact("unmoved")  # whom to blame for a change by what was refused
    blame = _BLAME[expected.change] if expected.stage == stage else unmoved or "event-status.ok-only-own"
    if not expected.active:
        _judge_closed(case, expected, alerts, active, blame, now=expected.stage == stage)
        return
    if not alerts:
        _judge_lost(case, expected, key)
        return
    case.say("alert-key.kept", None)
    if not active:
        case.say(blame, f"the alert of key {shown(key)} is not active: {_statuses(alerts)}")
        return
    if len(active) > 1:
        case.say("alert-key.one-active", f"{len(active)} alerts of key {shown(key)} are active at once")
        return
    case.say("alert-key.one-active", None)
    if expected.change == "new":
        judge_count(case, active[0])
    status = active[0].get("alert_status")
    if isinstance(status, str) and status and status not in expected.statuses:
        wrong = _BLAME[expected.change] if expected.stage == stage else unmoved or "alert-key.exact"
        others = _AFTER_OTHERS if wrong == "alert-key.exact" else _AFTER_REFUSALS
        when = _AFTER.get(expected.change, "") if expected.stage == stage else others
        sent = " or ".join(sorted(expected.statuses))
        case.say(wrong, f"{when}alert_status is {shown(status)} where {sent} was sent")
    else:
        case.say(_BLAME[expected.change], None)
        if expected.stage != stage:
            case.say("event-status.ok-only-own", None)
            case.say("alert-key.exact", None)
        elif expected.change == "new":
            case.say("alert-key.exact", None)
    if expected.fields:
        judge_fields(case, story, expected, active[0], moved=expected.stage != stage)
    elif expected.change == "retrigger":
        judge_again(case, expected, active[0])


#: What is acknowledged and then not there under its key: the reply was as it should be.
_OF_STORE = {"alert-key.accepted": "alert-key.kept"}


def _judge_lost(case: Case, expected: Expected, key: str) -> None:
    """An accepted event of which nothing is in the store: blamed on what it varied, or on the status of all such."""
    bench, made_up = case.bench, not expected.event.get("alert_key")
    lost = "was accepted, but no alert of its key is in the store, though a control pushed later is"
    if (common := lost_for(bench, expected.event)) is not None:
        case.say(common[1], f"the event {lost}: so it is with every event that has {common[0]}")
        return
    # A combination varies everything, and where no level of it is at fault, it is the key.
    own = "alert-key.kept" if case.story.scenario.fact("factors") else expected.push.varies or "alert-key.kept"
    varied = "data.alert-key.generated-recovers" if made_up else own
    requirement = varied if bench.contract.requirements[varied].level == "must" else "alert-key.kept"
    for name in case.story.scenario.fact("culprits", ()) or (requirement,):
        case.say(_OF_STORE.get(name, name), f"the event {lost} (key {shown(key)})")


def _statuses(alerts: list[Mapping[str, Any]]) -> str:
    return "alert_status " + ", ".join(shown(alert.get("alert_status")) for alert in alerts)


def _judge_closed(
    case: Case,
    expected: Expected,
    alerts: list[Mapping[str, Any]],
    active: list[Mapping[str, Any]],
    blame: str,
    *,
    now: bool,
) -> None:
    """After an Ok: nothing active, and the alert still visible as recovered."""
    requirement = _BLAME[expected.change] if now else "event-status.second-ok"
    if expected.push.key_from is not None and expected.change == "recovery":
        requirement = "data.alert-key.generated-recovers"  # where keys of ours fail as well, their own stories say so
    if active:
        what = (
            "after an Ok for a key without alert, one is active" if not expected.opened else "the alert is still active"
        )
        case.say(requirement, f"{what} after its Ok ({_statuses(active)})" if expected.opened else what)
        return
    if expected.opened and not alerts:
        case.say("event-status.ok-closes", "the recovered alert is gone from the store")
        return
    case.say(requirement, None)
    if expected.opened and expected.push.key_from is not None:
        case.say("data.alert-key.generated-recovers", None)
    del blame


_NOT_STORED = ("key.refused-not-stored", "code.invalid-parameter.not-stored")


def _final_unseen(bench: Bench, story: Story) -> None:
    """The last look brought nothing: what was refused may be in the store, or not."""
    seen = story.final
    if seen is None or seen.state == "none":
        return
    for name in _NOT_STORED:
        if name in story.scenario.serves:
            sentence = f"The store could not be read: {seen.problem or UNSEEN}"
            bench.blocked(name, story.scenario.check, sentence, seen.exchanges)


def judge_final(bench: Bench, story: Story, taken: Collection[str] = ()) -> Iterator[tuple[str, str, Finding]]:
    """What was refused is not in the store at the end of the run: yields (demanded requirement, check, finding).

    ``taken`` are keys under which something was accepted in another story.
    """
    observed = [story.final, *reversed(story.observations)]
    seen = next((entry for entry in observed if entry is not None and entry.state == "seen"), None)
    if seen is None:
        _final_unseen(bench, story)
    if seen is None or any(story.scenario.fact(name) for name in ("any", "loose")):
        return
    limited = bool(story.scenario.fact("rate"))
    own = set(taken)
    refused: list[tuple[str, Push, Exchange]] = []
    for _, push, exchange in pushes_of(story):
        event = sent_event(push, exchange) or {}
        watched = story.scenario.fact("watch", ())  # a key in a body that is no event, or what may be left of one
        answer = read(exchange)
        keys = dict.fromkeys(key for key in (event.get("alert_key"), *watched) if isinstance(key, str) and key)
        if not keys or push.key_from is not None:
            continue
        expected = expectation(bench, story, push, exchange)
        may_be_refused = expected.outcome != ACCEPT or limited
        turned_down = answer.kind == REFUSED or (answer.kind != ACCEPTED and answer.code in expected.codes)
        if may_be_refused and turned_down and event.get("event_status") != bench.contract.recovery:
            refused += [(key, push, exchange) for key in keys]
        else:
            own.update(keys)
    for key, push, exchange in refused:
        requirement = push.varies if limited else expectation(bench, story, push, exchange).requirement
        alerts = [alert for alert in seen.alerts if alert.get("alert_key") == key]
        if key in own:
            continue
        numbers = (exchange.n, *seen.exchanges[-1:])
        if alerts:
            sentence = f"An event was refused ({read(exchange).told()}), yet an alert of its key is in the store."
            kept = shown([alert.get("alert_status") for alert in alerts])
            sent = told(push, story.scenario)
            yield (
                requirement,
                story.scenario.check,
                Finding(sentence, sent, "nothing stored", sentence, kept, numbers, story.scenario.id),
            )
        else:
            for name in _NOT_STORED:
                if name in story.scenario.serves:
                    bench.passes(name, story.scenario.check, numbers)
