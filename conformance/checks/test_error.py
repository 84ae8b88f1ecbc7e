"""Judges an error: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Error/code")
def test_code(requirement: str, verdicts: Verdicts) -> None:
    """Error/code: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Error/message")
def test_message(requirement: str, verdicts: Verdicts) -> None:
    """Error/message: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
