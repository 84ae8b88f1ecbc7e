"""Servers that send their clients elsewhere: to another port that records who comes, in circles, or with the key."""

from .core import success
from .echoes import one_line
from .hooks import around, each
from .listener import Serve
from .messages import PUSH_PATH, Reply, Request, encode, plain
from .modes import mode
from .stage import Stage

WORDS = ("redirect", "301", "302", "303", "307", "308")
EVERY = "No redirect is followed, and none of the answers resembles an envelope: untestable, with the redirect named."
SOME = "A redirect is a finding: a push that gets one has no envelope in its reply."


def _redirect(status: int, location: str) -> bytes:
    return plain(status, b"<html>moved</html>", "text/html", ("Location", location))


def _define(status: int) -> None:
    @mode(
        f"redirects-{status}",
        f"Redirects each request with {status} to another port that records it.",
        {4},
        EVERY,
        WORDS,
    )
    def build(stage: Stage) -> Serve:
        origin = stage.side_origin()
        return each(lambda connection, request: connection.send(_redirect(status, origin + request.target)))


for _status in (301, 302, 303, 307, 308):
    _define(_status)


@mode("redirects-in-a-circle", "Redirects each request to itself with 307.", {4}, EVERY, WORDS)
def redirects_in_a_circle(stage: Stage) -> Serve:
    """Build a server that sends its clients round and round."""
    return each(lambda connection, request: connection.send(_redirect(307, request.target)))


@mode(
    "redirects-with-key",
    "Redirects each request, both keys in Location, to another port that records it.",
    {4},
    EVERY,
    WORDS,
)
def redirects_with_key(stage: Stage) -> Serve:
    """Build a server whose redirects carry the secrets in the clear."""
    origin = stage.side_origin()
    location = one_line(f"{origin}{PUSH_PATH}?integration_key={stage.key}&app_key={stage.app_key}")
    return each(lambda connection, _: connection.send(_redirect(302, location)))


@mode(
    "redirects-in-envelope",
    "Serves honestly, but each success is a 307 to another port, in the envelope.",
    {1},
    "The envelope is there, so this is the protocol; a success that is no 2xx breaks Response/data.",
)
def redirects_in_envelope(stage: Stage) -> Serve:
    """Build a server that is recognisable, and redirects."""
    origin = stage.side_origin()

    def edit(request: Request, reply: Reply) -> Reply:
        if request.is_push and reply.status == 200:
            reply.status = 307
            reply.headers.append(("Location", origin + request.target))
        return reply

    return around(stage, edit=edit)


@mode("redirects-sometimes", "Serves honestly, but redirects each fifth push to another port.", {1}, SOME)
def redirects_sometimes(stage: Stage) -> Serve:
    """Build a server that now and then sends a push elsewhere."""
    origin = stage.side_origin()

    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        if request.is_push and stage.count() % 5 == 0:
            return _redirect(307, origin + request.target)
        return encode(request, reply, body)

    return around(stage, frame=frame)


@mode(
    "readback-redirects",
    "Serves honestly, but redirects the read-back to another port that records it.",
    {5},
    "The read-back is broken, which fails no requirement; what needs it is blocked.",
)
def readback_redirects(stage: Stage) -> Serve:
    """Build a server that would send the app key elsewhere."""
    origin = stage.side_origin()

    def instead(request: Request) -> Reply | None:
        if not request.is_read:
            return None
        moved = success({})
        moved.status = 307
        moved.headers.append(("Location", origin + request.target))
        return moved

    return around(stage, instead=instead)
