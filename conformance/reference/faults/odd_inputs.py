"""Faults that only an odd input shows, of any row: NUL, half a template, a wrong type in what is refused anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.reference.faults.making import alerts_of, breaks, wrong
from conformance.reference.records import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Alert, Image

TITLE, LABELS, IMAGES, SRC = "Payload/title_rule", "Payload/labels", "Payload/images", "Image/src"
KEY, ROUTE, NOT_STORED = "Query/integration_key", "Code/RouteNotFound", "Code/InvalidParameter"


def _nul_in(field: str) -> Callable[[Call], Any]:
    """Break at a NUL in a text of one field, as a database does that cannot store it."""
    return lambda call: breaks(call) if call.args[0] == field and "\x00" in call.value else call.plain()


def _active_one(call: Call) -> Alert | None:
    """Find the active alert of the key in the request."""
    key = call.ctx.document.get("alert_key")
    return next((alert for alert in alerts_of(call.rules) if alert.active and alert.alert_key == key), None)


def _applied_all_the_same(call: Call) -> Any:
    """Store what is about to be refused: the check comes after the work."""
    alert, document = _active_one(call), call.ctx.document
    if alert is not None:
        alert.description = str(document.get("description", alert.description))
        alert.alert_status = str(document.get("event_status"))
        call.rules.save_changed(call.ctx, alert, "")
    return call.plain()


def _half_a_template(call: Call) -> Any:
    text = str(call.value.get("title_rule"))
    return breaks(call) if "${" in text and "}" not in text.partition("${")[2] else call.plain()


def _escapes_in_values(call: Call) -> Any:
    """Put label values into a pattern of substitution, in which a backslash means something."""
    _, labels = call.args
    return breaks(call) if any("\\" in str(value) for value in labels.values()) else call.plain()


def _one_of_each_source(call: Call) -> list[Image]:
    return list({image.src: image for image in reversed(call.plain())}.values())[::-1]


def _not_with_images(call: Call) -> Any:
    """Find no alert for an event that carries images and has the severity that the alert has."""
    found, event = call.plain(), call.value
    return None if found is not None and event.images and event.status == found.alert_status else found


def _bad_request_above(call: Call) -> Any:
    if call.ctx.path == "/event/push/alert":
        raise Refusal("InvalidParameter", "event type is required")
    return call.plain()


def _in_any_case(call: Call) -> Any:
    known = {key.lower(): name for key, name in call.rules.keys.items()}
    return call.plain() or known.get(call.value.lower())


wrong("title-nul-500", TITLE, "A NUL in a title is answered with 500.", hard=True, tidy=_nul_in("title_rule"))
wrong("label-nul-500", LABELS, "A NUL in a label value is answered with 500.", hard=True, tidy=_nul_in("labels"))
wrong("alt-nul-500", "Image/alt", "A NUL in an alt is answered with 500.", hard=True, tidy=_nul_in("alt"))
wrong(
    "title-half-a-template-500",
    TITLE,
    "A title with a dollar sign and a brace that is never closed is answered with 500.",
    hard=True,
    read_title_rule=_half_a_template,
)
wrong(
    "title-with-backslash-in-a-label-500",
    TITLE,
    "A dynamic title is answered with 500 if a label value holds a backslash.",
    hard=True,
    render_parts=lambda call: _escapes_in_values(call) if "::" in call.args[0] else call.plain(),
)
wrong(
    "integration-key-in-any-case",
    KEY,
    "The integration key is taken in any letter case.",
    hard=True,
    find_integration=_in_any_case,
)
wrong(
    "integration-key-decoded-twice",
    KEY,
    "The integration key is percent-decoded twice.",
    hard=True,
    key_of=lambda call: unquote(call.plain()),
)
wrong(
    "refused-update-applied",
    NOT_STORED,
    "An event that is refused for the type of a label value changes the active alert all the same.",
    hard=True,
    label_of_wrong_type=_applied_all_the_same,
)
wrong(
    "src-object-500",
    SRC,
    "A src that is an object or an array is answered with 500.",
    hard=True,
    missing_src=lambda call: breaks(call) if isinstance(call.value, dict | list) else call.plain(),
)
wrong(
    "label-fraction-stored-as-a-number",
    LABELS,
    "A label value that is a fraction is accepted, and stored as a number.",
    hard=True,
    label_of_wrong_type=lambda call: call.args if isinstance(call.value, float) else call.plain(),
)
wrong(
    "images-one-of-each-source",
    IMAGES,
    "Of images with the same src one is kept, whatever else they hold.",
    hard=True,
    distinct_images=_one_of_each_source,
)
wrong(
    "src-unchecked-in-updates",
    SRC,
    "The limit of src does not hold for the events that update an alert.",
    hard=True,
    src_fits=lambda call: call.plain() or _active_one(call) is not None,
)
wrong(
    "update-with-images-opens-another",
    "Payload/alert_key",
    "An event with images, and of the severity of the active alert, opens another.",
    hard=True,
    unique_active=False,
    find_active=_not_with_images,
)
wrong(
    "path-above-is-a-parameter",
    ROUTE,
    "The path above the push path is answered with InvalidParameter.",
    hard=True,
    unknown_route=_bad_request_above,
)
