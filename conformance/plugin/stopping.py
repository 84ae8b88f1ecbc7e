"""What Ctrl-C and SIGTERM do to a run; what a run does once it is told to stop is its own affair."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def stoppable(told: threading.Event, config: pytest.Config) -> Generator[None, None, None]:
    """Ctrl-C and SIGTERM stop the driving, so that what is under way is answered, and then recovered.

    A second Ctrl-C does not wait for that.  After the driving, SIGTERM ends pytest as Ctrl-C does.
    """
    driving = True

    def stop(number: int, _: object) -> None:
        again = told.is_set()
        told.set()
        if not driving or (again and number == signal.SIGINT):
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
        before_that = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        yield
        return
    config.add_cleanup(lambda: _restore(before))
    try:
        yield
    finally:
        driving = False
        signal.signal(signal.SIGINT, before_that)


def _restore(handler: Any) -> None:
    """Handle SIGTERM as before the run."""
    signal.signal(signal.SIGTERM, handler if handler is not None else signal.SIG_DFL)
