"""Stand-ins for the wire and the observer: a store in memory, a client that pushes to it, scripted misbehaviour."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.model.scenario import Push, Scenario, Stage, encode
from conformance.wire.records import Exchange, Note, Problem, Reading, Reply, Sent, Story

if TYPE_CHECKING:
    from conformance.drive.budget import Budget
    from conformance.drive.journal import Journal
    from conformance.drive.ports import Progress, RunFacts

Answer = Callable[[Push, Note], Reply | Problem | None]


def event(key: str | None = None, status: str = "Info", **fields: Any) -> Push:
    """Return a push of an ordinary event."""
    body = {"title_rule": "t", "event_status": status, **fields}
    return Push(encode(body if key is None else {**body, "alert_key": key}))


def one(
    name: str, *stages: Push | tuple[Push, ...] | Stage, twin: str | None = None, worth: int = 50, **facts: Any
) -> Scenario:
    """Return a scenario of these stages."""
    made = tuple(s if isinstance(s, Stage) else Stage(s if isinstance(s, tuple) else (s,)) for s in stages)
    return Scenario(name, "check", ("r",), made, twin, worth, tuple(facts.items()))


def reply(status: int = 200, value: Any = None, **headers: str) -> Reply:
    """Return a JSON reply."""
    named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Reply(status, "", named, json.dumps(value if value is not None else {"request_id": "r"}).encode())


def refusal(code: str = "InvalidParameter", status: int = 400, **headers: str) -> Reply:
    """Return an error in the envelope."""
    return reply(status, {"request_id": "r", "error": {"code": code}}, **headers)


class Clock:
    """A clock that only sleeping moves, so that no test depends on how busy the machine is."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        with self._lock:
            self.pauses.append(seconds)
            self.now += seconds


@dataclass
class World:
    """A target in memory.

    ``answer`` may take over a push; ``delay`` is the seconds of its clock until an alert shows, ``latency`` the real
    seconds that a push takes.
    """

    answer: Answer = lambda _push, _note: None
    delay: float = 0.0
    alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda alert: alert
    latency: float = 0.0
    exchanges: list[Exchange] = field(default_factory=list)
    reads: list[tuple[str, ...]] = field(default_factory=list)
    problems: int = 0
    page: int = 100
    slow_look: float = 0.0  # seconds of its clock that one request of a look takes
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.store: dict[str, list[tuple[float, dict[str, Any]]]] = {}
        self.in_flight = self.most_in_flight = 0
        self.used: set[str] = set()  # connections that have carried a request
        self.pauses = self.clock.pauses
        self.read_requests = 0

    # the client
    def let_go(self, keep: int) -> None:
        """It has no connections."""

    def hang_up(self, scenario: str) -> None:
        """It has no connections."""

    def push(self, push: Push, note: Note, repeats: tuple[int, ...] = ()) -> Exchange:
        """Answer as scripted, or keep the event."""
        with self.lock:
            number = next(self.numbers)
            reused = push.connection in self.used
            self.used |= {push.connection} - {""}
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if self.latency:
            time.sleep(self.latency)
        began = self.clock()
        result = self.answer(push, note)
        if result is None:
            result = self.keep(push)
        got, problem = (result, None) if isinstance(result, Reply) else (None, result)
        sent = Sent(push.method, "http://t/", push.headers, push.body)
        exchange = Exchange(number, "push", note, sent, got, problem, 0.0, self.clock() - began, repeats, reused)
        with self.lock:
            self.in_flight -= 1
            self.exchanges.append(exchange)
        return exchange

    def keep(self, push: Push) -> Reply:
        """Store the event as a conforming server would."""
        value = push.event()
        if push.role == "refusal" or value is None:
            return refusal()
        with self.lock:
            key = value.get("alert_key") or f"gen-{len(self.store)}"
            shown = self.alter({**value, "alert_key": key, "alert_status": value["event_status"]})
            self.store.setdefault(key, []).append((self.clock() + self.delay, shown))
        return reply(200, {"request_id": "r", "data": {"alert_key": key}})

    # the observer
    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Show what is visible by now."""
        numbers = tuple(next(self.numbers) for _ in range(self.requests_for(len(alert_keys))))
        self.clock.sleep(self.slow_look * len(numbers))
        self.reads.append(tuple(alert_keys))
        self.read_requests += len(numbers)
        if self.problems:
            self.problems -= 1
            return Reading(problem="the read-back answered 500", exchanges=numbers)
        now = self.clock()
        found = []
        with self.lock:
            for key in dict.fromkeys(alert_keys):
                versions = [alert for at, alert in self.store.get(key, []) if at <= now]
                found += versions[-1:]
        return Reading(tuple(found), exchanges=numbers)

    def requests_for(self, n_keys: int) -> int:
        """Return the pages that so many keys fill."""
        return -(-n_keys // self.page)

    # what a test asks
    def sent(self, role: str = "subject") -> list[Exchange]:
        """Return the exchanges of that role, by number."""
        return sorted((e for e in self.exchanges if e.note.role == role), key=lambda e: e.n)

    def requests(self) -> int:
        """Pushes and reads made."""
        return len(self.exchanges) + self.read_requests


@dataclass
class Run:
    """What came of driving: stories by scenario id, and everything around them."""

    stories: dict[str, Story]
    budget: Budget
    journal: Journal
    facts: RunFacts
    progress: list[Progress]
    seconds: float


Runner = Callable[..., Run]


def as_sent(story: Story) -> bool:
    """Whether the store shows each accepted event's last title, status and description."""
    last: dict[str, dict[str, Any]] = {}
    for exchange in story.all_exchanges():
        if exchange.reply is not None and exchange.reply.status == 200:
            sent = json.loads(exchange.sent.body)
            last[json.loads(exchange.reply.body)["data"]["alert_key"]] = sent
    seen = {alert["alert_key"]: alert for alert in story.observations[-1].alerts}
    return all(
        key in seen and all(seen[key].get(name) == value for name, value in sent.items()) for key, sent in last.items()
    )
