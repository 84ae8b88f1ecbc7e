"""A target that cuts off what is beside others is told from a line that loses some by chance."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from pretended import INFO

from conformance.checks.judge.crowding import crowd
from conformance.wire.records import Exchange, Note, Problem, Reply, Sent

_SENT = Sent("POST", INFO.target, (), b"{}")
_CUT = Problem("reset", "the target closed the connection")


def _batches(beside: int, count: int, start: int) -> list[Exchange]:
    """Batches of pushes, each with so many others in flight, all of them served."""
    return [
        Exchange(
            start + batch * 100 + n, "push", Note(), _SENT, Reply(200, "", (), b"{}"), None, start + 2.0 * batch, 1.0
        )
        for batch in range(count)
        for n in range(beside + 1)
    ]


def _lost(exchange: Exchange) -> Exchange:
    return replace(exchange, reply=None, problem=_CUT)


ALONE = _batches(0, 20, 1)
TOGETHER = _batches(7, 10, 10_000)


def test_what_is_lost_only_beside_others_is_cut_off() -> None:
    """With four places, half of eight are cut off, batch after batch."""
    found = crowd({}, [*ALONE, *(_lost(e) if e.n % 2 else e for e in TOGETHER)])
    assert found is not None
    assert found.others == 7
    assert len(found.lost) == len(TOGETHER) // 2


@pytest.mark.parametrize("share", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("seed", range(20))
def test_chance_spares_no_one(share: float, seed: int) -> None:
    """A line that loses a part of everything loses some that are alone, or too few of the others."""
    chance = random.Random(seed)
    made = [*_batches(0, 40, 1), *TOGETHER]
    assert crowd({}, [_lost(e) if chance.random() < share else e for e in made]) is None


def test_more_than_sixteen_need_not_be_served() -> None:
    """What is lost with sixteen others in flight was one too many."""
    many = _batches(16, 10, 10_000)
    assert crowd({}, [*ALONE, *(_lost(e) if e.n % 2 else e for e in many)]) is None


def test_too_few_to_tell_are_chance() -> None:
    """Eleven lost pushes are no sign, and neither are twelve where nothing was sent alone."""
    assert crowd({}, [*ALONE, *map(_lost, TOGETHER[:11]), *TOGETHER[11:]]) is None
    assert crowd({}, [_lost(e) if e.n % 2 else e for e in TOGETHER]) is None
