"""Other answers about labels: too many, and unusual names; must keep up to 50 that follow the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange


class RefusesTooMany(Rules):
    """More than 50 labels are refused, counted as they were sent."""

    def count_labels(self, ctx: Exchange, sent: dict[str, Any], kept: dict[str, Any]) -> int:
        """Count before anything is left out."""
        return len(sent)

    def too_many_labels(self, ctx: Exchange, labels: dict[str, Any]) -> dict[str, Any]:
        """Refuse."""
        return self.invalid(ctx, "labels must not be more than 50")


class KeepsLast50(Rules):
    """Of more than 50 labels the last 50 are kept."""

    def too_many_labels(self, ctx: Exchange, labels: dict[str, Any]) -> dict[str, Any]:
        """Keep the end."""
        return dict(list(labels.items())[-self.label_count_limit :])


class Keeps50ByName(Rules):
    """Of more than 50 labels the first 50 by name are kept."""

    def too_many_labels(self, ctx: Exchange, labels: dict[str, Any]) -> dict[str, Any]:
        """Sort, then keep the beginning."""
        return dict(sorted(labels.items())[: self.label_count_limit])


class RefusesUnusualNames(Rules):
    """A label name that is too long or outside the Prometheus convention is refused."""

    def label_name_too_long(self, ctx: Exchange, name: str) -> str | None:
        """Refuse a long name."""
        return self.invalid(ctx, "a label key must not exceed 128 characters")

    def unusual_label_name(self, ctx: Exchange, name: str) -> str | None:
        """Refuse an unusual name."""
        return self.invalid(ctx, f"label key {name!r} is not a valid name")


class DropsUnusualNames(Rules):
    """A label outside the Prometheus convention is dropped."""

    def unusual_label_name(self, ctx: Exchange, name: str) -> str | None:
        """Drop it."""
        return None


class CutsLongNames(Rules):
    """A label name that is too long is cut; two may then be one, and the later counts."""

    def label_name_too_long(self, ctx: Exchange, name: str) -> str | None:
        """Cut the name."""
        return self.cut(ctx, name, self.label_key_limit)


class KeepsLongNames(Rules):
    """A label name that is too long is kept."""

    def label_name_too_long(self, ctx: Exchange, name: str) -> str | None:
        """Keep it."""
        return name
