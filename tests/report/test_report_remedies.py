"""What was not judged says why, and the advice goes with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import INFO, contract, run

from conformance.checks import conclude
from conformance.checks.judge.bench import Bench
from conformance.checks.verdicts import NOT_APPLICABLE, NOT_REACHED, NOT_SELECTED, Result
from conformance.report.remedies import remedies
from conformance.wire.records import RunInfo


def unjudged(verdict: str, reason: str) -> Result:
    """A run in which two requirements were not judged for that reason."""
    ids = ("title-rule.cut", "event-status.critical")
    result = run(dict.fromkeys(ids, verdict))[0]
    return replace(
        result, requirements=tuple(replace(e, reason=reason) if e.id in ids else e for e in result.requirements)
    )


@pytest.mark.parametrize(
    ("verdict", "reason", "how"),
    [
        (NOT_REACHED, NOT_SELECTED, "leave out what selects"),
        (NOT_REACHED, conclude.STOPPED, "run again"),
        (NOT_REACHED, conclude.BUDGET_OVER, "a larger --budget"),
        (NOT_REACHED, conclude.TIME_OVER, "more --max-seconds"),
        (NOT_APPLICABLE, "--max-severity Info sends no Critical", "leave out --max-severity"),
    ],
)
def test_advice_goes_with_the_reason(verdict: str, reason: str, how: str) -> None:
    """A larger budget helps nobody who selected, interrupted, or bounded what is sent."""
    (told,) = remedies(unjudged(verdict, reason), contract())
    assert (told.count, told.why) == (2, reason)
    assert told.how.startswith(how)
    assert ("budget" in told.how) == ("budget" in reason)


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (INFO, conclude.BUDGET_OVER),
        (replace(INFO, interrupted=True), conclude.STOPPED),
        (replace(INFO, options=("--max-seconds", "20")), conclude.TIME_OVER),
    ],
    ids=["budget", "interrupted", "time"],
)
def test_what_was_not_reached_says_what_ended_the_run(info: RunInfo, reason: str) -> None:
    """After Ctrl-C it was not the budget."""
    entries = conclude.requirements(Bench(contract(), info), {}, contract().requirements, {})
    assert {entry.reason for entry in entries if entry.verdict == NOT_REACHED} == {reason}


def test_a_run_interrupted_before_anything_was_judged_gets_no_advice() -> None:
    """Its sentence says what happened; a larger budget would not have helped."""
    result = run(dict.fromkeys(contract().requirements, NOT_REACHED))[0]
    assert remedies(replace(result, verdict="interrupted", exit_code=2), contract()) == ()
