"""What the driver needs of its neighbours, and the settings and reports it exchanges with its caller.

Nothing here sends, waits or judges; the protocols are kept small so that a test can stand in for each of them.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from conformance.drive.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.model.scenario import Push
    from conformance.wire.records import Exchange, Note, Reading


class Client(Protocol):
    """Sends one push within a total time limit of its own; never raises for what the target does."""

    def push(self, push: Push, note: Note, repeats: tuple[int, ...] = ()) -> Exchange:
        """Send and record."""

    def let_go(self, keep: int) -> None:
        """Close what is idle beyond so many connections."""

    def hang_up(self, scenario: str) -> None:
        """Close the connections that pushes of this scenario named."""


class Observer(Protocol):
    """Reads stored alerts in bulk.

    It may also offer ``requests_for(n_keys) -> int``, what reading that many keys costs (nothing, where it is
    missing), and ``recent() -> Reading``, every alert of the last days whatever its key.
    """

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Every visible alert under these keys."""


@dataclass(frozen=True, slots=True)
class DriveSettings:
    """How to drive: bounds of time and concurrency.  ``deadline`` is a moment of ``clock``; ``now`` is Unix time."""

    observe_timeout: float = 10.0
    workers: int = 8
    deadline: float | None = None
    poll_min: float = 0.05
    poll_max: float = 1.0
    stop: threading.Event = field(default_factory=threading.Event)
    penalise: Callable[[float], None] | None = None
    throttle: Throttle = field(default_factory=Throttle)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None

    def rest(self, seconds: float) -> None:
        """Sleep, but wake up at once when the run is told to stop."""
        if seconds <= 0:
            return
        if self.sleep is not None:
            self.sleep(seconds)
        else:
            self.stop.wait(seconds)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the run is: ``phase`` is sending, observing, waiting, final or done; the rest are counts."""

    phase: str
    round: int
    done: int
    waiting: int
    total: int
    spent: int
    limit: int


@dataclass(slots=True)
class RunFacts:
    """What the driver learned about the way to the target, which no single exchange shows.

    ``irregular_losses``: pushes that were lost and answered when repeated; where there is one, an unanswered request
    proves little.  ``regular_losses``: pushes never answered although twins sent in between were.
    """

    rounds: int = 0
    lost_tries: int = 0
    irregular_losses: int = 0
    regular_losses: int = 0
    rate_refusals: int = 0
    visible_after: float | None = None
    hidden_for: float = 0.0  # an alert this old was once seen not to show
    observing: str = "on"  # on | broken | blind | none
    observer_problem: str | None = None
    halted: str = ""  # why driving stopped early: "" | budget | time | stopped | gone | rate
