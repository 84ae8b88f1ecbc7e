"""Fits scenarios to what a run may still send, looks and recoveries included; sends nothing and knows no verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.drive.budget import cost, cut, looks, overhead, unspent
from conformance.model.scenario import Scenario
from conformance.wire.records import Story

_FITTINGS = 3  # what must be set aside for looks depends on what is chosen, and the other way round

Price = Callable[[int], int] | None  # what reading so many keys costs in requests; None where nothing can be read


def fit(wanted: Sequence[Scenario], room: int, price: Price, aside: int = 0) -> tuple[list[Scenario], list[Scenario]]:
    """Those that fit, the most worthy first, and those left out; ``aside`` requests are for something else."""
    chosen, left = cut(wanted, room, aside)
    for _ in range(_FITTINGS - 1):
        chosen, left = cut(wanted, room, aside + overhead(chosen, price))
    return chosen, left


def top_up(
    left_out: Sequence[Scenario], stories: Sequence[Story], to_come: Sequence[Scenario], room: int, price: Price
) -> tuple[list[Scenario], list[Scenario]]:
    """What the answers left over pays for, and what is left out still: an event that was refused needs no recovery.

    It depends on the answers alone, never on how often the store was looked at: the same answers, the same pushes.
    ``to_come`` are the scenarios that wait for the end; the final look is paid for already.
    """
    room = min(unspent(stories), room - sum(map(cost, to_come)) - overhead(to_come, price))
    chosen, left = cut(left_out, room, 0)
    for _ in range(_FITTINGS - 1):
        chosen, left = cut(left_out, room, looks(chosen, price))
    return chosen, left
