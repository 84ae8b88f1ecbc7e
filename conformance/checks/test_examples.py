"""Judges the document's examples: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Example/success")
def test_success(requirement: str, verdicts: Verdicts) -> None:
    """Example/success: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Example/failure")
def test_failure(requirement: str, verdicts: Verdicts) -> None:
    """Example/failure: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
