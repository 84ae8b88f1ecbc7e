"""The two shapes that most handlers have: the honest core with one oddity, and one and the same act at each request."""

from collections.abc import Callable

from .connection import Connection, HangUp
from .listener import Serve
from .messages import Reply, Request, encode, without_body
from .stage import Stage


def _nothing(connection: Connection, request: Request) -> None:
    """Do nothing."""


def _unchanged(request: Request, reply: Reply) -> Reply:
    return reply


def _json(request: Request, reply: Reply) -> bytes:
    return reply.body()


def _send(connection: Connection, request: Request, data: bytes) -> None:
    connection.send(data)


def around(
    stage: Stage,
    *,
    before: Callable[[Connection, Request], None] = _nothing,
    instead: Callable[[Request], Reply | None] = lambda _: None,
    edit: Callable[[Request, Reply], Reply] = _unchanged,
    body: Callable[[Request, Reply], bytes] = _json,
    frame: Callable[[Request, Reply, bytes], bytes] = encode,
    send: Callable[[Connection, Request, bytes], None] = _send,
    after: Callable[[Connection, Request], None] = _nothing,
) -> Serve:
    """Serve with the honest core, but for the steps that are given.

    A request passes them in this order; each of them may raise HangUp to end the connection there and then:
    read, `before`, `instead` of the core where it returns a reply, the core, `edit` the reply, its `body`, `frame`
    it into bytes, `send` them, `after`.
    """

    def serve(connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            before(connection, request)
            reply = edit(request, instead(request) or stage.core.answer(request))
            data = frame(request, reply, body(request, reply))
            send(connection, request, without_body(data) if request.method == "HEAD" else data)
            after(connection, request)
            if request.wants_close:
                return

    return serve


def each(act: Callable[[Connection, Request], None]) -> Serve:
    """Serve every request with the same act, without the core."""

    def serve(connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            act(connection, request)

    return serve


def hang_up(connection: Connection, request: Request) -> None:
    """Close the connection here, in good order."""
    connection.close()
    raise HangUp("closed")


def framed(frame: Callable[[Request, Reply, bytes], bytes], *, ends: bool = False) -> Callable[[Stage], Serve]:
    """Build the honest core with another framing of its replies, closing after each of them where it `ends`."""
    return lambda stage: around(stage, frame=frame, after=hang_up) if ends else around(stage, frame=frame)
