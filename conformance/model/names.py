"""Names of a run: alert keys that no other run uses, and titles that carry the run's id; no clock, no chance."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from uuid import UUID

from conformance.model.text import fill

PREFIX = "cfm-"
_SHORT, _RANGE = 0x4E00, 20900  # unified ideographs: no case, no composition, no digits


class Names:
    """Hands out alert keys that are unique to a run: the same run id and seed give the same names."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._count = 0
        self._short: set[str] = set()

    def key(self, hint: str = "") -> str:
        """A fresh alert key such as ``cfm-1a2b3c-0007-title``."""
        self._count += 1
        return f"{PREFIX}{self.run}-{self._count:04d}" + (f"-{hint}" if hint else "")

    def renewed(self, keys: Iterable[str]) -> dict[str, str]:
        """Each key under a fresh number, all else kept, so that they differ from each other as before.

        A key that carries no number of this run is left out: nothing tells how it could be made anew.
        """
        numbers: dict[str, str] = {}
        made: dict[str, str] = {}
        for key in keys:
            head = re.match(rf"({PREFIX}{re.escape(self.run)}-)([0-9]{{4,}})", key, re.IGNORECASE)
            if head is None:
                continue
            if head[2] not in numbers:
                self._count += 1
                numbers[head[2]] = f"{self._count:0{len(head[2])}d}"
            if len(numbers[head[2]]) == len(head[2]):  # one that grew could break the limit
                made[key] = head[1] + numbers[head[2]] + key[head.end() :]
        return made

    def long_key(self, length: int, script: str = "ascii") -> str:
        """A fresh alert key of exactly ``length`` code points; too short for the prefix, it is pseudo-random."""
        head = self.key() + "-"
        if length > len(head) + 2:
            return fill(length, script, head)
        while True:  # short keys can collide; within a run none may be handed out twice
            digest = hashlib.sha256(head.encode()).digest()
            pairs = [int.from_bytes(digest[place : place + 2]) for place in range(0, 2 * min(length, 16), 2)]
            made = ("".join(chr(_SHORT + pair % _RANGE) for pair in pairs) * length)[:length]
            if made not in self._short:
                self._short.add(made)
                return made
            head += "+"

    def digits(self, length: int) -> str:
        """A fresh alert key of digits alone, pseudo-random, not beginning with 0."""
        digest = hashlib.sha256(self.key().encode()).hexdigest()
        return "9" + str(int(digest, 16))[1:length]

    def hexadecimal(self) -> str:
        """A fresh alert key as many clients make it: a hash, 32 hexadecimal digits."""
        return hashlib.sha256(self.key().encode()).hexdigest()[:32]

    def uuid(self) -> str:
        """A fresh alert key in the form of a UUID."""
        return str(UUID(self.hexadecimal()))

    def title(self, text: str = "") -> str:
        """A short title that names the run."""
        return f"conformance {self.run}" + (f" {text}" if text else "")
