"""In which spellings a secret may stand in what a target sends: patterns for all of them; pure functions of the secret.

Each character may be raw, in another charset or letter case, percent-encoded, escaped as in JSON, Python or HTML, or
lost in decoding; mixed as they come.  Base64, base32 and hex are told by their digits.

A secret shorter than six characters is too likely to occur by chance: it is found only as the value of a parameter,
header or JSON field whose name ends in ``key``, ``token`` or ``secret``.
"""

from __future__ import annotations

import base64
import html.entities
import itertools
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SHORT = 6
_LEAST_CORE = 3
_PROBED = 10
_SIGNS = (b"%", b"\\u", b"\\x", b"&#", b"&amp;#")  # how escapes of any character begin
BETWEEN = b":- "  # what may stand between bytes in hex
_CONTROL = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f"}
_LOST = "\ufffd"
_CHARSETS = ("latin-1", "cp1252")
WIDE = ("utf-16-le", "utf-16-be")
_ENTITIES: dict[str, list[str]] = {}
for _name, _char in html.entities.html5.items():
    if _name.endswith(";"):
        _ENTITIES.setdefault(_char, []).append(_name)


@dataclass(frozen=True, slots=True)
class Digits:
    """A secret as digits of base64 or the like: what to search in lower case before the pattern is tried."""

    probe: bytes
    pattern: bytes
    length: int


def signs(secret: str) -> tuple[bytes, ...]:
    """Return the signs, in lower case, one of which stands where a character of the secret is escaped."""
    if any(char in "\"/'\\" or char in _CONTROL for char in secret):
        return (b"%", b"\\", b"&")
    named = any(case in _ENTITIES for char in secret for case in (char, char.lower(), char.upper()))
    return (b"%", b"\\u", b"\\x", b"&") if named else _SIGNS


def probes(secret: str) -> tuple[bytes, ...]:
    """Return what stands, in lower case, where the secret does without escape signs: one of these, or nothing."""
    return tuple(dict.fromkeys(probe for form in composed(secret) for probe in _cores(form)))


@lru_cache(maxsize=64)
def pattern(secret: str) -> re.Pattern[bytes]:
    """Return the pattern for all spellings in text; it takes milliseconds to make, and most runs need few of them."""
    forms = dict.fromkeys(composed(secret))
    # A key of other scripts may be lost in decoding altogether: then nothing of it is left to be hidden.
    lost = sum(map(str.isascii, secret)) >= SHORT
    escaped = "|".join(
        "".join(_run(char, len(list(same)), lost=lost) for char, same in itertools.groupby(form)) for form in forms
    ).encode("latin-1")
    before, after = rb"(?P<before>)", b""
    if len(secret) < SHORT:
        before = rb"(?P<before>(?i:key|token|secret)[\"']?\s{0,2}(?i:=|:|%3d)\s{0,2}[\"']?)"
        after = rb"(?![0-9A-Za-z_.%-])"
    if len(forms) > 1 or after:
        escaped = b"(?:%b)" % escaped
    return re.compile(before + escaped + after)


def composed(secret: str) -> list[str]:
    """Return the secret as it is, with its accents composed, and with them apart."""
    return [secret, *(unicodedata.normalize(form, secret) for form in ("NFC", "NFD"))]


def _cores(secret: str) -> list[bytes]:
    """Return what stands in every spelling without escape signs, in lower case: one of these is there, or nothing."""
    core = max(re.findall(r"[!-~]+", secret), key=len, default="")
    if len(core) >= min(_LEAST_CORE, len(secret)):
        return [core.lower().encode()]
    cases = {secret, secret.lower(), secret.upper()}
    found = {form for case in cases for text in (case, _misread(case)) for form in _encoded(text)}
    return [form.lower() for it in found for form in (it, it.replace(b" ", b"+"))]


def _run(char: str, count: int, *, lost: bool) -> str:
    """Return a pattern for a character that stands so many times in a row."""
    each = f"(?:{'|'.join(_spellings(char, lost=lost))})" * count
    # Backslashes may be doubled once or twice: told as one number, or the ways to divide them up would multiply.
    return each if char != "\\" else rf"(?:\\{{{count},{4 * count}}}|{each})"


