"""One run from settings to result: plan, drive, clean up, judge.  The only place where all rooms meet.

It prints nothing: progress goes to a callback, and what a reader gets is written from the result by others.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.checks import conclude
from conformance.checks.ground import Ground
from conformance.checks.judge.bench import Bench
from conformance.checks.verdicts import Result
from conformance.contract import Contract, load
from conformance.drive.budget import BUDGETS, Budget
from conformance.drive.driver import drive
from conformance.drive.ports import DriveSettings, Progress, RunFacts
from conformance.drive.preflight import Preflight, preflight, wait_for_target
from conformance.model.names import Names
from conformance.model.scenario import Scenario
from conformance.plugin.choosing import Choosing
from conformance.plugin.connecting import allow, risks, target_of
from conformance.plugin.controls import Controls
from conformance.plugin.embedded import Embedded, embed
from conformance.plugin.ending import Ending
from conformance.plugin.following import Following, follow_up
from conformance.plugin.judging import judged, judgements
from conformance.plugin.keeping import Keeper
from conformance.plugin.pacing import pacer_for
from conformance.plugin.scope import selection
from conformance.plugin.settings import Settings, UsageError
from conformance.plugin.settling import PATIENCE, Settling
from conformance.plugin.watching import build_observer
from conformance.wire.client import Client
from conformance.wire.records import Recording, Story
from conformance.wire.redact import Redactor


@dataclass
class Run:
    """A run under way.

    ``ready`` finds the target, ``start`` tries it, ``drive`` makes every exchange, ``result`` judges them.
    """

    settings: Settings
    contract: Contract = field(default_factory=load)
    id: str = field(default_factory=lambda: secrets.token_hex(3))
    stop: threading.Event = field(default_factory=threading.Event)
    facts: RunFacts = field(default_factory=RunFacts)
    embedded: Embedded | None = None
    preflight: Preflight | None = None
    recording: Recording | None = None
    warnings: list[str] = field(default_factory=list)
    selected: frozenset[str] = frozenset()
    _settings: DriveSettings | None = None
    _began: float = field(default_factory=time.monotonic)
    _is_ready: bool = False
    _is_closed: bool = False

    def ready(self) -> None:
        """Find the target and how to read it; sends and writes nothing.  Raises UsageError for wrong usage."""
        if self._is_ready:
            return
        self.selected = selection(self.settings, self.contract)
        if self.settings.target_url is None:
            self.embedded = embed(self.settings)
        self.target = target_of(self.settings, self.embedded)
        self.warnings += risks(self.settings, self.target)
        self.redactor = Redactor(self.target.secrets)
        self.pacer = pacer_for(self.settings, self.target)
        probe = self.embedded.rate_probe if self.embedded else self.settings.probe_rate_limit
        self.keeper = Keeper(self.settings, self.id, self.target, self.redactor, self.facts, probe)
        self.client = Client(self.target, self.redactor, self.pacer, on_exchange=self.keeper.exchanges.append)
        self.observer = build_observer(self.settings, self.target, self.client, self.redactor)
        self.keeper.observer = self.observer
        self._is_ready = True

    def start(self) -> None:
        """See whether the target can be tested.  Raises UsageError with the sentence to show."""
        self.ready()
        allow(self.settings, self.target)
        self.names = Names(self.id)
        self.budget = Budget(BUDGETS[self.settings.budget])
        self._begin()
        self.controls = Controls(self.contract, self.names, self.settings.max_severity)
        self.preflight = self.keeper.preflight = self._preflight()
        self.controls.fuller = self.preflight.fuller
        patience = min(PATIENCE, self.settings.observe_timeout)
        self.settling = Settling(self.contract, self.keeper.blind_to(), patience)
        if not self.preflight.ok:
            self._clean_up()
            self.recording = self._recorded([])
            raise UsageError(*self.ending.not_begun(self.preflight, interrupted=self.stop.is_set()))
        if self.preflight.observer_problem:
            self.warnings.append(self.preflight.observer_problem)

    def _begin(self) -> None:
        """Open the journal, and let the client know how long it may take and how often it may look."""
        self.ending = Ending(
            self.settings, self.id, self.target, self.redactor, kept=self.embedded is None, began=self._began
        )
        self.journal = self.ending.journal
        self.warnings += self.ending.warnings
        self.client.allowed = self.ending.allowed
        self.client.spare = lambda: self.budget.limit - len(self.keeper.exchanges) - self.journal.to_close()

    def _clean_up(self) -> None:
        """Close what is open; with that the run is over."""
        seen = self.keeper.exchanges
        self.ending.clean_up(self.client, self.observer, self.budget, self._how(), self.facts, seen)
        self.keeper.seconds = time.monotonic() - self._began

    def _how(self) -> DriveSettings:
        """How to drive: one value for the whole run, for it learns how much the target bears."""
        if self._settings is None:
            self._settings = DriveSettings(
                observe_timeout=self.settings.observe_timeout,
                deadline=self.ending.deadline,
                stop=self.stop,
                penalise=self.pacer.penalise,
            )
        return self._settings

    def _preflight(self) -> Preflight:
        minimal, settings = self.controls.minimal(), self._how()
        if self.settings.wait_for_target:
            wait = min(self.settings.wait_for_target, self.ending.allowed() if self.ending.allowed else math.inf)
            self.budget.charge(wait_for_target(self.client, minimal, wait, settings))
        try:
            return preflight(
                self.client,
                self.target,
                self.observer,
                minimal=minimal,
                full=self.controls.full(),
                budget=self.budget,
                journal=self.journal,
                settings=settings,
                facts=self.facts,
            )
        except KeyboardInterrupt:
            self.stop.set()
            return Preflight(ok=False, exit_code=conclude.INTERRUPTED, sentence="interrupted")

    def select(self, requirements: Collection[str]) -> None:
        """Narrow the run to these requirements as well."""
        self.selected &= frozenset(requirements)

    # -- plan and drive ------------------------------------------------------------------------------------------

    def _choosing(self) -> Choosing:
        """What this run chooses its scenarios from."""
        probing = self.embedded is None and any(name.startswith("rate-limit") for name in self.keeper.given())
        return Choosing(self.ground(), self.selected, BUDGETS[self.settings.budget], self._price(), probing)

    def ground(self) -> Ground:
        """What the scenarios of this run are built from."""
        s = self.settings
        return Ground(self.contract, self.names, s.budget, s.seed, self.keeper.given(), s.max_severity)

    def _price(self) -> Callable[[int], int] | None:
        """What reading so many keys costs in requests; None where nothing can be read."""
        return None if self.observer is None else getattr(self.observer, "requests_for", lambda _: 0)

    def drive(self, progress: Callable[[Progress], None] = lambda _: None) -> Recording:
        """Make every exchange of the run, follow-ups of what failed among them, and close what it opened."""
        stories: list[Story] = []
        try:
            choosing = self._choosing()

            def more(stories: list[Story]) -> list[Scenario]:
                return choosing.more(stories, self._judged(stories).judgements, self.budget.left)

            stories = self._send(choosing.first(self.keeper.pushes()), self._how(), progress, more)
            stories = follow_up(self._following(progress), stories)
        except KeyboardInterrupt:  # while planning, or between two rounds; what was seen so far is judged
            self.stop.set()
        finally:
            self._clean_up()
            self.keeper.interrupted = self.stop.is_set()
            self.warnings += filter(None, (self.ending.told(), self.ending.late(self.keeper.seconds)))
        self.recording = self._recorded(stories)
        return self.recording

    def _send(
        self,
        chosen: list[Scenario],
        how: DriveSettings,
        progress: Callable[[Progress], None],
        more: Callable[[list[Story]], list[Scenario]] | None = None,
    ) -> list[Story]:
        """Drive these scenarios."""
        return drive(
            chosen,
            client=self.client,
            observer=self.observer,
            budget=self.budget,
            settled=self.settling,
            control=self.controls.control,
            progress=progress,
            journal=self.journal,
            settings=how,
            facts=self.facts,
            more=more,
        )

    def _following(self, progress: Callable[[Progress], None]) -> Following:
        """What follow-ups need of this run."""

        def shown(where: Progress) -> None:
            progress(replace(where, phase=f"follow-ups of what failed, {where.phase}"))

        return Following(
            self.ground(),
            self.selected,
            self.budget,
            self.facts,
            self._how(),
            self._price(),
            judge=self._judged,
            drive=lambda chosen, how: self._send(chosen, how, shown),
        )

    def _judged(self, stories: list[Story]) -> Bench:
        """What the stories so far come to."""
        return judgements(self.contract, self._recorded(stories), flaky=False)

    def _recorded(self, stories: list[Story]) -> Recording:
        """The run so far."""
        whole = self.selected == frozenset(self.contract.requirements)
        self.keeper.selected = () if whole else self.selected
        return self.keeper.recording(stories)

    # -- judge ---------------------------------------------------------------------------------------------------

    def result(self, nodes: Mapping[str, str] | None = None) -> Result:
        """The run judged."""
        assert self.recording is not None
        return judged(
            self.contract,
            self.recording,
            self.keeper.tally(),
            nodes or {},
            self.selected,
            flaky=self.facts.irregular_losses > 0,
            interrupted=self.keeper.interrupted,
            warnings=tuple(self.warnings),
        )

    def close(self) -> None:
        """Let go of connections, listeners and the embedded server; a second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        for thing in (getattr(self, "observer", None), getattr(self, "client", None), self.embedded):
            close: Any = getattr(thing, "close", None)
            if close is not None:
                close()
