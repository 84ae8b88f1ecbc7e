"""Faults that take two things at once: a limit and a turn of a life, a field and a value, a media type and a text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

TITLE, STATUS, KEY = "Payload/title_rule", "Payload/event_status", "Payload/alert_key"
DESCRIPTION, LABELS, ALT, HREF = "Payload/description", "Payload/labels", "Image/alt", "Image/href"


# Limits after a recovery, in recoveries, in updates


def _recovered(call: Call) -> bool:
    """Tell whether the key of the event has an alert, and none that is active."""
    rules, ctx, key = call.rules, call.ctx, call.ctx.document.get("alert_key")
    if not isinstance(key, str):
        return False
    closed, active = (rules.store.find(rules.owner(ctx), rules.match_form(key), active=is_) for is_ in (False, True))
    return closed is not None and active is None


def _uncut_after_a_recovery(call: Call) -> Any:
    return call.value if _recovered(call) else call.plain()


def _of_a_recovery_within(call: Call) -> str:
    document = call.ctx.document
    title = document.get("title_rule") or ""
    if document.get("event_status") == "Ok" and len(title) > call.rules.title_limit:
        call.refuse("title_rule is too long")
    return str(call.plain())


def _one_less(call: Call) -> dict[str, Any]:
    labels = dict(call.plain())
    if len(labels) == call.rules.label_count_limit:
        labels.popitem()
    return labels


wrong(
    "description-uncut-after-a-recovery",
    DESCRIPTION,
    "The description of the first event after a recovery is not cut.",
    hard=True,
    cut_description=_uncut_after_a_recovery,
)
wrong(
    "label-value-uncut-after-a-recovery",
    LABELS,
    "Label values of the first event after a recovery are not cut.",
    hard=True,
    cut_label_value=_uncut_after_a_recovery,
)
wrong(
    "alt-uncut-after-a-recovery",
    ALT,
    "The alt of an image is not cut in the first event after a recovery.",
    hard=True,
    cut_alt=_uncut_after_a_recovery,
)
wrong(
    "title-too-long-refused-in-recoveries",
    TITLE,
    "An Ok with an over-long title is refused.",
    hard=True,
    read_title_rule=_of_a_recovery_within,
)
wrong(
    "labels-of-an-update-fifty-less-one",
    KEY,
    "An update that brings exactly fifty labels loses the last one.",
    hard=True,
    level="should",
    merged_labels=_one_less,
)


# Values that stand for others


def _like(call: Call) -> Any:
    """Look an integration key up as a pattern of SQL."""
    pattern = re.compile(re.escape(call.value).replace("%", ".*"), re.DOTALL)
    return next((found for key, found in call.rules.keys.items() if pattern.fullmatch(key)), None)


def _first_of(call: Call) -> Any:
    value = call.value
    return value[0] if isinstance(value, list) and value and value[0] in call.rules.statuses else call.plain()


def _of_the_field_status(call: Call) -> Any:
    other = call.value.get("status")
    return other if other in call.rules.statuses else call.plain()


wrong(
    "integration-key-is-a-pattern",
    "Query/integration_key",
    "An integration key is looked up as a pattern: a percent sign stands for any.",
    find_integration=_like,
)
wrong(
    "status-in-an-array-accepted",
    STATUS,
    "An array that holds a status is taken for that status.",
    hard=True,
    status_of_wrong_type=_first_of,
)
wrong(
    "status-field-taken-first",
    STATUS,
    "A field named `status` counts more than event_status.",
    hard=True,
    read_status=_of_the_field_status,
)
wrong(
    "alert-keys-compared-as-markup",
    KEY,
    "Keys are compared with `&#97;` read as `a`.",
    hard=True,
    match_form=lambda call: html.unescape(call.plain()),
)


# Bodies and their media type


def _read_as_latin_1(call: Call) -> Any:
    named = "charset" in (call.ctx.header("content-type") or "")
    return call.value.decode("latin-1") if named else call.plain()


def _title_first(call: Call) -> dict[str, Any]:
    document = dict(call.plain())
    if {"title_rule", "event_status"} <= set(document) and next(iter(document)) != "title_rule":
        call.refuse("title_rule is required")
    return document


def _also(*media: str) -> Callable[[Call], Any]:
    return lambda call: call.value.lower() in media or call.plain()


wrong(
    "octet-stream-accepted",
    "Header/Content-Type",
    "JSON that is sent as application/octet-stream is accepted.",
    media_accepted=_also("application/octet-stream"),
)
wrong(
    "html-type-accepted",
    "Header/Content-Type",
    "JSON that is sent as text/html is accepted.",
    media_accepted=_also("text/html"),
)
wrong(
    "charset-named-read-as-latin-1",
    DESCRIPTION,
    "Where the Content-Type names a charset, whichever, texts are read as Latin-1.",
    hard=True,
    decode_body=_read_as_latin_1,
)
wrong(
    "members-in-one-order",
    "Code/InvalidParameter",
    "JSON whose first member is not title_rule is refused.",
    hard=True,
    parse_body=_title_first,
)


# Texts that look like something


def _small_host(call: Call) -> str:
    return re.sub(r"^https?://[^/]+", lambda match: match[0].lower(), str(call.plain()))


wrong(
    "href-host-in-small-letters",
    HREF,
    "The host of a href is stored in small letters.",
    hard=True,
    cut_href=_small_host,
)
wrong(
    "description-card-numbers-masked",
    DESCRIPTION,
    "What looks like the number of a card is masked in descriptions.",
    hard=True,
    cut_description=lambda call: re.sub(r"\b\d{13,19}\b", "****", call.plain()),
)
wrong(
    "label-password-masked",
    LABELS,
    "The value of a label named password is masked.",
    hard=True,
    cut_label_value=lambda call: "******" if call.args[0] == "password" else call.plain(),
)
