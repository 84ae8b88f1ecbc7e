"""Payload/event_status: recoveries that close too much, too little, or do not last; must not know single fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import active_ones, alerts_of, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Alert, Event

ROW = "Payload/event_status"


def _closes_too(others: Callable[[Alert, Event], bool]) -> Callable[[Call], Any]:
    """Close other alerts along with the one that recovers."""

    def recover(call: Call) -> Any:
        _, event = call.args
        call.plain()
        for other in active_ones(call):
            if others(other, event):
                call.plain(other, event)

    return recover


def _closes_only(when: Callable[[Alert, Event], bool]) -> Callable[[Call], Any]:
    """Close an alert only under a condition; the recovery is acknowledged in any case."""
    return lambda call: call.plain() if when(*call.args) else None


wrong(
    "ok-closes-everything",
    ROW,
    "An Ok closes all active alerts of the integration.",
    recover=_closes_too(lambda *_: True),
)
wrong(
    "ok-closes-keys-that-begin-alike",
    ROW,
    "An Ok closes each alert whose key begins with its key.",
    hard=True,
    recover=_closes_too(lambda other, event: other.alert_key.startswith(event.key)),
)
wrong(
    "ok-closes-other-case",
    ROW,
    "An Ok closes alerts whose key differs in case only.",
    hard=True,
    recover=_closes_too(lambda other, event: other.alert_key.casefold() == event.key.casefold()),
)
wrong(
    "ok-closes-equal-titles",
    ROW,
    "An Ok closes each alert that has its title.",
    hard=True,
    recover=_closes_too(lambda other, event: other.title == event.title),
)
wrong(
    "ok-lost",
    ROW,
    "An Ok is acknowledged, and the alert stays as it is.",
    recover=_closes_only(lambda *_: False),
)
wrong(
    "ok-closes-only-critical",
    ROW,
    "An Ok closes Critical alerts only.",
    recover=_closes_only(lambda alert, _: alert.alert_status == "Critical"),
)
wrong(
    "ok-needs-the-same-title",
    ROW,
    "An Ok closes an alert only if it brings the same title.",
    hard=True,
    recover=_closes_only(lambda alert, event: alert.title == event.title),
)
wrong(
    "ok-does-not-close-what-was-updated",
    ROW,
    "An Ok closes an alert only if it was never updated.",
    hard=True,
    recover=_closes_only(lambda alert, _: alert.event_cnt == 1),
)
wrong(
    "ok-closes-only-once-per-key",
    ROW,
    "An Ok does not close the second alert of a key that was recovered before.",
    hard=True,
    recover=lambda call: None if call.rules.find_closed(call.ctx, call.value) else call.plain(),
)


def _status_stays(call: Call) -> None:
    alert, _ = call.args
    status = alert.alert_status
    call.plain()
    alert.alert_status = status


def _reopen_by_ok(call: Call) -> None:
    closed = call.rules.find_closed(call.ctx, call.value)
    if closed is not None:
        closed.active, closed.end_time, closed.alert_status = True, 0, closed.alert_severity
        call.rules.save_changed(call.ctx, closed, "a_update")


def _remember(call: Call) -> Any:
    """Open an alert, and keep the event that did."""
    event: Event = call.value
    call.memory[f"{call.rules.owner(call.ctx)} {event.key}"] = event
    return call.plain()


def _play_again(call: Call) -> None:
    event = call.memory.get(f"{call.rules.owner(call.ctx)} {call.value.key}")
    if event is not None:
        call.rules.open(call.ctx, event)


def _open_by_ok(call: Call) -> None:
    if call.rules.find_closed(call.ctx, call.value) is None:
        _open(call)


def _open(call: Call) -> None:
    alert = call.rules.new_alert(call.ctx, call.value)
    alert.alert_status = alert.alert_severity = "Info"
    call.rules.save_new(call.ctx, alert, "a_new")


def _ignored_after_recovery(times: int) -> Callable[[Call], Any]:
    def open_(call: Call) -> Any:
        event: Event = call.value
        closed = [alert for alert in alerts_of(call.rules) if alert.alert_key == event.key and not alert.active]
        return None if len(closed) >= times else call.plain()

    return open_


wrong(
    "ok-keeps-the-status", ROW, "A recovered alert gets an end time, and keeps its status.", close_alert=_status_stays
)
wrong(
    "ok-deletes-the-alert",
    ROW,
    "A recovered alert is no longer to be seen.",
    is_shown=lambda call: call.value.active,
)
wrong(
    "ok-second-reopens",
    ROW,
    "A second Ok reopens the alert.",
    hard=True,
    recover_unknown=_reopen_by_ok,
)
wrong(
    "ok-second-opens-another",
    ROW,
    "A second Ok opens another alert of the same key, with status Info.",
    hard=True,
    recover_unknown=lambda call: _open(call) if call.rules.find_closed(call.ctx, call.value) else None,
)
wrong(
    "ok-for-unknown-key-with-description-opens",
    ROW,
    "An Ok for an unknown key opens an alert if it brings a description.",
    hard=True,
    recover_unknown=lambda call: _open_by_ok(call) if call.value.description else None,
)
wrong("ok-for-unknown-key-opens", ROW, "An Ok for an unknown key opens an alert.", recover_unknown=_open_by_ok)
wrong(
    "retrigger-ignored",
    ROW,
    "After a recovery, further events of the same key are acknowledged and ignored.",
    open=_ignored_after_recovery(1),
)
wrong(
    "retrigger-ignored-the-second-time",
    ROW,
    "After the second recovery of a key, its further events are acknowledged and ignored.",
    hard=True,
    open=_ignored_after_recovery(2),
)
wrong(
    "retrigger-stays-recovered",
    ROW,
    "The first event after a recovery updates the recovered alert, which stays recovered.",
    alert_to_reopen=lambda call: call.rules.find_closed(call.ctx, call.value) if call.value.alert_key else None,
    update_status=lambda call: call.plain() if call.args[0].alert_status != "Ok" else None,
    reopen=lambda call: call.rules.update(call.ctx, *call.args),
)
wrong(
    "ok-with-other-labels-ignored",
    ROW,
    "An Ok whose labels are not those of the alert is acknowledged and ignored.",
    hard=True,
    recover=_closes_only(lambda alert, event: not event.labels or event.labels == alert.labels),
)
wrong(
    "ok-second-plays-the-trigger-again",
    ROW,
    "A second Ok plays the event again that opened the alert, as a queue does that delivers twice.",
    open=_remember,
    recover_unknown=_play_again,
)
