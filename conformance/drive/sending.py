"""Sends one push until it has an answer that counts: budget, journal, lost replies, rate limits, circuit breaker.

It knows nothing of scenarios and stages beyond the note that it hands on, and nothing of stored alerts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.drive.breaker import Breaker
from conformance.drive.ports import Client, DriveSettings, RunFacts
from conformance.drive.replies import asked_wait, asks_to_wait, is_refused, is_silent
from conformance.drive.road import Road
from conformance.wire.records import OUT_OF_TIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.drive.budget import Budget
    from conformance.drive.journal import Entry, Journal
    from conformance.model.scenario import Push
    from conformance.wire.records import Exchange, Note

#: Tries of a push whose reply is lost, and where the way to the target is known to lose replies irregularly.
TRIES, TRIES_ON_A_BAD_LINE = 3, 6
#: So many pushes left unanswered in a regular way are evidence enough: later ones are not tried again.
ENOUGH_EVIDENCE = 8
#: A push refused for rate is sent so often at most, and waits so many seconds in all.
RATE_TRIES, RATE_PATIENCE = 6, 30.0
_SHORTEST = 0.05  # seconds that such a push waits at least: a Retry-After of 0 is no reason to give up
#: A target some of whose answers took that part of the time allowed is slow: it may be busy with others, not at a loss.
SLOW = 1 / 8
_BESIDE = 4  # exchanges one after the other: those under way, a control, the first recovery, and one to spare
_LOOKS = 1.5  # looks, where a second one has to read a part of it again
_LARGEST_END = 0.6  # of the time for driving: what looking and closing may be thought to need
TWIN_NUMBER = 0  # all twins are one and the same control: one alert to close, however many are sent


@dataclass(frozen=True, slots=True)
class How:
    """Ways of sending.

    ``obey``: wait and send again when refused for rate.  ``alone``: no other push for the same key is under way.
    ``counts``: its loss says something about the line.  ``urgent``: send even when the run's time is over.
    """

    obey: bool = True
    alone: bool = True
    counts: bool = True
    urgent: bool = False


USUAL = How()


@dataclass(slots=True)
class Delivery:
    """The tries of one push; the last counts.  ``why`` is empty, or: lost | rate | budget | time | stopped | gone."""

    tries: list[Exchange] = field(default_factory=list)
    twins: list[Exchange] = field(default_factory=list)
    unsure: list[Entry] = field(default_factory=list)  # what lost tries may have opened
    why: str = ""

    @property
    def exchange(self) -> Exchange | None:
        """The exchange that counts; None when nothing was sent."""
        return self.tries[-1] if self.tries else None

    @property
    def aside(self) -> list[Exchange]:
        """What was sent beside it, oldest first."""
        return sorted(self.tries[:-1] + self.twins, key=lambda exchange: exchange.n)


class Sender:
    """Everything that a run pushes goes through here."""

    def __init__(
        self,
        client: Client,
        *,
        budget: Budget,
        journal: Journal,
        settings: DriveSettings,
        twin: Callable[[int], Push] | None = None,
        facts: RunFacts | None = None,
    ) -> None:
        self.client, self.budget, self.journal, self.settings = client, budget, journal, settings
        self.facts = facts or RunFacts()
        self.sent = 0
        self.price: Callable[[int], int] = lambda _: 0  # requests that looking at so many keys takes
        self._twin = twin
        self._twin_push: Push | None = None
        self._lock = threading.Lock()
        self._began = settings.clock()
        self._breaker = Breaker(settings, self.facts, has_twin=twin is not None)
        self._road = Road()

    def halted(self) -> str:
        """Why nothing more may be sent, or an empty text."""
        if not self.facts.halted:
            if self.settings.stop.is_set():
                self.facts.halted = "stopped"
            elif self.settings.deadline is not None and self._time_left(self.settings.deadline) <= 0:
                self.facts.halted = "time"
        return self.facts.halted

    def _time_left(self, deadline: float) -> float:
        """Return the seconds left for sending: what was sent has to be looked at and closed in time as well."""
        now = self.settings.clock()
        return deadline - now - min(self._to_end(now), _LARGEST_END * (deadline - self._began))

    def _to_end(self, now: float) -> float:
        """Return the seconds that looks, one after the other, and recoveries, by all hands, take at the pace so far."""
        if not self.sent:
            return 0.0
        each = self._breaker.took / self.sent
        pace = max((now - self._began) / self.sent, each / max(1, self.settings.workers))
        return each * (_BESIDE + _LOOKS * self.price(self.sent)) + pace * self.journal.to_close()

    def deliver(
        self,
        push: Push,
        note: Note,
        *,
        so_far: Delivery | None = None,
        repeat: bool = True,
        how: How = USUAL,
    ) -> Delivery:
        """Send a push until an answer counts.

        ``repeat``: send again when the reply is lost.  ``so_far`` continues a delivery that was given up as lost.
        """
        delivery = so_far or Delivery()
        continued = len(delivery.tries) >= TRIES
        delivery.why = ""
        waited, busy, silent = 0.0, 0, len(delivery.tries)
        while True:
            delivery.why = self._once(push, note, delivery, how)
            exchange = delivery.exchange
            if delivery.why or exchange is None:
                return delivery
            if is_silent(exchange):
                silent += 1
                if not repeat or silent >= self.tries():
                    return self._lost(delivery, counts=repeat and how.counts)
                if silent > 1:  # most losses are chance: the first repetition is the cheapest way to know
                    self.send_twin(note, delivery)
                continue
            if not (how.obey and asks_to_wait(exchange)):
                irregular = bool(silent) and repeat and how.counts
                return self._answered(delivery, irregular=irregular, continued=continued)
            busy += 1
            asked = max(_SHORTEST, asked_wait(exchange, busy, self.settings.now()))
            wait = min(asked, RATE_PATIENCE - waited)
            if asked > RATE_PATIENCE:
                self._breaker.told_to_come_back_later()
                wait = 0.0
            if busy >= RATE_TRIES or wait <= 0 or self.facts.halted == "rate":
                delivery.why = "rate"
                return delivery
            waited += wait
            self._wait(wait)

    def _wait(self, seconds: float) -> None:
        if self.settings.penalise is not None:
            self.settings.penalise(seconds)
        self.settings.rest(seconds)

    def tries(self) -> int:
        """Return how often a push may be tried whose reply is lost."""
        if self.facts.regular_losses >= ENOUGH_EVIDENCE:
            return 1
        return TRIES_ON_A_BAD_LINE if self.facts.irregular_losses else TRIES

    def count_group(self, *, lost: bool, attempts: int, deliveries: list[Delivery]) -> None:
        """Pushes that go in order on one connection were repeated together: count them as one push is counted."""
        if attempts > 1 and not lost:
            self._answered(Delivery(), irregular=True, continued=False)
        elif lost:
            twins = [twin for delivery in deliveries for twin in delivery.twins]
            self._lost(Delivery(tries=deliveries[0].tries, twins=twins), counts=True)

    def _answered(self, delivery: Delivery, *, irregular: bool, continued: bool) -> Delivery:
        with self._lock:
            self.facts.irregular_losses += irregular
            if continued and irregular:  # given up as lost before, and counted so
                self.facts.regular_losses = max(0, self.facts.regular_losses - 1)
        return delivery

    def _lost(self, delivery: Delivery, *, counts: bool) -> Delivery:
        delivery.why = "lost"
        if counts and len(delivery.tries) >= TRIES and any(twin.reply is not None for twin in delivery.twins):
            with self._lock:
                self.facts.regular_losses += 1
        return delivery

    def send_twin(self, note: Note, delivery: Delivery) -> None:
        """Ask, between two tries, for something that was answered before, to tell this push from everything."""
        twin = self._control()
        if twin is None:
            return
        between = Delivery()
        self._once(twin, replace(note, role="twin"), between, USUAL)
        delivery.twins += between.tries

    def _control(self) -> Push | None:
        """What was answered before, one and the same for the whole run; None where there is no such."""
        if self._twin is None:
            return None
        with self._lock:
            self._twin_push = self._twin_push or self._twin(TWIN_NUMBER)
        return self._twin_push

    def _once(self, push: Push, note: Note, delivery: Delivery, how: How, *, alone: bool = False) -> str:
        """One exchange, added to the delivery; returns why it was not made, or an empty text."""
        why = self.halted()
        if why and not (how.urgent and why == "time"):
            return why
        if how.obey:
            self.settings.rest(self.settings.throttle.slot(self.settings.clock()))
        entry = self._pay(push)
        if isinstance(entry, str):
            return entry
        with self._road.alone() if alone or self._needs_room(delivery) else self._road.shared():
            exchange = self.client.push(push, note, tuple(one.n for one in delivery.tries))
        closed = self.journal.after(entry, push, exchange, alone=how.alone)
        if entry is not None and exchange.reply is None and not is_refused(exchange):
            delivery.unsure.append(entry)
        elif is_refused(exchange) and not asks_to_wait(exchange):
            closed += sum(self.journal.retract(one) for one in delivery.unsure)
            delivery.unsure.clear()
        self.budget.release(closed)
        if exchange.problem is not None and exchange.problem.kind == OUT_OF_TIME:
            self.facts.halted = self.facts.halted or "time"
            return "time"
        delivery.tries.append(exchange)
        if self._breaker.watch(exchange, obey=how.obey):
            self._prove_gone(note, delivery)
        return ""

    def _prove_gone(self, note: Note, delivery: Delivery) -> None:
        """Ask once more for something that was answered before, with nothing else in flight that may be in its way."""
        last, twin = Delivery(), self._control()
        if twin is not None:
            self._once(twin, replace(note, role="twin"), last, USUAL, alone=True)
        delivery.twins += last.tries
        self._breaker.asked(last.exchange)

    def _needs_room(self, delivery: Delivery) -> bool:
        """Whether this is the last try of what a slow target left unanswered: nothing else may keep it busy then."""
        if len(delivery.tries) + 1 < self.tries() or not delivery.tries:
            return False
        last = delivery.tries[-1]
        # A connection that was cut is no sign of being busy: alone, a target that cuts under load would look fine.
        ran_out = last.problem is not None and last.problem.kind == "timeout"
        return ran_out and self._breaker.slowest >= SLOW * last.seconds

    def _pay(self, push: Push) -> Entry | str | None:
        """Take the request, and one more for closing what it opens, from the budget; then write it down."""
        with self._lock:  # so that two first pushes of one key hold one request back, not two
            opens = self.journal.opens(push)
            if not self.budget.take(1, keep=int(opens)):
                return "budget"
            self.sent += 1
            return self.journal.before(push)
