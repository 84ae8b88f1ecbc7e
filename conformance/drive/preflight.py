"""Asks before a run whether the target can be tested at all: a few requests, each step with a sentence and advice.

It tells a target that is no such server, or refuses the key, from one that is merely faulty; faults are not its affair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from conformance.drive import advice
from conformance.drive.budget import sent_key
from conformance.drive.elsewhere import stored_as
from conformance.drive.replies import asks_to_wait, is_accepted, is_silent, replied_code, replied_key, replied_object
from conformance.drive.sending import Sender
from conformance.model.scenario import UNKNOWN
from conformance.wire.records import Note
from conformance.wire.target import shown_url

if TYPE_CHECKING:
    from conformance.drive.budget import Budget
    from conformance.drive.journal import Journal
    from conformance.drive.ports import Client, DriveSettings, Observer, RunFacts
    from conformance.model.scenario import Push
    from conformance.wire.records import Exchange

UNTESTABLE, INCOMPLETE = 4, 5
#: Tries of the first push, by what went wrong: a refused connection is told at once, a reset may be chance.
_TRIES = {"reset": 3, "timeout": 2}
_NOTE = Note(role="preflight")
_STEPS = ("name resolution", "connection", "TLS", "HTTP", "JSON envelope", "key")
_FAILS_AT = {"resolve": 0, "connect": 1, "too-slow-to-connect": 1, "tls": 2}


class Place(Protocol):
    """What preflight must know of the target."""

    @property
    def push_url(self) -> str:
        """Where events are pushed to, without a key."""

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""

    @property
    def proxy(self) -> str | None:
        """What is connected to in its place, if anything."""


Step = tuple[str, bool, str]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found.  ``exit_code`` is 0 when the run may go on; ``steps`` are (name, ok, sentence)."""

    ok: bool
    exit_code: int
    sentence: str
    steps: tuple[Step, ...] = ()
    observer_problem: str | None = None
    warnings: tuple[str, ...] = ()
    accepted: bool = False  # the positive control: a minimal or a full event was taken
    stored_as: tuple[str, ...] = ()  # the key it was sent with, and the one under which it is in the store instead
    fuller: bool = False  # a minimal event was taken and never shown, a full one is shown: controls must be like that


def preflight(
    client: Client,
    target: Place,
    observer: Observer | None,
    *,
    minimal: Push,
    full: Push,
    budget: Budget,
    journal: Journal,
    settings: DriveSettings,
    facts: RunFacts | None = None,
) -> Preflight:
    """Push a minimal event, and where that is not taken a full one and one with a made-up key; then look for it.

    ``minimal`` and ``full`` are proper events with keys of their own, which are left open.
    ``facts``, handed on to ``drive``, tells it how long an alert takes to show.
    """
    # What stands in the facts of the run is about driving; preflight must not halt it or count for it.
    sender = Sender(client, budget=budget, journal=journal, settings=settings)
    found = _Preflight(target, observer, sender, minimal=minimal, full=full).run()
    if facts is not None:
        facts.visible_after, facts.hidden_for = sender.facts.visible_after, sender.facts.hidden_for
    return found


def wait_for_target(client: Client, probe: Push, seconds: float, settings: DriveSettings) -> int:
    """Ask until the target answers anything, for so many seconds; returns the number of requests made.

    The probe names a made-up key, so that it opens nothing.
    """
    until, pause, asked = settings.clock() + seconds, 0.1, 0
    while True:
        exchange = client.push(replace(probe, credential=UNKNOWN), _NOTE)
        asked += 1
        left = until - settings.clock()
        if not is_silent(exchange) or left <= 0 or settings.stop.is_set():
            return asked
        settings.rest(min(pause, left))
        pause = min(2 * pause, 1.0)


