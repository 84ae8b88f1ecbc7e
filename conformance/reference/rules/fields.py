"""Payload rows title_rule, event_status, alert_key and description: what is taken, what is refused; no life cycle."""

from __future__ import annotations

from typing import Any, NoReturn

from conformance.reference.records import Exchange, Refusal
from conformance.reference.rules.body import BodyRules


class FieldRules(BodyRules):
    """The scalar fields of an event."""

    statuses = ("Critical", "Warning", "Info", "Ok")
    recovery_status = "Ok"
    title_limit = 512
    key_limit = 255
    description_limit = 2048

    def invalid(self, ctx: Exchange, message: str) -> NoReturn:
        """Refuse a value."""
        raise Refusal("InvalidParameter", message)

    # Payload/title_rule

    def read_title_rule(self, ctx: Exchange, document: dict[str, Any]) -> str:
        """Give the title_rule as it is kept."""
        value = document.get("title_rule")
        if value is None:
            value = self.title_in_its_place(ctx, document)
        if value is None:
            return self.missing_title(ctx)
        if not isinstance(value, str):
            return self.title_of_wrong_type(ctx, value)
        if not self.title_accepted(ctx, value):
            return self.invalid(ctx, "title_rule must not be empty")
        return self.cut_title_rule(ctx, self.tidy(ctx, "title_rule", value))

    def title_in_its_place(self, ctx: Exchange, document: dict[str, Any]) -> Any:
        """Take `title` where title_rule is absent (open; many clients send it)."""
        return document.get("title")

    def missing_title(self, ctx: Exchange) -> str:
        """Refuse an event without a title."""
        return self.invalid(ctx, "title_rule is required")

    def title_of_wrong_type(self, ctx: Exchange, value: Any) -> str:
        """Refuse a title that is not a string."""
        return self.invalid(ctx, "title_rule must be a string")

    def title_accepted(self, ctx: Exchange, text: str) -> bool:
        """Tell whether a title says something (open: empty, or white space only)."""
        return text != ""

    def cut_title_rule(self, ctx: Exchange, text: str) -> str:
        """Cut the title_rule to its limit."""
        return self.cut(ctx, text, self.title_limit)

    # Payload/event_status

    def read_status(self, ctx: Exchange, document: dict[str, Any]) -> str:
        """Give the event's status."""
        value = document.get("event_status")
        if value is None:
            return self.missing_status(ctx)
        if not isinstance(value, str):
            return self.status_of_wrong_type(ctx, value)
        if not self.status_accepted(ctx, value):
            return self.unknown_status(ctx, value)
        return value

    def missing_status(self, ctx: Exchange) -> str:
        """Refuse an event without a status."""
        return self.invalid(ctx, "event_status is required")

    def status_of_wrong_type(self, ctx: Exchange, value: Any) -> str:
        """Refuse a status that is not a string."""
        return self.invalid(ctx, "event_status must be a string")

    def status_accepted(self, ctx: Exchange, value: str) -> bool:
        """Tell whether a status is one of the four, to the letter."""
        return value in self.statuses

    def unknown_status(self, ctx: Exchange, value: str) -> str:
        """Refuse a status outside the enumeration."""
        return self.invalid(ctx, "event_status must be one of Critical, Warning, Info, Ok")

    # Payload/alert_key

    def read_key(self, ctx: Exchange, document: dict[str, Any], status: str) -> str | None:
        """Give the alert_key that was sent, None if it was not."""
        value = document.get("alert_key")
        if value is not None and not isinstance(value, str):
            value = self.key_of_wrong_type(ctx, value)
        if value is None or value == "":
            value = self.empty_key(ctx, document, value)
        if value is None:
            if self.is_recovery(ctx, status):
                return self.recovery_without_key(ctx)
            return None
        if not self.key_fits(ctx, value):
            return self.key_too_long(ctx, value)
        return value

    def is_recovery(self, ctx: Exchange, status: str) -> bool:
        """Tell whether a status recovers its alert."""
        return status == self.recovery_status

    def key_of_wrong_type(self, ctx: Exchange, value: Any) -> str | None:
        """Refuse a key that is not a string (SHOULD: refused or left out)."""
        return self.invalid(ctx, "alert_key must be a string")

    def empty_key(self, ctx: Exchange, document: dict[str, Any], value: str | None) -> str | None:
        """Read an empty or null key as absent (open on an event that is no recovery)."""
        return None

    def recovery_without_key(self, ctx: Exchange) -> str | None:
        """Refuse a recovery that names no alert."""
        return self.invalid(ctx, "alert_key is required when event_status is Ok")

    def key_fits(self, ctx: Exchange, key: str) -> bool:
        """Tell whether a key is within its limit."""
        return self.length(ctx, key) <= self.key_limit

    def key_too_long(self, ctx: Exchange, key: str) -> str | None:
        """Refuse a key beyond its limit: it cannot be cut without meeting another."""
        return self.invalid(ctx, f"alert_key must not exceed {self.key_limit} characters")

    # Payload/description

    def read_description(self, ctx: Exchange, document: dict[str, Any]) -> str | None:
        """Give the description as it is kept, None if it was not sent."""
        value = document.get("description")
        if value is None:
            self.no_value(ctx, document, "description")
            return None
        if not isinstance(value, str):
            return self.description_of_wrong_type(ctx, value)
        return self.cut_description(ctx, self.tidy(ctx, "description", value))

    def no_value(self, ctx: Exchange, document: dict[str, Any], field: str) -> None:
        """Read null as absent (open)."""
        if field in document:
            self.null_value(ctx, field)

    def null_value(self, ctx: Exchange, field: str) -> None:
        """Let null stand for an absent optional field (open)."""

    def description_of_wrong_type(self, ctx: Exchange, value: Any) -> str | None:
        """Refuse a description that is not a string (SHOULD: refused or left out)."""
        return self.invalid(ctx, "description must be a string")

    def cut_description(self, ctx: Exchange, text: str) -> str:
        """Cut the description to its limit."""
        return self.cut(ctx, text, self.description_limit)
