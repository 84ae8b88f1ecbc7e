"""When the next request may be sent: one pacer for everything a run sends; knows nothing of what is sent."""

from __future__ import annotations

import threading
import time
from collections import deque
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.records import Reply

#: A Retry-After beyond this is cut: a run of minutes cannot obey a day.
LONGEST_PAUSE = 60.0
_BURST = 16  # requests in flight that the contract asks a server to take


class _Window:
    """At most ``count`` requests in any stretch of ``period`` seconds: exact, however the target counts them."""

    def __init__(self, count: int, period: float) -> None:
        self.period = period
        self.sent: deque[float] = deque(maxlen=count)

    def free_at(self) -> float:
        """Return the earliest time at which one more fits."""
        return self.sent[0] + self.period if len(self.sent) == self.sent.maxlen else float("-inf")


class Pacer:
    """Hands out the moments at which a request may be sent; None or 0 means no such limit."""

    def __init__(
        self,
        per_second: float | None,
        per_minute: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._not_before = float("-inf")
        self._windows: list[_Window] = []
        if per_second:
            count = max(1, int(per_second))
            self._windows.append(_Window(count, count / per_second))
            if count > _BURST:  # spread within the second as well: limits are often small buckets
                self._windows.append(_Window(_BURST, _BURST / per_second))
        if per_minute:
            count = max(1, int(per_minute))
            self._windows.append(_Window(count, 60.0 * count / per_minute))

    def wait(self) -> None:
        """Block until one request may be sent, and count it."""
        if not self._windows and self._not_before == float("-inf"):
            return
        while True:
            with self._lock:
                now = self._clock()
                due = max([self._not_before, *(window.free_at() for window in self._windows)])
                if due <= now:
                    for window in self._windows:
                        window.sent.append(now)
                    return
            # Asking again after the sleep, not reserving before it: a pause may be imposed meanwhile.
            self._sleep(due - now)

    def penalise(self, seconds: float) -> None:
        """Let nobody send for that long: the target said 429 or 503 with a Retry-After."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + max(0.0, min(seconds, LONGEST_PAUSE)))


def retry_after(reply: Reply, now: float) -> float | None:
    """Return the seconds that the reply asks to wait, bounded, or None; ``now`` is Unix time."""
    value = (reply.header("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_PAUSE)  # more digits than that only make it longer
    try:
        date = parsedate_to_datetime(value)
        due = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, min(due - now, LONGEST_PAUSE))
