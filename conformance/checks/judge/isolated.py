"""Finds which levels of a combination matter: those that single-field stories and other rows show to be at fault; pure.

A refused row of the covering array blames every field a little.  Levels that stand in an accepted row are innocent
alone; what is left over, or fell by itself, is the culprit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.checks.judge.reply import ACCEPTED, UNANSWERED, read
from conformance.wire.records import Story

_FIELDS_OF_RECOVERY = "recovery"


def _failed(story: Story) -> bool:
    """Whether the event of a combination was answered otherwise than accepted, or never became visible."""
    done = story.all_exchanges()
    if not done:
        return False
    answer = read(done[0])
    if answer.kind != ACCEPTED:
        return answer.kind != UNANSWERED
    seen = story.observations[0] if story.observations else None
    key = answer.key
    return bool(seen and seen.state == "seen" and not any(alert.get("alert_key") == key for alert in seen.alerts))


def explained(stories: Sequence[Story]) -> list[Story]:
    """The stories, each failed combination carrying the fact ``culprits``: the requirements of the levels at fault."""
    rows = [story for story in stories if story.scenario.fact("factors") and story.exchanges]
    bad = [story for story in rows if _failed(story)]
    if not bad:
        return list(stories)
    good = [story for story in rows if not _failed(story)]
    innocent = {(name, level[0]) for story in good for name, level in _levels(story)}
    replaced = {}
    for story in bad:
        suspects = [(name, level) for name, level in _levels(story) if (name, level[0]) not in innocent]
        chosen = suspects or _common(bad, story)
        culprits = tuple(dict.fromkeys(level[1] for _, level in chosen))
        replaced[story.scenario.id] = culprits
    return [_with_culprits(story, replaced.get(story.scenario.id)) for story in stories]


def _levels(story: Story) -> list[tuple[str, tuple[str, str]]]:
    return [(name, level) for name, level in story.scenario.fact("factors") if name != _FIELDS_OF_RECOVERY]


def _common(bad: Iterable[Story], story: Story) -> list[tuple[str, tuple[str, str]]]:
    """Where no level is guilty alone: the two levels of this row that most failed rows share."""
    levels = _levels(story)
    counts = {name: sum((name, level) in _levels(other) for other in bad) for name, level in levels}
    most = sorted(levels, key=lambda entry: -counts[entry[0]])
    return most[:2]


def _with_culprits(story: Story, culprits: tuple[str, ...] | None) -> Story:
    if culprits is None:
        return story
    facts = (*story.scenario.facts, ("culprits", culprits))
    return replace(story, scenario=replace(story.scenario, facts=facts))
