"""Sends one stage of one scenario: a push, pushes in order on one connection, or a burst; knows no rounds or stores."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from conformance.drive.acts import PARKED, WAITING, Act, groups
from conformance.drive.replies import is_accepted, is_reset, is_timeout
from conformance.drive.sending import TRIES, TRIES_ON_A_BAD_LINE, Delivery, How, Sender
from conformance.wire.records import Exchange, Note

if TYPE_CHECKING:
    from collections.abc import Callable

#: As many requests are truly simultaneous; a larger burst goes through as many hands.
BURST = 32


class Stager:
    """Takes an act through its current stage."""

    def __init__(self, sender: Sender, clock: Callable[[], float]) -> None:
        self._sender = sender
        self._clock = clock

    def play(self, act: Act) -> None:
        """Send the stage: the act then waits to be observed, is parked as lost, or has ended."""
        places = groups(act.current)
        resumed = act.lost is not None
        deliveries = {place: Delivery() for group in places for place in group}
        if act.lost is not None:
            deliveries[0], act.lost = act.lost, None
        if not act.over_rate and len(places) == 1 and len(places[0]) == 1:
            self._single(act, deliveries, resumed=resumed)
        elif len(places) == 1:
            self._in_order(act, places[0], deliveries)
        else:
            self._burst(act, places, deliveries)

    def accept_loss(self, act: Act) -> None:
        """Try a parked act no more: its last try counts."""
        if act.lost is not None:
            delivery, act.lost = act.lost, None
            self._finish(act, {0: delivery})

    def _note(self, act: Act, place: int) -> Note:
        return Note(act.scenario.id, act.stage, place)

    def _single(self, act: Act, deliveries: dict[int, Delivery], *, resumed: bool) -> None:
        push = act.resolve(act.current.pushes[0], {})
        if push is None:
            act.end("no-key")
            return
        delivery = self._sender.deliver(push, self._note(act, 0), so_far=deliveries[0])
        act.own_keys(push, delivery.exchange)
        if delivery.why == "lost" and not resumed and TRIES <= len(delivery.tries) < TRIES_ON_A_BAD_LINE:
            act.lost, act.state = delivery, PARKED
        else:
            self._finish(act, deliveries)

    def _in_order(self, act: Act, places: list[int], deliveries: dict[int, Delivery]) -> None:
        """Pushes on one connection: when one is lost, all of them are sent again on a fresh connection."""
        kept = True
        for attempt in range(1, TRIES_ON_A_BAD_LINE + 1):
            if not self._sequence(act, places, deliveries, attempt, How(), kept=kept):
                break
            lost = any(delivery.why == "lost" for delivery in deliveries.values())
            if not lost or attempt >= self._sender.tries():
                self._sender.count_group(lost=lost, attempts=attempt, deliveries=list(deliveries.values()))
                break
            self._sender.send_twin(self._note(act, places[0]), deliveries[places[0]])
            kept = kept and not (attempt > 1 and _is_closed_after_success(deliveries, places))
        self._finish(act, deliveries)

    def _sequence(
        self,
        act: Act,
        places: list[int],
        deliveries: dict[int, Delivery],
        attempt: int,
        how: How,
        *,
        kept: bool = True,
    ) -> bool:
        """Send these one after the other, once, on one connection or each on another; False when it cannot go on."""
        how = replace(how, obey=how.obey and not act.over_rate)
        first = act.first_place()
        for place in places:
            pushed = act.current.pushes[place]
            done = {first + at: d.exchange for at, d in deliveries.items() if d.exchange is not None}
            push = act.resolve(pushed, done)
            if push is None:
                act.end("no-key")
                return False
            if push.connection and attempt > 1:
                again = f"{push.connection}#{attempt}"
                push = replace(push, connection=again if kept else f"{again}.{place}")
            delivery = self._sender.deliver(
                push, self._note(act, place), so_far=deliveries[place], repeat=False, how=how
            )
            act.own_keys(push, delivery.exchange)
            if delivery.why not in {"", "lost"}:
                return False
        return True

    def _burst(self, act: Act, places: list[list[int]], deliveries: dict[int, Delivery]) -> None:
        """All groups at once; a push that was lost is sent again afterwards, which any order of a burst allows."""
        hands = min(len(places), BURST)
        barrier = threading.Barrier(hands)
        self._sender.client.let_go(hands)

        def start(number: int, group: list[int]) -> None:
            if number < hands:
                barrier.wait()
            self._sequence(act, group, deliveries, 1, How(alone=False, counts=False))

        with ThreadPoolExecutor(hands, thread_name_prefix="burst") as pool:
            running = [pool.submit(start, number, group) for number, group in enumerate(places)]
        for one in running:
            one.result()
        if not act.over_rate:
            self._let_recover(deliveries)
            self._again(act, deliveries)
        self._finish(act, deliveries)

    def _let_recover(self, deliveries: dict[int, Delivery]) -> None:
        """Where most of a burst ran into its time limit, wait as long again: what hangs may hang on to the next."""
        ran_out = [
            delivery.exchange.seconds
            for delivery in deliveries.values()
            if delivery.exchange is not None and delivery.why == "lost" and is_timeout(delivery.exchange)
        ]
        if len(ran_out) > len(deliveries) / 2:
            self._sender.settings.rest(max(ran_out))

    def _again(self, act: Act, deliveries: dict[int, Delivery]) -> None:
        """Send what a burst lost once more, by itself."""
        for place, delivery in deliveries.items():
            push = act.resolve(act.current.pushes[place], {})
            if delivery.why == "lost" and push is not None and act.state != "done":
                push = replace(push, connection="")
                self._sender.deliver(push, self._note(act, place), so_far=delivery, how=How(counts=False))
                act.own_keys(push, delivery.exchange)

    def _finish(self, act: Act, deliveries: dict[int, Delivery]) -> None:
        """Hand over what was sent: as the stage where it is complete, else as something aside."""
        if any(push.connection for push in act.current.pushes):
            self._sender.client.hang_up(act.scenario.id)
        whole: list[Exchange] = []
        reasons = {delivery.why for delivery in deliveries.values()} - {"", "lost"}
        incomplete = reasons - {"rate"} or act.ended or any(d.exchange is None for d in deliveries.values())
        for _, delivery in sorted(deliveries.items()):
            act.aside += delivery.aside
            if delivery.exchange is not None:
                (act.aside if incomplete else whole).append(delivery.exchange)
        if incomplete:
            act.end(min(reasons, default="no-key"))
            return
        act.exchanges.append(tuple(whole))
        act.sent_at = self._clock()
        act.state = WAITING
        if "rate" in reasons:
            act.end("rate")


def _is_closed_after_success(deliveries: dict[int, Delivery], places: list[int]) -> bool:
    """Whether a connection was closed unannounced under what followed a success, as it may be (RFC 9112, 9.3)."""
    return any(
        before is not None and is_accepted(before) and lost is not None and lost.reused and is_reset(lost)
        for before, lost in pairwise(deliveries[place].exchange for place in places)
    )
