"""Judges what the store shows after each stage of a story: which alerts are active, and what they hold.

A small model is folded over the pushes that were accepted; what is undecided is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.checks.judge import stored
from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.expecting import expectation, pushes_of
from conformance.checks.judge.reply import ACCEPTED, REFUSED, UNANSWERED, read, sent_event
from conformance.checks.verdicts import Finding
from conformance.model.oracle import ACCEPT, EITHER, REFUSE
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Observation, Story


@dataclass(frozen=True, slots=True)
class Expected:
    """What the store must show of one alert key after a stage."""

    push: Push
    exchange: Exchange
    change: str  # new | update | recovery | second-recovery | retrigger | unknown-recovery
    stage: int
    active: bool
    statuses: frozenset[str] = frozenset()
    event: Mapping[str, Any] = field(default_factory=dict)
    fields: bool = False  # whether the event's fields can be judged
    together: bool = False  # several events of this key arrived at once
    opened: bool = True
    descriptions: frozenset[str] = frozenset()
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """One accepted event."""

    push: Push
    exchange: Exchange
    event: Mapping[str, Any]
    stage: int


def history(bench: Bench, story: Story, upto: int) -> tuple[dict[str, Expected], set[str]]:
    """The model after stage ``upto``, and the keys about which nothing can be said any more."""
    model: dict[str, Expected] = {}
    unsure: set[str] = set()
    for stage in range(upto + 1):
        arrived: dict[str, list[Applied]] = {}
        for at, push, exchange in pushes_of(story):
            if at != stage or push.credential == "second":
                continue
            event = sent_event(push, exchange)
            if event is not None:
                _collect(bench, story, Applied(push, exchange, event, stage), arrived, unsure)
        for key, events in arrived.items():
            _apply(bench, model, key, events)
    return model, unsure


def _collect(bench: Bench, story: Story, one: Applied, arrived: dict[str, list[Applied]], unsure: set[str]) -> None:
    """Sort an event under its key, if it was accepted as it should be."""
    answer, expected = read(one.exchange), expectation(bench, story, one.push, one.exchange)
    sent = one.event.get("alert_key")
    key = sent if isinstance(sent, str) and sent else answer.key
    if not isinstance(key, str) or not key:
        return
    if answer.kind == UNANSWERED or (sent is None and key in bench.shared_keys):
        unsure.add(key)
    elif answer.kind == ACCEPTED and expected.outcome in (ACCEPT, EITHER):
        arrived.setdefault(key, []).append(one)
    elif expected.outcome == REFUSE and answer.kind == ACCEPTED:
        unsure.add(key)


def _apply(bench: Bench, model: dict[str, Expected], key: str, events: list[Applied]) -> None:
    before, recovery, last = model.get(key), bench.contract.recovery, events[-1]
    recoveries = [e for e in events if e.event.get("event_status") == recovery]
    if recoveries and len(recoveries) < len(events):
        model.pop(key, None)  # a race between events and recoveries: any outcome is possible
        return
    together = len(events) > 1
    statuses = frozenset(str(e.event.get("event_status")) for e in events)
    texts = frozenset(d for e in events if isinstance(d := e.event.get("description"), str))
    made = Expected(
        last.push, last.exchange, "new", last.stage, True, statuses, last.event, True, together, True, texts
    )
    if recoveries:
        known = before is not None and before.opened
        change = "unknown-recovery" if not known else "recovery" if before and before.active else "second-recovery"
        model[key] = replace(made, change=change, active=False, fields=False, opened=known)
    elif before is None:
        model[key] = made
    elif not before.opened:
        model[key] = replace(made, fields=False)  # a recovery of nothing may have left a recovered alert behind
    elif before.active:
        model[key] = replace(made, change="update")
    else:
        model[key] = replace(made, change="retrigger", fields=False)


def judge_stage(bench: Bench, story: Story, stage: int) -> None:
    """What the store showed after one stage."""
    seen = story.observations[stage] if stage < len(story.observations) else None
    if seen is None or not story.scenario.stages[stage].observe:
        return
    if seen.state != "seen":
        _unjudged(bench, story, seen)
        return
    model, unsure = history(bench, story, stage)
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


UNSEEN = "nothing that was pushed became visible in time, not even the control"


def is_active(alert: Mapping[str, Any], recovery: str) -> bool:
    """Whether an alert as read back is active: by its status, or where it shows none by its progress or end."""
    status = alert.get("alert_status")
    if isinstance(status, str) and status:
        return status != recovery
    if alert.get("progress"):
        return alert.get("progress") != "Closed"
    return not alert.get("end_time")


class _Case:
    """One key of one story after one stage: says pass and fail with the same evidence."""

    def __init__(
        self, bench: Bench, story: Story, stage: int, key: str, expected: Expected, alerts: list[Mapping[str, Any]]
    ) -> None:
        self.bench, self.story, self.expected, self.alerts = bench, story, expected, alerts
        self.sequence = _sequence(story, stage, None if expected.stage != stage else key)
        reads = story.observations[stage]
        self.numbers = (expected.exchange.n, *(reads.exchanges[-1:] if reads is not None else ()))

    def say(self, requirement: str, sentence: str | None, wanted: str = "") -> None:
        """Pass when there is no sentence, else a finding."""
        check = self.story.scenario.check
        if sentence is None:
            self.bench.passes(requirement, check, self.numbers)
            return
        sent = told(self.expected.push, self.story.scenario)
        kept = shown([{n: a.get(n) for n in ("alert_status", "title", "description")} for a in self.alerts])
        text = sentence[0].upper() + sentence[1:] + "."
        statement = wanted or self.bench.contract.requirements[requirement].statement
        finding = Finding(text, sent, statement, sentence, kept, self.numbers, self.story.scenario.id, self.sequence)
        self.bench.fails(requirement, check, finding)


def _sequence(story: Story, upto: int, key: str | None) -> tuple[int, ...]:
    """The pushes that led to a stage: those of one key, or of all keys where one may have touched another."""
    found = []
    for stage, push, exchange in pushes_of(story):
        event = sent_event(push, exchange) or {}
        if stage <= upto and (key is None or key in (event.get("alert_key"), read(exchange).key)):
            found.append(exchange.n)
    return tuple(found) if len(found) > 1 else ()


_BLAME = {
    "new": "event-status.stored",
    "update": "alert-key.update",
    "recovery": "event-status.ok-closes",
    "second-recovery": "event-status.second-ok",
    "retrigger": "event-status.retrigger",
    "unknown-recovery": "event-status.ok-unknown",
}


def _judge_key(
    bench: Bench, story: Story, stage: int, key: str, expected: Expected, alerts: list[Mapping[str, Any]]
) -> None:
    case = _Case(bench, story, stage, key, expected, alerts)
    _judge_lengths(case, expected, alerts)
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
        _judge_count(case, active[0])
    status = active[0].get("alert_status")
    if isinstance(status, str) and status and status not in expected.statuses:
        wrong = _BLAME[expected.change] if expected.stage == stage else unmoved or "alert-key.exact"
        case.say(wrong, f"alert_status is {shown(status)} where {' or '.join(sorted(expected.statuses))} was sent")
    else:
        case.say(_BLAME[expected.change], None)
        if expected.stage != stage:
            case.say("event-status.ok-only-own", None)
            case.say("alert-key.exact", None)
        elif expected.change == "new":
            case.say("alert-key.exact", None)
    if expected.fields:
        _judge_fields(case, story, expected, active[0], moved=expected.stage != stage)
    elif expected.change == "retrigger":
        _judge_again(case, expected, active[0])


#: What is acknowledged and then not there under its key: the reply was as it should be.
_OF_STORE = {"alert-key.accepted": "alert-key.kept"}


def _judge_lost(case: _Case, expected: Expected, key: str) -> None:
    """An accepted event of which nothing is in the store: blamed on what it varied, or on the status of all such."""
    bench, made_up = case.bench, not expected.event.get("alert_key")
    lost = "was accepted, but no alert of its key is in the store, though a control pushed later is"
    if (common := lost_for(bench, expected.event)) is not None:
        case.say(common[1], f"the event {lost}: so it is with every event that has {common[0]}")
        return
    varied = "data.alert-key.generated-recovers" if made_up else expected.push.varies or "alert-key.kept"
    requirement = varied if bench.contract.requirements[varied].level == "must" else "alert-key.kept"
    for name in case.story.scenario.fact("culprits", ()) or (requirement,):
        case.say(_OF_STORE.get(name, name), f"the event {lost} (key {shown(key)})")


def _judge_count(case: _Case, alert: Mapping[str, Any]) -> None:
    """More labels than may be kept are never stored, wherever they came from."""
    kept, limit = alert.get("labels"), case.bench.contract.limits.labels
    if isinstance(kept, dict) and len(kept) > limit:
        case.say("labels.over-fifty", f"{len(kept)} labels are stored; at most {limit} may be")


def _judge_lengths(case: _Case, expected: Expected, alerts: list[Mapping[str, Any]]) -> None:
    """Nothing is longer than may be kept; of a new alert each field is judged against what was sent instead."""
    if expected.change == "new":
        return
    for alert in alerts:
        for requirement, sentence in stored.beyond(alert, case.bench.contract):
            case.say(requirement, sentence)


def _statuses(alerts: list[Mapping[str, Any]]) -> str:
    return "alert_status " + ", ".join(shown(alert.get("alert_status")) for alert in alerts)


def _judge_closed(
    case: _Case,
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


def _judge_fields(case: _Case, story: Story, expected: Expected, alert: Mapping[str, Any], *, moved: bool) -> None:
    """The fields of a new or updated alert; ``moved``: they were to stay as they are while other pushes went out."""
    bench, event = case.bench, expected.event
    if expected.together:
        _judge_together(case, expected, alert)
        return
    if expected.change == "new":
        for requirement, sentence in stored.whole(event, alert, bench.contract, bench.info.blind_to):
            elsewhere = "alert-key.exact" if story.scenario.check == "lifecycle" else requirement
            case.say(
                story.scenario.fact("unmoved", elsewhere) if moved and sentence else requirement,
                sentence,
            )
        title = story.scenario.fact("title")
        if title:
            for requirement, sentence in stored.rendered(title, story.scenario.fact("rendered"), alert):
                case.say(requirement, sentence)
        return
    _judge_update(case, event, alert)


def _judge_again(case: _Case, expected: Expected, alert: Mapping[str, Any]) -> None:
    """After a recovery and another event, in the alert reopened or in another one: the text that came with it."""
    if not expected.event.get("description") or expected.together:
        return
    for requirement, sentence in stored.description(expected.event, alert, case.bench.contract):
        case.say(requirement, f"after a recovery and another event, {sentence}" if sentence else None)


_BEGINNING, _CUT = 64, ("title-rule.cut",)


def _judge_update(case: _Case, event: Mapping[str, Any], alert: Mapping[str, Any]) -> None:
    """An update changes the description sent with it (MUST), and title and labels (SHOULD)."""
    contract = case.bench.contract
    if event.get("description"):
        for _, sentence in stored.description(event, alert, contract):
            case.say(
                "alert-key.update-description", f"after an update, the description: {sentence}" if sentence else None
            )
    changed = str(alert.get("title"))[:_BEGINNING] == str(event.get("title_rule"))[:_BEGINNING]
    # A title that was changed and then cut wrongly is no matter of updates.
    wrong = [told for rule, told in stored.title(event, alert, contract) if told and not (changed and rule in _CUT)]
    if event.get("labels"):
        merged = (
            {name: alert["labels"].get(name) for name in event["labels"]}
            if isinstance(alert.get("labels"), dict)
            else {}
        )
        found = stored.labels(event, {**alert, "labels": merged}, contract)
        wrong += [sentence for _, sentence in found if sentence]
    case.say("alert-key.update-others", f"after an update, the title or labels: {wrong[0]}" if wrong else None)


def _judge_together(case: _Case, expected: Expected, alert: Mapping[str, Any]) -> None:
    """Of events that arrived at once, one is the latest."""
    value = alert.get("description")
    if expected.descriptions and isinstance(value, str) and value and value not in expected.descriptions:
        case.say("alert-key.update-description", f"the description is {shown(value)}, which none of the events carried")


def judge_final(bench: Bench, story: Story) -> Iterator[tuple[str, str, Finding]]:
    """What was refused is not in the store at the end of the run: yields (demanded requirement, check, finding)."""
    observed = [story.final, *reversed(story.observations)]
    seen = next((entry for entry in observed if entry is not None and entry.state == "seen"), None)
    if seen is None or any(story.scenario.fact(name) for name in ("any", "loose")):
        return
    limited = bool(story.scenario.fact("rate"))
    own: set[str] = set()
    refused: list[tuple[str, Push, Exchange]] = []
    for _, push, exchange in pushes_of(story):
        event = sent_event(push, exchange) or {}
        within = next(iter(story.scenario.fact("watch", ())), None)  # a key in a body that is no event
        key, answer = event.get("alert_key") or within, read(exchange)
        if not isinstance(key, str) or not key:
            continue
        expected = expectation(bench, story, push, exchange)
        may_be_refused = expected.outcome != ACCEPT or limited
        turned_down = answer.kind == REFUSED or (answer.kind != ACCEPTED and answer.code in expected.codes)
        if may_be_refused and turned_down and event.get("event_status") != bench.contract.recovery:
            refused.append((key, push, exchange))
        else:
            own.add(key)
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
            for name in ("key.refused-not-stored", "code.invalid-parameter.not-stored"):
                if name in story.scenario.serves:
                    bench.passes(name, story.scenario.check, numbers)
