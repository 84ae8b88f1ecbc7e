"""What follow-ups show: which of the fields that were sent matter, told in the finding that holds nothing else; pure.

A follow-up repeats a failed scenario with less: its facts say whom it ``follows``, which unusual fields it ``kept``,
and what plain ones it ``added``.  Whether its failure is the same is what the ordinary judges said; nothing is judged
here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.reply import ACCEPTED, read
from conformance.checks.verdicts import FAIL, Judgement
from conformance.wire.records import Story

Series = tuple[str, bool]


class Trials:
    """The follow-ups so far, and what became of each under a requirement."""

    def __init__(self, judgements: Collection[Judgement], stories: Mapping[str, Story]) -> None:
        self._stories = {name: story for name, story in stories.items() if story.scenario.fact("follows")}
        self._failed = {
            (judgement.requirement, judgement.finding.scenario)
            for judgement in judgements
            if judgement.outcome == FAIL and judgement.finding is not None
        }

    def __contains__(self, scenario: object) -> bool:
        return scenario in self._stories

    def get(self, scenario: str) -> Story | None:
        """The story of a follow-up, if the scenario is one."""
        return self._stories.get(scenario)

    def fails(self, requirement: str, scenario: str) -> bool:
        """Whether a follow-up failed this requirement."""
        return scenario in self._stories and (requirement, scenario) in self._failed

    def holds(self, requirement: str, scenario: str) -> bool:
        """Whether a follow-up was driven to its end, and all went well under this requirement."""
        story = self._stories.get(scenario)
        return story is not None and (requirement, scenario) not in self._failed and _is_whole(story)

    def of(self, series: Series) -> list[Story]:
        """The follow-ups that take the same event apart."""
        return [s for s in self._stories.values() if s.scenario.fact("kept") is not None and series_of(s) == series]

    def failed_steps(self, requirement: str, origin: str) -> list[tuple[int, ...]]:
        """The steps of every follow-up of a sequence that failed this requirement."""
        made = [story.scenario for story in self._stories.values() if story.scenario.fact("follows") == origin]
        return [entry.fact("steps") for entry in made if entry.fact("steps") and self.fails(requirement, entry.id)]

    def is_needed(self, requirement: str, series: Series, kept: Collection[str], field: str) -> bool:
        """Whether it went well without this field, though everything else that was kept was there."""
        others = set(kept) - {field}
        if not others and not series[1]:
            return True  # the plain event was accepted, or nothing would have been asked
        return any(
            self.holds(requirement, story.scenario.id)
            for story in self.of(series)
            if (field not in (had := story.scenario.fact("kept")) and others <= set(had) and (others or not had))
            and not story.scenario.fact("added")
        )

    def healed_by(self, requirement: str, series: Series, kept: Sequence[str]) -> list[str]:
        """The plain fields that, sent beside what was kept, make it go well."""
        return [
            name
            for story in self.of(series)
            if tuple(story.scenario.fact("kept")) == tuple(kept) and self.holds(requirement, story.scenario.id)
            for name in story.scenario.fact("added")
        ]


def series_of(story: Story) -> Series:
    """What sets the follow-ups of one event apart: whom they follow, and whether the alert is closed in them."""
    return story.scenario.fact("follows"), len(story.scenario.stages) > 1


def _is_whole(story: Story) -> bool:
    done, last = story.all_exchanges(), story.observations[-1] if story.observations else None
    if len(story.exchanges) < len(story.scenario.stages) or story.ended not in ("", "settled-wrong"):
        return False
    return all(read(one).kind == ACCEPTED for one in done) and (last is None or last.state in ("seen", "none"))


def tell(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Say in the findings of follow-ups which fields matter, where they hold no others."""
    trials = Trials(bench.judgements, stories)
    bench.judgements[:] = [_told(judgement, trials) for judgement in bench.judgements]
    bench.judgements += [
        replace(judgement, requirement=_FINDS)
        for judgement in bench.judgements
        if _is_of_keys(judgement, trials) and bench.contract.requirements[judgement.requirement].row == _LIFE_CYCLE
    ]


#: Where an alert that is not found again by its key falls first, and what it breaks.
_LIFE_CYCLE, _FINDS = "Payload/event_status", "alert-key.update"


def _is_of_keys(judgement: Judgement, trials: Trials) -> bool:
    """Whether it was shown that a recovery fails for the key alone: keys of its kind are not found again."""
    finding = judgement.finding
    story = trials.get(finding.scenario) if finding is not None and finding.reduced else None
    return story is not None and series_of(story)[1] and tuple(story.scenario.fact("kept") or ()) == ("alert_key",)


def _told(judgement: Judgement, trials: Trials) -> Judgement:
    finding = judgement.finding
    story = trials.get(finding.scenario) if finding is not None and judgement.outcome == FAIL else None
    if finding is None or story is None or story.scenario.fact("kept") is None:
        return judgement
    what = which_matter(judgement.requirement, story, trials)
    if not what:
        return judgement
    sentence = f"{finding.sentence.removesuffix('.')}: {what}."
    return replace(judgement, finding=replace(finding, sentence=sentence, reduced=True))


def which_matter(requirement: str, story: Story, trials: Trials) -> str:
    """In a few words which fields matter; nothing where that is not shown."""
    kept, series = tuple(story.scenario.fact("kept")), series_of(story)
    if story.scenario.fact("added") or not all(trials.is_needed(requirement, series, kept, name) for name in kept):
        return ""
    event = story.scenario.pushes()[0].event() or {}
    names = [_word(name, event) for name in kept]
    if not names:
        return "a plain event and its recovery do it"
    together = f"it takes {', '.join(names[:-1])} and {names[-1]} together"
    told = f"{names[0]} alone does it" if len(names) == 1 else together
    others = trials.healed_by(requirement, series, kept)
    return told + (f", and only without {' or '.join(others)}" if others else "")


def _word(name: str, event: Mapping[str, Any]) -> str:
    return name if name in event else f"the missing {name}"
