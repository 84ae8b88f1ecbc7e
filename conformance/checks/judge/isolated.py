"""Finds which levels of a combination matter: those that single-field stories and other rows show to be at fault; pure.

A refused row of the covering array blames every field a little.  Levels that stand in an accepted row are innocent
alone; what is left over, or fell by itself, is the culprit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.checks.judge.reply import ACCEPTED, REFUSED, UNANSWERED, read
from conformance.wire.records import Story

_FIELDS_OF_RECOVERY = "recovery"
_IMAGE_FIELDS = ("alt", "src", "href")
_AGAIN = 2  # repetitions that were lost as well


def _failed_later(story: Story) -> bool:
    """Whether the recovery of a combination was answered otherwise than accepted."""
    done = story.all_exchanges()
    return len(done) > 1 and read(done[0]).kind == ACCEPTED and read(done[1]).kind not in (ACCEPTED, UNANSWERED)


def _failed(story: Story) -> bool:
    """Whether the event of a combination was answered otherwise than accepted, or never became visible."""
    done = story.all_exchanges()
    if not done:
        return False
    answer = read(done[0])
    if answer.kind == UNANSWERED:  # again and again: by chance it would have been answered
        return len(done[0].repeats) >= _AGAIN
    if answer.kind != ACCEPTED:
        return True
    seen = story.observations[0] if story.observations else None
    key = answer.key
    return bool(seen and seen.state == "seen" and not any(alert.get("alert_key") == key for alert in seen.alerts))


def explained(stories: Sequence[Story]) -> list[Story]:
    """The stories, each failed combination carrying the fact ``culprits``: the requirements of the levels at fault."""
    rows = [story for story in stories if story.scenario.fact("factors") and story.exchanges]
    singles, alone = _of_one_image_field(stories), _refused_alone(stories)
    first = {
        name: _corrected(names, singles)
        for name, names in _culprits(rows, [story for story in rows if _failed(story)], alone).items()
    }
    driven = [
        story for story in rows if len(story.all_exchanges()) > 1 and read(story.all_exchanges()[0]).kind == ACCEPTED
    ]
    later = _culprits(driven, [story for story in driven if _failed_later(story)])
    alike = Counter(name for names in later.values() for name in names)
    shown = {story: names for story, names in later.items() if not _is_recovery_itself(names, alike, later)}
    return [_with(story, first.get(story.scenario.id), shown.get(story.scenario.id)) for story in stories]


def _refused_alone(stories: Iterable[Story]) -> frozenset[str]:
    """What was refused where it was the one thing that an event varied."""
    pushes = [
        (push, exchange)
        for story in stories
        if not story.scenario.fact("factors")
        for push, exchange in zip(story.scenario.pushes(), story.all_exchanges(), strict=False)
    ]
    return frozenset(
        push.varies for push, exchange in pushes if push.role != "refusal" and read(exchange).kind == REFUSED
    )


def _culprits(
    rows: Sequence[Story], bad: Sequence[Story], alone: frozenset[str] = frozenset()
) -> dict[str, tuple[str, ...]]:
    """For each failed row the requirements of the levels that stand in no row that went well.

    ``alone`` are requirements that fell by themselves: a suspect level of such a one is at fault.
    """
    failed = {story.scenario.id for story in bad}
    good = [story for story in rows if story.scenario.id not in failed]
    innocent = {(name, level[0]) for story in good for name, level in _levels(story)}
    suspects = {s.scenario.id: [level for level in _levels(s) if (level[0], level[1][0]) not in innocent] for s in bad}
    # a row with a single suspect convicts it; where a convict stands among the suspects of another row, it did it
    convicts = alone | {levels[0][1][1] for levels in suspects.values() if len(levels) == 1}
    found = {}
    for story in bad:
        mine = suspects[story.scenario.id]
        chosen = [entry for entry in mine if entry[1][1] in convicts] or mine or _common(bad, story)
        found[story.scenario.id] = tuple(dict.fromkeys(level[1] for _, level in chosen)) if good else ()
    return found


def _of_one_image_field(stories: Sequence[Story]) -> dict[str, bool]:
    """Whether an event in which one field alone of an image is over its limit was accepted."""
    of_images = [(s, s.scenario.pushes()[0].varies) for s in stories if s.exchanges and not s.scenario.fact("factors")]
    return {
        varies: read(story.all_exchanges()[0]).kind == ACCEPTED
        for story, varies in of_images
        if varies.partition(".")[0] in _IMAGE_FIELDS and varies.endswith(".over-limit-accepted")
    }


def _corrected(names: tuple[str, ...], singles: Mapping[str, bool]) -> tuple[str, ...]:
    """Several fields of an image are over their limits in one level: events with one alone say which of them it is."""
    guilty = [name for name, accepted in singles.items() if not accepted]
    innocent = [name for name in names if singles.get(name)]
    return tuple(dict.fromkeys((*(n for n in names if n not in innocent), *guilty))) if innocent and guilty else names


def _is_recovery_itself(names: tuple[str, ...], alike: Counter[str], later: Mapping[str, object]) -> bool:
    """Whether failed recoveries share no level, so that it is the recovery that fails."""
    return len(later) > 2 and all(alike[name] <= len(later) / 2 for name in names)


def _levels(story: Story) -> list[tuple[str, tuple[str, str]]]:
    return [(name, level) for name, level in story.scenario.fact("factors") if name != _FIELDS_OF_RECOVERY]


def _common(bad: Iterable[Story], story: Story) -> list[tuple[str, tuple[str, str]]]:
    """Where no level is guilty alone: the two levels of this row that most failed rows share."""
    levels = _levels(story)
    counts = {name: sum((name, level) in _levels(other) for other in bad) for name, level in levels}
    most = sorted(levels, key=lambda entry: -counts[entry[0]])
    return most[:2]


def _with(story: Story, culprits: tuple[str, ...] | None, later: tuple[str, ...] | None) -> Story:
    if not culprits and not later:
        return story
    facts = (*story.scenario.facts, ("culprits", culprits or ()), ("culprits_later", later or ()))
    return replace(story, scenario=replace(story.scenario, facts=facts))
