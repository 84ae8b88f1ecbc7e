"""Honest replies in wrong or unusual framing: the length of the body, and its chunks."""

from collections.abc import Callable

from .hooks import framed
from .messages import Reply, Request, head
from .modes import CUT_OFF, NO_ANSWER, NO_ENVELOPE, NOT_HTTP, TOO_BIG, mode

UNREADABLE = "The body arrives whole to a lenient reader only: untestable (4), or a broken envelope (1)."
LENIENT = (
    "HTTP forbids it and the document is silent: read leniently "
    "it conforms (0), else it is a finding (1) or untestable (4)."
)
LEGAL = "Unusual, but correct HTTP around correct replies: the server conforms."
LENGTH_WORDS = ("length", *NO_ANSWER, *CUT_OFF, *NO_ENVELOPE, *NOT_HTTP)
MEDIA = ("Content-Type", "application/json")
Frame = Callable[[Request, Reply, bytes], bytes]


def _length(change: Callable[[int], str]) -> Frame:
    return lambda _, reply, body: (
        head(reply.status, reply.phrase, [MEDIA, ("Content-Length", change(len(body)))]) + body
    )


def _chunked(chunk: Callable[[bytes], bytes], end: bytes) -> Frame:
    headers = [MEDIA, ("Transfer-Encoding", "chunked")]
    return lambda _, reply, body: head(reply.status, reply.phrase, headers) + chunk(body) + end


def _one_chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def _crumbs(body: bytes) -> bytes:
    if len(body) > 4096:  # of a long one the many crumbs would take longer than any time limit
        pieces = [body[at : at + 64] for at in range(0, len(body), 64)]
        return b"".join(b"%x;crumb=yes\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"".join(b"01;crumb=yes\r\n%c\r\n" % byte for byte in body)


mode(
    "length-too-large-then-open",
    "Announces 100 bytes more than it sends, and keeps the connection open.",
    {1, 4},
    UNREADABLE,
    LENGTH_WORDS,
)(framed(_length(lambda size: str(size + 100))))
mode(
    "length-too-large-then-closed",
    "Announces 100 bytes more than it sends, and closes.",
    {1, 4},
    UNREADABLE,
    LENGTH_WORDS,
)(framed(_length(lambda size: str(size + 100)), ends=True))
mode(
    "length-too-small", "Announces half of the body; the rest lies on the connection.", {1, 4}, UNREADABLE, LENGTH_WORDS
)(framed(_length(lambda size: str(size // 2))))
mode(
    "length-astronomic",
    "Announces a body of 10^30 bytes and sends an honest one.",
    {1, 4},
    UNREADABLE,
    (*LENGTH_WORDS, *TOO_BIG),
)(framed(_length(lambda _: "1" + "0" * 30)))
mode(
    "length-negative", "Announces a body of -1 bytes, sends an honest one and closes.", {0, 1, 4}, LENIENT, LENGTH_WORDS
)(framed(_length(lambda _: "-1"), ends=True))
mode(
    "length-not-a-number",
    "Announces a body of 'many' bytes, sends an honest one and closes.",
    {0, 1, 4},
    LENIENT,
    LENGTH_WORDS,
)(framed(_length(lambda _: "many"), ends=True))
mode(
    "length-twice",
    "Sends two Content-Length headers that contradict each other, and closes.",
    {0, 1, 4},
    LENIENT,
    LENGTH_WORDS,
)(framed(_length(lambda size: f"{size}\r\nContent-Length: {size // 2}"), ends=True))
mode(
    "length-and-chunked",
    "Sends a Content-Length of 5 beside a correct chunked body, and closes.",
    {0, 1, 4},
    LENIENT,
    LENGTH_WORDS,
)(
    framed(
        lambda _, reply, body: (
            head(reply.status, reply.phrase, [MEDIA, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")])
            + _one_chunk(body)
            + b"0\r\n\r\n"
        ),
        ends=True,
    )
)
mode("chunks-as-crumbs", "Sends chunked bodies in chunks of one byte, with extensions and trailers.", {0}, LEGAL)(
    framed(_chunked(_crumbs, b"0\r\nX-Trailer: late\r\n\r\n"))
)
mode(
    "chunks-without-end",
    "Sends the body as one chunk and never the last, empty one.",
    {4},
    "The body never ends, so no exchange ever completes.",
    (*NO_ANSWER, *NO_ENVELOPE),
)(framed(_chunked(_one_chunk, b"")))
mode(
    "chunk-size-garbage",
    "Sends a chunk whose size is no number, and closes.",
    {4},
    "The body cannot be told from its framing, so there is no envelope.",
    LENGTH_WORDS,
)(framed(_chunked(lambda body: b"zz\r\n" + body + b"\r\n", b"0\r\n\r\n"), ends=True))
