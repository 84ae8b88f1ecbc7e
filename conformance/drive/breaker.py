"""Counts what says that a run should end: nobody answers, or everybody is told to wait; sends nothing itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.drive.replies import asks_to_wait, is_silent

if TYPE_CHECKING:
    from conformance.drive.ports import DriveSettings, RunFacts
    from conformance.wire.records import Exchange

#: Consecutive exchanges without a reply after which it is asked if anybody is there; refused for rate, the run is over.
BREAKER, RATE_BREAKER = 6, 40
#: So many pushes that are told to come back later than the run would wait end it.
ENOUGH_LATER = 3
_ANSWERED_BEFORE = frozenset({"control", "twin", "cleanup"})


class Breaker:
    """The counts of one run; what they come to stands in ``facts.halted``."""

    def __init__(self, settings: DriveSettings, facts: RunFacts, *, has_twin: bool) -> None:
        self._settings, self._facts, self._has_twin = settings, facts, has_twin
        self._lock = threading.Lock()
        self._silent = 0  # consecutive exchanges without a reply
        self._control_silent = False  # one of them was a control or twin
        self._doubted = False  # whether it is being asked if anybody is there at all
        self._busy = 0  # consecutive refusals for rate
        self._later = 0  # refusals that asked for a longer wait than a run makes
        self.slowest = self.took = 0.0  # seconds: of the slowest answer, of all exchanges together

    def halt(self, why: str) -> None:
        """End the run, unless it is over already."""
        self._facts.halted = self._facts.halted or why

    def told_to_come_back_later(self) -> None:
        """Longer than a run waits: told so a few times, it does not try further, for no pace would help."""
        with self._lock:
            self._later += 1
            if self._later >= ENOUGH_LATER:
                self.halt("rate")

    def watch(self, exchange: Exchange, *, obey: bool) -> bool:
        """Count an exchange; returns whether the target may be gone, to the first who should ask."""
        now = self._settings.clock()
        with self._lock:
            self.took += exchange.seconds
            if is_silent(exchange):
                return self._unanswered(exchange)
            self._silent, self._control_silent = 0, False
            self.slowest = max(self.slowest, exchange.seconds)
            if not asks_to_wait(exchange):
                self._busy = 0
                self._settings.throttle.answered(now)
                return False
            self._facts.rate_refusals += 1
            if obey:
                self._settings.throttle.refused(now)
                self._busy += 1
                if self._busy >= RATE_BREAKER:
                    self.halt("rate")
            return False

    def _unanswered(self, exchange: Exchange) -> bool:
        self._silent += 1
        self._facts.lost_tries += 1
        self._control_silent |= exchange.note.role in _ANSWERED_BEFORE
        # One that was answered before must be among them: a server may hang on many subjects and live.
        doubtful = self._silent >= BREAKER and (self._control_silent or not self._has_twin)
        first, self._doubted = doubtful and not self._doubted, self._doubted or doubtful
        return first

    def asked(self, last: Exchange | None) -> None:
        """Somebody asked with nothing else in flight, and this came of it."""
        with self._lock:
            self._doubted = False
            if last is None or is_silent(last):
                self.halt("gone")
