"""What a run saw, as plain values: exchanges, observations, stories; every text in them is already redacted.

Nothing here sends or judges.  A recorded run is a list of these values, so it can be judged again offline.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Note:
    """What an exchange serves: scenario, stage and place in it, and the role it plays in the run."""

    scenario: str = ""
    stage: int = 0
    place: int = 0
    role: str = "subject"  # subject | twin | control | cleanup | preflight | read | followup


@dataclass(frozen=True, slots=True)
class Sent:
    """The request as it went out, secrets replaced by ``$INTEGRATION_KEY`` and the like."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


#: Bodies above this size are held packed.
LARGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """The response as it came: body decoded from its content encoding, bounded in size, redacted.

    ``content`` is the body as it is held in memory: as it is, or, where it is large, packed by ``Reply.of``.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    packed: bool = False

    @classmethod
    def of(cls, status: int, reason: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Reply:
        """Make a reply that takes little room: what a target adds to each envelope is mostly the same again."""
        packed = len(body) > LARGE
        return cls(status, reason, headers, zlib.compress(body, 1) if packed else body, packed)

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        return zlib.decompress(self.content) if self.packed else self.content

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


OUT_OF_TIME = "out-of-time"
NOT_KEPT = "not-kept"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no usable reply.

    ``kind`` is one of: ``resolve``, ``connect`` (refused or unreachable), ``tls``, ``timeout`` (the total deadline),
    ``reset`` (closed before a whole reply), ``not-http``, ``too-large`` (header or body above the cap),
    ``encoding`` (a content encoding that cannot be decoded), ``too-slow-to-connect``, ``out-of-time`` (the run was over
    before the exchange: nothing that the target did), ``not-kept`` (the reply came, and was one large reply more than a
    run keeps in memory: nothing that the target can be blamed for).  ``status`` is that of a reply not kept.
    """

    kind: str
    text: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.  ``started`` is seconds since the run began, ``seconds`` its duration."""

    n: int
    kind: str  # push | read
    note: Note
    sent: Sent
    reply: Reply | None
    problem: Problem | None
    started: float
    seconds: float
    repeats: tuple[int, ...] = ()  # numbers of earlier exchanges that this one repeats (429 obeyed, lost reply)
    reused: bool = False  # on a connection that had carried a request before
    resent: bool = False  # a kept-alive connection was gone before the whole request was out; sent again on another


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the store: every visible alert under the keys asked for, as the target renders them.

    ``problem`` says in one sentence why the look failed (a broken read-back); then ``alerts`` proves nothing.
    """

    alerts: tuple[Mapping[str, Any], ...] = ()
    problem: str | None = None
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What the store showed after a stage of a scenario.

    ``state``: ``seen`` (the control was visible, alerts are what the store shows), ``blind`` (nothing was visible in
    time, not even the control), ``broken`` (the read-back failed), ``none`` (this run has no observer).
    """

    state: str
    alerts: tuple[Mapping[str, Any], ...] = ()
    problem: str | None = None
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario with everything that happened: one tuple of exchanges and one observation for each stage driven.

    ``aside`` are the exchanges made on its behalf that do not count themselves: tries that were lost or refused for
    rate, twins sent in between (``note.role == "twin"``), and what a stage cut short had sent; oldest first.
    """

    scenario: Scenario
    exchanges: tuple[tuple[Exchange, ...], ...] = ()
    observations: tuple[Observation | None, ...] = ()
    final: Observation | None = None
    ended: str = (
        ""  # why it stopped early: "" | budget | time | stopped | settled-wrong | no-key | no-reply | rate | gone
    )
    aside: tuple[Exchange, ...] = ()

    def all_exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange of the story in order."""
        return tuple(exchange for stage in self.exchanges for exchange in stage)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Facts of the run that judges and reports need; no secret among them."""

    id: str
    started: str
    target: str
    observer: str
    budget: str
    seed: int
    level: str
    embedded: bool = False
    given: tuple[str, ...] = ()  # optional means that were given: second-key, app-key, account:CODE, rate-limit…
    flaky: bool = False  # requests were lost that were answered when repeated
    interrupted: bool = False
    selected: tuple[str, ...] = ()  # requirements of a partial run; empty: all
    seconds: float = 0.0
    options: tuple[str, ...] = ()  # what repeats the run beside target, budget and seed, such as --fault NAME
    max_severity: str = ""  # nothing more severe was sent; empty: no bound
    blind_to: tuple[str, ...] = ()  # fields of an alert that the observer cannot show
    stored_as: tuple[str, ...] = ()  # the key of the first event, and the one under which it is in the store instead
    read_problem: str = ""  # why nothing could be read back; empty: it could


@dataclass(slots=True)
class Recording:
    """A whole run as it is written to and read from ``exchanges.jsonl``."""

    info: RunInfo
    stories: list[Story] = field(default_factory=list)
    others: list[Exchange] = field(default_factory=list)  # preflight, controls, reads, clean-up
