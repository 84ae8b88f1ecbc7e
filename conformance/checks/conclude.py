"""From judgements to the verdict of each requirement, of each row, and of the run with its exit code; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from conformance.checks.judge.answers import fingerprint
from conformance.checks.judge.bench import Bench, hidden
from conformance.checks.verdicts import (
    BLOCKED,
    ERROR,
    FAIL,
    FOLLOW_UP,
    NOT_APPLICABLE,
    NOT_OBSERVED,
    NOT_REACHED,
    NOT_SELECTED,
    PASS,
    WARNING,
    WORST_FIRST,
    Judgement,
    RequirementResult,
    Result,
    RowResult,
    Tally,
)
from conformance.contract import Contract, Requirement

_SHOWN_FINDINGS, _SHOWN_EXCHANGES, _SHOWN_UNDECIDED = 5, 12, 5
#: Why nothing was sent for a requirement that was selected.
BUDGET_OVER = "no scenario of it was reached within the budget"
_TIME = "--max-seconds"
TIME_OVER = f"{BUDGET_OVER} and the time of {_TIME}"
STOPPED = "the run was interrupted before a scenario of it was sent"
CONFORMS, FALLS, INTERRUPTED, INTERNAL, UNTESTABLE, INCOMPLETE = range(6)


def requirements(
    bench: Bench, nodes: Mapping[str, str], selected: Collection[str], missing: Mapping[str, str]
) -> tuple[RequirementResult, ...]:
    """The verdict of each requirement; ``missing`` names those for which an option was not given, and what to give."""
    by_id: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in bench.judgements:
        by_id[judgement.requirement].append(judgement)
    unseeable = hidden(bench.contract, bench.info.blind_to)
    unreached = STOPPED if bench.info.interrupted else TIME_OVER if _TIME in bench.info.options else BUDGET_OVER
    return tuple(
        _requirement(
            entry,
            by_id[entry.id],
            nodes.get(entry.id, ""),
            chosen=entry.id in selected,
            missing=missing.get(entry.id, ""),
            read_problem=bench.info.read_problem if entry.observed_in == "stored" else "",
            blind=entry.observed_in == "stored" and (bench.info.observer == "none" or entry.id in unseeable),
            unreached=unreached,
        )
        for entry in bench.contract.requirements.values()
    )


def _requirement(
    entry: Requirement,
    found: list[Judgement],
    node: str,
    *,
    chosen: bool,
    missing: str,
    blind: bool,
    read_problem: str,
    unreached: str,
) -> RequirementResult:
    outcomes = {judgement.outcome for judgement in found}
    reason = ""
    if not chosen:
        verdict, found = NOT_REACHED, []
        reason = NOT_SELECTED
    elif FAIL in outcomes:
        verdict = FAIL
    elif missing:
        verdict, reason = NOT_APPLICABLE, missing
    elif PASS in outcomes:
        # one undecided exchange takes nothing from what others showed
        verdict = PASS
    else:
        verdict = next((name for name in WORST_FIRST if name in outcomes), NOT_OBSERVED if blind else NOT_REACHED)
        reason = unreached if verdict == NOT_REACHED else ""
        if verdict == NOT_APPLICABLE:
            reason = next(judgement.finding.sentence for judgement in found if judgement.finding is not None)
    if verdict == NOT_REACHED and chosen and read_problem:
        verdict, reason = BLOCKED, f"the store could not be read: {read_problem}"
    telling = sorted((judgement for judgement in found if judgement.outcome == verdict), key=_size)
    findings = tuple(judgement.finding for judgement in telling if judgement.finding is not None)
    numbers = tuple(dict.fromkeys(n for judgement in telling for n in judgement.exchanges))
    return RequirementResult(
        entry.id, entry.row, entry.level, verdict, (node,) if node else (), findings[:_SHOWN_FINDINGS],
        numbers[:_SHOWN_EXCHANGES], reason=reason,
    )  # fmt: skip


def _size(judgement: Judgement) -> tuple[bool, int, bool]:
    """What is reduced to what matters stands first, then the shortest story, one that nothing else went beside."""
    finding = judgement.finding
    if finding is None:
        return True, 0, True
    return not finding.reduced, len(finding.sequence), not finding.scenario.startswith(FOLLOW_UP)


def row_verdict(results: Collection[RequirementResult]) -> str:
    """The verdict of a row: fail if a MUST failed, warning if a SHOULD did, else the worst of the others."""
    if any(entry.verdict == FAIL and entry.level == "must" and not entry.known for entry in results):
        return FAIL
    if any(entry.verdict == FAIL and not entry.known for entry in results):
        return WARNING
    verdicts = {entry.verdict for entry in results if entry.verdict != FAIL}
    return next((name for name in WORST_FIRST if name in verdicts), PASS)


def rows(contract: Contract, results: Collection[RequirementResult]) -> tuple[RowResult, ...]:
    """The verdict of each row of the document, in its order."""
    return tuple(RowResult(row, row_verdict([r for r in results if r.row == row])) for row in contract.rows)


def conclude(
    bench: Bench,
    results: tuple[RequirementResult, ...],
    tally: Tally,
    *,
    partial: bool = False,
    interrupted: bool = False,
    warnings: tuple[str, ...] = (),
    cause: str = "",
) -> Result:
    """The result of a run with its verdict, exit code and closing sentence; ``cause``: why it was cut short."""
    exit_code = INTERRUPTED if interrupted else _exit_code(bench, results, partial=partial)
    verdict = {
        CONFORMS: "conforms", FALLS: "does-not-conform", INTERRUPTED: "interrupted", INTERNAL: "internal-error",
        INCOMPLETE: "incomplete",
    }[exit_code]  # fmt: skip
    result = Result(
        verdict,
        exit_code,
        "",
        bench.info,
        results,
        rows(bench.contract, results),
        fingerprint(bench),
        tally,
        partial,
        warnings,
    )
    blocked = any(entry.verdict == BLOCKED for entry in result.undecided())
    if blocked or (exit_code == INCOMPLETE and result.undecided()):
        result = replace(result, cause=cause)
    return replace(result, sentence=sentence(result))


def _exit_code(bench: Bench, results: Collection[RequirementResult], *, partial: bool) -> int:
    strict = bench.info.level == "should"
    if any(entry.verdict == ERROR for entry in results):
        return INTERNAL
    if any(e.verdict == FAIL and (strict or e.level == "must") and not e.known for e in results):
        return FALLS
    if not any(entry.verdict in (PASS, FAIL) for entry in results):
        return INCOMPLETE
    musts = [entry for entry in results if entry.level == "must"]
    if any(entry.verdict == BLOCKED for entry in musts):
        return INCOMPLETE
    reached = bench.info.budget == "quick" or not any(
        entry.verdict == NOT_REACHED and entry.reason != NOT_SELECTED for entry in musts
    )
    return CONFORMS if reached else INCOMPLETE


def sentence(result: Result) -> str:
    """What a run comes to that was interrupted, broke or is incomplete; of all others the report's headline tells."""
    (must, musts), (should, shoulds) = result.counts("must"), result.counts("should")
    cost = f"{result.tally.requests} requests in {result.tally.seconds:.0f} s"
    counted = f"{must} of {musts} MUST, {should} of {shoulds} SHOULD"
    if result.verdict == "incomplete":
        counted = f"{undecided(result)}; {counted}"
    return f"{result.verdict}: {counted}; {cost}{' (partial run)' if result.partial else ''}"


def undecided(result: Result) -> str:
    """Why MUST were not decided, how many, and the first of them: the whole list stands in the table."""
    left = result.undecided()
    names = ", ".join(entry.id for entry in left[:_SHOWN_UNDECIDED]) + (" …" if left[_SHOWN_UNDECIDED:] else "")
    told = f"{len(left)} MUST {'was' if len(left) == 1 else 'were'} not decided" + (f": {names}" if left else "")
    return f"{result.cause or 'nothing failed'}; {told}"
