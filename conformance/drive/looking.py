"""Looks at the store: one control a round to know when it is up to date, all keys at once, within the budget.

It knows keys and alerts, and nothing of scenarios or of what an alert should look like.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.drive.budget import Budget, look_price, sent_key
from conformance.drive.replies import is_accepted, replied_key
from conformance.drive.sending import How, Sender
from conformance.wire.records import Note, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.drive.ports import DriveSettings, Observer, RunFacts
    from conformance.model.scenario import Push

ON, BROKEN, BLIND, NONE, UNPROVEN = "on", "broken", "blind", "none", "unproven"
#: So many broken reads in a row, or rounds in which nothing at all became visible, end the observing.
ENOUGH_BROKEN, ENOUGH_BLIND = 3, 2
_LOOKS_AT_LATE = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What a round saw.  ``state``: seen, blind, broken, unproven (no control), or why there was none (budget …)."""

    reading: Reading
    state: str


class Looker:
    """The eyes of a run."""

    def __init__(
        self,
        observer: Observer | None,
        *,
        sender: Sender,
        control: Callable[[int], Push],
        settings: DriveSettings,
    ) -> None:
        self._observer, self._sender, self._control, self._settings = observer, sender, control, settings
        self._budget: Budget = sender.budget
        self._facts: RunFacts = sender.facts
        self._facts.observing = ON if observer is not None else NONE
        # A control pushed so many seconds ago was last seen not to show, and first seen to show.
        self._hidden, self._shown = sender.facts.hidden_for, sender.facts.visible_after or 0.0
        self._broken = self._blind = 0
        self._controls = 0
        self.extra = 0  # requests that reads took beyond what was thought
        self.longest = 0  # the same of the one read that took most

    @property
    def state(self) -> str:
        """Whether observing goes on: on, or why it does not."""
        return self._facts.observing

    def price(self, keys: int) -> int:
        """Return the requests that reading so many keys takes."""
        ask = getattr(self._observer, "requests_for", None)
        return int(ask(keys)) if keys and ask is not None else 0

    def round_price(self, keys: int) -> int:
        """Return the requests of one round's look, with some more where controls were seen not to show at once."""
        return look_price(self.price(keys + 1)) + (_LOOKS_AT_LATE if self._hidden else 0)

    def read(self, keys: Sequence[str]) -> Look:
        """Look at these keys now; tries a few times before a broken read-back is believed to be broken."""
        if self._observer is None or self.state != ON:
            return Look(Reading(problem=self._facts.observer_problem), self.state)
        if not keys:
            return Look(Reading(), "seen")
        pause = self._settings.poll_min
        while True:
            price = self.price(len(keys))
            if not self._budget.take(price):
                return Look(Reading(problem="no request was left to look"), "budget")
            reading = self._observer.read(keys)
            self._budget.charge(len(reading.exchanges) - price)
            beyond = max(0, len(reading.exchanges) - price)
            self.extra, self.longest = self.extra + beyond, max(self.longest, beyond)
            if reading.problem is None:
                self._broken = 0
                return Look(reading, "seen")
            if self._out_of_time():  # it may have been cut off for that
                return Look(reading, "time")
            self._broken += 1
            if self._broken >= ENOUGH_BROKEN:
                self._facts.observing, self._facts.observer_problem = BROKEN, reading.problem
                return Look(reading, BROKEN)
            self._settings.rest(pause)
            pause = min(2 * pause, self._settings.poll_max)

    def prove(self, keys: Sequence[str]) -> Look:
        """Push a control, wait until it shows, then look at the keys: what was pushed before must show as well."""
        self._controls += 1
        push = self._control(self._controls)
        delivery = self._sender.deliver(push, Note(role="control"), how=How(urgent=True))
        exchange = delivery.exchange
        if exchange is None or delivery.why in {"budget", "stopped", "gone"}:
            return Look(Reading(), delivery.why)
        own = list(dict.fromkeys(key for key in (sent_key(push), replied_key(exchange)) if key is not None))
        # Where the target does not take the control, any subject that shows must do.
        return self._wait_for(own if is_accepted(exchange) else list(keys), keys)

    def peek(self, keys: Sequence[str]) -> Look:
        """Look without a control, later than any control has taken to show."""
        self._settings.rest(1.5 * self._shown)
        look = self.read(keys)
        return replace(look, state=UNPROVEN) if look.state == "seen" else look

    def _wait_for(self, control: list[str], keys: Sequence[str]) -> Look:
        clock = self._settings.clock
        pushed = clock()
        both = list(dict.fromkeys((*keys, *control)))
        together = self.price(len(both)) == self.price(len(control))  # one request shows all of it
        pause, first = self._settings.poll_min, True
        self._settings.rest(self._delay())
        while True:
            looked = clock()
            look = self.read(both if together else control)
            if look.state != "seen":
                return look
            shown = any(alert.get("alert_key") in control for alert in look.reading.alerts)
            if shown:
                self._learn(clock() - pushed, first=first)
                return look if together else self.read(keys)
            left = pushed + self._settings.observe_timeout - clock()
            if left <= 0 or self._out_of_time():
                return self._not_shown(keys)
            first = False
            self._hidden = max(self._hidden, looked - pushed)
            # Where it is known when a control shows at the latest, go there in few steps.
            known = (self._shown - (clock() - pushed)) / 2
            if self._budget.left < 2 * self.price(len(both)):  # the last look is for when its time is up
                known = left
            self._settings.rest(min(max(pause, known), left))
            pause = min(2 * pause, self._settings.poll_max)

    def _delay(self) -> float:
        """Return how long to wait before looking: between what was too early and what was late enough."""
        close_enough = self._shown - self._hidden <= max(2 * self._settings.poll_min, 0.15 * self._shown)
        return self._shown if close_enough else (self._hidden + self._shown) / 2

    def _learn(self, took: float, *, first: bool) -> None:
        """Remember how long a control took to show; one slow round must not slow down all that follow."""
        self._blind = 0
        self._shown = took
        self._hidden = min(self._hidden, took) * (0.97 if first else 1.0)
        self._facts.visible_after = took

    def _not_shown(self, keys: Sequence[str]) -> Look:
        """Look once more after the control stayed invisible: the subjects may show all the same."""
        look = self.read(keys)
        if look.state != "seen":
            return look
        self._blind = 0 if look.reading.alerts else self._blind + 1
        if self._blind >= ENOUGH_BLIND:
            self._facts.observing = BLIND
            self._facts.observer_problem = "nothing that was pushed became visible in time"
        return replace(look, state=BLIND)

    def _out_of_time(self) -> bool:
        deadline = self._settings.deadline
        return self._settings.stop.is_set() or (deadline is not None and self._settings.clock() >= deadline)
