"""Shows how far a run is: a transient line on a terminal, a plain line now and then in a log; drives nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from conformance.report.console import for_encoding
from conformance.report.text import clean, seconds, shorten

#: How often a log gets a line.
EVERY = 10.0
_SMOOTH = 5.0
#: What must have been done before it says anything about the rest: seconds, requests, part of what is planned.
_SECONDS, _REQUESTS, _PART = 2.0, 5, 0.1
_BAR_FROM = 70


class Progress:
    """Row under test, requests of the budget, rate and time left; a context manager around the driving of a run."""

    def __init__(
        self,
        stream: TextIO,
        *,
        budget: int,
        max_seconds: float | None = None,
        colour: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream, self._budget, self._max, self._clock = stream, budget, max_seconds, clock
        self._started = self._told = self._marked = clock()
        self._row, self._requests, self._planned = "", 0, budget
        self._mark, self._rate = 0, 0.0
        self._live: Live | None = None
        if stream.isatty():
            console = Console(file=stream, force_terminal=True, no_color=not colour, markup=False, emoji=False)
            self._live = Live(
                console=console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )

    def __enter__(self) -> Self:
        self._started = self._told = self._marked = self._clock()
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, row: str, requests: int, planned: int | None = None) -> None:
        """Say which row is under test, how many requests were sent, and how many are planned in all."""
        now = self._clock()
        self._row, self._requests = clean(row, 60), requests
        self._planned = self._budget if planned is None else min(planned, self._budget)
        if now - self._marked >= 1.0 or not self._rate:
            span = now - self._marked
            fresh = (requests - self._mark) / span if span > 0 else 0.0
            share = min(span / _SMOOTH, 1.0) if self._rate else 1.0
            self._rate += (fresh - self._rate) * share
            self._marked, self._mark = now, requests
        if self._live is not None:
            self._live.update(self._line(), refresh=True)
        elif now - self._told >= EVERY:
            self._told = now
            encoding = getattr(self._stream, "encoding", None)
            self._stream.write(for_encoding(f"{self._row}: {self.sentence()}\n", encoding))
            self._stream.flush()

    def sentence(self) -> str:
        """Requests of the budget, rate, time left."""
        parts = [f"{self._requests:,} of {self._planned:,} requests"]
        if self._planned < self._budget:
            parts[0] += f" (budget {self._budget:,})"
        if self._rate >= 1:
            parts.append(f"{self._rate:.0f}/s")
        guess, limit = self._guess(), self._limit()
        if guess is not None and (limit is None or guess <= limit):
            parts.append(f"about {seconds(max(guess, 1.0))} left")
        elif limit is not None:
            parts.append(f"at most {seconds(max(limit, 1.0))} left")
        return ", ".join(parts)

    def _guess(self) -> float | None:
        """What the rate says of the rest, once enough has been done; a wait or a slow start alone is no rate."""
        passed = self._clock() - self._started
        if passed < _SECONDS or self._requests < max(_REQUESTS, _PART * self._planned):
            return None
        return (self._planned - self._requests) / max(self._rate, self._requests / passed)

    def _limit(self) -> float | None:
        """What the time limit leaves."""
        return None if self._max is None else self._max - (self._clock() - self._started)

    def _line(self) -> Table:
        """The line of a terminal: a bar where there is room."""
        width = self._live.console.width if self._live is not None else 80
        grid = Table.grid(padding=(0, 1), expand=False)
        cells: list[ProgressBar | Text] = []
        if width >= _BAR_FROM:
            cells.append(ProgressBar(total=max(self._planned, 1), completed=self._requests, width=16))
        sentence = self.sentence()
        room = width - len(sentence) - (20 if cells else 3)
        cells.append(Text(shorten(self._row, max(room, 8)), style="bold", no_wrap=True))
        cells.append(Text(sentence, no_wrap=True, overflow="ellipsis"))
        grid.add_row(*cells)
        return grid
