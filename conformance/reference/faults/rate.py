"""Code/RequestTooFrequently: pushes beyond the rate, answered wrongly or lost; must not know how a rate is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import (
    active_ones,
    coded,
    hang_up,
    pages,
    status_of,
    stored_although,
    wrong,
)

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

ROW = "Code/RequestTooFrequently"
CODE = "RequestTooFrequently"


def _note(call: Call) -> None:
    """Let a push pass that is beyond the rate, and remember that it was."""
    call.ctx.notes["over"] = True


async def _without_storing(call: Call) -> None:
    """Give an event its key, and forget it if it was beyond the rate."""
    if call.ctx.notes.get("over"):
        call.value.key = call.value.alert_key or call.rules.generated_key(call.ctx)
    else:
        await call.plain()


def _flushed(call: Call) -> Any:
    """Lose the newest alert, which was not written yet."""
    lost = call.memory.setdefault("lost", set())
    newest = active_ones(call)[-1:]
    lost.update(alert.alert_id for alert in newest)
    return call.plain()


wrong(
    "over-rate-with-503",
    ROW,
    "Beyond the rate, pushes are answered with status 503.",
    failure_status=status_of(CODE, 503),
)
wrong(
    "over-rate-with-200",
    ROW,
    "Beyond the rate, pushes are answered with status 200 and the error.",
    failure_status=status_of(CODE, 200),
)
wrong(
    "over-rate-code-of-its-own",
    ROW,
    "Beyond the rate, pushes are answered with the code TooManyRequests.",
    failure_body=lambda call: call.plain("TooManyRequests", call.value) if call.args[0] == CODE else call.plain(),
)
wrong(
    "over-rate-page",
    ROW,
    "Beyond the rate, pushes are answered with an HTML page.",
    **pages(coded(CODE), 429, "429 Too Many Requests"),
)
wrong(
    "over-rate-cut",
    ROW,
    "Beyond the rate, connections are cut without a reply.",
    failure=lambda call: hang_up() if call.value.code == CODE else call.plain(),
)
wrong(
    "over-rate-stored",
    ROW,
    "Beyond the rate, pushes are refused, and stored all the same.",
    hard=True,
    push=stored_although(CODE),
)
wrong(
    "over-rate-dropped",
    ROW,
    "Beyond the rate, pushes are acknowledged, and not stored.",
    hard=True,
    over_rate=_note,
    apply=_without_storing,
)
wrong(
    "over-rate-loses-the-last",
    ROW,
    "When the rate is exceeded, the last alert that was acknowledged is lost.",
    hard=True,
    over_rate=_flushed,
    is_shown=lambda call: call.value.alert_id not in call.memory.get("lost", ()),
)
