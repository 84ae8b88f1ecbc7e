"""Judges one stored text against the one that was sent; knows nothing of the fields that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.judge.bench import shown
from conformance.model.text import cuts, difference, has_open_characters, has_open_space, squeezed, within

Outcome = tuple[str, str | None]


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
    if value in accepted or (has_open_space(sent) and squeezed(value) in {squeezed(entry) for entry in accepted}):
        yield requirement, None
    elif not has_open_space(sent) or not squeezed(sent).startswith(squeezed(value)[:20]):
        wanted = f"the first {limit}" if requirement == cut else f"all {len(sent)}"
        yield (
            requirement,
            f"{wanted} characters were to be kept; the server did otherwise: {difference(sent, stored, limit)}",
        )


def absent(stored: Any, requirement: str) -> Iterator[Outcome]:
    """A field that was not sent is empty, null or left out."""
    yield requirement, None if not stored else f"was not sent, yet the store shows {shown(stored)}"
