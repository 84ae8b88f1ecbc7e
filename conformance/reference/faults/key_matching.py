"""Payload/alert_key: keys that are different, and taken for one; must not know which keys are allowed at all."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import active_ones, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Payload/alert_key"


def _alike(name: str, summary: str, form: Callable[[str], str], *, hard: bool = True) -> None:
    """List a server for which keys of the same form are the same key."""
    wrong(f"alert-keys-alike-{name}", ROW, summary, hard=hard, match_form=lambda call: form(call.value))


def _no_accents(key: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", key) if not unicodedata.combining(c))


def _beyond_bmp_is_one(key: str) -> str:
    return "".join(c if ord(c) <= 0xFFFF else "\ufffd" for c in key)


def _number(key: str) -> str:
    """Compare keys that are numbers as numbers, as a loosely typed language does."""
    try:
        return str(float(key)) if key.isascii() else key
    except ValueError:
        return key


def _like(call: Call) -> Any:
    """Look for a key with SQL's LIKE, in which `_` and `%` stand for others."""
    found = call.plain()
    event = call.value
    if found is not None or event.alert_key is None or not set(event.key) & set("_%"):
        return found
    pattern = "".join({"_": ".", "%": ".*"}.get(c, re.escape(c)) for c in event.key)
    matching = [alert for alert in active_ones(call) if re.fullmatch(pattern, alert.alert_key, re.DOTALL)]
    return matching[-1] if matching else None


_alike("in-any-case", "Keys that differ in case only are one.", str.casefold, hard=False)
_alike("without-accents", "Keys that differ in accents only are one.", _no_accents)
_alike(
    "but-for-emoji",
    "Keys that differ in characters outside the BMP only are one, as under MySQL's utf8mb4_general_ci.",
    _beyond_bmp_is_one,
)
_alike("in-their-first-191", "Keys that share their first 191 characters are one.", lambda key: key[:191])
_alike("in-their-first-250", "Keys that share their first 250 characters are one.", lambda key: key[:250])
_alike("as-numbers", "Keys such as 7 and 007 are one.", _number)
wrong("alert-keys-looked-up-by-like", ROW, "`_` and `%` in a key match other characters.", hard=True, find_active=_like)
wrong(
    "alert-keys-beyond-ascii-never-found",
    ROW,
    "An alert whose key is not ASCII is not found again by its key.",
    find_active=lambda call: call.plain() if call.value.key.isascii() else None,
)
wrong(
    "alert-keys-beyond-200-never-found",
    ROW,
    "An alert whose key has more than 200 characters is not found again by its key.",
    hard=True,
    find_active=lambda call: call.plain() if len(call.value.key) <= 200 else None,
)


def _in_any_case(call: Call) -> Any:
    """Look for a key in any case where an event is a recovery."""
    found, event = call.plain(), call.value
    if found is not None or event.status != "Ok":
        return found
    return next((a for a in active_ones(call) if a.alert_key.casefold() == event.key.casefold()), None)


wrong("recoveries-match-in-any-case", ROW, "An Ok closes the alert of a key in another case.", find_active=_in_any_case)
