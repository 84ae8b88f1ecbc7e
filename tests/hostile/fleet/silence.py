"""Servers that say nothing, stop half-way, hang up half-way, never come to an end, or speak very slowly."""

from .connection import Connection
from .hooks import around, each
from .listener import Serve
from .messages import Request, encode, head
from .modes import CUT_OFF, NO_ANSWER, TOO_BIG, mode
from .stage import Stage

NEVER = "No exchange ever completes, so nothing could be tested at all: unreachable in the sense of exit code 4."
REFUSED = ("refused", "connect", "reach", "listening")
JSON_HEADERS = [("Content-Type", "application/json"), ("Content-Length", "400")]
SLOW_SECONDS = 0.5


@mode("refuses-connections", "Nothing listens on the port.", {4}, NEVER, REFUSED, listens=False)
@mode("silent", "Accepts connections, reads, and never answers.", {4}, NEVER, NO_ANSWER)
def silent(stage: Stage) -> Serve:
    """Build a server that never says anything."""
    return Connection.stall


@mode("hangs-up-on-accept", "Accepts a connection and closes it at once.", {4}, NEVER, CUT_OFF)
def hangs_up_on_accept(stage: Stage) -> Serve:
    """Build a server that closes before it has read anything."""
    return Connection.close


@mode("resets-on-accept", "Accepts a connection and resets it at once.", {4}, NEVER, CUT_OFF)
def resets_on_accept(stage: Stage) -> Serve:
    """Build a server that resets before it has read anything."""
    return Connection.reset


def _parts(stage: Stage, request: Request) -> dict[str, bytes]:
    reply = stage.core.answer(request)
    whole = encode(request, reply, reply.body())
    top, _, body = whole.partition(b"\r\n\r\n")
    return {
        "mid-status": whole[:6],
        "after-status": whole[: whole.index(b"\r\n") + 2],
        "mid-headers": whole[: len(top) // 2],
        "after-headers": top + b"\r\n\r\n",
        "mid-body": top + b"\r\n\r\n" + body[: len(body) // 2],
    }


def _define_partial(point: str) -> None:
    spoken = point.replace("-", " ")

    @mode(
        f"stalls-{point}",
        f"Sends an honest reply up to the point '{spoken}', then nothing more.",
        {4},
        NEVER,
        NO_ANSWER,
    )
    def stalls(stage: Stage) -> Serve:
        def act(connection: Connection, request: Request) -> None:
            connection.send(_parts(stage, request)[point])
            connection.stall()

        return each(act)

    @mode(f"closes-{point}", f"Sends an honest reply up to the point '{spoken}', then closes.", {4}, NEVER, CUT_OFF)
    def closes(stage: Stage) -> Serve:
        def act(connection: Connection, request: Request) -> None:
            connection.send(_parts(stage, request)[point])
            connection.close()

        return each(act)


for _point in ("mid-status", "after-status", "mid-headers", "after-headers", "mid-body"):
    _define_partial(_point)


@mode("closes-before-status", "Reads the request and closes without a reply.", {4}, NEVER, CUT_OFF)
def closes_before_status(stage: Stage) -> Serve:
    """Build a server that reads and closes."""
    return each(lambda connection, _: connection.close())


@mode("resets-mid-body", "Sends half of the body, then resets the connection.", {4}, NEVER, CUT_OFF)
def resets_mid_body(stage: Stage) -> Serve:
    """Build a server whose replies end in a reset."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(_parts(stage, request)["mid-body"])
        connection.reset()

    return each(act)


@mode("drips-headers", "Sends an honest reply, headers first, one byte each half second.", {4}, NEVER, NO_ANSWER)
def drips_headers(stage: Stage) -> Serve:
    """Build a server that defeats a time limit for single reads."""
    return around(stage, send=lambda connection, _, data: connection.drip(data, SLOW_SECONDS))


@mode("drips-body", "Sends the headers at once and a body of 400 bytes at two a second.", {4}, NEVER, NO_ANSWER)
def drips_body(stage: Stage) -> Serve:
    """Build a server that is fast up to the body."""

    def act(connection: Connection, request: Request) -> None:
        body = stage.core.answer(request).body()
        connection.send(head(200, "OK", JSON_HEADERS))
        connection.drip(body.ljust(400), SLOW_SECONDS)

    return each(act)


@mode("endless-body", "Sends a chunked body without end.", {4}, NEVER, (*TOO_BIG, *NO_ANSWER))
def endless_body(stage: Stage) -> Serve:
    """Build a server that fills the memory of a client without a cap."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(head(200, "OK", [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]))
        while True:
            connection.send(b"10000\r\n" + b" " * 65536 + b"\r\n")

    return each(act)


@mode("endless-headers", "Sends header after header without end.", {4}, NEVER, (*TOO_BIG, *NO_ANSWER, "header"))
def endless_headers(stage: Stage) -> Serve:
    """Build a server whose head never ends."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.send(b"X-More: and more\r\n" * 1000)

    return each(act)


@mode("endless-status-line", "Sends a status line without end.", {4}, NEVER, (*TOO_BIG, *NO_ANSWER, "status"))
def endless_status_line(stage: Stage) -> Serve:
    """Build a server whose first line never ends."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 ")
        while True:
            connection.send(b"OK " * 20000)

    return each(act)


@mode("continues-forever", "Sends 100 Continue over and over and never a final reply.", {4}, NEVER, (*NO_ANSWER, "1xx"))
def continues_forever(stage: Stage) -> Serve:
    """Build a server that keeps a client in the loop that skips interim replies."""

    def act(connection: Connection, request: Request) -> None:
        while True:
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 10)
            connection.pause(0.01)

    return each(act)
