"""Text at its limits: building it, counting it, cutting it, and telling how two texts differ; pure functions.

A character is a code point, or a UTF-16 unit where a server counts so: both exact cuts are always fine.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_OPEN_SPACE = re.compile(r"^\s|\s$|[^\S\n\t]{2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ufffd]")
_HALVES = re.compile("[\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_TEMPLATE = re.compile(r"::|\$|\[TPL\]|\{\{", re.IGNORECASE)
#: The same texts are looked at for every push that carries them, and each time a story is judged.
_remembered = lru_cache(maxsize=4096)


@_remembered
def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) + len(_ASTRAL.findall(text))


def cut_code_points(text: str, limit: int) -> str:
    """The first ``limit`` code points."""
    return text[:limit]


def cut_utf16(text: str, limit: int) -> str:
    """The longest prefix of at most ``limit`` UTF-16 units that splits no pair."""
    if not _ASTRAL.search(text):
        return text[:limit]
    units = 0
    for place, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > limit:
            return text[:place]
    return text


@_remembered
def cuts(text: str, limit: int) -> frozenset[str]:
    """Every text that a conforming server may keep of ``text``; white space left at the cut may be trimmed (open)."""
    exact = {cut_code_points(text, limit), cut_utf16(text, limit)}
    return frozenset(exact | {kept.rstrip() for kept in exact if kept != text})


def within(text: str, limit: int) -> bool | None:
    """Whether a text is within a limit: None when that depends on what a character is."""
    if utf16_length(text) <= limit:
        return True
    return False if len(text) > limit else None


@_remembered
def has_open_space(text: str) -> bool:
    """Whether a text holds white space whose fate is open: at an end, runs of blanks."""
    return bool(_OPEN_SPACE.search(text))


@_remembered
def has_open_characters(text: str) -> bool:
    """Whether a text holds control characters other than TAB and LF, or half a surrogate pair (all open)."""
    return bool(_CONTROL.search(text) or _HALVES.search(text))


def is_template(text: str) -> bool:
    """Whether a title_rule holds a sign of dynamic titles, so that its title may differ from it."""
    return bool(_TEMPLATE.search(text))


def squeezed(text: str) -> str:
    """A text with every run of white space made one blank, and none at the ends."""
    return " ".join(text.split())


def keeps_all_but_space(sent: str, stored: str, limit: int) -> bool:
    """Whether ``stored`` is the first ``limit`` characters of ``sent`` for a server that is free with white space.

    Runs of blanks may be narrowed, and ends trimmed (both open), before the text is cut or after it: so more of it may
    be left than an exact cut keeps, never less, and no other character may be lost.
    """
    exact = {"".join(kept.split()) for kept in cuts(sent, limit)}
    left = "".join(stored.split())
    if left not in exact and not (min(map(len, exact)) < len(left) and len(stored) <= limit and _is_head(left, sent)):
        return False
    return _is_head(squeezed(stored), sent, squeezed)


def _is_head(part: str, whole: str, of: Callable[[str], str] = lambda text: "".join(text.split())) -> bool:
    return of(whole).startswith(part)


_SCRIPTS: dict[str, Callable[[int], str]] = {
    "ascii": lambda place: "abcdefghijklmnopqrstuvwxyz"[place % 26] if place % 5 else str((place // 5) % 10),
    "words": lambda place: " " if place % 7 == 6 else "abcdefghijklmnopqrstuvwxyz"[(place * 5) % 26],
    "cjk": lambda place: chr(0x4E00 + (place * 37) % 20000),
    "astral": lambda place: chr(0x1F300 + (place * 7) % 250),
    # At an even limit a mark is cut off, and the letter before it stays.
    "combining": lambda place: "e\u0301o\u0308n\u0303"[(place + 1) % 6],
    "rtl": lambda place: chr(0x05D0 + (place * 5) % 27),
    "latin": lambda place: chr(0xC0 + (place * 11) % 22),
}
#: Text that careless code alters: markup, quotes, escapes, look-alikes of other types, TAB and LF inside.
TRICKY = (
    'a=b,c;d|e #f ?g <b>&amp;"\'\\u0041%41+${HOME}\t{"a": null}\n1e3 true 2026-01-01 é e\u0301 ﬁ ❤\ufe0f\u200d♂ ＡＢ'
    " 100%% %s “q” ‘a’ – — … C:\\new *b* _i_ `c` ~d [x](y) 10\u00a0kg 全角\u3000空白 \u200fרא so\u00adft -- a..."
    " @all 4111111111111111"
)


@lru_cache(maxsize=1024)
def fill(length: int, script: str = "ascii", head: str = "") -> str:
    """A text of exactly ``length`` code points that begins with ``head`` and repeats nowhere near its limit."""
    make = _SCRIPTS[script]
    body = "".join(make(place) for place in range(len(head), length))
    return (head + body)[:length]


def straddling(length: int, limit: int, filler: str, script: str) -> str:
    """A text in which characters of ``script`` lie across ``limit`` and the rest is ``filler``."""
    edge = max(limit - 3, 0)
    text = fill(edge, filler) + fill(length, script)[edge : limit + 3]
    return (text + fill(length, filler)[len(text) :])[:length]


def difference(sent: str, stored: object, limit: int) -> str:
    """In a few words, what a server did to a text instead of keeping its first ``limit`` characters."""
    if not isinstance(stored, str):
        return "nothing kept" if stored is None else f"kept as {type(stored).__name__}"
    if not stored:
        return "nothing kept"
    for told, holds in (
        ("not cut", stored == sent),
        ("kept the tail", len(sent) > limit and stored in (sent[-limit:], sent[-len(stored) :])),
        ("HTML-unescaped", stored == html.unescape(sent[:limit]) or stored == html.unescape(sent)[:limit]),
        ("HTML-escaped", html.unescape(stored) in (sent[:limit], html.unescape(sent[:limit]))),
        ("letter case changed", stored.lower() == sent[:limit].lower()),
        ("normalised", _normal(stored) == _normal(sent[:limit])),
        ("a replacement character in it", "\ufffd" in stored and "\ufffd" not in sent),
    ):
        if holds:
            return f"{told} ({len(stored)} characters)" if told == "not cut" else told
    return _shape(sent, stored)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _shape(sent: str, stored: str) -> str:
    """How ``stored`` relates to a prefix of ``sent``."""
    same = next((place for place, pair in enumerate(zip(sent, stored, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        size = len(stored.encode("utf-8", "surrogatepass"))
        in_bytes = f", {size} bytes" if size != len(stored) else ""
        return f"cut to {len(stored)} characters{in_bytes}" if len(stored) < len(sent) else f"{len(stored)} characters"
    if stored.endswith(("...", "…")):
        return f"an ellipsis added ({len(stored)} characters)"
    return f"altered from character {same + 1} on ({len(stored)} characters)"
