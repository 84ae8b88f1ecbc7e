"""Keys beside the main one that the target does not know: that is said, and it fells nothing and passes nothing."""

from __future__ import annotations

import pytest
from matrix_runs import fallen, run

from conformance.checks.verdicts import BLOCKED, RequirementResult, Result
from conformance.reference.options import ServerOptions
from conformance.reference.server import start

KEY, APP = "key-of-the-first", "app-key"


def _run(**settings: object) -> Result:
    with start(ServerOptions(key=KEY, app_key=APP)) as server:
        return run(target_url=server.push_url, integration_key=KEY, app_key=APP, **settings)


def _of(result: Result, requirement: str) -> RequirementResult:
    return next(entry for entry in result.requirements if entry.id == requirement)


@pytest.mark.parametrize("budget", ["quick", "standard"])
def test_a_second_key_with_a_slip_is_blocked_and_told(budget: str) -> None:
    """No alert of another integration was there, so nothing was kept apart; the main key is not at fault either."""
    result = _run(second_key="a-slip", budget=budget)
    assert fallen(result, should=True) == []
    assert _of(result, "key.separate").verdict == BLOCKED
    assert "--second-key" in _of(result, "key.separate").findings[0].sentence
    assert _of(result, "key.accepted").verdict == "pass"
    assert result.exit_code == 5


def test_an_account_that_the_target_does_not_know_is_blocked_and_told() -> None:
    """It is refused as a made-up key is, which says nothing about the code."""
    result = _run(accounts={"NoLicense": "a-slip"}, budget="quick")
    assert fallen(result) == []
    assert _of(result, "code.no-license").verdict == BLOCKED
    assert "--account NoLicense" in _of(result, "code.no-license").findings[0].sentence


def test_an_account_with_the_wrong_answer_is_still_at_fault() -> None:
    """The embedded server knows its accounts: one that answers otherwise fells the row of the code."""
    assert fallen(run(fault="no-license-is-access-denied", budget="quick")) == ["code.no-license"]
