"""Takes secrets out of everything that is recorded or printed; knows the secrets' names and nothing of exchanges.

One pattern per secret spells each character in every escaping that a server or a library may have put it in (raw,
percent-encoded once or twice, JSON, HTML), mixed as they come and in any letter case; base64 in its three alignments
and hex are patterns of their own.

A secret shorter than six characters is too likely to occur by chance: it is replaced only as the value of a parameter,
header or JSON field whose name ends in ``key``, ``token`` or ``secret``.
"""

from __future__ import annotations

import base64
import html.entities
import re
from collections.abc import Mapping

SHORT = 6
_ENTITIES: dict[str, list[str]] = {}
for _name, _char in html.entities.html5.items():
    if _name.endswith(";"):
        _ENTITIES.setdefault(_char, []).append(_name[:-1])


class Redactor:
    """Replaces each form of each secret by ``$NAME``."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """``secrets`` maps a name such as INTEGRATION_KEY to the secret; empty secrets are skipped."""
        # Longest first: where one key begins with another, the longer one is meant.
        ordered = sorted(((name, secret) for name, secret in secrets.items() if secret), key=lambda it: -len(it[1]))
        self._names = tuple(b"$" + name.encode() for name, _ in ordered)
        self._patterns = tuple(_compile(secret) for _, secret in ordered)

    def __repr__(self) -> str:
        return f"Redactor({', '.join(name.decode() for name in self._names)})"

    def data(self, data: bytes) -> bytes:
        """The same bytes without any secret."""
        for name, patterns in zip(self._names, self._patterns, strict=True):
            for pattern in patterns:
                if pattern.search(data) is not None:
                    data = pattern.sub(lambda match, name=name: _keep_prefix(match) + name, data)
        return data

    def text(self, text: str) -> str:
        """The same text without any secret; lone surrogates survive."""
        raw = text.encode("utf-8", "surrogatepass")
        clean = self.data(raw)
        return text if clean is raw else clean.decode("utf-8", "surrogatepass")


def _keep_prefix(match: re.Match[bytes]) -> bytes:
    """What a pattern matched before the secret itself: the parameter name in front of a short one."""
    return match.group(1) if match.re.groups else b""


def _compile(secret: str) -> tuple[re.Pattern[bytes], ...]:
    """The patterns of one secret."""
    escaped = "".join(_any_spelling(char) for char in secret).encode("latin-1")
    if len(secret) < SHORT:
        before, after = rb'((?:key|token|secret)["\']?\s*(?:=|:|%3d)\s*["\']?)', rb"(?![0-9a-z_.%-])"
        return (re.compile(before + escaped + after, re.IGNORECASE),)
    return (re.compile(escaped, re.IGNORECASE), re.compile(_binary_forms(secret)))


def _any_spelling(char: str) -> str:
    """A pattern (bytes as latin-1 text) for one character in every escaping, each with either hex case."""
    raw = char.encode("utf-8", "surrogatepass")
    forms = [re.escape(raw.decode("latin-1"))]
    mojibake = raw.decode("latin-1").encode()
    if mojibake != raw:  # UTF-8 read as latin-1 and written as UTF-8 again
        forms.append(re.escape(mojibake.decode("latin-1")))
    forms.append("".join(f"%(?:25)?{byte:02x}" for byte in raw))
    units = char.encode("utf-16-be", "surrogatepass")
    forms.append("".join(rf"\\+u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)))
    code = ord(char)
    forms.append(rf"&(?:amp;)?\#(?:0*{code}|x0*{code:x});")
    forms += [f"&(?:amp;)?{re.escape(name)};" for name in _ENTITIES.get(char, ())]
    if char in "\"\\/'":
        forms.append(rf"\\+{re.escape(char)}")
    if char in _CONTROL:
        forms.append(rf"\\+{_CONTROL[char]}")
    if char == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(sorted(set(forms), key=len, reverse=True))})"


_CONTROL = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f"}


def _binary_forms(secret: str) -> bytes:
    """A pattern for hex and for base64 at each alignment: whole where it can be, else the part the secret decides."""
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {raw.hex().encode(), raw.hex().upper().encode()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw)
        forms |= {whole, whole.rstrip(b"=")}
        for shift in range(3):
            first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
            forms.add(encode(bytes(shift) + raw)[first:last])
    return b"|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
