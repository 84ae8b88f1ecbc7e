"""Drives a plan: rounds of pushes, one shared look at the store after each, until every scenario has ended.

It records and never judges: whether an observation settles a stage is asked of ``settled``.  Nothing here knows
requirements, verdicts or how an alert should look.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from conformance.drive.acts import DONE, PARKED, READY, WAITING, Act, affordable, all_keys
from conformance.drive.budget import Budget, clean_up_slack, cost, wants_final
from conformance.drive.looking import BLIND, BROKEN, ON, Look, Looker
from conformance.drive.ports import Client, DriveSettings, Observer, Progress, RunFacts
from conformance.drive.sending import Sender
from conformance.drive.sharing import share
from conformance.drive.staging import Stager
from conformance.wire.records import Observation, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.drive.journal import Journal
    from conformance.model.scenario import Push, Scenario


def drive(
    plan: Sequence[Scenario],
    *,
    client: Client,
    observer: Observer | None,
    budget: Budget,
    settled: Callable[[Story], bool],
    control: Callable[[int], Push],
    progress: Callable[[Progress], None],
    journal: Journal,
    settings: DriveSettings,
    facts: RunFacts | None = None,
    more: Callable[[list[Story]], list[Scenario]] | None = None,
) -> list[Story]:
    """Send the plan and return a story for each scenario, in the plan's order; closes nothing that it opened.

    ``more`` is asked once, when all has been sent but what goes over the rate: what it gives is sent as well.

    ``control(n)`` makes the control push of round ``n``, each with a key of its own; number 0 is the twin that is
    sent between two tries of a push whose reply was lost.  A Ctrl-C sets ``settings.stop`` and ends the driving.
    """
    facts = facts if facts is not None else RunFacts()
    sender = Sender(client, budget=budget, journal=journal, settings=settings, twin=control, facts=facts)
    looker = Looker(observer, sender=sender, control=control, settings=settings)
    return _Driver(plan, sender, looker, settled=settled, progress=progress, settings=settings, more=more).run()


_SHORT_PAGES = 40  # that part of a budget


_CONTROL = 3  # requests that a control of the last look takes, its recovery and its own look among them


class _Driver:
    """The round loop; all of it but the sending happens in the caller's thread."""

    def __init__(
        self,
        plan: Sequence[Scenario],
        sender: Sender,
        looker: Looker,
        *,
        settled: Callable[[Story], bool],
        progress: Callable[[Progress], None],
        settings: DriveSettings,
        more: Callable[[list[Story]], list[Scenario]] | None,
    ) -> None:
        self._more, self._held_last, self._held_pages = more, 0, 0
        self._acts = [Act(scenario) for scenario in plan]
        self._sender, self._looker, self._settled = sender, looker, settled
        self._progress, self._settings = progress, settings
        self._stager = Stager(sender, settings.clock)
        self._budget, self._facts = sender.budget, sender.facts
        sender.price = looker.price
        self._pool = ThreadPoolExecutor(max(1, settings.workers), thread_name_prefix="push")
        self._pause = settings.poll_min
        self._held_long = 0
        self._unproven = False  # something was sent after the last control

    def run(self) -> list[Story]:
        """Drive to the end, whatever ends it."""
        finals = [act for act in self._acts if wants_final(act.scenario)]
        held = self._hold_final(finals)
        self._hold_last()
        # What is never released here is for recoveries that have to be sent twice.
        self._budget.hold(clean_up_slack(len(self._acts)))
        try:
            self._loop()
            self._end_all()
            self._budget.release(held + self._held_long)
            self._read_final([act for act in self._acts if wants_final(act.scenario)])
        except KeyboardInterrupt:
            self._settings.stop.set()
            self._pool.shutdown(cancel_futures=True)
            self._end_all()
        finally:
            self._pool.shutdown(cancel_futures=True)
        self._tell("done")
        return [act.story() for act in self._acts]

    def _loop(self) -> None:
        while True:
            ready = self._ready()
            if ready and not self._sender.halted():
                self._round(ready)
            elif any(act.state == WAITING for act in self._acts) and self._facts.halted in {"", "time", "budget"}:
                self._poll()
            else:
                return

    def _ready(self) -> list[Act]:
        """Choose what to send now: parked acts when the line has proved bad, the rate limit at the very end."""
        ready = [act for act in self._acts if act.state == READY]
        parked = [act for act in self._acts if act.state == PARKED]
        if parked and self._facts.irregular_losses:
            ready += parked
        others = [act for act in ready if not act.comes_last]
        if others or any(act.state == WAITING for act in self._acts):
            return others
        if self._more is not None and not self._sender.halted():
            more, self._more = self._more, None
            self._acts += [Act(scenario) for scenario in more([act.story() for act in self._acts if act.state == DONE])]
            return self._ready()
        self._budget.release(self._held_last + self._held_pages)
        self._held_last = self._held_pages = 0
        if parked and not ready:
            for act in parked:
                self._stager.accept_loss(act)
                self._move_on(act)
            return self._ready()
        return ready

    # -- a round ------------------------------------------------------------------------------------------------

    def _round(self, ready: list[Act]) -> None:
        """Send everything that is ready, then look once at everything that waits."""
        watch = self._looker.state == ON
        keys = len(all_keys(self._waiting())) + sum(len(act.current.pushes) for act in ready)
        price, look = (self._looker.round_price(keys) if watch else 0), self._looker.prove
        if self._budget.left < price:  # no control can be afforded any more: a look alone must do
            price, look = self._looker.price(keys), self._looker.peek
        ready = affordable(ready, self._budget.left - price)
        if not ready or not self._budget.hold(price):
            return
        self._facts.rounds += 1
        self._tell("sending")
        try:
            while ready and not self._sender.halted():
                self._send(ready)
                for act in ready:
                    self._move_on(act)
                ready = [act for act in ready if act.state == READY]
        finally:
            self._budget.release(price)
        if self._waiting() and self._facts.halted not in {"stopped", "gone"}:
            self._tell("observing")
            self._take(look(all_keys(self._waiting())))
            self._unproven = look != self._looker.prove
            self._hold_long(finals=any(wants_final(act.scenario) for act in self._acts))
            if not self._looker.extra:  # its pages are as long as was thought
                self._budget.release(self._held_pages)
                self._held_pages = 0

    def _send(self, acts: Iterable[Act]) -> None:
        """Send the current stage of each: most of them together, bursts and exclusive ones alone."""
        alone = [act for act in acts if act.wants_to_be_alone]
        running: list[Future[None]] = [
            self._pool.submit(self._stager.play, act) for act in acts if not act.wants_to_be_alone
        ]
        self._unproven = True
        try:
            wait(running)
            for act in alone:
                self._stager.play(act)
        except BaseException:
            self._settings.stop.set()
            raise
        for future in running:
            future.result()

    def _move_on(self, act: Act) -> None:
        """After sending: wait to be observed, or go on where nothing is to be seen."""
        if act.state != WAITING or (act.current.observe and self._looker.state == ON):
            return
        act.advance(self._unseen() if act.current.observe else None)

    def _unseen(self) -> Observation:
        """Return what stands for a look that could not be had."""
        return Observation(self._looker.state, problem=self._facts.observer_problem)

    # -- looking ------------------------------------------------------------------------------------------------

    def _poll(self) -> None:
        """Nothing can be sent: sleep a little, then look at what still waits."""
        waiting = self._waiting()
        due = min(self._expiry(act) for act in waiting)
        pause = max(0.0, min(self._pause, due - self._settings.clock()))
        # What is left is for the stages to come and for the look that decides, not for impatience.
        keys = len(all_keys(waiting))
        to_come = 2 * sum(len(act.scenario.pushes()) - act.first_place() - len(act.current.pushes) for act in waiting)
        if self._budget.left < to_come + self._looker.round_price(keys) + self._looker.price(keys):
            pause = max(0.0, due - self._settings.clock())
        self._pause = min(2 * self._pause, self._settings.poll_max)
        self._tell("waiting")
        self._settings.rest(pause)
        if not self._settings.stop.is_set():
            self._take(self._looker.read(all_keys(waiting)))
        else:
            self._sender.halted()

    def _take(self, look: Look) -> None:
        """Give each waiting act its part of a look; when observing is over, what waits goes on without."""
        if look.state in {BROKEN, BLIND} and self._looker.state != ON:
            for act in self._waiting():
                act.advance(act.look(look.reading, look.state))
        elif share(look, self._waiting(), self._settled, self._settings.clock(), self._expiry):
            self._pause = self._settings.poll_min

    def _read_final(self, finals: list[Act]) -> None:
        """One more look at what was refused and at what must not be lost, when everything has been sent."""
        finals = [act for act in finals if act.exchanges and act.keys]
        if not finals or self._facts.halted in {"stopped", "gone"}:
            return
        if self._looker.state != ON:
            for act in finals:
                act.final = self._unseen()
            return
        self._tell("final")
        keys = all_keys(finals)
        look = self._looker.prove(keys) if self._unproven else self._looker.read(keys)
        if look.state == "budget" and self._unproven:  # no control can be afforded: a look alone must do
            look = self._looker.read(keys)
        if look.state in {"seen", BLIND, BROKEN}:
            for act in finals:
                act.final = act.look(look.reading, look.state)

    # -- small things -------------------------------------------------------------------------------------------

    def _hold_final(self, finals: list[Act]) -> int:
        """Hold back what the final look will cost."""
        if self._looker.state != ON or not finals:
            return 0
        price = self._looker.round_price(sum(len(act.scenario.pushes()) for act in finals))
        return price if self._budget.hold(price) else 0

    def _hold_long(self, *, finals: bool) -> None:
        """Hold back for the final look what looks have been seen to cost beyond the plan, and a little more."""
        longest = self._looker.longest
        more = (longest * 5 // 4 + _CONTROL if longest else 0) - self._held_long
        if finals and more > 0 and self._budget.hold(more):
            self._held_long += more

    def _hold_last(self) -> None:
        """Hold back what going over the rate will cost: nothing that goes before may use it up."""
        last = [act for act in self._acts if act.comes_last]
        price = sum(cost(act.scenario) for act in last)
        if last and self._looker.state == ON:
            price += self._looker.round_price(sum(len(act.scenario.pushes()) for act in last))
            pages = self._budget.limit // _SHORT_PAGES  # a store with short pages costs more looks than were planned
            self._held_pages = pages if self._budget.hold(pages) else 0
        self._held_last = price if price and self._budget.hold(price) else 0

    def _waiting(self) -> list[Act]:
        return [act for act in self._acts if act.state == WAITING]

    def _expiry(self, act: Act) -> float:
        """When waiting for this act ends; never later than the run."""
        expiry = act.sent_at + self._settings.observe_timeout
        deadline = self._settings.deadline
        return expiry if deadline is None else min(expiry, deadline)

    def _end_all(self) -> None:
        """Whatever has not ended by itself ends for the reason that the run ended for."""
        for act in self._acts:
            if act.state == PARKED:
                self._stager.accept_loss(act)
            if act.state != DONE:
                act.end(self._sender.halted())

    def _tell(self, phase: str) -> None:
        done = sum(act.state == DONE for act in self._acts)
        waiting = sum(act.state == WAITING for act in self._acts)
        self._progress(
            Progress(phase, self._facts.rounds, done, waiting, len(self._acts), self._budget.spent, self._budget.limit)
        )
