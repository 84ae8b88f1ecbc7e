"""Judges the query parameters: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Query/integration_key")
def test_integration_key(requirement: str, verdicts: Verdicts) -> None:
    """Query/integration_key: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
