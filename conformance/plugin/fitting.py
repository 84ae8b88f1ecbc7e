"""Fits scenarios to what a run may still send, looks and recoveries included; sends nothing and knows no verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.drive.budget import cut, looks, overhead, unspent
from conformance.model.scenario import Scenario
from conformance.wire.records import Story

_SHORT = 2  # stages to be looked at: of longer scenarios each stage costs a look of its own

Price = Callable[[int], int] | None  # what reading so many keys costs in requests; None where nothing can be read
Fitted = tuple[list[Scenario], list[Scenario]]  # what fits, the most worthy first, and what is left out


def fit(wanted: Sequence[Scenario], room: int, price: Price, aside: int = 0) -> Fitted:
    """What fits into a whole run; ``aside`` requests are for something else."""
    return _settled(wanted, room, lambda chosen: aside + overhead(chosen, price))


def top_up(left_out: Sequence[Scenario], stories: Sequence[Story], room: int, price: Price) -> Fitted:
    """What the answers left over pays for: an event that was refused needs no recovery.

    It depends on the answers alone, never on how often the store was looked at: the same answers, the same pushes.
    The final look is paid for already.
    """
    room = min(unspent(stories), room)
    short = [scenario for scenario in left_out if sum(stage.observe for stage in scenario.stages) <= _SHORT]
    chosen, _ = _settled(short, room, lambda chosen: looks(chosen, price))
    return chosen, [scenario for scenario in left_out if scenario not in chosen]


def _settled(wanted: Sequence[Scenario], room: int, aside: Callable[[list[Scenario]], int]) -> Fitted:
    """What fits beside what it needs set aside itself: that only grows, so that it comes to rest."""
    reserve = aside([])
    while True:
        chosen, left = cut(wanted, room, reserve)
        needed = aside(chosen)
        if needed <= reserve:
            return chosen, left
        reserve = needed
