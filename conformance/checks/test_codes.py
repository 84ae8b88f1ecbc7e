"""Judges the error codes: one item for each requirement of each row; the scenarios stand in ``scenes``."""

from __future__ import annotations

from conformance.checks.items import Verdicts, requirements_of


@requirements_of("Code/InvalidParameter")
def test_invalid_parameter(requirement: str, verdicts: Verdicts) -> None:
    """Code/InvalidParameter: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/InvalidContentType")
def test_invalid_content_type(requirement: str, verdicts: Verdicts) -> None:
    """Code/InvalidContentType: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/MethodNotAllowed")
def test_method_not_allowed(requirement: str, verdicts: Verdicts) -> None:
    """Code/MethodNotAllowed: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/Unauthorized")
def test_unauthorized(requirement: str, verdicts: Verdicts) -> None:
    """Code/Unauthorized: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/AccessDenied")
def test_access_denied(requirement: str, verdicts: Verdicts) -> None:
    """Code/AccessDenied: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/RequestTooFrequently")
def test_request_too_frequently(requirement: str, verdicts: Verdicts) -> None:
    """Code/RequestTooFrequently: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/RouteNotFound")
def test_route_not_found(requirement: str, verdicts: Verdicts) -> None:
    """Code/RouteNotFound: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/ResourceNotFound")
def test_resource_not_found(requirement: str, verdicts: Verdicts) -> None:
    """Code/ResourceNotFound: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/NoLicense")
def test_no_license(requirement: str, verdicts: Verdicts) -> None:
    """Code/NoLicense: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)


@requirements_of("Code/InternalError")
def test_internal_error(requirement: str, verdicts: Verdicts) -> None:
    """Code/InternalError: the requirement holds in every exchange that shows it."""
    verdicts.show(requirement)
