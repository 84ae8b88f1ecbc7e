"""Honest replies under unusual, huge or wrong heads, interim replies, and other versions of HTTP."""

from collections.abc import Callable

from .connection import Connection
from .hooks import around, each, framed, hang_up
from .listener import Serve
from .messages import Reply, Request, encode, head
from .modes import CUT_OFF, NO_ANSWER, NO_ENVELOPE, NOT_HTTP, TOO_BIG, mode
from .stage import Stage

LEGAL = "Unusual, but correct HTTP around correct replies: the server conforms."
CAPPED = "Correct replies under a head beyond any sane cap: too large to be read (4), or read and conforming (0)."
MEDIA = ("Content-Type", "application/json")
Frame = Callable[[Request, Reply, bytes], bytes]


def _status(line: Callable[[Reply], str]) -> Frame:
    """Frame with this text for everything on the status line that follows the version."""
    return lambda _, reply, body: head(line(reply), "", [MEDIA, ("Content-Length", str(len(body)))]) + body


def _extra(*headers: tuple[str, str]) -> Frame:
    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        reply.headers += headers
        return encode(request, reply, body)

    return frame


mode("giant-header", "Sends a header of 1 MiB in each reply.", {0, 4}, CAPPED, ("header", *TOO_BIG))(
    framed(_extra(("X-Giant", "g" * 2**20)))
)
mode("countless-headers", "Sends 10,000 headers in each reply.", {0, 4}, CAPPED, ("header", *TOO_BIG))(
    framed(_extra(*((f"X-Number-{number}", "one of many") for number in range(10_000))))
)
mode("many-cookies", "Sets 60 cookies with each reply.", {0}, LEGAL)(
    framed(_extra(*(("Set-Cookie", f"c{number}={'v' * 50}; Path=/") for number in range(60))))
)
mode(
    "folded-headers",
    "Folds a header over three lines, as was allowed long ago.",
    {0},
    "A user agent has to read an obsolete fold as a space (RFC 9112, 5.2): the server conforms.",
)(framed(_extra(("X-Folded", "one\r\n two\r\n\tthree"))))
mode("odd-header-spelling", "Spells its header names in mixed case, values with much white space.", {0}, LEGAL)(
    framed(
        lambda _, reply, body: (
            head(
                reply.status,
                reply.phrase,
                [("cONTENT-tYPE", "   APPLICATION/JSON \t"), ("content-LENGTH", f" {len(body)}  ")],
            )
            + body
        )
    )
)
mode("lower-case-reason", "Says 'ok' or 'nope, sorry' for a reason phrase.", {0}, LEGAL)(
    framed(_status(lambda reply: f"{reply.status} {'ok' if reply.status == 200 else 'nope, sorry'}"))
)
mode("empty-reason", "Leaves the reason phrase empty.", {0}, LEGAL)(framed(_status(lambda reply: f"{reply.status}")))
mode("misleading-reason", "Gives every reply the reason phrase '500 Internal Server Error'.", {0}, LEGAL)(
    framed(_status(lambda reply: f"{reply.status} 500 Internal Server Error"))
)

_BAD_STATUS = "The envelope is there, but under a status that is none: a finding (1), or no HTTP to speak of (4)."
for _name, _line in (("999", "999 Beyond"), ("99", "99 Below"), ("negative", "-1 Minus One"), ("word", "fine Fine")):
    mode(
        f"status-{_name}",
        f"Sends honest envelopes under the status line '{_line}'.",
        {1, 4},
        _BAD_STATUS,
        (*NOT_HTTP, *NO_ENVELOPE, *NO_ANSWER, "status"),
    )(framed(_status(lambda _, line=_line: line)))  # type: ignore[misc]


@mode("early-hints", "Sends 103 Early Hints before each honest reply.", {0}, LEGAL)
def early_hints(stage: Stage) -> Serve:
    """Build a conforming server with one interim reply each."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    return around(stage, send=lambda connection, _, data: connection.send(hint + data))


@mode(
    "http-1.0",
    "Serves honestly in HTTP/1.0 and closes after each reply.",
    {0},
    "It says that it closes, so no kept-alive connection is at stake: the server conforms.",
)
def http_1_0(stage: Stage) -> Serve:
    """Build a conforming server of the old version, bodies ending with the connection."""

    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        headers = [MEDIA, ("Connection", "close")]
        return head(reply.status, reply.phrase, headers, "HTTP/1.0") + body

    return around(stage, frame=frame, after=hang_up)


@mode(
    "http-0.9",
    "Sends the bare JSON body, without a status line or headers, and closes.",
    {4},
    "Without a status line it is not HTTP/1.1, so nothing can be judged.",
    (*NOT_HTTP, *NO_ENVELOPE, *CUT_OFF),
)
def http_0_9(stage: Stage) -> Serve:
    """Build a server of the oldest version."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(stage.core.answer(request).body())
        connection.close()

    return each(act)


@mode(
    "http-2-only",
    "Answers with an HTTP/2 settings frame and a GOAWAY.",
    {4},
    "It speaks another version of HTTP than the one asked for.",
    (*NOT_HTTP, *NO_ENVELOPE, *CUT_OFF),
)
def http_2_only(stage: Stage) -> Serve:
    """Build a server that knows HTTP/2 alone."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(bytes.fromhex("0000000400000000000000080700000000000000000000000001"))
        connection.close()

    return each(act)
