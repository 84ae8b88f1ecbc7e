"""Payload/alert_key: which keys are taken, refused and required; must not know how keys are compared."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.reference.faults import texts
from conformance.reference.faults.making import active_ones, breaks, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Payload/alert_key"


def _refused(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    """Refuse keys of some form."""
    return lambda call: False if when(call.value) else call.plain()


def _breaks_at(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    return lambda call: breaks(call) if when(call.value) else call.plain()


def _ok_with(call: Call, *, present: bool) -> Any:
    return None if ("alert_key" in call.ctx.document) is present else call.plain()


def _newest(call: Call) -> Any:
    alerts = active_ones(call)
    return alerts[-1].alert_key if alerts else None


def _as_asked(call: Call) -> Any:
    """Look for the keys of a reader as they are, not in the form in which keys are stored."""
    wanted, keys = call.plain(), call.value.get("alert_keys")
    return replace(wanted, keys=tuple(keys)) if keys else wanted


def _stored_as(form: Callable[[str], str]) -> dict[str, Any]:
    """Give the changes of a server that stores keys in a form that no reply shows."""
    return {
        "match_form": lambda call: form(call.value),
        "item_key": lambda call: form(call.plain()),
        "selection": _as_asked,
    }


async def _lost_if_long(call: Call) -> None:
    """Lose a key that the column does not take, and say nothing."""
    event = call.value
    if len(event.alert_key or "") > 250:
        event.key = event.alert_key
    else:
        await call.plain()


# The limit


def _without_last_dot(call: Call) -> Any:
    key = call.plain()
    return key.removesuffix(".") or key if isinstance(key, str) else key


wrong("alert-key-of-255-refused", ROW, "An alert_key of 255 characters is refused.", key_limit=254)
wrong("alert-key-of-256-accepted", ROW, "An alert_key of 256 characters is accepted.", key_limit=256)
wrong(
    "alert-key-too-long-cut",
    ROW,
    "An over-long alert_key is cut to 255 characters.",
    key_too_long=lambda call: call.value[:255],
)
wrong(
    "alert-key-counted-in-bytes",
    ROW,
    "An alert_key of 255 characters is refused if it takes more than 255 bytes.",
    hard=True,
    key_fits=lambda call: len(call.value.encode()) <= 255,
)
wrong(
    "alert-key-beyond-250-not-stored",
    ROW,
    "An event whose alert_key has 251 to 255 characters is acknowledged, and not stored.",
    hard=True,
    apply=_lost_if_long,
)

# Characters

wrong(
    "alert-key-only-plain-characters",
    ROW,
    "An alert_key with other than letters, digits, `-`, `_`, `.` and `:` is refused.",
    key_fits=_refused(lambda key: re.fullmatch(r"[\w.:-]+", key) is None),
)
wrong(
    "alert-key-with-quote-500",
    ROW,
    "An alert_key with a single quote is answered with 500.",
    hard=True,
    key_fits=_breaks_at(lambda key: "'" in key),
)
wrong(
    "alert-key-with-emoji-500",
    ROW,
    "An alert_key with an emoji is answered with 500.",
    hard=True,
    key_fits=_breaks_at(texts.beyond_bmp),
)

# Required, and optional

wrong(
    "alert-key-required",
    ROW,
    "An event without alert_key is refused.",
    read_key=lambda call: call.refuse("alert_key is required") if "alert_key" not in call.args[0] else call.plain(),
)
wrong(
    "ok-without-alert-key-accepted",
    ROW,
    "An Ok without alert_key is accepted.",
    recovery_without_key=lambda call: _ok_with(call, present=False),
)
wrong(
    "ok-with-empty-alert-key-accepted",
    ROW,
    "An Ok whose alert_key is empty is accepted.",
    hard=True,
    recovery_without_key=lambda call: _ok_with(call, present=True),
)
wrong(
    "alert-key-number-accepted",
    ROW,
    "An alert_key that is a number is accepted, and taken as text.",
    level="should",
    key_of_wrong_type=lambda call: str(call.value) if type(call.value) in (int, float) else call.plain(),
)
wrong(
    "alert-key-wrong-type-500",
    ROW,
    "An alert_key that is an array or an object is answered with 500.",
    key_of_wrong_type=lambda call: breaks(call) if isinstance(call.value, dict | list) else call.plain(),
)
wrong(
    "alert-key-null-500",
    ROW,
    "An alert_key that is null is answered with 500.",
    hard=True,
    empty_key=lambda call: breaks(call) if "alert_key" in call.args[0] and call.value is None else call.plain(),
)
wrong("ok-without-alert-key-500", ROW, "An Ok without alert_key is answered with 500.", recovery_without_key=breaks)
wrong(
    "ok-with-blank-alert-key-closes-the-newest",
    ROW,
    "An Ok whose alert_key is empty closes the newest alert.",
    hard=True,
    recovery_without_key=lambda call: _newest(call) if "alert_key" in call.ctx.document else call.plain(),
)
wrong(
    "alert-key-stored-in-small-letters",
    ROW,
    "An alert_key is stored in small letters.",
    item_key=lambda call: call.plain().lower(),
)
wrong(
    "alert-key-stored-cut-at-128",
    ROW,
    "Of an alert_key the first 128 characters are stored, though pushes find the alert by all of it.",
    hard=True,
    item_key=lambda call: call.plain()[:128],
)
wrong(
    "alert-key-stored-with-a-prefix",
    ROW,
    "An alert is stored under its alert_key with `push:` before it, though the reply holds the key as sent.",
    **_stored_as(lambda key: f"push:{key}"),
)
wrong(
    "alert-key-beyond-64-stored-as-a-digest",
    ROW,
    "An alert whose alert_key has more than 64 characters is stored under a digest of it.",
    **_stored_as(lambda key: key if len(key) <= 64 else hashlib.sha256(key.encode()).hexdigest()),
)
wrong(
    "alert-key-stored-percent-encoded",
    ROW,
    "An alert is stored under its alert_key in percent-encoding, though the reply holds the key as sent.",
    hard=True,
    **_stored_as(lambda key: quote(key, safe="")),
)
wrong(
    "alert-key-beyond-128-refused",
    ROW,
    "An alert_key of more than 128 characters is refused.",
    key_fits=_refused(lambda key: len(key) > 128),
)
wrong(
    "alert-key-beyond-ascii-refused",
    ROW,
    "An alert_key with other than ASCII characters is refused.",
    key_fits=_refused(lambda key: not key.isascii()),
)
wrong(
    "alert-key-boolean-accepted",
    ROW,
    "An alert_key that is true or false is accepted, and taken as text.",
    level="should",
    key_of_wrong_type=lambda call: str(call.value) if isinstance(call.value, bool) else call.plain(),
)
wrong(
    "alert-key-loses-its-last-dot",
    ROW,
    "A dot at the end of an alert_key is dropped where it is read.",
    hard=True,
    read_key=_without_last_dot,
)
