"""Slows a run down to what a target has shown it takes; knows times and counts, nothing of requests.

The pacer keeps published limits.  This one learns an unpublished limit from the first refusals, so that obeying it
costs a few repeated requests and not a share of the budget.
"""

from __future__ import annotations

import threading
from collections import deque

_WINDOW = 1.0
_SLOWEST = 2.0
_MARGIN = 1.15
#: A refusal now and then among so many that were served is chance, and says nothing of the pace.
_RARE, _LATELY, _MANY = 0.05, 3.0, 20
_RELAX_AFTER, _RELAX = 10.0, 0.8  # what was learned may have been somebody else's burst


class Throttle:
    """A minimal gap between requests, zero until the target refuses for rate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gap = 0.0
        self._next = float("-inf")
        self._adapted = float("-inf")
        self._useless = False  # refusals that come at any pace are not about pace
        self._answered: deque[float] = deque(maxlen=1000)
        self._refused: deque[float] = deque(maxlen=1000)

    @property
    def gap(self) -> float:
        """Seconds between two requests."""
        return self._gap

    def slot(self, now: float) -> float:
        """Claim the next moment to send at; returns the seconds to wait until then."""
        with self._lock:
            if self._gap and now - self._adapted > _RELAX_AFTER:
                self._gap, self._adapted = self._gap * _RELAX, now
            at = max(now, self._next)
            self._next = at + self._gap
            return at - now

    def answered(self, now: float) -> None:
        """Note that a request was not refused for rate at this moment, whatever else was said of it."""
        with self._lock:
            self._answered.append(now)

    def refused(self, now: float) -> None:
        """Slow down after a refusal for rate: from now on no faster than what was served in the last second."""
        with self._lock:
            self._refused.append(now)
            if self._is_rare(now):
                return
            if self._useless or now - self._adapted < _WINDOW:
                return  # the same burst, met by several workers at once
            if self._gap >= _SLOWEST:
                self._useless, self._gap, self._next = True, 0.0, now
                return
            self._adapted = now
            if self._gap >= _WINDOW:  # a second holds too little to measure by
                self._gap = _SLOWEST
                return
            served = sum(1 for at in self._answered if at > now - _WINDOW)
            if served:  # else the refusal says when, and nothing of how fast
                self._gap = min(_SLOWEST, max(self._gap * 1.5, _MARGIN * _WINDOW / served))

    def _is_rare(self, now: float) -> bool:
        """Whether nearly everything was served lately."""
        served, refused = (sum(1 for at in times if at > now - _LATELY) for times in (self._answered, self._refused))
        return served >= _MANY and refused <= _RARE * served
