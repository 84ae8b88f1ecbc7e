"""Judges one stored text against the one that was sent; knows nothing of the fields that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.judge.bench import shown
from conformance.model.text import cuts, difference, has_open_characters, has_open_space, keeps_all_but_space, within

Outcome = tuple[str, str | None]
#: Characters shown on either side of the first that was altered.
_AROUND = 12


def text(sent: str, stored: Any, limit: int, kept: str, cut: str) -> Iterator[Outcome]:
    """A text field: kept within its limit, cut to exactly its first characters above it."""
    requirement = kept if within(sent, limit) else cut
    if has_open_characters(sent):
        return
    if not isinstance(stored, str) and stored is not None:
        yield requirement, f"stored as {shown(stored)} instead of text"
        return
    accepted = cuts(sent, limit)
    value = stored or ""
    if value in accepted or (has_open_space(sent) and keeps_all_but_space(sent, value, limit)):
        yield requirement, None
    else:
        wanted = "its one character was" if len(sent) == 1 else f"all {len(sent)} characters were"
        wanted = f"the first {limit} characters were" if requirement == cut else wanted
        what = difference(sent, stored, limit) + excerpt(sent, value, limit)
        yield requirement, f"{wanted} to be kept; the server did otherwise: {what}"


def excerpt(sent: str, stored: str, limit: int) -> str:
    """What stands around the first character that was altered, as sent and as stored; nothing where none was."""
    kept = sent[:limit]
    pairs = enumerate(zip(kept, stored, strict=False))
    place = next((place for place, (one, other) in pairs if one != other), None)
    if place is None and len(sent) <= limit and len(stored) > len(sent):
        place = len(sent)  # something follows that was not sent
    if place is None or (len(sent) > limit and sent.endswith(stored)):  # cut, which the counts say, or the tail
        return ""
    around = slice(max(place - _AROUND, 0), place + _AROUND + 1)
    return f", {shown(kept[around])} → {shown(stored[around])}"


def absent(stored: Any, requirement: str) -> Iterator[Outcome]:
    """A field that was not sent is empty, null or left out."""
    yield requirement, None if not stored else f"was not sent, yet the store shows {shown(stored)}"
