"""What a finding says field by field, nothing twice; shared by the terminal and the page, formatting for neither."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.verdicts import Finding
from conformance.report.text import plural

_NONE = ("0", "[]")


def fields(finding: Finding, statement: str = "") -> Iterator[tuple[str, str]]:
    """Sent, expected, got and stored, but for what the finding's sentence or the requirement's statement says."""
    if finding.sent:
        yield "sent", finding.sent
    if finding.expected and _plain(finding.expected) != _plain(statement):
        yield "expected", finding.expected
    # A reduced finding goes on behind the sentence: what it says first is still what was got.
    if finding.got and not _plain(finding.sentence).startswith(_plain(finding.got)):
        yield "got", finding.got
    if finding.stored is not None:
        yield "stored", _stored(finding.stored)


def _plain(sentence: str) -> str:
    """A sentence without what tells it from the same one inside another."""
    return " ".join(sentence.split()).rstrip(".").casefold()


def _stored(value: str) -> str:
    """What the store shows; a number alone, or a list of nothing, says of what."""
    if value in _NONE:
        return "no alert of the key"
    return f"{plural(int(value), 'alert')} of the key" if value.isascii() and value.isdigit() else value
