"""Conforming servers on bad networks, and servers that mix up their connections."""

import threading
from dataclasses import dataclass, field

from .connection import Connection
from .core import success
from .hooks import around, hang_up
from .listener import Serve
from .messages import Request, encode
from .modes import mode
from .stage import Stage

LATE = "Slow, but each reply comes well within any time limit: the server conforms."
UNDECIDED = "A lost reply is decided later or repeated (0); what stays undecided is blocked (5), never a failure."
MIXED = (
    "Replies belong to other requests: sent keys come back changed (1); replies that make no sense may count as "
    "blocked (5)."
)
PARTNER_SECONDS = 0.15


def _unlucky(name: str, summary: str, codes: set[int], why: str, *, share: float, latency: float, gently: bool) -> None:
    """Define a mode that loses a share of the requests: half of them unseen, half processed but with the reply lost."""

    @mode(name, summary, codes, why)
    def build(stage: Stage) -> Serve:

        def lose(connection: Connection, request: Request) -> None:
            if stage.chance(share / 2):
                if gently:
                    hang_up(connection, request)
                connection.reset()

        def before(connection: Connection, request: Request) -> None:
            connection.pause(stage.uniform(0, latency))
            lose(connection, request)

        def send(connection: Connection, request: Request, data: bytes) -> None:
            lose(connection, request)
            connection.send(data)

        return around(stage, before=before, send=send)


_unlucky(
    "closes-at-random",
    "Serves honestly, but closes the connection in 10% of the exchanges, before or after the event is taken.",
    {0, 5},
    UNDECIDED,
    share=0.1,
    latency=0,
    gently=True,
)
_unlucky(
    "resets-at-random",
    "Serves honestly, but resets the connection in 10% of the exchanges, before or after the event is taken.",
    {0, 5},
    UNDECIDED,
    share=0.1,
    latency=0,
    gently=False,
)
_unlucky(
    "flaky-network",
    "Serves honestly, with 5% of the exchanges reset and a latency of 0 to 300 ms.",
    {0},
    "With a read-back every lost reply can be decided, and a conforming server conforms in all of its runs.",
    share=0.05,
    latency=0.3,
    gently=False,
)
_unlucky("jitter", "Serves honestly, with a latency of 0 to 300 ms.", {0}, LATE, share=0, latency=0.3, gently=False)


@mode("truncates-at-random", "Serves honestly, but closes half-way through 10% of the replies.", {0, 5}, UNDECIDED)
def truncates_at_random(stage: Stage) -> Serve:
    """Build a conforming server that takes each event and loses some replies in part."""

    def send(connection: Connection, request: Request, data: bytes) -> None:
        if stage.chance(0.1):
            connection.send(data[: int(len(data) * stage.uniform(0, 1))])
            connection.close()
        else:
            connection.send(data)

    return around(stage, send=send)


@mode("dribbles", "Serves honestly, each reply in twenty pieces over 200 ms.", {0}, LATE)
def dribbles(stage: Stage) -> Serve:
    """Build a conforming server behind a slow line."""

    def send(connection: Connection, request: Request, data: bytes) -> None:
        step = max(1, len(data) // 20)
        for start in range(0, len(data), step):
            connection.send(data[start : start + step])
            connection.pause(0.01)

    return around(stage, send=send)


@dataclass(eq=False)
class _Waiting:
    own: bytes
    other: bytes = b""
    met: threading.Event = field(default_factory=threading.Event)


@mode("swaps-replies", "Serves honestly, but two pushes in flight at once get each other's replies.", {1, 5}, MIXED)
def swaps_replies(stage: Stage) -> Serve:
    """Build a server that mixes up its connections under load."""
    place: list[_Waiting] = []

    def send(connection: Connection, request: Request, data: bytes) -> None:
        if not request.is_push:
            connection.send(data)
            return
        with stage.lock:
            partner = place.pop() if place else None
            if partner is not None:
                partner.other = data
                partner.met.set()
            else:
                mine = _Waiting(data)
                place.append(mine)
        if partner is not None:
            connection.send(partner.own)
            return
        mine.met.wait(PARTNER_SECONDS)
        with stage.lock:
            if mine in place:
                place.remove(mine)
        connection.send(mine.other or data)

    return around(stage, send=send)


@mode(
    "one-reply-behind",
    "Sends a success before the first request of a connection; each request gets the reply to the last.",
    {1, 5},
    MIXED,
)
def one_reply_behind(stage: Stage) -> Serve:
    """Build a server that is one reply ahead of its clients."""
    honest = around(stage)

    def serve(connection: Connection) -> None:
        reply = success({"alert_key": "too-early"})
        connection.send(encode(Request("POST", "", {}, b"", b""), reply, reply.body()))
        honest(connection)

    return serve


@mode(
    "sends-replies-twice",
    "Serves honestly, but sends each reply twice.",
    {0, 1, 5},
    "With a connection for each request it conforms (0); on a kept-alive one replies mix up: a finding (1) or "
    "blocked (5).",
)
def sends_replies_twice(stage: Stage) -> Serve:
    """Build a server that repeats itself."""
    return around(stage, send=lambda connection, _, data: connection.send(data * 2))


@mode(
    "closes-without-saying",
    "Serves honestly, and closes the connection after each reply without saying so.",
    {0, 1, 5},
    "HTTP lets a server close at any time (0); the document of the suite wants a kept-alive connection usable after a "
    "refusal (1); a push lost in the race is undecided (5).",
)
def closes_without_saying(stage: Stage) -> Serve:
    """Build a conforming server that keeps nothing alive, and says nothing of it."""
    return around(stage, after=lambda connection, _: connection.close())


@mode(
    "closes-after-refusals",
    "Serves honestly, but closes the connection after each refusal, half a second later.",
    {0, 1, 5},
    "A kept-alive connection is not usable after a refusal (1), though HTTP lets a server close (0); races are "
    "undecided (5).",
)
def closes_after_refusals(stage: Stage) -> Serve:
    """Build a server that is offended by bad requests."""

    def send(connection: Connection, request: Request, data: bytes) -> None:
        connection.send(data)
        if b'"error"' in data:
            connection.pause(0.5)
            connection.close()

    return around(stage, send=send)


@mode(
    "hates-pipelining",
    "Serves honestly, but closes where a second request comes before the first is answered.",
    {0},
    "Nothing asks a server for pipelining, and no client needs it: the server conforms.",
)
def hates_pipelining(stage: Stage) -> Serve:
    """Build a conforming server that takes one request at a time on each connection."""

    def before(connection: Connection, request: Request) -> None:
        if connection.buffer:
            connection.reset()

    return around(stage, before=before)


@mode("one-at-a-time", "Serves honestly, one request at a time over all connections, each in 20 ms.", {0}, LATE)
def one_at_a_time(stage: Stage) -> Serve:
    """Build a conforming server with a single worker."""
    worker = threading.Lock()

    def before(connection: Connection, request: Request) -> None:
        with worker:
            connection.pause(0.02)

    return around(stage, before=before)
