"""Rows Payload/labels and Payload/images: new alerts that have what nobody sent; must not know how a field is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import wrong
from conformance.reference.records import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

LABELS = "Payload/labels"
IMAGES = "Payload/images"
ICON = "https://static.example.com/alert.png"


def _left_over(field: str) -> Callable[[Call], Any]:
    """Fill a field that was not sent with what an earlier event has left in a default that all events share."""

    def new_alert(call: Call) -> Any:
        alert, sent = call.plain(), getattr(call.value, field)
        if sent:
            call.memory[field] = sent
        elif sent is None and field in call.memory:
            setattr(alert, field, call.memory[field])
        return alert

    return new_alert


def _with_icon(call: Call) -> Any:
    alert = call.plain()
    alert.images = alert.images or [Image("alert", ICON)]
    return alert


wrong(
    "labels-of-the-last-event-leak",
    LABELS,
    "A new alert that came without labels has those of the last one that had some.",
    new_alert=_left_over("labels"),
)
wrong(
    "images-of-the-last-event-leak",
    IMAGES,
    "A new alert that came without images has those of the last one that had some.",
    new_alert=_left_over("images"),
)
wrong("images-absent-get-an-icon", IMAGES, "A new alert that came without images has an icon.", new_alert=_with_icon)
