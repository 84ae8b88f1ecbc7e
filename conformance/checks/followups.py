"""What a failed run asks for next: smaller scenarios that show which fields, which steps matter; draws, sends nothing.

It reads the bench so far, the stories and the ground; it must not know targets, budgets or how a verdict is reached.
The same answers ask for the same follow-ups: nothing is remembered from one round to the next but the stories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.checks import reduced_event, reduced_sequence
from conformance.checks.ground import PLAIN, Ground
from conformance.checks.judge.bench import Bench
from conformance.checks.judge.reduced import Trials
from conformance.checks.judge.reply import ACCEPTED, read
from conformance.checks.verdicts import FAIL, Finding
from conformance.model.scenario import Scenario
from conformance.wire.records import Exchange, Story

#: So many times a run asks at most, and for so many requirements at once.
ROUNDS, AT_ONCE = 4, 4
_WORTH = 100  # follow-ups of one requirement stand together, in the order in which they tell most
_SEQUENCES = ("machine", "lifecycle")
#: Requirements about two alerts at once: less of one of them shows nothing.
_OF_SEVERAL = ("data.alert-key.generated-unique",)
#: Scenarios in which an answer is open, or whose store follows other rules.
_APART = ("any", "rate", "loose", "foreign", "alike", "open", "concurrent")


@dataclass(frozen=True)
class Failure:
    """A requirement that fell in a story of the plan, and what its finding says."""

    requirement: str
    finding: Finding
    story: Story


def follow_ups(ground: Ground, bench: Bench, stories: Sequence[Story], selected: frozenset[str]) -> list[Scenario]:
    """The scenarios of the next round, most telling first; none where nothing failed, or all is known."""
    named = {story.scenario.id: story for story in stories}
    trials = Trials(bench.judgements, named)
    made: dict[str, Scenario] = {}
    asking = 0
    failed = _failed(bench, named, selected)
    fallen = frozenset(failed)
    for requirement, failures in failed.items():
        wanted = _next(ground, requirement, failures, trials, named, fallen)
        for place, entry in enumerate(wanted):
            known = made.get(entry.id)
            serves = (requirement,) if known is None else (*known.serves, requirement)
            worth = asking * _WORTH + place if known is None else known.worth
            made[entry.id] = replace(known or entry, serves=serves, worth=worth)
        asking += bool(wanted)
        if asking == AT_ONCE:
            break
    return list(made.values())


def _failed(bench: Bench, named: Mapping[str, Story], selected: frozenset[str]) -> dict[str, list[Failure]]:
    """The failures of the plan by requirement, MUST first, in the order of the catalogue."""
    entries = sorted(bench.contract.requirements.values(), key=lambda entry: entry.level != "must")
    found: dict[str, list[Failure]] = {entry.id: [] for entry in entries if entry.id in selected - {*_OF_SEVERAL}}
    for judgement in bench.judgements:
        finding = judgement.finding
        story = named.get(finding.scenario) if finding is not None and judgement.outcome == FAIL else None
        if finding is None or story is None or story.scenario.fact("follows") or judgement.requirement not in found:
            continue
        found[judgement.requirement].append(Failure(judgement.requirement, finding, story))
    return {requirement: failures for requirement, failures in found.items() if failures}


def _next(
    ground: Ground,
    requirement: str,
    failures: list[Failure],
    trials: Trials,
    named: Mapping[str, Story],
    fallen: frozenset[str],
) -> list[Scenario]:
    """What to ask about one requirement: take an event apart, else a sequence; nothing where one push alone fails."""
    if any(_is_single(failure.story) for failure in failures):
        return []
    events = [f for f in failures if f.story.scenario.check == "combination" and _decisive(f) is not None]
    if events:
        plain = named.get(PLAIN)
        if plain is None or not any(read(exchange).kind == ACCEPTED for exchange in plain.all_exchanges()):
            return []  # where no plain event is taken, no field is at fault
        simplest = min(events, key=lambda f: reduced_event.size(ground, f.story))
        return reduced_event.next_round(ground, requirement, simplest.story, simplest.finding, trials, fallen)
    sequences = [f for f in failures if _is_sequence(f.story) and _decisive(f) is not None]
    if not sequences:
        return []
    shortest = min(sequences, key=lambda f: len(f.finding.sequence))
    return reduced_sequence.next_round(ground, requirement, shortest.story, shortest.finding, trials)


def _is_single(story: Story) -> bool:
    """Whether a story is one push that varies one thing: there is nothing to leave out."""
    return len(story.scenario.pushes()) == 1 and story.scenario.check != "combination"


def _is_sequence(story: Story) -> bool:
    scenario = story.scenario
    return scenario.check in _SEQUENCES and not any(scenario.fact(name) for name in _APART)


def _decisive(failure: Failure) -> Exchange | None:
    """The exchange of the story that the finding rests on, if it was answered."""
    wanted = failure.finding.exchanges[:1]
    return next((e for e in failure.story.all_exchanges() if e.n in wanted and e.reply is not None), None)
