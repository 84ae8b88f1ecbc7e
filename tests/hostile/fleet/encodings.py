"""Bodies that cannot be decoded, or only too well, and servers that speak another protocol altogether."""

import gzip
import random
import zlib

from .connection import Connection
from .hooks import around, each
from .listener import Serve
from .messages import Reply, Request, head
from .modes import CUT_OFF, NO_ANSWER, NO_ENVELOPE, NOT_HTTP, TOO_BIG, mode
from .stage import Stage

OPAQUE = "No body can be read, so no answer resembles an envelope."
OTHER = "It does not speak HTTP on this port, so nothing could be tested at all."
TLS_WORDS = ("tls", "ssl", "https", "certificate", "handshake")
DECODE_WORDS = ("encod", "gzip", "compress", "decod", *NO_ENVELOPE)
BLOCK = 2**24
BLOCKS = 64


def _deflated(data: bytes) -> bytes:
    """Return a piece of a deflate stream that can be followed by any other."""
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def _encoded(reply: Reply, coding: str, body: bytes) -> bytes:
    headers = [("Content-Type", "application/json"), ("Content-Encoding", coding), ("Content-Length", str(len(body)))]
    return head(reply.status, reply.phrase, headers) + body


@mode(
    "gzip-bomb",
    "Sends an envelope that unpacks to a GiB of white space.",
    {4},
    "No reply can be read within a cap on its unpacked size.",
    (*TOO_BIG, *DECODE_WORDS),
)
def gzip_bomb(stage: Stage) -> Serve:
    """Build a server whose honest envelopes come with a GiB of padding."""
    padding = _deflated(b" " * BLOCK) * BLOCKS

    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        return _encoded(reply, "gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + _deflated(body) + padding)

    return around(stage, frame=frame)


@mode("gzip-broken", "Says gzip and sends a stream that breaks in the middle.", {4}, OPAQUE, DECODE_WORDS)
def gzip_broken(stage: Stage) -> Serve:
    """Build a server whose gzip cannot be unpacked."""

    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        packed = gzip.compress(body)
        return _encoded(reply, "gzip", packed[:12] + b"\xff" * len(packed[12:]))

    return around(stage, frame=frame)


@mode(
    "gzip-only-in-name",
    "Says gzip and sends plain JSON.",
    {0, 1, 4},
    "Read leniently it conforms (0); else the body cannot be decoded: a finding (1) or untestable (4).",
    DECODE_WORDS,
)
def gzip_only_in_name(stage: Stage) -> Serve:
    """Build a server that lies about its coding."""
    return around(stage, frame=lambda _, reply, body: _encoded(reply, "gzip", body))


@mode("unknown-encoding", "Says Content-Encoding: x-mirror and sends the body backwards.", {4}, OPAQUE, DECODE_WORDS)
def unknown_encoding(stage: Stage) -> Serve:
    """Build a server with a coding of its own."""
    return around(stage, frame=lambda _, reply, body: _encoded(reply, "x-mirror", body[::-1]))


def _says(
    name: str, summary: str, data: bytes, words: tuple[str, ...], *, scheme: str = "http", first: bool = False
) -> None:
    @mode(name, summary, {4}, OTHER, words, scheme=scheme)
    def build(stage: Stage) -> Serve:
        def serve(connection: Connection) -> None:
            if not first:
                connection.pending(5)
            connection.send(data)
            connection.close()

        return serve


_WORDS = (*NOT_HTTP, *NO_ENVELOPE, *CUT_OFF)
_ALERT = bytes.fromhex("15030100020246")
_says("garbage", "Answers each request with 4 KiB of random bytes.", random.Random(4).randbytes(4096), _WORDS)
_says("line-of-text", "Answers each request with one line of text.", b"what do you want?\n", _WORDS)
_says("ssh-banner", "Greets each connection like an SSH server.", b"SSH-2.0-OpenSSH_9.6\r\n", _WORDS, first=True)
_says("tls-on-http-url", "Answers plain HTTP with a TLS alert, as a TLS port does.", _ALERT, (*_WORDS, *TLS_WORDS))
_says(
    "plain-on-https-url",
    "Answers the TLS handshake with a plain HTTP reply.",
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    TLS_WORDS,
    scheme="https",
)
_says(
    "garbage-on-https-url",
    "Answers the TLS handshake with random bytes.",
    random.Random(5).randbytes(512),
    TLS_WORDS,
    scheme="https",
)
_says(
    "tls-handshake-refused",
    "Answers the TLS handshake with a fatal alert.",
    bytes.fromhex("15030300020228"),
    TLS_WORDS,
    scheme="https",
)


@mode(
    "tls-handshake-hangs",
    "Accepts a TLS connection and never answers the handshake.",
    {4},
    OTHER,
    (*TLS_WORDS, *NO_ANSWER),
    scheme="https",
)
def tls_handshake_hangs(stage: Stage) -> Serve:
    """Build a server that leaves the handshake open."""
    return Connection.stall


@mode("echoes-the-request", "Sends the request back, byte for byte, and closes.", {4}, OTHER, _WORDS)
def echoes_the_request(stage: Stage) -> Serve:
    """Build an echo service, which gives the key back in the request line."""

    def act(connection: Connection, request: Request) -> None:
        connection.send(request.raw)
        connection.close()

    return each(act)
