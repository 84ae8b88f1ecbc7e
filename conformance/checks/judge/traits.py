"""What a trait of events is: something that an event has or has not, and the requirement behind it; finds none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]
Has = Callable[[Event], bool]


@dataclass(frozen=True)
class Trait:
    """Something that an event may have, and the requirement that is broken where a server refuses all that have it.

    ``sure`` is the same for an event that was accepted: there it must be certain that the server looked at it.
    """

    requirement: str
    has: Has
    sure: Has