def _spellings(char: str, *, lost: bool) -> list[str]:
    """Return patterns (bytes as latin-1 text) for one character in every escaping.

    Each begins with a plain character, never a class or an option: only then does the engine skip at full speed to the
    places where a match can begin.  Repetitions are bounded: a target may send megabytes of backslashes.
    """
    texts = {char, char.lower(), char.upper()}
    forms = {rf"&(?:amp;)?{re.escape(name)}" for text in texts for name in _ENTITIES.get(text, ())}
    if not char.isascii():
        texts |= {_misread(text) for text in texts}
        if lost:
            length = len(char.encode("utf-8", "surrogatepass"))
            texts |= {_LOST, _LOST * length}
            forms |= {r"\?", r"\?" * length}
    encoded = {form for text in texts for form in _encoded(text)}
    forms |= {re.escape(form.decode("latin-1")) for form in encoded}
    for byte_signs in (r"%(?:25){0,2}", r"\\\\{0,3}x"):
        forms |= _in_hex((form.hex() for form in encoded), 2, byte_signs)
    units = {text.encode("utf-16-be", "surrogatepass").hex() for text in texts}
    forms |= _in_hex(units, 4, r"\\\\{0,3}[uU](?:0000)?")
    forms |= _in_hex((f"{ord(text):08x}" for text in texts if len(text) == 1 and text > "\uffff"), 8, r"\\\\{0,3}U")
    forms |= {"".join(_numbered(one) for one in text) for text in texts}
    if char in "\"/'":
        forms.add(rf"\\\\{{0,3}}{re.escape(char)}")
    if char in _CONTROL:
        forms.add(rf"\\\\{{0,3}}{_CONTROL[char]}")
    if char == " ":
        forms.add(r"\+")
    return sorted(forms, key=len, reverse=True)


def _encoded(text: str) -> Iterator[bytes]:
    """Yield the text in UTF-8 and in the charsets that can say it."""
    yield text.encode("utf-8", "surrogatepass")
    for charset in _CHARSETS:
        try:
            yield text.encode(charset)
        except UnicodeEncodeError:
            continue


def _misread(text: str) -> str:
    """Return the text as it reads when its UTF-8 is taken for latin-1."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _numbered(char: str) -> str:
    """Return a pattern for the character as a numbered entity of HTML."""
    return rf"&(?:amp;)?\#(?:0{{0,6}}{ord(char)}|[xX]0{{0,6}}{_any_of([f'{ord(char):x}'])});"


def _in_hex(spelled: Iterable[str], width: int, sign: str) -> set[str]:
    """Return patterns for numbers in hex, each of so many digits with the sign before it; like ones are one pattern."""
    by_length: dict[int, list[str]] = defaultdict(list)
    for digits in spelled:
        by_length[len(digits)].append(digits)
    return {
        "".join(sign + _any_of(one[i : i + width] for one in alike) for i in range(0, length, width))
        for length, alike in by_length.items()
    }


def _any_of(numbers: Iterable[str]) -> str:
    """Return a pattern for numbers of one length, digit by digit, in either letter case."""
    places = ("".join(sorted({*same, *"".join(same).upper()})) for same in zip(*numbers, strict=True))
    return "".join(place if len(place) == 1 else f"[{place}]" for place in places)


def digits(secret: str) -> Iterator[Digits]:
    """Yield hex, base64 and base32 of a secret: whole where it can be, else the digits that it alone decides."""
    if len(secret) < SHORT:
        return
    for raw in dict.fromkeys(_encoded(secret)):
        pattern = "[:\\- ]?".join(f"{byte:02x}" for byte in raw)
        yield Digits(raw.hex()[:_PROBED].encode(), b"(?i:%b)" % pattern.encode(), 2 * len(raw))
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield from _as_digits(raw, encode, 6)
    yield from _as_digits(secret.encode("utf-8", "surrogatepass"), base64.b32encode, 5)


def _as_digits(raw: bytes, encode: Callable[[bytes], bytes], bits: int) -> Iterator[Digits]:
    """Yield the digits of so many bits each, at every alignment."""
    forms = {encode(raw), encode(raw).rstrip(b"=")}
    for shift in range(3 if bits == 6 else 5):  # noqa: PLR2004 - bytes until digits and bytes begin together again
        first, last = -(-shift * 8 // bits), (shift + len(raw)) * 8 // bits
        forms.add(encode(bytes(shift) + raw)[first:last])
    for form in forms:
        pattern = re.escape(form) if bits == 6 else b"(?i:%b)" % re.escape(form)  # noqa: PLR2004 - base64 has both cases
        yield Digits(form[:_PROBED].lower().translate(None, BETWEEN), pattern, len(form))
