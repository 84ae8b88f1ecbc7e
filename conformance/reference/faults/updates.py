"""Payload/alert_key: later events of a key that do not update its alert as they should; must not know recoveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import alerts_of, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Alert, Event

ROW = "Payload/alert_key"
RANK = ("Ok", "Info", "Warning", "Critical")


def _unless(when: Callable[[Alert, Event], bool]) -> Callable[[Call], Any]:
    """Skip a step of an update under a condition."""
    return lambda call: None if when(*call.args) else call.plain()


def _only_new(call: Call) -> Any:
    """Find an alert for recoveries only."""
    return call.plain() if call.value.status == "Ok" else None


def _old_one(call: Call) -> Any:
    """Find the first alert of a key, recovered or not."""
    found = call.plain()
    if found is None or call.value.status == "Ok":
        return found
    return next(alert for alert in alerts_of(call.rules) if _same(alert, found))


def _same(alert: Alert, other: Alert) -> bool:
    return (alert.alert_key, alert.integration) == (other.alert_key, other.integration)


def _higher_only(call: Call) -> None:
    alert, event = call.args
    alert.alert_status = max(alert.alert_status, event.status, key=RANK.index)


def _appended(call: Call) -> None:
    alert, event = call.args
    if event.description is not None and event.description != alert.description:
        alert.description = f"{alert.description}\n{event.description}"[:2048]


wrong(
    "update-opens-a-second-alert",
    ROW,
    "An event with the key of an active alert opens a second alert.",
    unique_active=False,
    find_active=_only_new,
)
wrong(
    "update-ignored", ROW, "An event with the key of an active alert changes nothing.", update=_unless(lambda *_: True)
)
wrong(
    "status-never-goes-down",
    ROW,
    "An update raises the status of an alert, and never lowers it.",
    update_status=_higher_only,
)
wrong(
    "update-loses-the-description",
    ROW,
    "A description sent with an update is lost.",
    update_description=_unless(lambda *_: True),
)
wrong(
    "update-appends-the-description",
    ROW,
    "A description sent with an update is appended to the old one.",
    update_description=_appended,
)
wrong(
    "update-with-shorter-description-ignored",
    ROW,
    "A description sent with an update is taken only if it is longer than the old one.",
    hard=True,
    update_description=_unless(lambda alert, event: len(event.description or "") <= len(alert.description)),
)
wrong(
    "update-of-the-description-alone-ignored",
    ROW,
    "An update that changes nothing but the description is taken for a repetition.",
    hard=True,
    update=_unless(lambda alert, event: (alert.alert_status, alert.title) == (event.status, event.title)),
)
wrong(
    "update-of-the-status-alone-ignored",
    ROW,
    "An update that changes nothing but the status is taken for a repetition.",
    hard=True,
    update=_unless(
        lambda alert, event: (alert.title, alert.description) == (event.title, event.description or alert.description)
    ),
)
wrong(
    "update-after-the-third-ignored",
    ROW,
    "An alert takes three updates, and ignores those that follow.",
    hard=True,
    update=_unless(lambda alert, _: alert.event_cnt > 3),
)
wrong(
    "update-after-retrigger-changes-the-old-alert",
    ROW,
    "After a recovery and a new event, updates change the recovered alert.",
    hard=True,
    find_active=_old_one,
)
wrong(
    "update-loses-the-title",
    ROW,
    "A title sent with an update is lost.",
    level="should",
    update_title=_unless(lambda *_: True),
)
wrong(
    "update-loses-labels",
    ROW,
    "Labels sent with an update are lost.",
    level="should",
    update_labels=_unless(lambda *_: True),
)
wrong(
    "update-keeps-old-label-values",
    ROW,
    "An update adds labels, and does not change the value of those that are there.",
    hard=True,
    level="should",
    merged_labels=lambda call: dict(list({**call.args[1], **call.args[0]}.items())[:50]),
)
