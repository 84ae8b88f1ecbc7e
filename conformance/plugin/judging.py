"""Judges a recording against the contract: the same function serves a run and its replay; sends and reads nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from conformance.checks import conclude
from conformance.checks.causes import cause
from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import Line
from conformance.checks.judge.run import judge
from conformance.checks.verdicts import Result, Tally
from conformance.contract import Contract, Requirement
from conformance.wire.records import Recording, RunInfo


def answered_twins(recording: Recording) -> frozenset[str]:
    """Scenarios of which a push was lost again and again while a twin was answered in between."""
    answered = {e.note.scenario for e in recording.others if e.note.role == "twin" and e.reply is not None}
    own = {
        story.scenario.id
        for story in recording.stories
        if any(e.note.role == "twin" and e.reply is not None for e in story.aside)
    }
    return frozenset(answered | own)


def judgements(contract: Contract, recording: Recording, *, flaky: bool) -> Bench:
    """Every judgement on what has been recorded, be it a whole run or the beginning of one."""
    line = Line(flaky, answered_twins(recording))
    return judge(contract, recording.info, recording.stories, recording.others, line)


def judged(
    contract: Contract,
    recording: Recording,
    tally: Tally,
    nodes: Mapping[str, str],
    selected: Collection[str],
    *,
    flaky: bool,
    interrupted: bool = False,
    warnings: tuple[str, ...] = (),
) -> Result:
    """A recording judged: the same function serves a run and its replay."""
    bench = judgements(contract, recording, flaky=flaky)
    missing = {entry.id: told for entry in contract.requirements.values() if (told := _missing(entry, recording.info))}
    missing |= _too_severe(contract, recording.info)
    results = conclude.requirements(bench, nodes, selected, missing)
    part = set(selected) != set(contract.requirements)
    return conclude.conclude(
        bench,
        results,
        tally,
        partial=part,
        interrupted=interrupted,
        warnings=warnings,
        cause=cause(contract, recording),
    )


def _too_severe(contract: Contract, info: RunInfo) -> dict[str, str]:
    """Requirements of a status that this run was told not to send, each with the reason."""
    if not info.max_severity:
        return {}
    above = contract.statuses[: contract.statuses.index(info.max_severity)]
    told = f"--max-severity {info.max_severity} sends no"
    return {f"event-status.{status.lower()}": f"{told} {status}" for status in above if status != contract.recovery}


def _missing(entry: Requirement, info: RunInfo) -> str:
    """What to give so that a requirement can be judged, or nothing."""
    needs = entry.needs
    if needs is None or any(given == needs or given.startswith(f"{needs}:") for given in info.given):
        return ""
    if needs.startswith("account:"):
        return f"needs --account {needs.partition(':')[2]}=KEY, the key of an account that answers so"
    return {
        "second-key": "needs --second-key KEY, the key of another integration",
        "rate-limit": "needs --probe-rate-limit N, which goes over the rate at the end of the run",
    }[needs]
