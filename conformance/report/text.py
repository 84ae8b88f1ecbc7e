"""Makes text of unknown origin safe to show: visible escapes, elision, bytes as text; knows no format and no verdict.

Terminals obey control characters, browsers and editors obey bidi controls, and writers in UTF-8 stumble over lone
surrogates.  So every text that a target or a user may have written passes through here before it is shown.
"""

from __future__ import annotations

import re

#: C0, DEL, C1; line and paragraph separators; bidi controls; invisible format characters; surrogates; non-characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if code < 0x100:  # noqa: PLR2004 - what two hexadecimal digits can say
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


def clean(text: object, limit: int | None = None, *, lines: bool = False) -> str:
    """One line that any terminal, file or page can take, elided in the middle beyond ``limit`` characters.

    With ``lines`` line feeds and tabs stay as they are, for blocks of text in a page.
    """
    shown = str(text)
    if limit is not None:
        shown = elide(shown, limit)
    if not lines:
        return _UNSAFE.sub(_escape, shown)
    return _UNSAFE.sub(lambda match: match.group() if match.group() in "\n\t" else _escape(match), shown)


def elide(text: str, limit: int) -> str:
    """The text without its middle where it is longer than ``limit``; how much is missing stands in its place."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    left_out = len(text) - head - tail
    return f"{text[:head]} … {plural(left_out, 'character')} left out … {text[len(text) - tail :]}"


def shorten(text: str, limit: int) -> str:
    """The beginning of a text, with an ellipsis where it is cut: for labels, where the rest stands elsewhere."""
    return text if len(text) <= limit else text[: max(limit - 1, 1)].rstrip() + "…"


def from_bytes(data: bytes) -> str:
    r"""Bytes as text: what is not UTF-8 shows as ``\xff``."""
    return data.decode("utf-8", "backslashreplace")


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """A count with its noun: ``1 request``, ``1,024 requests``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def seconds(value: float) -> str:
    """A duration for readers: ``3 s``, ``0.4 s``, ``12 ms``, ``0.3 ms``, ``2 min 05 s``."""
    if value < 0.00095:  # noqa: PLR2004 - below a millisecond whole ones say nothing
        return f"{value * 1000:.1f} ms"
    if value < 0.0995:  # noqa: PLR2004 - below a tenth of a second milliseconds read better
        return f"{value * 1000:.0f} ms"
    if value < 9.95:  # noqa: PLR2004 - one decimal while it says something
        return f"{value:.1f}".removesuffix(".0") + " s"
    if value < 100:  # noqa: PLR2004 - then whole seconds, then minutes
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"
