"""Makes the exchanges of a run and records them, redacted; never asserts, judges, or repeats a push by itself."""

from __future__ import annotations

import itertools
import json
import math
import threading
import time
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.model.scenario import BURST
from conformance.wire.body import decoded, elided
from conformance.wire.http1 import RawReply, Trouble
from conformance.wire.records import NOT_KEPT, OUT_OF_TIME, Exchange, Note, Problem, Reply, Sent
from conformance.wire.request import Outgoing, Requests
from conformance.wire.sockets import Deadline
from conformance.wire.transport import Job, Line, StaleConnectionError, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.model.scenario import Push
    from conformance.wire.pacing import Pacer
    from conformance.wire.redact import Redactor
    from conformance.wire.target import Target

PUSH_REPLY_LIMIT = 2 * 1024 * 1024  # a refusal may repeat a request of one
READ_REPLY_LIMIT = 16 * 1024 * 1024
MAX_VALUE = 8 * 1024
_KEPT_SENT = 512 * 1024  # a longer request body is elided in the record: the scenario holds it whole
_LARGE_BUDGET = 64 * 1024 * 1024  # for all the large replies of a run, as they are written into its record
_ENOUGH_CUTS = 3
_PACKED_BUDGET = 16 * 1024 * 1024  # for the same in memory, packed
_NAMED_LINES = 32
_REMEMBERED = 1000
_OF_TIME = frozenset({"timeout", "too-slow-to-connect"})