class _Stop(Exception):  # noqa: N818 - an outcome, not an error
    """Preflight has its answer."""

    def __init__(self, exit_code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.sentence = sentence


class _Preflight:
    def __init__(self, target: Place, observer: Observer | None, sender: Sender, *, minimal: Push, full: Push) -> None:
        self._url, self._target, self._observer = shown_url(target.push_url), target, observer
        self._minimal, self._full, self._sender = minimal, full, sender
        self._settings = sender.settings
        self._steps: list[Step] = []
        self._read_back_broke = False
        self._stored_as: tuple[str, ...] = ()

    def run(self) -> Preflight:
        """Go through the steps; the first that fails ends it."""
        warnings = advice.warnings(self._url, loopback=self._target.is_loopback)
        try:
            exchange, push = self._key()
        except _Stop as stop:
            self._steps.append((_STEPS[len(self._steps)], False, stop.sentence))
            return Preflight(
                ok=False, exit_code=stop.exit_code, sentence=stop.sentence, steps=tuple(self._steps), warnings=warnings
            )
        accepted, fuller = is_accepted(exchange), False
        problem = self._look(push, exchange) if accepted else None
        if problem is not None and push is self._minimal and not self._read_back_broke:
            fuller = self._shows_a_full_one()
            problem = None if fuller else problem
        sentence = advice.ready(self._url) if accepted else advice.nothing_taken(exchange)
        return Preflight(
            ok=True,
            exit_code=0,
            sentence=sentence,
            steps=tuple(self._steps),
            observer_problem=problem,
            warnings=warnings,
            accepted=accepted,
            fuller=fuller,
            stored_as=self._stored_as if problem is not None else (),
        )

    def _shows_a_full_one(self) -> bool:
        """Whether a full event, of another status, becomes visible where the minimal one did not."""
        exchange = self._send(self._full)
        return is_accepted(exchange) and self._look(self._full, exchange) is None

    def _key(self) -> tuple[Exchange, Push]:
        """Return the exchange that stands for the positive control, and its push."""
        first = self._reach()
        self._pass_up_to(3)
        others: list[Exchange] = []
        if not _recognisable(first) or not is_accepted(first):
            others = [self._send(self._full), self._send(replace(self._minimal, credential=UNKNOWN))]
        self._envelope(first, others)
        self._pass_up_to(4)
        if is_accepted(first) or not others:
            self._passed(advice.taken())
            return first, self._minimal
        full, made_up = others
        answer = _answer(made_up)
        if _answer(first) == answer == _answer(full) and 400 <= (answer[0] or 0) < 500:  # noqa: PLR2004
            raise _Stop(UNTESTABLE, advice.key_refused(self._url, first))
        self._passed(advice.taken() if is_accepted(full) else advice.nothing_taken(first))
        return (full, self._full) if is_accepted(full) else (first, self._minimal)

    def _reach(self) -> Exchange:
        """Push the minimal event until there is a reply."""
        tries = 0
        while True:
            exchange = self._send(self._minimal)
            tries += 1
            problem = exchange.problem
            if problem is None:
                break
            if tries >= _TRIES.get(problem.kind, 1):
                fails_at = 2 if advice.stalls_in_tls(problem) else _FAILS_AT.get(problem.kind, 3)
                self._pass_up_to(fails_at - 1)
                raise _Stop(UNTESTABLE, advice.unreachable(self._url, problem, self._target.proxy))
        return exchange

    def _envelope(self, first: Exchange, others: list[Exchange]) -> None:
        """Stop when nothing that came back is recognisably this protocol."""
        if any(_recognisable(one) for one in (first, *others)):
            return
        status = first.reply.status if first.reply is not None else 0
        if 300 <= status < 400:  # noqa: PLR2004
            raise _Stop(UNTESTABLE, advice.redirected(self._url, first))
        raise _Stop(UNTESTABLE, advice.stranger(self._url, first))

    def _send(self, push: Push) -> Exchange:
        """Send once; a target that is too busy is obeyed, for a while."""
        delivery = self._sender.deliver(push, _NOTE, repeat=False)
        exchange = delivery.exchange
        if exchange is None:
            raise _Stop(INCOMPLETE, advice.not_sent(delivery.why))
        if asks_to_wait(exchange):
            known = _recognisable(exchange)
            raise _Stop(INCOMPLETE if known else UNTESTABLE, advice.busy(self._url, exchange))
        return exchange

    def _look(self, push: Push, exchange: Exchange) -> str | None:
        """Wait until the accepted event shows; returns why it does not."""
        if self._observer is None:
            return None
        keys = [key for key in (sent_key(push), replied_key(exchange)) if key is not None]
        pushed, pause = self._settings.clock(), self._settings.poll_min
        until = min(pushed + self._settings.observe_timeout, self._settings.deadline or math.inf)
        problem = advice.invisible(keys, self._settings.observe_timeout)
        while True:
            price = int(getattr(self._observer, "requests_for", lambda _: 0)(len(keys)))
            if not self._sender.budget.take(price):
                break
            looked = self._settings.clock()
            reading = self._observer.read(keys)
            self._sender.budget.charge(len(reading.exchanges) - price)
            if reading.problem is not None:
                problem, self._read_back_broke = advice.read_back(reading.problem), True
                break
            if any(alert.get("alert_key") in keys for alert in reading.alerts):
                self._sender.facts.visible_after = self._settings.clock() - pushed
                self._steps.append(("read-back", True, "the event shows in the read-back"))
                return None
            self._sender.facts.hidden_for = looked - pushed
            left = until - self._settings.clock()
            if left <= 0 or self._settings.stop.is_set():
                break
            self._settings.rest(min(pause, left))
            pause = min(2 * pause, 2 * self._settings.poll_max)
        if not self._read_back_broke and (found := stored_as(self._observer, push, keys, self._sender.budget)):
            self._stored_as = (keys[0], found)
            problem = advice.elsewhere(*self._stored_as)
        self._steps.append(("read-back", False, problem))
        return problem

    def _pass_up_to(self, last: int) -> None:
        """Note every step up to that one as passed."""
        for index in range(len(self._steps), last + 1):
            if _STEPS[index] != "TLS" or self._url.startswith("https:"):
                self._steps.append((_STEPS[index], True, advice.PASSED[_STEPS[index]]))
            else:
                self._steps.append((_STEPS[index], True, "not asked for: the URL begins with http://"))

    def _passed(self, sentence: str) -> None:
        self._steps.append((_STEPS[len(self._steps)], True, sentence))


def _recognisable(exchange: Exchange) -> bool:
    """Whether the reply is a JSON object with a request_id, an error code or an alert key, however broken else."""
    return (
        "request_id" in replied_object(exchange)
        or replied_code(exchange) is not None
        or replied_key(exchange) is not None
    )


def _answer(exchange: Exchange) -> tuple[int | None, str | None]:
    """Return what tells one refusal from another: status and code."""
    return (exchange.reply.status if exchange.reply is not None else None), replied_code(exchange)
