"""One scenario on its way through a run: the stage it is at, what it sent and saw, the keys that are its own.

It resolves pushes and builds the story; it sends nothing and waits for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.drive.budget import is_recovery, sent_key
from conformance.drive.replies import replied_key
from conformance.wire.records import Exchange, Observation, Reading, Story

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.drive.sending import Delivery
    from conformance.model.scenario import Push, Scenario, Stage

READY, WAITING, PARKED, DONE = "ready", "waiting", "parked", "done"


@dataclass(slots=True)
class Act:
    """The state of one scenario.  ``parked``: given up as lost for now, tried again should the line prove bad."""

    scenario: Scenario
    state: str = READY
    stage: int = 0
    exchanges: list[tuple[Exchange, ...]] = field(default_factory=list)
    observations: list[Observation | None] = field(default_factory=list)
    aside: list[Exchange] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    sent_at: float = 0.0
    seen: Observation | None = None  # the last look, not yet settled
    lost: Delivery | None = None
    final: Observation | None = None
    ended: str = ""

    def __post_init__(self) -> None:
        if not self.scenario.stages:
            self.state = DONE
        self.keys.update(dict.fromkeys(self.scenario.fact("watch", ())))

    @property
    def current(self) -> Stage:
        """The stage to be sent or being looked at."""
        return self.scenario.stages[self.stage]

    @property
    def is_last_stage(self) -> bool:
        """Whether no stage follows."""
        return self.stage == len(self.scenario.stages) - 1

    @property
    def wants_to_be_alone(self) -> bool:
        """Whether nothing else may be under way: said so, or its stage is a burst of its own."""
        return bool(self.scenario.fact("exclusive")) or len(groups(self.current)) > 1

    @property
    def over_rate(self) -> bool:
        """Whether it provokes the rate limit: a refusal for the rate is what it is after."""
        return bool(self.scenario.fact("rate"))

    @property
    def comes_last(self) -> bool:
        """Whether it provokes the rate limit that all others are under, so that they go before it."""
        return bool(self.scenario.fact("last"))

    def first_place(self) -> int:
        """Index over the scenario of the stage's first push."""
        return sum(len(stage.pushes) for stage in self.scenario.stages[: self.stage])

    def stage_price(self) -> int:
        """Return the requests that the stage takes: recoveries pay for themselves, others may open an alert."""
        paying = [push for push in self.current.pushes if not (self.stage > 0 and is_recovery(push))]
        opening = {sent_key(push) or place for place, push in enumerate(paying) if push.role != "refusal"}
        return len(paying) + len(opening)

    def resolve(self, push: Push, in_stage: dict[int, Exchange]) -> Push | None:
        """Return the push with the key that an earlier reply carried; None when that reply carried none."""
        if push.key_from is None:
            return push
        earlier = dict(enumerate(exchange for stage in self.exchanges for exchange in stage)) | in_stage
        key = replied_key(earlier[push.key_from]) if push.key_from in earlier else None
        return None if key is None else push.with_key(key)

    def own_keys(self, push: Push, exchange: Exchange | None) -> None:
        """Remember the keys that a push named or got back."""
        for key in (sent_key(push), replied_key(exchange) if exchange is not None else None):
            if key is not None:
                self.keys[key] = None

    def look(self, reading: Reading, state: str) -> Observation:
        """Return what the reading shows of this scenario's own alerts."""
        own = tuple(alert for alert in reading.alerts if alert.get("alert_key") in self.keys)
        return Observation(state, own, reading.problem, reading.exchanges)

    def advance(self, observation: Observation | None, *, settled: bool = True) -> None:
        """Close the stage with this observation and go on to the next, or end."""
        self.observations.append(observation)
        self.seen = None
        unanswered = any(exchange.reply is None for exchange in self.exchanges[-1])
        if self.is_last_stage:
            self.state = DONE
        elif unanswered or not settled:
            self.end("no-reply" if unanswered else "settled-wrong")
        else:
            self.stage += 1
            self.state = READY

    def end(self, why: str) -> None:
        """Stop here; what was seen last and had time left to change proves nothing, and is forgotten."""
        self.state, self.ended, self.seen = DONE, self.ended or why, None

    def story(self, observation: Observation | None = None) -> Story:
        """All that happened so far; with an observation, as if it stood for the current stage."""
        seen = (*self.observations, observation) if observation is not None else tuple(self.observations)
        return Story(self.scenario, tuple(self.exchanges), seen, self.final, self.ended, tuple(self.aside))


def groups(stage: Stage) -> list[list[int]]:
    """Return the places of a stage in groups: in order on one named connection, all groups simultaneously."""
    found: dict[tuple[str, int], list[int]] = {}
    for place, push in enumerate(stage.pushes):
        found.setdefault((push.connection, -1 if push.connection else place), []).append(place)
    return list(found.values())


def all_keys(acts: Iterable[Act]) -> list[str]:
    """Return the keys of several acts, each once, in order."""
    return list(dict.fromkeys(key for act in acts for key in act.keys))


def affordable(ready: Iterable[Act], room: int) -> list[Act]:
    """Return the most worthy acts that so many requests have room for; the others end here."""
    chosen = []
    for act in ready:
        room -= act.stage_price()
        if room >= 0:
            chosen.append(act)
        else:
            act.end("budget")
    return chosen
