"""Keeps what a run has seen, and makes the recording of it that is judged; sends nothing, and judges nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from conformance.checks.verdicts import Tally
from conformance.drive.ports import RunFacts
from conformance.drive.preflight import Preflight
from conformance.observe.base import Observer
from conformance.plugin import repeating
from conformance.plugin.scope import any_seen, means
from conformance.plugin.settings import Settings
from conformance.plugin.watching import observer_name
from conformance.wire.records import Exchange, Recording, RunInfo, Story
from conformance.wire.redact import Redactor
from conformance.wire.target import Target


@dataclass
class Keeper:
    """Every exchange of a run as it is made, and the facts of the run as far as they are known."""

    settings: Settings
    run: str
    target: Target
    redactor: Redactor
    facts: RunFacts
    rate_probe: int | None  # how many events go over the rate at the end of the run
    observer: Observer | None = None
    preflight: Preflight | None = None
    selected: Collection[str] = ()  # empty: all requirements
    seconds: float = 0.0  # zero while the run is under way
    interrupted: bool = False
    exchanges: list[Exchange] = field(default_factory=list)
    started: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def given(self) -> frozenset[str]:
        """The optional means of the run."""
        return means(self.target, observed=self.observer is not None, rate_probe=self.rate_probe)

    def blind_to(self) -> tuple[str, ...]:
        """Fields of an alert that the observer cannot show."""
        return tuple(getattr(self.observer, "blind_to", ()))

    def pushes(self) -> int:
        """How many requests were pushes: how often one looks depends on the store."""
        return sum(exchange.kind == "push" for exchange in self.exchanges)

    def tally(self) -> Tally:
        """What the run has cost."""
        pushes = self.pushes()
        return Tally(round(self.seconds, 3), len(self.exchanges), pushes, len(self.exchanges) - pushes)

    def recording(self, stories: list[Story]) -> Recording:
        """The run so far: its facts, its stories, and the exchanges that belong to none of them."""
        known = {exchange.n for story in stories for exchange in (*story.all_exchanges(), *story.aside)}
        others = [exchange for exchange in self.exchanges if exchange.n not in known]
        return Recording(self._info(stories), stories, others)

    def _info(self, stories: list[Story]) -> RunInfo:
        s = self.settings
        return RunInfo(
            self.run,
            self.started.isoformat(timespec="seconds"),
            self.redactor.text(self.target.shown_url),
            observer_name(self.observer),
            s.budget,
            s.seed,
            s.level,
            s.target_url is None,
            tuple(sorted(self.given())),
            flaky=self.facts.irregular_losses > 0,
            interrupted=self.interrupted,
            selected=tuple(sorted(self.selected)),
            seconds=round(self.seconds, 3),
            max_severity=s.max_severity or "",
            blind_to=self.blind_to(),
            read_problem=self._read_problem(stories),
            stored_as=self.preflight.stored_as if self.preflight is not None else (),
            options=repeating.options(s, self.target, self.redactor.text),
        )

    def _read_problem(self, stories: list[Story]) -> str:
        """Why nothing could be read back, though it was meant to be; empty where something was seen."""
        if self.observer is None or any_seen(stories):
            return ""
        before = self.preflight.observer_problem if self.preflight is not None else None
        return self.facts.observer_problem or before or ""
