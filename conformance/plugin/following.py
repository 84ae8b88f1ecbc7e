"""Asks for follow-ups while something fails and there is room: judges, draws, cuts, drives, round after round.

What is asked for is decided in ``checks.followups``; here is only whether the run may still send, and how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from conformance.checks.followups import ROUNDS, follow_ups
from conformance.checks.ground import Ground
from conformance.checks.judge.bench import Bench
from conformance.drive.budget import Budget, cut, overhead
from conformance.drive.ports import DriveSettings, RunFacts
from conformance.model.scenario import Scenario
from conformance.wire.records import Story

_FITTINGS, _POLLS = 3, 4


@dataclass(frozen=True)
class Following:
    """What follow-ups need of a run: its ground and bounds, and ways to judge and to drive."""

    ground: Ground
    selected: frozenset[str]
    budget: Budget
    facts: RunFacts
    settings: DriveSettings
    price: Callable[[int], int] | None  # of reading so many keys; None without an observer
    judge: Callable[[list[Story]], Bench]
    drive: Callable[[list[Scenario], DriveSettings], list[Story]]


def follow_up(run: Following, stories: list[Story]) -> list[Story]:
    """The stories with those of the follow-ups behind them; every round is smaller than what is left."""
    try:
        for _ in range(ROUNDS):
            if not _may_go_on(run, stories):
                break
            wanted = follow_ups(run.ground, run.judge(stories), stories, run.selected)
            chosen = _fitting(run, wanted)
            if not chosen:
                break
            stories = [*stories, *run.drive(chosen, calm(run.settings))]
    except KeyboardInterrupt:  # between two rounds; what was seen so far is judged
        run.settings.stop.set()
    return stories


def _may_go_on(run: Following, stories: Sequence[Story]) -> bool:
    """Whether what comes back now would still prove something: a line and a store that can be trusted, and time."""
    settings, facts = run.settings, run.facts
    if settings.stop.is_set() or facts.halted or facts.irregular_losses or facts.observing not in ("on", "none"):
        return False
    if settings.deadline is not None and settings.clock() + settings.observe_timeout >= settings.deadline:
        return False  # what fails is waited for that long
    return not any(_exhausts_the_key(story.scenario) for story in stories)


def _exhausts_the_key(scenario: Scenario) -> bool:
    """Whether a scenario went over the rate of the very key that follow-ups would use."""
    return bool(scenario.fact("rate")) and any(push.credential == "main" for push in scenario.pushes())


def _fitting(run: Following, wanted: list[Scenario]) -> list[Scenario]:
    """As many of these as the rest of the budget has room for, looks and recoveries included."""
    reserve, chosen = 0, wanted
    for _ in range(_FITTINGS):
        if not chosen:
            break
        polls = 0 if run.price is None else _POLLS * run.price(sum(len(entry.pushes()) for entry in chosen))
        reserve = overhead(chosen, run.price) + polls
        chosen, _ = cut(wanted, run.budget.left, reserve)
    return chosen


def calm(settings: DriveSettings) -> DriveSettings:
    """The settings with one push at a time and few looks.

    What fails only under load must not look like a matter of fields; and what fails is looked at until its time is up.
    """
    pause, timeout = settings.poll_min, settings.observe_timeout
    return replace(settings, workers=1, poll_min=max(pause, timeout / 8), poll_max=max(settings.poll_max, timeout / 2))
