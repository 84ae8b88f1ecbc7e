"""Judges the request payload: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Payload/title_rule")
def test_title_rule(requirement: str, verdicts: Verdicts) -> None:
    """Payload/title_rule: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Payload/event_status")
def test_event_status(requirement: str, verdicts: Verdicts) -> None:
    """Payload/event_status: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Payload/alert_key")
def test_alert_key(requirement: str, verdicts: Verdicts) -> None:
    """Payload/alert_key: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Payload/description")
def test_description(requirement: str, verdicts: Verdicts) -> None:
    """Payload/description: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Payload/labels")
def test_labels(requirement: str, verdicts: Verdicts) -> None:
    """Payload/labels: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Payload/images")
def test_images(requirement: str, verdicts: Verdicts) -> None:
    """Payload/images: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
