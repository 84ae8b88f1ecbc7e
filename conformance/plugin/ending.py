"""The end of a run: its journal, the recoveries by it, and what a reader is told of alerts that stay open.

It knows nothing of plans, stories and verdicts.
"""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.checks import conclude
from conformance.drive.budget import Budget
from conformance.drive.cleanup import CleanupReport, close_all, close_lost
from conformance.drive.closing import PATIENCE, Left
from conformance.drive.journal import FILE_NAME, Journal, keep_unfinished
from conformance.drive.ports import DriveSettings, RunFacts
from conformance.drive.preflight import Preflight
from conformance.observe.base import Observer
from conformance.plugin.settings import Settings
from conformance.wire.client import Client
from conformance.wire.records import Exchange
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

_TO_DRIVE = 0.9  # that part of --max-seconds; the rest is for clean-up
_LATE = 1.0  # seconds beyond --max-seconds of which nothing is said
_TO_CLOSE = 2.0  # seconds that a recovery gets, even when the time is over


@dataclass
class Ending:
    """What a run has opened, how it is closed, and how long that may take."""

    settings: Settings
    run: str
    target: Target
    redactor: Redactor
    kept: bool  # whether the target outlives the run: the alerts of an embedded server end with it
    began: float = field(default_factory=time.monotonic)
    report: CleanupReport = field(default_factory=CleanupReport)
    warnings: list[str] = field(default_factory=list)
    _under_way: bool = False

    def __post_init__(self) -> None:
        """Start the journal; one that an earlier run left unfinished is kept beside it."""
        self.settings.report_dir.mkdir(parents=True, exist_ok=True)
        path = self.settings.report_dir / FILE_NAME
        earlier = keep_unfinished(path)
        if earlier is not None:
            self.warnings.append(f"an earlier run left alerts open: {self._by_hand} closes what {earlier.name} lists")
        self.journal = Journal(path, self.run, self._noted())

    @property
    def deadline(self) -> float | None:
        """The moment at which driving ends; None where the run may take what it takes."""
        limit = self.settings.max_seconds
        return None if limit is None else self.began + _TO_DRIVE * limit

    @property
    def allowed(self) -> Callable[[], float] | None:
        """How to tell the seconds that an exchange may take, so that the run ends in time; None: it has no bound."""
        return None if self.settings.max_seconds is None else self._left

    def _left(self) -> float:
        """Seconds that are left of the run; closing what is open gets a little more."""
        limit = math.inf if self.settings.max_seconds is None else self.settings.max_seconds
        return max(_TO_CLOSE if self._under_way else 0.0, self.began + limit - time.monotonic())

    def late(self, seconds: float) -> str:
        """That the run took longer than it was allowed to, and why that may be; empty where it did not."""
        limit = self.settings.max_seconds
        if limit is None or seconds <= limit + _LATE:
            return ""
        return (
            f"--max-seconds {limit:g} was exceeded: the run took {seconds:.1f} s; planning is not cut short, "
            f"and whatever is open when the time is over still gets {_TO_CLOSE:g} s for each recovery"
        )

    def clean_up(
        self,
        client: Client,
        observer: Observer | None,
        budget: Budget,
        how: DriveSettings,
        facts: RunFacts,
        seen: Sequence[Exchange],
    ) -> None:
        """Close what is open; a second Ctrl-C ends that too, and the journal says what is left.

        Those whose key was lost are looked for where the observer can list them.
        """
        self._under_way = True
        before, patience = self.journal.open_entries(), min(PATIENCE, self._left())
        silent = all(exchange.reply is None for exchange in seen)
        late = facts.visible_after
        try:
            done = close_all(client, self.journal, budget, how, patience=patience, once=silent)
            self.report = close_lost(
                done, client, self.journal, observer, budget, how, visible_after=late, patience=patience
            )
        except KeyboardInterrupt:
            how.stop.set()
            left = self.journal.open_entries()
            closed = tuple(one for one in before if one not in left)
            self.report = CleanupReport(closed, tuple(Left(one, "the clean-up was interrupted") for one in left))
        self.journal.close()

    def told(self) -> str:
        """What clean-up has left open, and what to do about it; empty when nothing is."""
        if self.report.ok:
            return ""
        return f"{self.report.sentence}: {self._by_hand} tries again" if self.kept else self.report.sentence

    def not_begun(self, found: Preflight, *, interrupted: bool) -> tuple[str, int]:
        """Why the run cannot begin, and with what exit code it ends."""
        left = len(self.report.left)
        told = f"{left} alert{'s' * (left > 1)} may be left open: {self._by_hand} closes what its journal lists"
        if interrupted:
            told = told if left else "what had been opened was recovered"
            return f"interrupted before anything was judged; {told}", conclude.INTERRUPTED
        return f"{found.sentence}; {told}" if left else found.sentence, found.exit_code

    @property
    def _by_hand(self) -> str:
        """The command that cleans up later."""
        return f"`conformance cleanup {shlex.quote(str(self.settings.report_dir))}`"

    def _noted(self) -> str:
        """The push URL for the journal; empty where that would hold a secret, or would not lead to the target again."""
        url = self.target.push_url
        parts = urlsplit(url)
        plain = not parts.query and "@" not in parts.netloc and self.redactor.text(url) == url
        return url if plain and self.kept else ""
