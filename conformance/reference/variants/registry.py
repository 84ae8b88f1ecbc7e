"""What a variant is, and how one is put on the list; must not know any variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.rules import Rules

R = TypeVar("R", bound="Rules")


@dataclass(frozen=True)
class Variant:
    """One server that conforms, MUST and SHOULD, and takes other answers where the document is silent."""

    name: str
    summary: str
    rules: type[Rules]


REGISTERED: dict[str, Variant] = {}


def variant(name: str, summary: str) -> Callable[[type[R]], type[R]]:
    """Put a subclass of Rules on the list of variants."""

    def register(rules: type[R]) -> type[R]:
        if name in REGISTERED:
            raise ValueError(f"two variants are named {name}")
        REGISTERED[name] = Variant(name, summary, rules)
        return rules

    return register