class Client:
    """Sends pushes and reads, from any number of threads."""

    def __init__(
        self,
        target: Target,
        redactor: Redactor,
        pacer: Pacer,
        *,
        on_exchange: Callable[[Exchange], None],
        on_send: Callable[[int, Push, Note], None] | None = None,
        origin: float | None = None,
    ) -> None:
        """``on_send`` is called before a push leaves (the journal), ``on_exchange`` with each finished exchange."""
        self.target = target
        self.pacer = pacer
        self._redactor = redactor
        self._requests = Requests(target)
        self._context = tls_context(target)
        self._on_exchange = on_exchange
        self._on_send = on_send
        self._origin = time.monotonic() if origin is None else origin
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._named: OrderedDict[tuple[str, str], tuple[threading.Lock, Line]] = OrderedDict()
        self._large = self._packed = 0
        self._cut_under_requests = 0
        self._shown: dict[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = {}
        #: Seconds that whoever uses the client has left for an exchange; one that is cut for it is ``out-of-time``.
        self.allowed: Callable[[], float] | None = None
        #: Requests that may still be made for looking, beyond those that were planned for a look.
        self.spare: Callable[[], int] | None = None

    def __repr__(self) -> str:
        return f"Client({self.target!r})"

    def push(self, push: Push, note: Note, repeats: tuple[int, ...] = ()) -> Exchange:
        """Send one push; whatever the target does ends up in the exchange, as a reply or as a problem."""
        outgoing = self._requests.push(push)
        if push.role != BURST:
            self.pacer.wait()
        number = next(self._numbers)
        if self._on_send is not None:
            self._on_send(number, push, note)
        connection = (note.scenario, push.connection) if push.connection else None
        return self._exchange(
            number, "push", note, outgoing, limit=PUSH_REPLY_LIMIT, connection=connection, repeats=tuple(repeats)
        )[0]

    def read(self, body: Mapping[str, Any], note: Note, url: str | None = None) -> tuple[Exchange, bytes]:
        """Post a query to the read-back; the record keeps the beginning of a long body, the bytes are all of it."""
        outgoing = self._requests.read(url or self.target.reading_url, json.dumps(body, ensure_ascii=True).encode())
        self.pacer.wait()
        return self._exchange(next(self._numbers), "read", note, outgoing, limit=READ_REPLY_LIMIT)

    def close(self) -> None:
        """Close every connection; the client may be used again and opens new ones."""
        with self._lock:
            lines = [*self._idle, *(line for _, line in self._named.values())]
            self._idle.clear()
            self._named.clear()
        for line in lines:
            line.close()

    def let_go(self, keep: int) -> None:
        """Close what is idle beyond so many connections: a target with few places is to have them for a burst."""
        with self._lock:
            named = [name for name, (lock, _) in self._named.items() if not lock.locked()]
            lines = [self._named.pop(name)[1] for name in named]
        while len(self._idle) > keep:
            lines.append(self._idle.pop(0))
        for line in lines:
            line.close()

    def hang_up(self, scenario: str) -> None:
        """Close the named connections of a scenario that needs them no more."""
        with self._lock:
            lines = [self._named.pop(name)[1] for name in list(self._named) if name[0] == scenario]
        for line in lines:
            line.close()

    def _exchange(
        self,
        number: int,
        kind: str,
        note: Note,
        outgoing: Outgoing,
        *,
        limit: int,
        connection: tuple[str, str] | None = None,
        repeats: tuple[int, ...] = (),
    ) -> tuple[Exchange, bytes]:
        """Make one exchange, record it, and hand it to the listener."""
        sent = Sent(
            outgoing.method,
            self._redactor.text(outgoing.shown_url),
            self._shown_headers(outgoing.shown_headers),
            elided(self._redactor.data(outgoing.body), _KEPT_SENT),
        )
        reply, problem, body, reused, resent, ended = None, None, b"", False, False, None
        started = time.monotonic()  # what is done to the texts does not count as the target's time
        try:
            raw, reused, resent = self._transfer(outgoing, limit, connection, started)
            ended = time.monotonic()
            body = self._redactor.data(decoded(raw.headers, raw.body, limit))
            reply = self._reply(raw, elided(body) if kind == "read" else body)
            if not self._afford(reply):
                most = f"{_LARGE_BUDGET >> 20} MiB of large replies"
                text = f"the reply of {len(body)} bytes was not kept: a run keeps {most}"
                problem, reply = Problem(NOT_KEPT, text, reply.status), None
        except Trouble as trouble:
            problem = Problem(trouble.kind, self._redactor.text(trouble.told(self._redactor.beginning)))
            reused = reused or trouble.reused
        seconds = (ended or time.monotonic()) - started
        exchange = Exchange(
            number, kind, note, sent, reply, problem, started - self._origin, seconds, repeats, reused, resent
        )
        self._on_exchange(exchange)
        return exchange, body

    def _transfer(
        self, outgoing: Outgoing, limit: int, connection: tuple[str, str] | None, started: float
    ) -> tuple[RawReply, bool, bool]:
        """Return the raw reply, whether its connection was used before, and whether the request was sent anew."""
        allowed = self.allowed() if self.allowed is not None else math.inf
        deadline = Deadline(started + min(self.target.exchange_timeout, allowed))
        for attempt in range(2):
            job = Job(
                outgoing.method,
                outgoing.target.encode("ascii"),
                outgoing.origin.encode(),
                outgoing.head,
                outgoing.body,
                deadline,
                limit,
            )
            try:
                return self._on_a_line(connection, outgoing.origin, job), job.reused, attempt > 0
            except StaleConnectionError:
                # The target closed an idle connection, and the request was never whole: sending again is harmless.
                continue
            except Trouble as trouble:
                trouble.reused = job.reused
                if allowed < self.target.exchange_timeout and trouble.kind in _OF_TIME:
                    trouble.kind = OUT_OF_TIME
                raise
        raise Trouble("reset", "the target closed the connection twice while the request was being sent")

    def _on_a_line(self, connection: tuple[str, str] | None, origin: str, job: Job) -> RawReply:
        """Use the named connection, or any that is idle: the one used last, so that few stay open.

        One that carried a refusal is not used again, unless it is named: what a target does to such a connection is
        looked at where a scenario asks for it, and must not spoil whatever happens to come next everywhere else.
        Where kept connections are closed under requests again and again, none is kept any more: each costs a repeat.
        """
        if connection is not None:
            lock, line = self._named_line(connection)
            with lock:
                return line.exchange(origin, job)
        try:
            line = self._idle.pop()
        except IndexError:
            line = Line(self.target, self._context)
        spent = True
        try:
            reply = line.exchange(origin, job)
            spent = reply.status >= HTTPStatus.BAD_REQUEST or self._cut_under_requests >= _ENOUGH_CUTS
        except Trouble as trouble:
            self._cut_under_requests += job.reused and trouble.kind == "reset"
            raise
        finally:
            if spent:
                line.close()
            else:
                self._idle.append(line)
        return reply

    def _named_line(self, name: tuple[str, str]) -> tuple[threading.Lock, Line]:
        with self._lock:
            entry = self._named.get(name)
            if entry is None:
                entry = self._named[name] = (threading.Lock(), Line(self.target, self._context))
            self._named.move_to_end(name)
            oldest = next(iter(self._named))
            if len(self._named) > _NAMED_LINES and not self._named[oldest][0].locked():
                self._named.pop(oldest)[1].close()
            return entry

    def _reply(self, raw: RawReply, body: bytes) -> Reply:
        clean = self._redactor.data
        # One look at all of them: as a rule there is nothing to replace.
        joined = b"\n".join(part for pair in raw.headers for part in pair)
        pairs = raw.headers
        if clean(joined) is not joined:
            pairs = [(clean(name), clean(value)) for name, value in raw.headers]
        headers = tuple((_bounded(name), _bounded(value)) for name, value in pairs)
        return Reply.of(raw.status, _bounded(clean(raw.reason)), headers, body)

    def _shown_headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Return request headers, redacted; the same few come again and again."""
        shown = self._shown.get(headers)
        if shown is None:
            if len(self._shown) > _REMEMBERED:
                self._shown.clear()
            text = self._redactor.text
            shown = self._shown[headers] = tuple((text(name), text(value)) for name, value in headers)
        return shown

    def _afford(self, reply: Reply) -> bool:
        """Count what large replies take, in memory (packed) and in the record; whether this one may still be kept."""
        if not reply.packed:
            return True
        packed, whole = len(reply.content), len(reply.body)
        with self._lock:
            fits = self._packed + packed <= _PACKED_BUDGET and self._large + whole <= _LARGE_BUDGET
            if fits:
                self._packed, self._large = self._packed + packed, self._large + whole
        return fits


def _bounded(data: bytes) -> str:
    text = data.decode("latin-1")
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
