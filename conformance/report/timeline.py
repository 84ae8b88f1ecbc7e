"""Draws the requests of a run over time as inline SVG, and tells the same in words; knows exchanges, no verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.report.text import plural, seconds
from conformance.wire.records import Exchange

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 190, 46, 24, 10
_LIMITED, _REFUSED, _BROKEN = 429, 400, 500
#: Kinds in the order of drawing, so that the rare and the bad lie on top.
KINDS = (
    ("ok", "accepted"),
    ("read", "read-back"),
    ("refused", "refused (4xx)"),
    ("limited", "over the rate (429)"),
    ("broken", "5xx or no reply"),
)
#: Each kind has a shape of its own, so that colour is never the only difference; drawn from a point as a path.
SHAPES = {
    "ok": "h0",
    "read": "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0",
    "refused": "m-2.5-2.5h5v5h-5z",
    "limited": "m0-4l4 7h-8z",
    "broken": "m-3.5-3.5l7 7m0-7l-7 7",
}
#: Above this many points of a kind, points that fall on the same place are drawn once.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the timeline."""

    kind: str
    at: float
    latency: float
    n: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the template draws: one path for each kind, the lines of both axes, and the words that say the same."""

    width: int
    height: int
    paths: tuple[tuple[str, str, str, int], ...]  # kind, name, path data, count
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    left: int
    words: str


def kind_of(exchange: Exchange) -> str:
    """Which kind of point an exchange is."""
    if exchange.reply is None or exchange.reply.status >= _BROKEN:
        return "broken"
    if exchange.reply.status == _LIMITED:
        return "limited"
    if exchange.reply.status >= _REFUSED:
        return "refused"
    return "read" if exchange.kind == "read" else "ok"


def timeline(exchanges: Iterable[Exchange]) -> Timeline | None:
    """The timeline of a run, or None where nothing was sent."""
    marks = [Mark(kind_of(e), max(e.started, 0.0), max(e.seconds, 0.0001), e.n) for e in exchanges]
    if not marks:
        return None
    end = max(mark.at + mark.latency for mark in marks) or 1.0
    low = 10 ** math.floor(math.log10(min(mark.latency for mark in marks)))
    high = 10 ** math.ceil(math.log10(max(mark.latency for mark in marks)) + 1e-9)
    high = max(high, low * 10)

    def x(at: float) -> float:
        return round(_LEFT + (at / end) * (_WIDTH - _LEFT - 8), 1)

    def y(latency: float) -> float:
        share = (math.log10(latency) - math.log10(low)) / (math.log10(high) - math.log10(low))
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP), 1)

    paths = []
    for kind, name in KINDS:
        points = [(x(mark.at), y(mark.latency)) for mark in marks if mark.kind == kind]
        if points:
            paths.append((kind, name, _path(kind, points), len(points)))
    decades = round(math.log10(high / low))
    up = tuple((y(low * 10**power), seconds(low * 10**power)) for power in range(decades + 1))
    across = tuple((x(tick), f"{tick:g} s") for tick in _ticks(end))
    return Timeline(_WIDTH, _HEIGHT, tuple(paths), across, up, _LEFT, _words(marks, end))


def _path(kind: str, points: Sequence[tuple[float, float]]) -> str:
    """A path that marks each point by a shape of its own: dots, rings, squares, triangles, crosses."""
    if len(points) > _MANY:
        points = list(dict.fromkeys((round(x), round(y)) for x, y in points))
    return "".join(f"M{x:g} {y:g}{SHAPES[kind]}" for x, y in points)


def _ticks(end: float) -> list[float]:
    """Five round numbers or so from 0 to the end."""
    step: float = 10 ** math.floor(math.log10(end / 4))
    step = next((step * factor for factor in (1, 2, 5) if end / (step * factor) <= 6), step * 10)  # noqa: PLR2004
    return [round(step * place, 6) for place in range(int(end / step) + 1)]


def _words(marks: Sequence[Mark], end: float) -> str:
    """The timeline in words."""
    ordered = sorted(mark.latency for mark in marks)
    slowest = max(marks, key=lambda mark: mark.latency)
    counts = [(name, sum(mark.kind == kind for mark in marks)) for kind, name in KINDS]
    told = ", ".join(f"{count:,} {name}" for name, count in counts if count)
    middle, late = ordered[len(ordered) // 2], ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    return (
        f"{plural(len(marks), 'exchange')} in {seconds(end)}: {told}. Half were answered within {seconds(middle)}, "
        f"95 % within {seconds(late)}; the slowest, #{slowest.n}, took {seconds(slowest.latency)}."
    )
