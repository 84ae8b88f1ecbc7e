"""Payload/labels: which labels are kept, and how; must not know other fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.rules.fields import FieldRules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange

PROMETHEUS_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class LabelRules(FieldRules):
    """The labels of an event."""

    label_key_limit = 128
    label_value_limit = 2048
    label_count_limit = 50

    def read_labels(self, ctx: Exchange, document: dict[str, Any]) -> dict[str, Any] | None:
        """Give the labels as they are kept, None if they were not sent."""
        value = document.get("labels")
        if value is None:
            self.no_value(ctx, document, "labels")
            return None
        if not isinstance(value, dict):
            return self.labels_of_wrong_type(ctx, value)
        labels: dict[str, Any] = {}
        for name, text in value.items():
            pair = self.read_label(ctx, name, text)
            if pair is not None:
                labels[pair[0]] = pair[1]
        if self.count_labels(ctx, value, labels) > self.label_count_limit:
            return self.too_many_labels(ctx, labels)
        return labels

    def labels_of_wrong_type(self, ctx: Exchange, value: Any) -> dict[str, Any] | None:
        """Refuse labels that are not an object (SHOULD: refused or left out)."""
        return self.invalid(ctx, "labels must be an object of strings")

    def count_labels(self, ctx: Exchange, sent: dict[str, Any], kept: dict[str, Any]) -> int:
        """Count the labels: those that are kept."""
        return len(kept)

    def too_many_labels(self, ctx: Exchange, labels: dict[str, Any]) -> dict[str, Any]:
        """Keep the first 50, in the order in which they came (open)."""
        return dict(list(labels.items())[: self.label_count_limit])

    def read_label(self, ctx: Exchange, name: str, value: Any) -> tuple[str, Any] | None:
        """Give one label as it is kept, None to leave it out."""
        kept = self.label_name(ctx, name)
        if kept is None:
            return None
        if value is None:
            return self.null_label(ctx, kept)
        if not isinstance(value, str):
            return self.label_of_wrong_type(ctx, kept, value)
        return kept, self.cut_label_value(ctx, kept, self.tidy_label_value(ctx, kept, value))

    def label_name(self, ctx: Exchange, name: str) -> str | None:
        """Give the name under which a label is kept, None to leave it out."""
        if not self.label_name_fits(ctx, name):
            return self.label_name_too_long(ctx, name)
        if not self.label_name_is_plain(ctx, name):
            return self.unusual_label_name(ctx, name)
        return name

    def label_name_fits(self, ctx: Exchange, name: str) -> bool:
        """Tell whether a label's name is within its limit."""
        return self.length(ctx, name) <= self.label_key_limit

    def label_name_too_long(self, ctx: Exchange, name: str) -> str | None:
        """Leave out a label whose name is too long (open)."""
        return None

    def label_name_is_plain(self, ctx: Exchange, name: str) -> bool:
        """Tell whether a name follows the Prometheus convention."""
        return PROMETHEUS_NAME.fullmatch(name) is not None

    def unusual_label_name(self, ctx: Exchange, name: str) -> str | None:
        """Keep a label with a name outside the convention (open; many clients send such)."""
        return name

    def null_label(self, ctx: Exchange, name: str) -> tuple[str, Any] | None:
        """Leave out a label whose value is null (open)."""
        return None

    def label_of_wrong_type(self, ctx: Exchange, name: str, value: Any) -> tuple[str, Any] | None:
        """Refuse a label value that is not a string (SHOULD: refused or left out)."""
        return self.invalid(ctx, f"the value of label {name[:128]} must be a string")

    def tidy_label_value(self, ctx: Exchange, name: str, value: str) -> str:
        """Give a label value as it is kept, before it is cut."""
        return self.tidy(ctx, "labels", value)

    def cut_label_value(self, ctx: Exchange, name: str, value: str) -> str:
        """Cut a label value to its limit."""
        return self.cut(ctx, value, self.label_value_limit)
