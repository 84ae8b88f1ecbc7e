"""Looks for a secret in what a run left: raw, encoded in every usual way, and encoded twice; asserts nothing."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, unquote_plus

_RUN = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["\\/\']))')


def _unescaped(text: str) -> str:
    """Undo the escapes of JSON and of Python's repr."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        return chr(int(code, 16)) if code else match.group(3)

    return _ESCAPE.sub(one, text)


_UNDO: dict[str, Callable[[str], str]] = {
    "percent": unquote,
    "plus": unquote_plus,
    "html": html.unescape,
    "escapes": _unescaped,
    "wide": lambda text: text.replace("\0", ""),
}
_CHARSETS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")


def _spread(text: str, depth: int) -> Iterator[tuple[str, str]]:
    """The text, and the text with encodings undone, one after the other: only few of them are in memory at once."""
    yield "as it is", text
    if not depth:
        return
    for name, undo in _UNDO.items():
        made = undo(text)
        if made != text:
            yield from ((f"{name} {how}", value) for how, value in _spread(made, depth - 1))


def _latin(key: str) -> bytes:
    """The key as a server of Western Europe writes it."""
    return key.encode("latin-1", "replace")


def _survives(key: str) -> bool:
    """Whether a charset that knows no other signs than Latin ones leaves enough of the key to tell it."""
    return sum(map(str.isascii, key)) > len(key) / 2


def forms(key: str) -> dict[str, str]:
    """Encodings that are looked for as they stand; the rest is undone instead."""
    data = key.encode()
    found = {
        "misread": data.decode("latin-1"),
        "accents apart": unicodedata.normalize("NFD", key),
        "base32": base64.b32encode(data).decode().rstrip("=")[:-1],
        "repr": repr(data)[2:-1],
        "ascii": ascii(key)[1:-1],
        "json": json.dumps(key)[1:-1],
        "json utf-8": json.dumps(key, ensure_ascii=False)[1:-1],
        "hex": data.hex(),
        "utf-16": key.encode("utf-16-le").decode("latin-1"),
        "hex with colons": data.hex(":"),
    }
    if _survives(key):
        found |= {"lost": _latin(key).decode("utf-8", "replace"), "hex of latin-1": _latin(key).hex()}
    for pad in range(3):  # a key in the middle of base64 text has three faces
        whole = base64.b64encode(b"\0" * pad + data).decode()
        middle = whole[(pad * 8 + 5) // 6 : len(whole) - 4]
        found[f"base64 {pad}"] = middle
        found[f"base64url {pad}"] = middle.replace("+", "-").replace("/", "_")
    return found


def leaks(text: str, key: str, depth: int = 2) -> list[str]:
    """Every way in which the key can be got out of the text."""
    found = []
    lowered = text.lower()
    for name, form in forms(key).items():
        if (form in text) or (name.startswith("hex") and form in lowered):
            found.append(name)
    if key.lower() in lowered and key not in text:
        found.append("other case")
    for how, value in _spread(text, depth):
        at = value.find(key)
        if at >= 0:
            found.append(f"{how}: …{value[max(0, at - 40) : at]}[KEY]")
    for match in _RUN.finditer(text):
        piece = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(piece + "=" * (-len(piece) % 4))
        except (ValueError, binascii.Error):
            continue
        charsets = [charset for charset in _CHARSETS if charset != "latin-1" or _survives(key)]
        if any(key.encode(charset, "replace") in data for charset in charsets):
            found.append("inside base64")
    return found


def leaks_in(folder: Path, key: str) -> list[str]:
    """The same for every file of a folder, hidden ones included."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            found += [f"{path.relative_to(folder)}: {how}" for how in leaks(text, key)]
        found += [f"the name {path.name}" for how in leaks(path.name, key)[:1]]
    return found
