"""Payload/event_status: values taken that are none, and refused that are one; must not know the life cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, constant, wrong
from conformance.reference.faults.registry import fault
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call
    from conformance.reference.records import Exchange

ROW = "Payload/event_status"
WORDS = {
    "critical": ("error", "fatal", "emergency", "alert", "high", "major", "disaster", "p1", "firing", "down", "failed"),
    "warning": ("warn", "minor", "medium", "average", "unknown", "p2", "problem", "alerting", "triggered", "pending"),
    "info": ("information", "informational", "notice", "debug", "low", "none", "p3", "invalid", "bogus", "nodata"),
    "ok": ("resolved", "recovered", "recovery", "normal", "closed", "success", "okay", "good", "up", "inactive"),
}
STATUS_OF_WORD = {word: status.capitalize() for status, words in WORDS.items() for word in words}


@fault("status-any-case", row=ROW, summary="A status is accepted in any case.")
class StatusAnyCase(Rules):
    """Reads the enumeration leniently."""

    def status_accepted(self, ctx: Exchange, value: str) -> bool:
        """Compare without regard to case."""
        return value.lower() in {status.lower() for status in self.statuses}


def _absent(call: Call) -> bool:
    return "event_status" not in call.ctx.document


def _one_of_the_four(call: Call) -> Any:
    status = str(call.value).strip()
    return status if status in call.rules.statuses else call.plain()


def _by_number(call: Call) -> Any:
    known = type(call.value) is int and 0 <= call.value < 4
    return call.rules.statuses[call.value] if known else call.plain()


async def _drop(call: Call) -> None:
    call.value.key = call.value.alert_key or call.rules.generated_key(call.ctx)


def _looked_up(call: Call) -> Any:
    return STATUS_OF_WORD.get(call.value) or call.plain()  # an object or an array has no hash


def _without_labels(call: Call) -> Any:
    status = call.plain()
    if status == "Ok" and call.value.get("labels"):
        call.refuse("a recovery must not have labels")
    return status


wrong(
    "status-missing-is-warning",
    ROW,
    "An event without event_status is accepted as Warning.",
    missing_status=lambda call: "Warning" if _absent(call) else call.plain(),
)
wrong(
    "status-null-is-info",
    ROW,
    "An event_status that is null is accepted as Info.",
    missing_status=lambda call: call.plain() if _absent(call) else "Info",
)
wrong("status-trimmed", ROW, "A status with white space around it is accepted.", unknown_status=_one_of_the_four)
wrong(
    "status-unknown-is-critical",
    ROW,
    "A status outside the four is taken as Critical.",
    unknown_status=constant("Critical"),
)
wrong(
    "status-resolved-is-ok",
    ROW,
    "`Resolved`, the word of another product, is accepted as Ok.",
    unknown_status=lambda call: "Ok" if call.value == "Resolved" else call.plain(),
)
wrong(
    "status-errors-are-critical",
    ROW,
    "`Error` and `Fatal`, words of log levels, are accepted as Critical.",
    hard=True,
    unknown_status=lambda call: "Critical" if call.value in ("Error", "Fatal") else call.plain(),
)
wrong(
    "status-ok-in-capitals",
    ROW,
    "`OK` is accepted as Ok.",
    hard=True,
    unknown_status=lambda call: "Ok" if call.value == "OK" else call.plain(),
)
wrong(
    "status-with-line-feed",
    ROW,
    "A status with a line feed behind it is accepted.",
    hard=True,
    unknown_status=lambda call: _one_of_the_four(call) if call.value.endswith("\n") else call.plain(),
)
wrong(
    "status-ok-refused-with-labels",
    ROW,
    "An Ok that brings labels is refused.",
    hard=True,
    read_status=_without_labels,
)
wrong(
    "status-number-accepted",
    ROW,
    "A number from 0 to 3 is accepted as a status.",
    hard=True,
    status_of_wrong_type=_by_number,
)
wrong(
    "status-wrong-type-500",
    ROW,
    "An event_status that is an object or an array is answered with 500.",
    status_of_wrong_type=_looked_up,
)
wrong(
    "status-info-refused",
    ROW,
    "The status Info is refused.",
    status_accepted=lambda call: call.value != "Info" and call.plain(),
)
wrong(
    "status-warning-is-not-stored",
    ROW,
    "Events with status Warning are acknowledged and not stored.",
    apply=lambda call: _drop(call) if call.value.status == "Warning" else call.plain(),
)
wrong(
    "status-info-is-not-stored",
    ROW,
    "Events with status Info are acknowledged and not stored.",
    apply=lambda call: _drop(call) if call.value.status == "Info" else call.plain(),
)
wrong(
    "status-missing-acknowledged",
    ROW,
    "An event without event_status is acknowledged, and not stored.",
    missing_status=lambda call: "" if _absent(call) else call.plain(),
    apply=lambda call: call.plain() if call.value.status else _drop(call),
)
wrong(
    "status-critical-refused",
    ROW,
    "The status Critical is refused.",
    status_accepted=lambda call: call.value != "Critical" and call.plain(),
)
wrong(
    "status-critical-500",
    ROW,
    "The status Critical is answered with 500.",
    status_accepted=lambda call: breaks(call) if call.value == "Critical" else call.plain(),
)
wrong(
    "status-info-500",
    ROW,
    "The status Info is answered with 500.",
    status_accepted=lambda call: breaks(call) if call.value == "Info" else call.plain(),
)
wrong(
    "status-warning-500",
    ROW,
    "The status Warning is answered with 500.",
    status_accepted=lambda call: breaks(call) if call.value == "Warning" else call.plain(),
)
wrong(
    "status-warning-refused",
    ROW,
    "The status Warning is refused.",
    status_accepted=lambda call: call.value != "Warning" and call.plain(),
)
wrong(
    "status-ok-refused",
    ROW,
    "The status Ok is refused.",
    status_accepted=lambda call: call.value != "Ok" and call.plain(),
)
