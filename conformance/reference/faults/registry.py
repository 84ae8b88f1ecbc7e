"""What a fault is, and how one is put on the list; must not know any fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.rules import Rules

R = TypeVar("R", bound="Rules")


@dataclass(frozen=True)
class Fault:
    """One way to break one row of the document."""

    name: str  # kebab-case
    row: str  # table and first cell, such as Payload/title_rule
    summary: str  # one sentence
    hard: bool  # needs one exact length, class of characters, count, combination, order or race
    level: str  # "must" or "should"
    rules: type[Rules]


REGISTERED: dict[str, Fault] = {}


def fault(
    name: str, *, row: str, summary: str, hard: bool = False, level: str = "must"
) -> Callable[[type[R]], type[R]]:
    """Put a subclass of Rules on the list of faults."""

    def register(rules: type[R]) -> type[R]:
        if name in REGISTERED:
            raise ValueError(f"two faults are named {name}")
        if level not in ("must", "should"):
            raise ValueError(f"fault {name}: level must be must or should, not {level}")
        REGISTERED[name] = Fault(name, row, summary, hard, level, rules)
        return rules

    return register
