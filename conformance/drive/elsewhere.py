"""Finds an accepted event that is in the store under another key than its own; sends nothing and judges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.drive.budget import Budget
    from conformance.drive.ports import Observer
    from conformance.model.scenario import Push


def stored_as(observer: Observer | None, push: Push, keys: Collection[str], budget: Budget) -> str | None:
    """Return the key under which the store lists the event of this push, which does not show under ``keys``.

    An event is known by its title, so the push must have one that no other has.  None when it is nowhere, or when the
    observer cannot list what it is not asked for by key.
    """
    recent = getattr(observer, "recent", None)
    title = (push.event() or {}).get("title_rule")
    if recent is None or not isinstance(title, str):
        return None
    reading = recent()
    budget.charge(len(reading.exchanges))
    for alert in reading.alerts if reading.problem is None else ():
        key = alert.get("alert_key")
        if title in (alert.get("title_rule"), alert.get("title")) and isinstance(key, str) and key not in keys:
            return key
    return None
