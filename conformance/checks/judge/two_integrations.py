"""Judges what two integrations do to each other's alerts, and that the other's are kept like the first one's.

Whether the store shows the other integration's alerts at all is up to it: what it does not show is not judged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from conformance.checks.judge import stored
from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.case import UNSEEN, is_active
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.reply import ACCEPTED, parse, read
from conformance.checks.verdicts import Finding
from conformance.model.scenario import SECOND
from conformance.wire.records import Observation, Story

_BOTH = 2
_TITLES = ("title_rule", "title")
Alerts = list[Mapping[str, Any]]


def judge(bench: Bench, story: Story) -> None:
    """A story in which both integrations push, where the target knows the other one's key."""
    if SECOND in bench.unknown_keys:
        return
    if story.scenario.fact("foreign"):
        _of_one_key(bench, story)
    if story.scenario.fact("alike") and not is_out_of_sight(story):
        _alike(bench, story)


def is_out_of_sight(story: Story) -> bool:
    """Whether the other integration pushes first, and the store does not show what it pushed."""
    seen = story.observations[0] if story.observations else None
    event = parse(story.all_exchanges()[0].sent.body) if story.exchanges else None
    return seen is None or seen.state != "seen" or not _under(seen, event)


def _under(seen: Observation, event: Mapping[str, Any] | None) -> Alerts:
    return [alert for alert in seen.alerts if event is not None and alert.get("alert_key") == event["alert_key"]]


def _of_one_key(bench: Bench, story: Story) -> None:
    """After each push of the second integration the alert of the first is as it was."""
    first = parse(story.all_exchanges()[0].sent.body) if story.exchanges else None
    if first is None or read(story.all_exchanges()[0]).kind != ACCEPTED or lost_for(bench, first) is not None:
        return
    # What was sent, or as the store showed it before the other integration came.
    texts, titles = [first.get("description")], {str(first["title_rule"])}
    for stage, seen in enumerate(story.observations):
        if seen is not None and stage == 0 and seen.state == "seen":
            there = _under(seen, first)
            texts += [alert.get("description") for alert in there[:1]]
            titles |= {str(alert[name]) for alert in there[:1] for name in _TITLES if alert.get(name)}
        if seen is None or stage == 0:
            continue
        numbers = (story.exchanges[stage][-1].n, *seen.exchanges[-1:])
        if seen.state == "none":
            bench.unseen("key.separate", story.scenario.check)
        elif seen.state != "seen":
            sentence = f"The store could not be read: {seen.problem or UNSEEN}"
            bench.blocked("key.separate", story.scenario.check, sentence, numbers)
        else:
            own = [alert for alert in _under(seen, first) if _is_of(alert, titles)]
            wrong = _harm(bench, own, texts)
            _say(bench, story, stage, "key.separate", wrong, numbers, shown(len(own)))
            if wrong is None:
                others = [alert for alert in _under(seen, first) if not _is_of(alert, titles)]
                _of_the_other(bench, story, stage, others, first, numbers)


def _is_of(alert: Mapping[str, Any], titles: Collection[str]) -> bool:
    return any(alert.get(name) in titles for name in _TITLES)


def _harm(bench: Bench, own: Alerts, texts: Collection[Any]) -> str | None:
    """What another integration did to the alert, or None."""
    if not own:
        return "After a push with another integration's key the alert is gone, or carries the other's title."
    if not any(is_active(alert, bench.contract.recovery) for alert in own):
        return "A push with another integration's key closed the alert."
    if not any(alert.get("description") in texts for alert in own):
        return "A push with another integration's key changed the description."
    return None


def _taken_over(alert: Mapping[str, Any], event: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """The field in which an alert holds what the other integration sent for its own, and not what came with it."""
    names = ("description", "labels", "images")
    return next((n for n in names if first.get(n) and alert.get(n) == first[n] and event.get(n) != first[n]), "")


def _of_the_other(
    bench: Bench, story: Story, stage: int, others: Alerts, first: Mapping[str, Any], numbers: Sequence[int]
) -> None:
    """The other integration's own alert, as far as the store shows it: kept as it was sent, and closed by its Ok."""
    push, exchange = story.scenario.stages[stage].pushes[0], story.exchanges[stage][-1]
    event = parse(exchange.sent.body)
    if event is None or push.credential != SECOND or read(exchange).kind != ACCEPTED or not others:
        return
    if event["event_status"] != bench.contract.recovery:
        taken_over = _taken_over(others[0], event, first)
        if taken_over:
            wrong = f"The other integration's alert has the {taken_over} of the first one's."
            _say(bench, story, stage, "key.separate", wrong, numbers)
            return
        for requirement, sentence in stored.whole(event, others[0], bench.contract, bench.info.blind_to):
            told_so = f"Of the other integration's alert: {sentence}." if sentence else None
            _say(bench, story, stage, requirement, told_so, numbers)
        return
    still = [alert for alert in others if is_active(alert, bench.contract.recovery)]
    sentence = "The other integration's alert is still active after its Ok." if still else None
    _say(bench, story, stage, "event-status.ok-closes", sentence, numbers)


def _alike(bench: Bench, story: Story) -> None:
    """One event sent to two integrations, byte for byte, is an alert of each."""
    looks = story.observations[1:]
    if len(looks) < _BOTH or any(seen is None or seen.state != "seen" for seen in looks):
        return
    exchange = story.exchanges[_BOTH][-1]
    event = parse(exchange.sent.body)
    first, both = (_under(seen, event) for seen in looks if seen is not None)
    if read(exchange).kind != ACCEPTED or not first or not all(alert.get("alert_id") for alert in both):
        return  # without ids two alerts that are alike cannot be told apart
    numbers = (exchange.n, *(looks[-1].exchanges[-1:] if looks[-1] is not None else ()))
    one = "Of an event that was sent to one integration, and then to another, one alert alone is in the store."
    _say(bench, story, _BOTH, "key.separate", one if len(both) < _BOTH else None, numbers)


def _say(
    bench: Bench,
    story: Story,
    stage: int,
    requirement: str,
    wrong: str | None,
    numbers: Sequence[int],
    kept: str | None = None,
) -> None:
    """Pass where nothing is wrong, else a finding about the push of that stage."""
    if wrong is None:
        bench.passes(requirement, story.scenario.check, numbers)
        return
    sent = told(story.scenario.stages[stage].pushes[0], story.scenario)
    wanted = bench.contract.requirements[requirement].statement
    finding = Finding(wrong, sent, wanted, wrong, kept, tuple(numbers), story.scenario.id)
    bench.fails(requirement, story.scenario.check, finding)
