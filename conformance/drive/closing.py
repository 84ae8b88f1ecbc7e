"""Sends recoveries, round after round with pauses in between, until they are taken or patience ends.

It knows journal entries and replies, and nothing of stores: whether a recovery shows is asked elsewhere.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from conformance.contract import load
from conformance.drive.journal import Open
from conformance.drive.replies import asks_to_wait, is_accepted, is_refused, replied_code, replied_status
from conformance.drive.sending import How, Sender
from conformance.model.scenario import FORMS_OF_MAIN, MAIN, UNKNOWN, Push, encode
from conformance.wire.pacing import retry_after
from conformance.wire.records import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.drive.budget import Budget
    from conformance.drive.journal import Journal
    from conformance.drive.ports import Client, DriveSettings
    from conformance.drive.sending import Delivery
    from conformance.wire.records import Exchange

#: Seconds of waiting in all, however well it goes on; and where nothing but the rate stands in the way: many targets
#: count by the minute.
PATIENCE, _A_MINUTE = 20.0, 70.0
_PAUSES = (0.5, 1.0, 1.5, 2.0)  # after rounds in which nothing got through
_IDLE = sum(_PAUSES)  # seconds without any success: one last round follows
_MOMENT = 0.01
_LONGEST = 5.0  # of one pause, whatever a Retry-After says
_OF_A_MINUTE = 10.0  # of a pause where the rate alone stands in the way and nothing says how long
_BUSY = 8  # so many in a row that are told to wait end a round: what follows would be told the same
_AMPLE, _FEW = 4, 2  # so many requests to spare for each worker let all of them go; else these few do
_SLOW = 0.25  # seconds
_SERVER = 500
_NO_REQUEST = "no request was left in the budget"
_WHY = {"budget": _NO_REQUEST, "gone": "the target answers no more", "time": "the run was out of time"}


@dataclass(frozen=True, slots=True)
class Left:
    """An alert that could not be recovered, and why in a few words."""

    open: Open
    reason: str


def recovery(alert_key: str, run: str, credential: str = MAIN) -> Push:
    """Return the push that closes an alert of a run."""
    event = {
        "title_rule": f"conformance run {run} is over",
        "event_status": load().recovery,
        "alert_key": alert_key,
    }
    return Push(encode(event), credential=credential, role="cleanup")


class Closing:
    """Recoveries under way.  The budget must hold nothing back: all that is left of it is for them."""

    def __init__(self, client: Client, journal: Journal, budget: Budget, settings: DriveSettings) -> None:
        self._client, self._journal, self._budget, self._settings = client, journal, budget, settings
        self._lock = threading.Lock()
        self._left: dict[int, Left] = {}
        self._taken: set[str | None] = set()  # keys of which an Ok was taken by the integration that is tested
        self._tries: Counter[int] = Counter()
        self._closed = self._busy = 0  # of this round
        self._told = 0.0  # seconds that this round was told to wait
        self._only_rate = False  # whether all that was refused in this round was refused for the rate
        self._enough = _BUSY

    def close(self, todo: Sequence[Open], *, patience: float = PATIENCE, once: bool = False) -> tuple[Left, ...]:
        """Recover these, and return what could not be; ``once``: nobody ever answered, so one round must do.

        A round begins with one recovery alone while nothing gets through, so that waiting for a target costs little.
        The last one sends everything once more: it may be this one key that the target does not bear.
        """
        clock, queue, whole = self._settings.clock, list(todo), patience >= PATIENCE
        idle, waited, failures, progress = 0.0, 0.0, 0, False
        limit, longest = patience, _IDLE
        with ThreadPoolExecutor(max(1, self._settings.workers), thread_name_prefix="cleanup") as pool:
            while queue := self._affordable(queue):
                last = once or idle > longest - _MOMENT or waited >= limit
                began = clock()
                queue = self._round(pool, queue, bold=last or progress)
                progress = self._closed > 0
                if not queue or once or waited >= limit or (last and not progress):
                    break
                if whole and self._only_rate:
                    limit, longest = _A_MINUTE, _A_MINUTE
                idle = 0.0 if progress else idle + clock() - began
                pause = max(0.0, min(self._pause(failures), limit - waited, longest - idle))
                failures = 0 if progress else failures + 1
                waited += pause
                idle += 0.0 if progress else pause
                self._settings.rest(pause)
        return self._left_of(todo)

    def _left_of(self, todo: Sequence[Open]) -> tuple[Left, ...]:
        """What could not be recovered; an alert opened by several forms of the good key is one, and closed once."""
        for one in todo:
            if one.number in self._left and one.credential in FORMS_OF_MAIN and one.alert_key in self._taken:
                self._journal.closed(one.number)
                del self._left[one.number]
        return tuple(self._left[one.number] for one in todo if one.number in self._left)

    def _pause(self, failures: int) -> float:
        """Seconds to the next round; where a minute's worth is used up, asking often only costs requests."""
        soon = failures < len(_PAUSES)
        if self._only_rate:
            return max(_PAUSES[failures] if soon else _OF_A_MINUTE, self._told)
        return min(_LONGEST, max(_PAUSES[failures if soon else -1], self._told))

    def _affordable(self, queue: list[Open]) -> list[Open]:
        """Choose what to send, untried ones first: a second try must not take the request of somebody's first."""
        queue = sorted(queue, key=lambda one: self._tries[one.number])
        room = self._budget.left
        for one in queue[room:]:
            old = self._left.get(one.number)
            reason = f"{old.reason}, and {_NO_REQUEST}" if old is not None and self._tries[one.number] else _NO_REQUEST
            self._left[one.number] = Left(one, reason)
        return queue[:room]

    def _round(self, pool: ThreadPoolExecutor, queue: list[Open], *, bold: bool) -> list[Open]:
        """Send each once; returns those that are worth another try."""
        sender = Sender(self._client, budget=self._budget, journal=self._journal, settings=self._settings)
        self._closed, self._busy, self._told, self._only_rate = 0, 0, 0.0, True
        first, others, began = queue[0], queue[1:], self._settings.clock()
        retry = self._send(sender, first)
        took = self._settings.clock() - began
        if not retry:
            again = []
        elif bold:
            again = [first]
        else:
            for one in others:
                self._left.setdefault(one.number, Left(one, self._left[first.number].reason))
            return [*others, first]
        # With few requests to spare, one that is told to wait ends the round, and hardly any is under way beside it;
        # a target that is slow would take too long for that, and is no such risk.
        tight = self._budget.left - len(others) < _AMPLE * self._settings.workers
        self._enough = 1 if tight else _BUSY
        with ThreadPoolExecutor(_FEW, thread_name_prefix="cleanup") as few:
            sent = list((few if tight and took < _SLOW else pool).map(partial(self._send, sender), others))
        return [*again, *(one for one, retry in zip(others, sent, strict=True) if retry)]

    def _send(self, sender: Sender, one: Open) -> bool:
        """Send one recovery; whether it should be tried again."""
        halted = sender.halted()
        if halted or self._busy >= self._enough:
            self._left.setdefault(one.number, Left(one, _WHY.get(halted, "the target asked to wait")))
            return halted in {"", "gone"}
        settings = self._settings
        settings.rest(settings.throttle.slot(settings.clock()))  # the pace that the run has learned
        push = recovery(one.alert_key or "", one.run, one.credential)
        # How often and how soon it is sent again is decided here, for all of them together.
        delivery = sender.deliver(push, Note(role="cleanup"), repeat=False, how=How(obey=False))
        exchange = delivery.exchange
        if exchange is not None and (is_accepted(exchange) or _is_nobodys(one, exchange)):
            if not is_accepted(exchange):
                self._journal.closed(one.number)
            with self._lock:
                if one.credential in FORMS_OF_MAIN:
                    self._taken.add(one.alert_key)
                self._left.pop(one.number, None)
                self._closed, self._busy = self._closed + 1, 0
            return False
        with self._lock:
            self._left[one.number] = Left(one, _reason(delivery))
            if exchange is None:
                return delivery.why == "gone"
            self._tries[one.number] += 1
            self._note(exchange)
        status = replied_status(exchange)
        return status is None or asks_to_wait(exchange) or status >= _SERVER

    def _note(self, exchange: Exchange) -> None:
        """Learn from a recovery that was not taken how long to wait, and whether to go on."""
        self._busy = self._busy + 1 if asks_to_wait(exchange) else 0
        self._only_rate = self._only_rate and replied_status(exchange) == load().codes["RequestTooFrequently"]
        if self._busy == self._enough:  # not chance: the pace is too high
            self._settings.throttle.refused(self._settings.clock())
        if exchange.reply is not None:
            self._told = max(self._told, retry_after(exchange.reply, self._settings.now()) or 0.0)


def _is_nobodys(one: Open, exchange: Exchange) -> bool:
    """Whether the alert would be that of a made-up key, or was never said to be open, and the target knows no such."""
    return (one.credential == UNKNOWN or not one.sure) and is_refused(exchange) and not asks_to_wait(exchange)


def _reason(delivery: Delivery) -> str:
    """Say why a recovery did not succeed."""
    exchange = delivery.exchange
    if exchange is None:
        return _WHY.get(delivery.why, delivery.why)
    status = replied_status(exchange)
    if status is None:
        return f"no answer: {exchange.problem.kind if exchange.problem is not None else ''}"
    return f"refused: {status} {replied_code(exchange) or ''}".strip()
