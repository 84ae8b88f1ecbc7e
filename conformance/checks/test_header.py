"""Judges the request headers: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Header/Content-Type")
def test_content_type(requirement: str, verdicts: Verdicts) -> None:
    """Header/Content-Type: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
