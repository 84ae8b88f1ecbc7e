"""Servers whose push is honest and whose read-back is broken, each in another way."""

from collections.abc import Callable

from .connection import Connection
from .core import failure, success
from .hooks import around, each
from .listener import Serve
from .messages import Reply, Request, encode, head, plain, without_body
from .modes import mode
from .stage import Stage

BROKEN = "The push conforms; a broken read-back fails no requirement of it, and what needs it is blocked."


Act = Callable[[Connection, Request], None]


def _reads(name: str, summary: str, codes: set[int], why: str, act: Act, *, words: tuple[str, ...] = ()) -> None:
    """Define a mode whose read-back is this act, beside an honest push."""

    @mode(f"readback-{name}", summary, codes, why, words)
    def build(stage: Stage) -> Serve:
        def both(connection: Connection, request: Request) -> None:
            if request.is_read:
                act(connection, request)
                return
            reply = stage.core.answer(request)
            data = encode(request, reply, reply.body())
            connection.send(without_body(data) if request.method == "HEAD" else data)

        return each(both)


def _fixed(data: bytes) -> Act:
    return lambda connection, _: connection.send(data)


def _enveloped(code: str, message: str) -> Act:
    def act(connection: Connection, request: Request) -> None:
        reply = failure(code, message)
        connection.send(encode(request, reply, reply.body()))

    return act


def _endless(connection: Connection, request: Request) -> None:
    connection.send(head(200, "OK", [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]))
    start = b'{"request_id": "giant", "data": {"items": ["'
    connection.send(b"%x\r\n%b\r\n" % (len(start), start))
    while True:
        connection.send(b"10000\r\n" + b"g" * 65536 + b"\r\n")


_reads(
    "not-json",
    "Serves pushes honestly, and answers reads with half an envelope.",
    {5},
    BROKEN,
    _fixed(plain(200, b'{"request_id": "x", "data": {"items": [', "application/json")),
)
_reads(
    "html",
    "Serves pushes honestly, and answers reads with a login page.",
    {5},
    BROKEN,
    _fixed(plain(200, b"<html><form>Please log in</form></html>", "text/html")),
)
_reads(
    "empty",
    "Serves pushes honestly, and answers reads with an empty body.",
    {5},
    BROKEN,
    _fixed(plain(200, b"", "application/json")),
)
_reads(
    "null",
    "Serves pushes honestly, and answers reads with data: null.",
    {5},
    BROKEN,
    _fixed(plain(200, b'{"request_id": "x", "data": null}', "application/json")),
)
_reads(
    "500",
    "Serves pushes honestly, and answers reads with 500 in the envelope.",
    {5},
    BROKEN,
    _enveloped("InternalError", "unknown error"),
)
_reads(
    "404",
    "Serves pushes honestly, and knows no path for reads.",
    {5},
    BROKEN,
    _enveloped("RouteNotFound", "no such path"),
)
_reads(
    "429",
    "Serves pushes honestly, and refuses every read as too frequent.",
    {5},
    BROKEN,
    _enveloped("RequestTooFrequently", "slow down"),
)
_reads(
    "wrong-key",
    "Serves pushes honestly, and refuses the app key with 401.",
    {4, 5},
    BROKEN + " A refused app key may also count as wrong usage (4).",
    _enveloped("Unauthorized", "bad app_key"),
    words=("app key", "app-key", "app_key", "read"),
)
_reads(
    "hangs", "Serves pushes honestly, and never answers a read.", {5}, BROKEN, lambda connection, _: connection.stall()
)
_reads(
    "resets", "Serves pushes honestly, and resets every read.", {5}, BROKEN, lambda connection, _: connection.reset()
)
_reads("endless", "Serves pushes honestly, and answers reads with a body without end.", {5}, BROKEN, _endless)


@mode("readback-giant", "Serves honestly, but adds 64 MiB of text to each page of the read-back.", {5}, BROKEN)
def giant(stage: Stage) -> Serve:
    """Build a server whose pages are beyond any cap, though they end."""

    def act(connection: Connection, request: Request) -> None:
        reply = stage.core.answer(request)
        if not request.is_read:
            data = encode(request, reply, reply.body())
            connection.send(without_body(data) if request.method == "HEAD" else data)
            return
        body = reply.body()
        size = len(body) + 64 * 2**20
        connection.send(head(200, "OK", [("Content-Type", "application/json"), ("Content-Length", str(size))]))
        connection.send(body[:-1])
        for _ in range(64):
            connection.send(b" " * 2**20)
        connection.send(b"}")

    return each(act)


@mode(
    "readback-nan",
    "Serves honestly, but the read-back holds NaN.",
    {0, 5},
    "The read-back is not JSON, so it is broken (5); read leniently it shows every alert (0).",
)
def nan(stage: Stage) -> Serve:
    """Build a server whose read-back is not quite JSON."""

    def body(request: Request, reply: Reply) -> bytes:
        honest = reply.body()
        return honest[:-1] + b', "took": NaN}' if request.is_read else honest

    return around(stage, body=body)


@mode(
    "readback-slow",
    "Serves honestly, with reads that take 1 s each.",
    {0, 5},
    "The read-back works (0); with many reads or little time some of it may not be reached (5).",
)
def slow(stage: Stage) -> Serve:
    """Build a conforming server with a slow store."""

    def before(connection: Connection, request: Request) -> None:
        if request.is_read:
            connection.pause(1)

    return around(stage, before=before)


@mode("readback-echoes-success", "Serves pushes honestly, and answers reads like a push.", {5}, BROKEN)
def echoes_success(stage: Stage) -> Serve:
    """Build a server that takes every path for a push."""
    return around(stage, instead=lambda request: success({"alert_key": "what?"}) if request.is_read else None)
