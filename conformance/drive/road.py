"""The way to the target as many pushes share it, or one has it for itself; knows nothing of what is pushed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Road:
    """Any number of pushes under way at once, or a single one while all others wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether somebody has the road alone, or waits for those under way to have it."""
        return self._closed

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Be under way beside others; waits while somebody has the road alone, or is about to."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be under way alone: new ones are kept back, those under way are waited for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._closed = True
            self._changed.wait_for(lambda: self._under_way == 0)
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
