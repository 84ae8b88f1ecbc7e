"""Makes a failed sequence of pushes shorter: the pushes of the failing key alone, then one step less at a time.

Each trial sends its steps under fresh keys that differ from each other as the keys of the first run did, and looks at
the store after the last one.  It sends and judges nothing: whether a trial fails is what the ordinary judges say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.checks.ground import Ground, scenario
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reduced import Trials
from conformance.checks.verdicts import FOLLOW_UP, Finding
from conformance.drive.budget import sent_key
from conformance.model.scenario import Push, Scenario, Stage, encode
from conformance.wire.records import Story

Steps = tuple[int, ...]
_SHORT = 2  # a sequence that nobody could make shorter
_TRIES = 8  # steps left out one at a time, in one round
_KEPT = ("unmoved",)  # facts that say whom to blame


@dataclass(frozen=True)
class Step:
    """One push of the sequence, and which alert it is about."""

    push: Push
    alert: str
    number: int


def next_round(ground: Ground, requirement: str, story: Story, finding: Finding, trials: Trials) -> list[Scenario]:
    """The next trials of a failed sequence; none where it is short, or no step can be left out."""
    steps = _until_it_failed(story, finding)
    if len(steps) <= _SHORT or not _renewable(ground, steps):
        return []
    whole: Steps = tuple(range(len(steps)))

    def untried(wanted: Iterable[Steps]) -> list[Scenario]:
        fresh = [kept for kept in dict.fromkeys(wanted) if kept != whole and _name(story, kept) not in trials]
        return [_trial(ground, story, steps, kept) for kept in fresh[:_TRIES]]

    if first := untried(_by_alert(steps, finding)):
        return first
    failing = [whole, *trials.failed_steps(requirement, story.scenario.id)]
    return untried(_shorter(steps, failing))


def _name(story: Story, kept: Steps) -> str:
    """The id of a trial."""
    return f"{FOLLOW_UP}{story.scenario.id}.steps-{'-'.join(map(str, kept))}"


def _shorter(steps: Sequence[Step], failing: Sequence[Steps]) -> Iterator[Steps]:
    """What to leave out of the shortest that failed: what others as short did without, an alert, one step at a time."""
    shortest = min(failing, key=lambda kept: (len(kept), kept))
    if len(shortest) <= _SHORT:
        return
    alike = [set(kept) for kept in failing if len(kept) == len(shortest)]
    yield _closed(steps, set.intersection(*alike) | {shortest[-1]})
    alerts = dict.fromkeys(steps[place].alert for place in shortest)
    if len(alerts) > _SHORT:
        for alert in alerts:
            yield _closed(steps, {place for place in shortest if steps[place].alert != alert or place == shortest[-1]})
        return
    for step in shortest[:-1]:
        yield _closed(steps, set(shortest) - {step})


def _until_it_failed(story: Story, finding: Finding) -> list[Step]:
    """Every push that was sent up to the one that failed, one after the other."""
    last = max((stage for stage, _, one in pushes_of(story) if one.n in finding.sequence), default=-1)
    found: list[Step] = []
    for stage, push, exchange in pushes_of(story):
        if stage <= last:
            source = found[push.key_from].alert if push.key_from is not None else None
            found.append(Step(push, source or sent_key(push) or f"#{len(found)}", exchange.n))
    return found


def _by_alert(steps: Sequence[Step], finding: Finding) -> Iterable[Steps]:
    """The steps of the failing alert alone, and with those of the alert that the last step is about."""
    failing = next((step.alert for step in steps if step.number in finding.exchanges[:1]), steps[-1].alert)
    last = steps[-1]
    for alerts in ({failing}, {failing, last.alert}):
        yield _closed(steps, {place for place, step in enumerate(steps) if step.alert in alerts or step is last})


def _closed(steps: Sequence[Step], chosen: Collection[int]) -> Steps:
    """These steps, but for those that take their key from one that is left out."""
    kept: list[int] = []
    for place in sorted(chosen):
        source = steps[place].push.key_from
        if source is None or source in kept:
            kept.append(place)
    return tuple(kept)


def _renewable(ground: Ground, steps: Sequence[Step]) -> bool:
    """Whether every key can be made anew so that all differ from each other as they do."""
    keys = {key for step in steps if (key := sent_key(step.push)) is not None}
    return len(ground.names.renewed(keys)) == len(keys)


def _trial(ground: Ground, story: Story, steps: Sequence[Step], chosen: Steps) -> Scenario:
    """The scenario of some steps: one after the other, the store looked at when all have been sent."""
    keys = ground.names.renewed(dict.fromkeys(key for place in chosen if (key := sent_key(steps[place].push))))
    stages = [Stage((_renewed(steps[place].push, keys, chosen),), observe=place == chosen[-1]) for place in chosen]
    kept = {name: value for name in _KEPT if (value := story.scenario.fact(name)) is not None}
    made = scenario(_name(story, chosen), (), *stages, follows=story.scenario.id, steps=chosen, **kept)
    return replace(made, check=story.scenario.check)  # judged by the same rules as the one that it follows


def _renewed(push: Push, keys: dict[str, str], chosen: Steps) -> Push:
    source = None if push.key_from is None else chosen.index(push.key_from)
    event, key = push.event(), sent_key(push)
    body = push.body if event is None or key is None else encode({**event, "alert_key": keys[key]})
    return replace(push, body=body, key_from=source)
