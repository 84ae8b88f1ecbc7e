"""Takes secrets out of everything that is recorded or printed; knows the secrets' names and nothing of exchanges.

How a secret may be spelled is known by ``spellings``; UTF-16 is read as such.  Text without a secret is the rule, so it
is recognised by a few plain searches.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.wire.spellings import BETWEEN, SHORT, WIDE, composed, digits, pattern, probes, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LEAST_TAIL = 4
_REMEMBERED, _REMEMBERED_LENGTH = 2000, 200


@dataclass(frozen=True, slots=True)
class _Secret:
    """How to find one secret: where there is none of the ``signs``, one of the ``probes`` stands, in lower case."""

    name: bytes
    value: str
    probes: tuple[bytes, ...]
    signs: tuple[bytes, ...]

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """All its spellings in text."""
        return pattern(self.value)

    def begins_with(self, other: _Secret) -> bool:
        """Whether this one is found only where the other one is."""
        pairs = zip(composed(self.value), composed(other.value), strict=False)
        return len(other.value) >= SHORT and all(mine.startswith(its) for mine, its in pairs)


class Redactor:
    """Replaces each form of each secret by ``$NAME``."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Take secrets by the name that is to stand for them, such as INTEGRATION_KEY; empty ones are skipped."""
        # Longest first: where one key begins with another, the longer one is meant.
        ordered = sorted(((name, secret) for name, secret in secrets.items() if secret), key=lambda it: -len(it[1]))
        self._secrets = tuple(
            _Secret(b"$" + name.encode(), value, probes(value), signs(value)) for name, value in ordered
        )
        self._families = _families(self._secrets)
        found = [(it, secret.name) for secret in self._secrets for it in digits(secret.value)]
        found.sort(key=lambda entry: -entry[0].length)
        self._probes = tuple({it.probe for it, _ in found})
        self._names = [name for _, name in found]
        self._forms = [it.pattern for it, _ in found]
        wide = (secret.value.encode(codec, "surrogatepass") for secret in self._secrets for codec in WIDE)
        self._wide = tuple(it for it in wide if b"\0" not in it)
        self._shortest = min((len(form) for secret in self._secrets for form in composed(secret.value)), default=0)
        self._known: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Redactor({', '.join(secret.name.decode() for secret in self._secrets)})"

    def data(self, data: bytes) -> bytes:
        """Return the bytes without any secret; the same object when there was none."""
        if len(data) < self._shortest:
            return data
        data = self._narrow(data)
        return self._widened(data) if b"\0" in data or any(probe in data for probe in self._wide) else data

    def text(self, text: str) -> str:
        """Return the text without any secret; lone surrogates survive."""
        known = self._known.get(text)  # the same few URLs and headers come again and again
        if known is not None:
            return known
        raw = text.encode("utf-8", "surrogatepass")
        clean = self.data(raw)
        made = text if clean is raw else clean.decode("utf-8", "surrogatepass")
        if len(text) <= _REMEMBERED_LENGTH:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[text] = made
        return made

    def beginning(self, data: bytes) -> bytes:
        """Return the bytes without any secret, though they may end in the middle of one."""
        data = self.data(data)
        for secret in self._secrets:
            whole = secret.value.encode("utf-8", "surrogatepass")
            for length in range(len(whole) - 1, _LEAST_TAIL - 1, -1):
                if data.endswith(whole[:length]):
                    return data[:-length] + secret.name
        return data

    @cached_property
    def _digits(self) -> re.Pattern[bytes]:
        """All secrets in digits, each form a group; made when something looks like one."""
        return re.compile(b"|".join(b"(%b)" % form for form in self._forms))

    def _narrow(self, data: bytes) -> bytes:
        lowered = data.lower()
        if _has(self._probes, lowered.translate(None, BETWEEN)):
            data = self._digits.sub(lambda match: self._names[(match.lastindex or 1) - 1], data)
        escapes: dict[tuple[bytes, ...], bool] = {}
        for root, family in self._families:
            escaped = escapes.get(root.signs)
            if escaped is None:
                escaped = escapes[root.signs] = _has(root.signs, lowered)
            if (escaped or _has(root.probes, lowered)) and root.pattern.search(data) is not None:
                for secret in family:
                    data = secret.pattern.sub(rb"\g<before>" + secret.name, data)
        return data

    def _widened(self, data: bytes) -> bytes:
        """Look at the bytes as UTF-16, in either order, from the first and from the second byte on."""
        for codec, start in itertools.product(WIDE, (0, 1)):
            end = len(data) - (len(data) - start) % 2
            raw = data[start:end].decode(codec, "surrogatepass").encode("utf-8", "surrogatepass")
            clean = self._narrow(raw)
            if clean != raw:
                wide = clean.decode("utf-8", "surrogatepass").encode(codec, "surrogatepass")
                data = data[:start] + wide + data[end:]
        return data


def _has(probes: Iterable[bytes], data: bytes) -> bool:
    """Whether any of them stands there; a plain loop, since this is what nearly all the time goes to."""
    for probe in probes:  # noqa: SIM110
        if probe in data:
            return True
    return False


def _families(secrets: Iterable[_Secret]) -> tuple[tuple[_Secret, tuple[_Secret, ...]], ...]:
    """Return secrets, longest first, by the one that they begin with: where that is not found, none of them is."""
    families: list[list[_Secret]] = []
    for secret in sorted(secrets, key=lambda it: len(it.value)):
        home = next((family for family in families if secret.begins_with(family[0])), None)
        if home is None:
            families.append([secret])
        else:
            home.append(secret)
    families.sort(key=lambda family: -len(family[-1].value))
    return tuple((family[0], tuple(reversed(family))) for family in families)
