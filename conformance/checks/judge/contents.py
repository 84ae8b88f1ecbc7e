"""Judges what an active alert holds after a stage: new, updated, opened again; knows nothing of which are active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.checks.judge import stored
from conformance.checks.judge.bench import shown
from conformance.checks.judge.case import Case
from conformance.checks.judge.expected import Expected
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import sent_event
from conformance.model.text import cuts
from conformance.wire.records import Story


def judge_count(case: Case, alert: Mapping[str, Any]) -> None:
    """Of all labels that events of the key brought no more are stored than may be kept.

    What a server adds of its own is its affair, and so is what it does to an alert that is over.
    """
    kept, limit = alert.get("labels"), case.bench.contract.limits.labels
    if not isinstance(kept, dict) or not case.expected.active:
        return
    ours = set(_labels_before(case)) & set(kept)
    if len(ours) > limit:
        case.say("labels.over-fifty", f"{len(ours)} labels are stored; at most {limit} may be")


def judge_lengths(case: Case, expected: Expected, alerts: list[Mapping[str, Any]]) -> None:
    """Nothing is longer than may be kept; of a new alert each field is judged against what was sent instead."""
    if expected.change == "new":
        return
    for alert in alerts:
        judge_count(case, alert)
        for requirement, sentence in stored.beyond(alert, case.bench.contract):
            case.say(requirement, sentence)


def judge_fields(case: Case, story: Story, expected: Expected, alert: Mapping[str, Any], *, moved: bool) -> None:
    """The fields of a new or updated alert; ``moved``: they were to stay as they are while other pushes went out."""
    bench, event = case.bench, expected.event
    if expected.together:
        _judge_together(case, expected, alert)
        return
    if expected.change == "new":
        other = _of_another(case, alert)
        if other:
            sent = f"the alert of key {shown(event.get('alert_key'))} holds the description sent for key {shown(other)}"
            case.say("alert-key.exact", sent)
            return
        for requirement, sentence in stored.whole(event, alert, bench.contract, bench.info.blind_to):
            elsewhere = "alert-key.exact" if story.scenario.check == "lifecycle" else requirement
            if moved and sentence:
                case.say_of_update(story.scenario.fact("unmoved", elsewhere), sentence, (requirement,))
            else:
                case.say(requirement, sentence)
        if story.scenario.fact("bounded"):
            _judge_bounded(case, alert)
        title = story.scenario.fact("title")
        if title and "title" not in alert:  # this store shows the rule alone
            bench.unseen(story.scenario.fact("rendered"), story.scenario.check)
        elif title:
            for requirement, sentence in stored.rendered(title, story.scenario.fact("rendered"), alert):
                case.say(requirement, sentence)
        return
    _judge_update(case, event, alert)
    updated = story.scenario.fact("updated")
    if updated and alert.get("title"):
        shows = shown(alert["title"])
        wrong = f"after an update of its labels the title is rendered as {shows}, not as {shown(updated)}"
        different = alert["title"] != updated
        case.say_of_update("alert-key.update-others", wrong if different else None, (story.scenario.fact("rendered"),))


def _of_another(case: Case, alert: Mapping[str, Any]) -> str:
    """The other key of the story whose event brought the description that an alert holds instead of its own."""
    own, held = case.expected.event, alert.get("description")
    if not held or not own.get("alert_key") or held == own.get("description"):
        return ""
    events = [sent_event(push, exchange) or {} for _, push, exchange in pushes_of(case.story)]
    if any(event.get("description") == held for event in events if event.get("alert_key") == own["alert_key"]):
        return ""
    others = (event.get("alert_key") for event in events if event.get("description") == held)
    return next((key for key in others if isinstance(key, str)), "")


def _judge_bounded(case: Case, alert: Mapping[str, Any]) -> None:
    """Cut before it is rendered or after it, neither the rule nor the title is longer than may be kept."""
    limit = case.bench.contract.limits.title_rule
    for name in ("title_rule", "title"):
        size = len(value) if isinstance(value := alert.get(name), str) else 0
        over = f"{name} is stored with {size} characters; at most {limit} may be"
        case.say("title-rule.cut", over if size > limit else None)


def judge_again(case: Case, expected: Expected, alert: Mapping[str, Any]) -> None:
    """After a recovery and another event, in the alert reopened or in another one: the text that came with it."""
    if expected.together:
        return
    contract = case.bench.contract
    if len(case.alerts) > 1:  # another alert than the one before
        for requirement, sentence in stored.whole(expected.event, alert, contract, case.bench.info.blind_to):
            if not requirement.startswith("description"):
                case.say(requirement, f"after a recovery and another event: {sentence}" if sentence else None)
    if not expected.event.get("description"):
        _judge_bare(case, expected, alert)
        return
    old = _still(case, "description", alert.get("description"), contract.limits.description)
    for requirement, sentence in stored.description(expected.event, alert, contract):
        told = f"after a recovery and another event, {old or sentence}"
        case.say(requirement, told if sentence else None)


def _judge_bare(case: Case, expected: Expected, alert: Mapping[str, Any]) -> None:
    """What was not sent is empty on a new alert; whether one that is reopened keeps its own is open."""
    if len(case.alerts) == 1 or "description" in expected.event or "labels" in expected.event:
        return
    for name in ("description", "labels"):
        kept = alert.get(name)
        inherited = f"after a recovery, {name} of another alert of the key: {shown(kept)}" if kept else None
        case.say(f"{name}.absent-empty", inherited)


def _still(case: Case, name: str, value: Any, limit: int) -> str:
    """Says so when a stored text is the one that an earlier event of the key brought; an empty text where it is not."""
    earlier = [
        text
        for stage, push, exchange in pushes_of(case.story)
        if stage < case.expected.stage and exchange.n in case.sequence
        if isinstance(text := (sent_event(push, exchange) or {}).get(name), str) and text
    ]
    if not isinstance(value, str) or not any(value in cuts(text, limit) for text in earlier):
        return ""
    which = "the event before" if value in cuts(earlier[-1], limit) else "an earlier event"
    return f"it is still the {name} of {which}, {shown(value)}"


def _are_too_many(case: Case, labels: Mapping[str, Any]) -> bool:
    """Whether all labels of the key together are more than may be kept, so that a server that merges drops some."""
    return len(_labels_before(case) | set(labels)) > case.bench.contract.limits.labels


def _labels_before(case: Case) -> set[str]:
    """The names of all labels that events of the key have brought so far."""
    names: set[str] = set()
    for stage, push, exchange in pushes_of(case.story):
        labels = (sent_event(push, exchange) or {}).get("labels")
        if stage <= case.expected.stage and exchange.n in case.sequence and isinstance(labels, dict):
            names |= set(labels)
    return names


_BEGINNING = 64


def _begins_like(sent: Any, shown_now: Any, limit: int) -> bool:
    """Whether an over-long text was taken from an update, and merely cut otherwise than it should be."""
    texts = isinstance(sent, str) and isinstance(shown_now, str) and len(sent) > limit
    return texts and bool(shown_now) and shown_now[:_BEGINNING] == sent[:_BEGINNING]


def _judge_update(case: Case, event: Mapping[str, Any], alert: Mapping[str, Any]) -> None:
    """An update changes the description sent with it (MUST), and title and labels (SHOULD)."""
    contract = case.bench.contract
    if event.get("description"):
        shown_now = alert.get("description")
        old = _still(case, "description", shown_now, contract.limits.description)
        cut_wrongly = _begins_like(event["description"], shown_now, contract.limits.description)
        for name, sentence in stored.description(event, alert, contract):
            if sentence and cut_wrongly and not old:  # a matter of the field as well
                case.say(name, f"after an update: {sentence}")
            told = f"after an update, the description: {old or sentence}" if sentence else None
            case.say_of_update("alert-key.update-description", told, () if old else (name,))
    shown_now = str(alert.get("title"))
    of_title = {name: why for name, why in stored.title(event, alert, contract) if why}
    if _begins_like(event.get("title_rule"), shown_now, contract.limits.title_rule):
        for name, why in of_title.items():
            case.say(name, f"after an update: {why}")
        of_title = {}
    old = _still(case, "title_rule", shown_now, contract.limits.title_rule) if of_title else ""
    of_labels: dict[str, str] = {}
    labels = event.get("labels")
    judged = isinstance(labels, dict) and all(isinstance(value, str) for value in labels.values())
    if judged and labels and not _are_too_many(case, labels):
        merged = (
            {name: value for name, value in alert["labels"].items() if name in labels}
            if isinstance(alert.get("labels"), dict)
            else {}
        )
        found = stored.labels(event, {**alert, "labels": merged}, contract)
        of_labels = {name: why for name, why in found if why}
    wrong = {**of_title, **of_labels}
    told = f"after an update, the title or labels: {old or next(iter(wrong.values()))}" if wrong else None
    case.say_of_update("alert-key.update-others", told, () if old else wrong)


def _judge_together(case: Case, expected: Expected, alert: Mapping[str, Any]) -> None:
    """Of events that arrived at once, one is the latest."""
    value = alert.get("description")
    if expected.descriptions and isinstance(value, str) and value and value not in expected.descriptions:
        case.say(
            "alert-key.update-description",
            f"the description is {shown(value)}, which none of the events sent at once carried",
        )
