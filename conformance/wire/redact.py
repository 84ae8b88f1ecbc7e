"""Takes secrets out of everything that is recorded or printed; knows the secrets' names and nothing of exchanges.

One pattern per secret spells each character in every escaping that a server or a library may have put it in (raw,
percent-encoded once or twice, JSON, HTML), mixed as they come and in any letter case; base64 in its three alignments
and hex are found by their digits.  Text without a secret is the rule, so it is recognised by a few plain searches.

A secret shorter than six characters is too likely to occur by chance: it is replaced only as the value of a parameter,
header or JSON field whose name ends in ``key``, ``token`` or ``secret``.
"""

from __future__ import annotations

import base64
import html.entities
import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT = 6
_CONTROL = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f"}
_ENTITIES: dict[str, list[str]] = {}
for _name, _char in html.entities.html5.items():
    if _name.endswith(";"):
        _ENTITIES.setdefault(_char, []).append(_name)


@dataclass(frozen=True, slots=True)
class _Secret:
    """How to find one secret; ``raw`` holds its spellings that need no escape sign, in lower case."""

    name: bytes
    raw: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


class Redactor:
    """Replaces each form of each secret by ``$NAME``."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Take secrets by the name that is to stand for them, such as INTEGRATION_KEY; empty ones are skipped."""
        # Longest first: where one key begins with another, the longer one is meant.
        ordered = sorted(((name, secret) for name, secret in secrets.items() if secret), key=lambda it: -len(it[1]))
        self._secrets = tuple(_Secret(b"$" + name.encode(), *_textual(secret)) for name, secret in ordered)
        self._digits: dict[bytes, bytes] = {}
        for secret, (_, value) in zip(self._secrets, ordered, strict=True):
            for form in _binary(value) if len(value) >= SHORT else ():
                self._digits.setdefault(form, secret.name)
        forms = sorted(self._digits, key=len, reverse=True)
        self._binary = re.compile(b"|".join(map(re.escape, forms))) if forms else None

    def __repr__(self) -> str:
        return f"Redactor({', '.join(secret.name.decode() for secret in self._secrets)})"

    def data(self, data: bytes) -> bytes:
        """Return the bytes without any secret; the same object when there was none."""
        if self._binary is not None and self._binary.search(data) is not None:
            data = self._binary.sub(lambda match: self._digits[match[0]], data)
        escapes = b"%" in data or b"\\" in data or b"&" in data
        lowered = data.lower()
        for secret in self._secrets:
            for raw in secret.raw:
                if escapes or raw in lowered:
                    if secret.pattern.search(data) is not None:
                        data = secret.pattern.sub(rb"\g<before>" + secret.name, data)
                    break
        return data

    def text(self, text: str) -> str:
        """Return the text without any secret; lone surrogates survive."""
        raw = text.encode("utf-8", "surrogatepass")
        clean = self.data(raw)
        return text if clean is raw else clean.decode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def _textual(secret: str) -> tuple[tuple[bytes, ...], re.Pattern[bytes]]:
    """Return the spellings of a secret without escape signs, and the pattern for all its spellings."""
    utf8 = secret.encode("utf-8", "surrogatepass")
    raw = {utf8, _mojibake(utf8), utf8.replace(b" ", b"+")}
    escaped = "".join(_run(char, len(list(same))) for char, same in itertools.groupby(secret)).encode("latin-1")
    before, after = rb"(?P<before>)", b""
    if len(secret) < SHORT:
        before = rb"(?P<before>(?i:key|token|secret)[\"']?\s{0,2}(?i:=|:|%3d)\s{0,2}[\"']?)"
        after = rb"(?![0-9A-Za-z_.%-])"
    return tuple({it.lower() for it in raw}), re.compile(before + escaped + after)


def _run(char: str, count: int) -> str:
    """Return a pattern for a character that stands so many times in a row."""
    each = f"(?:{'|'.join(_spellings(char))})" * count
    # Backslashes may be doubled once or twice: told as one number, or the ways to divide them up would multiply.
    return each if char != "\\" else rf"(?:\\{{{count},{4 * count}}}|{each})"


def _spellings(char: str) -> list[str]:
    """Return patterns (bytes as latin-1 text) for one character in every escaping.

    Each begins with a plain character, never a class or an option: only then does the engine skip at full speed to the
    places where a match can begin.  Repetitions are bounded: a target may send megabytes of backslashes.
    """
    raw = char.encode("utf-8", "surrogatepass")
    plain = {char, char.lower(), char.upper()} if char.isascii() else set()
    forms = {re.escape(it) for it in plain} or {re.escape(it.decode("latin-1")) for it in (raw, _mojibake(raw))}
    forms.add("".join(f"%(?:25)?{_hex(byte)}" for byte in raw))
    units = char.encode("utf-16-be", "surrogatepass")
    forms.add("".join(rf"\\\\{{0,3}}u{_hex(units[i])}{_hex(units[i + 1])}" for i in range(0, len(units), 2)))
    forms.add(rf"&(?:amp;)?\#(?:0{{0,6}}{ord(char)}|[xX]0{{0,6}}{''.join(map(_digit, f'{ord(char):x}'))});")
    forms |= {f"&(?:amp;)?{re.escape(name)}" for name in _ENTITIES.get(char, ())}
    if char in "\"/'":
        forms.add(rf"\\\\{{0,3}}{re.escape(char)}")
    if char in _CONTROL:
        forms.add(rf"\\\\{{0,3}}{_CONTROL[char]}")
    if char == " ":
        forms.add(r"\+")
    return sorted(forms, key=len, reverse=True)


def _hex(byte: int) -> str:
    return "".join(map(_digit, f"{byte:02x}"))


def _digit(digit: str) -> str:
    return f"[{digit}{digit.upper()}]" if digit.isalpha() else digit


def _mojibake(utf8: bytes) -> bytes:
    """Return UTF-8 that was read as latin-1 and written as UTF-8 again."""
    return utf8.decode("latin-1").encode()


def _binary(secret: str) -> set[bytes]:
    """Return hex and base64 of a secret: whole where it can be, else the digits that the secret alone decides."""
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {raw.hex().encode(), raw.hex().upper().encode()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw)
        forms |= {whole, whole.rstrip(b"=")}
        for shift in range(3):
            first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
            forms.add(encode(bytes(shift) + raw)[first:last])
    return forms
