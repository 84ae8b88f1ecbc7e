"""What scenarios are built from: the contract, the run's names, its draws; and short ways to write a push.

It knows nothing of targets, replies or verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.contract import Contract
from conformance.model.names import Names
from conformance.model.scenario import JSON_TYPE, Push, Scenario, Stage, encode

Event = dict[str, Any]
#: What orders a plan: what must be known first, what fits a quick run, a standard one, a thorough one.
CORE, QUICK, STANDARD, THOROUGH = 10, 20, 50, 80
PLAIN = "plain"  # the scenario that is the twin of most refusals
SIZES = ("quick", "standard", "thorough")


@dataclass(frozen=True)
class Ground:
    """All that a scenario may depend on: the same ground gives the same plan."""

    contract: Contract
    names: Names
    budget: str = "standard"
    seed: int = 0
    given: frozenset[str] = frozenset()
    max_severity: str | None = None

    def size(self, quick: int, standard: int, thorough: int) -> int:
        """The number that goes with the run's budget."""
        return dict(zip(SIZES, (quick, standard, thorough), strict=True))[self.budget]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that open an alert, most severe first, none above the run's highest allowed."""
        active = [status for status in self.contract.statuses if status != self.contract.recovery]
        return tuple(active[active.index(self.max_severity) :] if self.max_severity else active)

    def may_page(self, word: str) -> bool:
        """Whether a lenient server may take a word for a status that this run must not send."""
        above = [status for status in self.contract.statuses if status not in (*self.statuses, self.contract.recovery)]
        return any(word.strip().casefold().startswith(status.casefold()[:4]) for status in above)

    @property
    def mild(self) -> str:
        """The least severe status: what an event carries when its status is not what is tested."""
        return self.statuses[-1]

    def event(self, hint: str = "", /, **fields: Any) -> Event:
        """A proper event with a fresh key; ``None`` drops a field (use ``raw`` for a null)."""
        base = {"title_rule": self.names.title(hint), "event_status": self.mild, "alert_key": self.names.key(hint)}
        return {name: value for name, value in {**base, **fields}.items() if value is not None}

    @cached_property
    def plain(self) -> Event:
        """The plainest proper event, one for the run: forms of requests that only their replies judge send it again."""
        return self.event("plain")

    def ok(self, key: str | None, **fields: Any) -> Event:
        """A recovery of ``key``."""
        event = {"title_rule": self.names.title("over"), "event_status": self.contract.recovery, **fields}
        return event if key is None else {**event, "alert_key": key}


def push(event: Mapping[str, Any] | bytes, varies: str, /, **how: Any) -> Push:
    """A push of an event (or of bytes as they are) that varies what ``varies`` demands."""
    body = event if isinstance(event, bytes) else encode(event)
    return Push(body, varies=varies, **how)


def refusal(event: Mapping[str, Any] | bytes, varies: str, /, **how: Any) -> Push:
    """A push that a conforming server refuses, so that it opens nothing."""
    return push(event, varies, role="refusal", **how)


def scenario(
    name: str,
    serves: Iterable[str],
    *stages: Push | tuple[Push, ...] | Stage,
    worth: int = STANDARD,
    twin: str | None = None,
    **facts: Any,
) -> Scenario:
    """A scenario: each stage is a push, pushes sent together, or a stage as it is."""
    made = tuple(
        stage if isinstance(stage, Stage) else Stage(stage if isinstance(stage, tuple) else (stage,))
        for stage in stages
    )
    check = name.partition(".")[0]
    return Scenario(name, check, tuple(serves), made, twin, worth, tuple(sorted(facts.items())))


def refused(
    name: str, requirement: str, sent: Push, *, worth: int = STANDARD, twin: str = PLAIN, **facts: Any
) -> Scenario:
    """A scenario of one refusal beside its twin; what it refuses must not be stored."""
    serves = [requirement, "code.invalid-parameter"]
    event = sent.event()
    if event and isinstance(event.get("alert_key"), str) and event["alert_key"]:
        key_rule = requirement.startswith("key.")
        serves.append("key.refused-not-stored" if key_rule else "code.invalid-parameter.not-stored")
    return scenario(name, serves, Stage((sent,), observe=False), worth=worth, twin=twin, final=True, **facts)


Maker = Callable[[Ground], Iterable[Scenario]]


@dataclass
class Makers:
    """The functions that make scenarios, in the order of the document."""

    makers: list[Maker] = field(default_factory=list)

    def __call__(self, maker: Maker) -> Maker:
        """Register a maker (decorator)."""
        self.makers.append(maker)
        return maker


scenes = Makers()
JSON = JSON_TYPE
