"""Judges the response: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Response/request_id")
def test_request_id(requirement: str, verdicts: Verdicts) -> None:
    """Response/request_id: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Response/error")
def test_error(requirement: str, verdicts: Verdicts) -> None:
    """Response/error: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Response/data")
def test_data(requirement: str, verdicts: Verdicts) -> None:
    """Response/data: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
