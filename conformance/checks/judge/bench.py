"""Where judgements are collected while a run is judged: the contract, the run's facts, and short ways to say so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.judge.traits import Trait
from conformance.checks.verdicts import BLOCKED, FAIL, NOT_APPLICABLE, NOT_OBSERVED, PASS, Finding, Judgement
from conformance.contract import Contract
from conformance.model.scenario import Push, Scenario
from conformance.wire.records import Exchange, RunInfo

_SHOWN = 160
#: Above that, the size is told in place of the value: of a text, of a list or an object, of the fields of an event.
_LONG_TEXT, _LONG_VALUE, _LONG_EVENT = 40, 60, 480


@dataclass(frozen=True, slots=True)
class Crowd:
    """The pushes that were cut off, and how many others were in flight with each of them at least."""

    lost: tuple[int, ...]
    others: int


@dataclass
class Bench:
    """Judgements so far, and the answers to open points; one for each judging."""

    contract: Contract
    info: RunInfo
    judgements: list[Judgement] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    redirects: bool = False  # whether proper events are answered by redirections as a rule
    unknown_crashes: bool = False  # whether each Ok for a key that was never used ends in a crash
    last_accepted: float = 0.0  # when the last exchange that was a success began
    crowd: Crowd | None = None  # what is cut off while other requests are in flight
    shared_keys: set[str] = field(default_factory=set)  # made-up keys that more than one alert got
    keys_mixed_up: bool = False  # whether replies carry the keys of other requests
    never_shown: frozenset[str] = frozenset()  # traits of events that are accepted and stored nowhere
    common: Trait | None = None  # what every refused proper event has, and no accepted one
    said_of_keys: frozenset[tuple[str, str]] = frozenset()  # codes and messages that bad keys get, and nothing else
    unknown_keys: frozenset[str] = frozenset()  # credentials that the user gave, and the target does not know
    wrong_when_new: set[str] = field(default_factory=set)  # what fell for new alerts, no other event having come before
    altered: list[tuple[Judgement, frozenset[str]]] = field(default_factory=list)  # updates told wrong, by what field

    def _is_hidden(self, requirement: str) -> bool:
        """Whether only a field shows it that this run's observer does not."""
        return requirement in hidden(self.contract, self.info.blind_to)

    def passes(self, requirement: str, check: str, exchanges: Iterable[int]) -> None:
        """This requirement held here."""
        if self._is_hidden(requirement):
            self.unseen(requirement, check)
            return
        self.judgements.append(Judgement(requirement, PASS, check, tuple(exchanges)))

    def holds(self, requirement: str, check: str, exchanges: Iterable[int]) -> None:
        """The reply shows that this requirement held; of what only the store can show, a reply says nothing."""
        if self.contract.requirements[requirement].observed_in != "stored":
            self.passes(requirement, check, exchanges)

    def fails(self, requirement: str, check: str, finding: Finding) -> None:
        """This requirement fell here, and why."""
        if self._is_hidden(requirement):
            self.unseen(requirement, check)
            return
        self.judgements.append(Judgement(requirement, FAIL, check, finding.exchanges, finding))

    def blocked(self, requirement: str, check: str, sentence: str, exchanges: Iterable[int] = ()) -> None:
        """This requirement could not be decided here."""
        numbers = tuple(exchanges)
        self.judgements.append(Judgement(requirement, BLOCKED, check, numbers, Finding(sentence, exchanges=numbers)))

    def idle(self, requirement: str, check: str, sentence: str) -> None:
        """This requirement speaks of something that the target gave no occasion for."""
        self.judgements.append(Judgement(requirement, NOT_APPLICABLE, check, (), Finding(sentence)))

    def unseen(self, requirement: str, check: str) -> None:
        """This requirement needs a read-back that the run does not have."""
        self.judgements.append(Judgement(requirement, NOT_OBSERVED, check))

    def is_shut(self, exchange: Exchange) -> bool:
        """Whether the target refused for its rate or load and served nothing after that: then it says nothing else."""
        reply, contract = exchange.reply, self.contract
        busy = (contract.codes["RequestTooFrequently"], contract.exceptions["ServiceUnavailable"])
        return reply is not None and reply.status in busy and exchange.started + exchange.seconds > self.last_accepted

    def is_busy(self, exchange: Exchange, code: Any) -> bool:
        """Whether a push was told to come back later, in the envelope, however often it was sent."""
        status = exchange.reply.status if exchange.reply is not None else 0
        overload = "ServiceUnavailable"
        return code == "RequestTooFrequently" or (code == overload and status == self.contract.exceptions[overload])

    def answer(self, point: str, answer: str) -> None:
        """An open point was answered."""
        if point in self.contract.open_points:
            self.answers[point].append(answer)

    def crash_requirement(self, requirement: str) -> str:
        """The MUST that a 5xx or silence breaks: the one varied, or for a SHOULD the first plain MUST of its row."""
        entry = self.contract.requirements[requirement]
        if entry.level == "must":
            return requirement
        row = self.contract.of_row(entry.row)
        return next(r.id for r in row if r.level == "must" and r.observed_in == "response" and not r.accepts)

    def code_requirement(self, code: str) -> str:
        """The requirement that stands for a row of the table of codes."""
        return self.contract.of_row(f"Code/{code}")[0].id


