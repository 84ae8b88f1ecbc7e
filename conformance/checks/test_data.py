"""Judges the data of a response: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Data/alert_key")
def test_alert_key(requirement: str, verdicts: Verdicts) -> None:
    """Data/alert_key: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
