"""Covering arrays over named factors: every pair (or triple) of levels stands in some row; thin, on allpairspy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from allpairspy import AllPairs

L = TypeVar("L")


def rows(factors: Mapping[str, Sequence[L]], strength: int) -> list[dict[str, L]]:
    """Rows in which every combination of ``strength`` levels of different factors occurs, in a fixed order."""
    places = [list(range(len(levels))) for levels in factors.values()]
    return [
        {name: levels[place] for (name, levels), place in zip(factors.items(), row, strict=True)}
        for row in AllPairs(places, n=strength)
    ]
