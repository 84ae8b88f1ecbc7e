"""Tells a target that cuts connections off while others are served from a line that loses some by chance."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from conformance.checks.judge.bench import Bench, Crowd
from conformance.checks.judge.connections import IN_FLIGHT, cut_in_bursts
from conformance.checks.verdicts import Finding
from conformance.wire.records import Exchange, Story

_ENOUGH_LOST, _ENOUGH_SERVED = 12, 6
_FEWEST = 3  # with fewer requests at a time no target can be used
_SHARE = 0.25  # of the requests that had as many others beside them: a line that bad would lose others, too
REQUIREMENT, CHECK = "success.in-flight", "together"


def crowd(stories: Mapping[str, Story], others: Sequence[Exchange]) -> Crowd | None:
    """What was cut off beside many others, where nothing was that had fewer beside it; None where it was no such."""
    told = (e for story in stories.values() for e in (*story.all_exchanges(), *story.aside))
    pushes = list({e.n: e for e in (*told, *others) if e.kind == "push"}.values())
    lost = [e for e in pushes if e.problem is not None and e.problem.kind == "reset"]
    if len(lost) < _ENOUGH_LOST or cut_in_bursts(stories):
        return None
    beside = _beside(pushes)
    least = min(beside[e.n] for e in lost)
    served = sum(beside[e.n] < least for e in pushes if e.reply is not None)
    crowded = sum(number >= least for number in beside.values())
    if not _FEWEST <= least < IN_FLIGHT or served < _ENOUGH_SERVED or len(lost) < _SHARE * crowded:
        return None
    return Crowd(tuple(sorted(e.n for e in lost)), least)


def _beside(pushes: Iterable[Exchange]) -> dict[int, int]:
    """How many others were in flight for at least a part of the time of each."""
    spans = {e.n: (e.started, e.started + e.seconds) for e in pushes}
    starts, ends = (sorted(span[place] for span in spans.values()) for place in (0, 1))
    return {n: bisect_right(starts, end) - bisect_left(ends, start) - 1 for n, (start, end) in spans.items()}


def tell(bench: Bench) -> None:
    """That requests in flight at once are not all served."""
    if bench.crowd is None:
        return
    lost, others = bench.crowd.lost, bench.crowd.others
    sentence = (
        f"{len(lost)} requests got no reply at all, each with {others} others or more in flight; "
        "with fewer beside them all were served."
    )
    bench.fails(
        REQUIREMENT, CHECK, Finding(sentence, "requests in flight at once", "all served", "no reply", None, lost)
    )
