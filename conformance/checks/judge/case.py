"""One alert key of one story after one stage: says pass and fail with the same evidence; decides neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.expected import Expected
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import read, sent_event
from conformance.checks.verdicts import Finding
from conformance.wire.records import Story

UNSEEN = "nothing that was pushed became visible in time, not even the control"


def is_active(alert: Mapping[str, Any], recovery: str) -> bool:
    """Whether an alert as read back is active: by its status, or where it shows none by its progress or end."""
    status = alert.get("alert_status")
    if isinstance(status, str) and status:
        return status != recovery
    if alert.get("progress"):
        return alert.get("progress") != "Closed"
    return not alert.get("end_time")


class Case:
    """One key of one story after one stage: says pass and fail with the same evidence."""

    def __init__(
        self, bench: Bench, story: Story, stage: int, key: str, expected: Expected, alerts: list[Mapping[str, Any]]
    ) -> None:
        self.bench, self.story, self.expected, self.alerts = bench, story, expected, alerts
        self.stage, self.key = stage, key
        reads = story.observations[stage]
        self.numbers = (expected.exchange.n, *(reads.exchanges[-1:] if reads is not None else ()))

    @cached_property
    def sequence(self) -> tuple[int, ...]:
        """The numbers of the pushes that led here: only a finding, and what an update kept, ask for them."""
        return _sequence(self.story, self.stage, None if self.expected.stage != self.stage else self.key)

    def say(self, requirement: str, sentence: str | None, wanted: str = "") -> None:
        """Pass when there is no sentence, else a finding."""
        check = self.story.scenario.check
        if sentence is None:
            self.bench.passes(requirement, check, self.numbers)
            return
        sent = told(self.expected.push, self.story.scenario)
        kept = shown([{n: a.get(n) for n in ("alert_status", "title", "description")} for a in self.alerts])
        text = sentence[0].upper() + sentence[1:] + "."
        statement = wanted or self.bench.contract.requirements[requirement].statement
        finding = Finding(text, sent, statement, sentence, kept, self.numbers, self.story.scenario.id, self.sequence)
        self.bench.fails(requirement, check, finding)
        if self.expected.change == "new":
            self.bench.wrong_when_new.add(requirement)

    def say_of_update(self, requirement: str, sentence: str | None, fields: Iterable[str]) -> None:
        """Like `say`; what the update brought is there, but for what these requirements of its fields demand."""
        self.say(requirement, sentence)
        if sentence is not None and (names := frozenset(fields)):
            self.bench.altered.append((self.bench.judgements[-1], names))


def _sequence(story: Story, upto: int, key: str | None) -> tuple[int, ...]:
    """The pushes that led to a stage: those of one key, or of all keys where one may have touched another."""
    found = []
    for stage, push, exchange in pushes_of(story):
        event = sent_event(push, exchange) or {}
        if stage <= upto and (key is None or key in (event.get("alert_key"), read(exchange).key)):
            found.append(exchange.n)
    return tuple(found) if len(found) > 1 else ()
