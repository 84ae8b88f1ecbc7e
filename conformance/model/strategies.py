"""Hypothesis strategies for events, boundaries first, and drawing plain values from them; sends nothing.

Random text misses exact limits, so each strategy puts the boundaries first and builds long text from a length and a
script instead of drawing characters.
"""

from __future__ import annotations

from typing import Any, TypeVar

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

from conformance.contract import Contract
from conformance.model.text import fill, straddling

T = TypeVar("T")
SCRIPTS = ("ascii", "cjk", "astral", "rtl", "latin")
_HEADS = ("", "<a href='x'>", '"quoted" ', "A&B &lt;", '{"k": 1} ', "50% ", "C:\\temp\\new ", "a\tb\nc ", "0 ", "null ")


class _Alike(HypothesisProvider):
    """Draws without the constants of whatever modules happen to be loaded: the same seed, the same values anywhere."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        """Draw none."""


#: The name under which Hypothesis knows it, for `settings(backend=…)`.
ALIKE = "flashduty-conformance"
AVAILABLE_PROVIDERS[ALIKE] = _Alike


def draw(strategy: st.SearchStrategy[T], count: int, seed: int) -> list[T]:
    """``count`` values (fewer when Hypothesis runs out of distinct ones), the same for the same seed."""
    if count <= 0:
        return []
    drawn: list[T] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        backend=ALIKE,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def collect(value: T) -> None:
        drawn.append(value)

    collect()
    return drawn[:count]


def lengths(limit: int) -> st.SearchStrategy[int]:
    """Lengths at and around a limit first, then far above and below it."""
    edges = st.sampled_from([limit, limit + 1, limit - 1, limit + 2, 10 * limit, 1])
    return edges | st.integers(1, 2 * limit)


@st.composite
def texts(draw_: st.DrawFn, limit: int) -> str:
    """A text at or around its limit, in one script or with another one across the limit."""
    length, script = draw_(lengths(limit)), draw_(st.sampled_from(SCRIPTS))
    if length > limit and draw_(st.booleans()):
        return straddling(length, limit, script, draw_(st.sampled_from(SCRIPTS)))
    head = draw_(st.sampled_from(_HEADS))
    return fill(length, script, head if len(head) < length else "")


def labels(contract: Contract) -> st.SearchStrategy[dict[str, str]]:
    """Labels within the limits of count and key, values at and around theirs."""
    limits = contract.limits
    names = st.integers(1, limits.label_key).map(lambda size: fill(size, "ascii", "l"))
    return st.dictionaries(names, texts(limits.label_value // 1), max_size=4)


@st.composite
def images(draw_: st.DrawFn, contract: Contract) -> list[dict[str, str]]:
    """Up to three images with usable sources and different alts (what becomes of equal ones is open)."""
    limits, made = contract.limits, []
    for place in range(draw_(st.integers(0, 3))):
        size = draw_(st.sampled_from([40, limits.src - 1, limits.src]))
        image = {
            "src": fill(size, "ascii", f"https://img.example.com/d{place}/"),
            "alt": f"{place}-" + draw_(texts(limits.alt)),
        }
        if draw_(st.booleans()):
            image["href"] = "https://example.com/" + draw_(texts(limits.href))
        made.append(image)
    return made


def _titled(text: str) -> str:
    """The text without the signs that make a title dynamic."""
    return text.replace("::", "--").replace("$", "S").replace("{{", "((")


def events(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    """Proper events without alert_key: every optional field may be absent."""
    limits = contract.limits
    active = [status for status in contract.statuses if status != contract.recovery]
    return st.fixed_dictionaries(
        {"title_rule": texts(limits.title_rule).map(_titled), "event_status": st.sampled_from(active)},
        optional={
            "description": texts(limits.description),
            "labels": labels(contract),
            "images": images(contract),
        },
    )
