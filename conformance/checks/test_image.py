"""Judges an image: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Image/alt")
def test_alt(requirement: str, verdicts: Verdicts) -> None:
    """Image/alt: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Image/src")
def test_src(requirement: str, verdicts: Verdicts) -> None:
    """Image/src: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Image/href")
def test_href(requirement: str, verdicts: Verdicts) -> None:
    """Image/href: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
