"""Five faults to show how one is written: one rule, overridden; they know nothing of the checks that find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.registry import fault
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange


@fault("title-cut-at-511", row="Payload/title_rule", summary="An over-long title is cut to 511 characters.")
class TitleCutAt511(Rules):
    """The limit is off by one."""

    title_limit = 511


@fault("status-any-case", row="Payload/event_status", summary="A status is accepted in any case.")
class StatusAnyCase(Rules):
    """Reads the enumeration leniently."""

    def status_accepted(self, ctx: Exchange, value: str) -> bool:
        """Compare without regard to case."""
        return value.lower() in {status.lower() for status in self.statuses}


@fault(
    "invalid-parameter-with-200",
    row="Code/InvalidParameter",
    summary="Invalid parameters are answered with status 200.",
)
class InvalidParameterWith200(Rules):
    """The code is in the body only."""

    def failure_status(self, ctx: Exchange, code: str) -> int:
        """Give 200 for one code."""
        return 200 if code == "InvalidParameter" else super().failure_status(ctx, code)


@fault("generated-key-same-each-time", row="Data/alert_key", summary="Every generated key is the same.")
class GeneratedKeyConstant(Rules):
    """The random source was seeded with a constant."""

    unique_active = False

    def generated_key(self, ctx: Exchange) -> str:
        """Give the same key again."""
        return "9qJ798NJoXS4UMVB5SHsNj"


@fault(
    "label-lost-at-exactly-50",
    row="Payload/labels",
    summary="Of exactly 50 labels the last one is lost if a description is sent too.",
    hard=True,
)
class LabelLostAt50(Rules):
    """A combination of a count and another field."""

    def read_labels(self, ctx: Exchange, document: dict[str, Any]) -> dict[str, Any] | None:
        """Drop one label of fifty."""
        labels = super().read_labels(ctx, document)
        if labels and len(labels) == 50 and "description" in document:
            labels.popitem()
        return labels