def hidden(contract: Contract, blind_to: Iterable[str]) -> frozenset[str]:
    """The requirements that show in nothing but these fields of a stored alert."""
    blind = tuple(blind_to)
    if not blind:
        return frozenset()
    rows = {f"Payload/{name}" for name in blind}
    return frozenset(
        entry.id
        for entry in contract.requirements.values()
        if entry.observed_in == "stored"
        and (entry.row in rows or ("images" in blind and entry.row.startswith("Image/")))
    )


def shown(value: Any) -> str:
    """A value in one bounded line of ASCII-safe JSON: what a target says never enters a message raw."""
    try:
        text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        text = ascii(value)
    return (
        text
        if len(text) <= _SHOWN
        else f"{text[: _SHOWN // 2]} ... {text[-_SHOWN // 2 :]} ({_size(value, text)} characters)"
    )


def _size(value: Any, text: str) -> int:
    return len(value) if isinstance(value, str) else len(text)


def told(push: Push, scenario: Scenario) -> str:
    """In a few words what was sent."""
    parts = [] if push.method == "POST" else [push.method]
    if push.path != "{push}":
        parts.append(f"path {push.path}")
    if push.credential != "main":
        parts.append(f"integration_key {push.credential}")
    types = [value for name, value in push.headers if name.lower() == "content-type"]
    if types != ["application/json"]:
        parts.append(f"Content-Type {types[0]!a}" if types else "no Content-Type")
    event = push.event()
    parts.append(
        _event_told(event, len(push.body))
        if event is not None
        else f"a body of {len(push.body)} bytes: {push.body[:60]!r}"
    )
    factors = scenario.fact("factors")
    if factors:
        parts.append("levels " + ", ".join(f"{name}={level[0]}" for name, level in factors))
    return "; ".join(parts)


def _event_told(event: dict[str, Any], size: int) -> str:
    """The fields of an event; of what is long only how long, in brackets, since no event could hold that as a value."""
    parts, short = [], True
    for name, value in event.items():
        if isinstance(value, str) and len(value) > _LONG_TEXT:
            parts.append(f"{shown(name)}: <{len(value)} characters>")
        elif isinstance(value, dict | list) and len(json.dumps(value)) > _LONG_VALUE:
            parts.append(f"{shown(name)}: <{len(value)} elements>")
        else:
            parts.append(f"{shown(name)}: {shown(value)}")
            continue
        short = False
    text = ", ".join(parts)
    if len(text) > _LONG_EVENT:
        text, short = f"{text[: _LONG_EVENT // 2]} ... {text[-_LONG_EVENT // 2 :]}", False
    return f"event {{{text}}}" + ("" if short else f" in a body of {size} bytes")


def numbers(*exchanges: Exchange) -> tuple[int, ...]:
    """The numbers of exchanges."""
    return tuple(exchange.n for exchange in exchanges)
