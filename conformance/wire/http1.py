"""Reads one HTTP/1.x reply from a source of bytes, within bounds; knows no socket, no clock and no secret.

The libraries underneath are made for well-behaved servers: they drop header lines that they cannot parse, skip interim
replies without end, and give no total bound on time or size.  A suite that is pointed at broken servers needs each of
these to have a name, so the reply is read here, byte for byte, and every way of failing is a ``Trouble``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_HEADERS = 200
MAX_HEAD = 64 * 1024
MAX_INTERIM = 32
MAX_CHUNK_LINE = 1024
MAX_CHUNKS = 128 * 1024
_MAX_DIGITS = 18
_SHOWN = 60
_KEPT = 64 * 1024  # of what is shown: a secret may be long
_HTTP_1_1 = 11
_TLS_ALERT = b"\x15\x03"
_BODILESS = {HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}

_STATUS_LINE = re.compile(rb"HTTP/1\.(\d) ([1-9]\d\d)(?: ([^\r\n]*))?\r?\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")

Headers = list[tuple[bytes, bytes]]


class Trouble(Exception):  # noqa: N818 - what befell the exchange, not an error of the program
    """Why there is no usable reply; ``kind`` is one of the kinds of ``records.Problem``.

    ``seen`` is what the target sent, whole: secrets must be taken out of it before it is cut and put into ``text``,
    where ``{}`` stands for it.
    """

    def __init__(self, kind: str, text: str, seen: bytes | bytearray | None = None) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text
        self.seen = bytes(seen[:_KEPT]) if seen is not None else None
        self.reused = False  # whether it befell a connection that had carried a request before

    def told(self, clean: Callable[[bytes], bytes]) -> str:
        """The sentence, with the beginning of what was seen in it, as it is after cleaning."""
        return self.text if self.seen is None else self.text.replace("{}", _show(clean(self.seen)), 1)


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply as the bytes it came in; the body is free of its framing but not of its content encoding."""

    status: int
    reason: bytes
    headers: Headers
    body: bytes
    reusable: bool  # whether the connection may carry another request
    version: int = 11


class Reader:
    """A buffer over ``receive``, which returns some bytes, or none once the other side has closed."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self.buffer = bytearray()
        self.got = 0  # bytes received in all
        self.stage = "before the first byte of the reply"

    def more(self) -> bool:
        """Receive once; False at the end of the stream."""
        piece = self._receive()
        self.buffer += piece
        self.got += len(piece)
        return bool(piece)

    def need_more(self) -> None:
        """Receive once; the end of the stream is trouble."""
        if not self.more():
            raise Trouble("reset", f"the target closed the connection {self.stage}")

    def line(self, limit: int, what: str) -> bytes:
        """Take one line without its ending."""
        while (end := self.buffer.find(b"\n")) < 0:
            if len(self.buffer) > limit:
                raise Trouble("too-large", f"{what} is longer than {limit} bytes")
            self.need_more()
        if end > limit:
            raise Trouble("too-large", f"{what} is longer than {limit} bytes")
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 1]
        return line[:-1] if line.endswith(b"\r") else line

    def exactly(self, count: int) -> bytes:
        """Take that many bytes."""
        while len(self.buffer) < count:
            self.need_more()
        piece = bytes(self.buffer[:count])
        del self.buffer[:count]
        return piece


def read_reply(reader: Reader, method: str, body_limit: int) -> RawReply:
    """Return the final reply to a request of that method; interim replies are skipped, up to a bound."""
    spent = 0
    for _ in range(MAX_INTERIM + 1):
        head = _read_head(reader, MAX_HEAD - spent)
        spent += len(head)
        version, status, reason, headers = parse_head(head)
        if status >= HTTPStatus.OK or status == HTTPStatus.SWITCHING_PROTOCOLS:
            return _with_body(reader, method, body_limit, (version, status, reason, headers))
        reader.stage = "after an interim reply"
    raise Trouble("too-large", f"more than {MAX_INTERIM} interim (1xx) replies and no final one")


def _read_head(reader: Reader, limit: int) -> bytes:
    """Take status line and headers, through the empty line."""
    buffer, searched = reader.buffer, 0
    while True:
        start = bytes(buffer[:5])
        if start != b"HTTP/"[: len(start)]:
            hint = "; it looks like TLS: should the URL begin with https://?" if start[:2] == _TLS_ALERT else ""
            raise Trouble("not-http", f"the answer does not begin like HTTP: {{}}{hint}", buffer)
        end = _HEAD_END.search(buffer, searched)
        if end is not None and end.end() <= limit:
            head = bytes(buffer[: end.end()])
            del buffer[: end.end()]
            return head
        if len(buffer) > limit:
            raise Trouble("too-large", f"status line and headers are longer than {MAX_HEAD} bytes")
        searched = max(0, len(buffer) - 2)
        if not reader.more():
            _complain_of_early_end(reader)
        reader.stage = "within the status line or the headers"


def _complain_of_early_end(reader: Reader) -> None:
    """Say what it means that the stream ended before the head did."""
    begins_well = bytes(reader.buffer[:7]) == b"HTTP/1."[: len(reader.buffer)]
    if 0 < len(reader.buffer) < len(b"HTTP/1.1 200") and not begins_well:
        raise Trouble("not-http", "the answer is no HTTP: {}", reader.buffer)
    raise Trouble("reset", f"the target closed the connection {reader.stage}")


def parse_head(head: bytes) -> tuple[int, int, bytes, Headers]:
    """Return version (10 or 11), status, reason and headers of a whole head."""
    match = _STATUS_LINE.match(head)
    if match is None:
        raise Trouble("not-http", "no HTTP/1.x status line: {}", head)
    headers: Headers = []
    for line in head[match.end() :].split(b"\n"):
        line = line.removesuffix(b"\r")  # noqa: PLW2901
        if not line:
            break
        if line[0] in b" \t" and headers:
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + line.strip(b" \t"))
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if not colon or not name or line[0] in b" \t":
            raise Trouble("not-http", "a header line without a name and a colon: {}", line)
        headers.append((name, value.strip(b" \t")))
        if len(headers) > MAX_HEADERS:
            raise Trouble("too-large", f"more than {MAX_HEADERS} header fields")
    version = 10 if match[1] == b"0" else 11
    return version, int(match[2]), (match[3] or b"").strip(), headers


def _with_body(reader: Reader, method: str, limit: int, head: tuple[int, int, bytes, Headers]) -> RawReply:
    """Return the reply with its body, framed as RFC 9112 section 6.3 says."""
    version, status, reason, headers = head
    connection = _tokens(headers, b"connection")
    reusable = b"close" not in connection if version == _HTTP_1_1 else b"keep-alive" in connection
    reader.stage = f"within the body (status {status} had come)"
    coding, length = _tokens(headers, b"transfer-encoding"), _length(headers)
    if method == "HEAD" or status in _BODILESS or (method == "CONNECT" and length is None and not coding):
        body = b""
        reusable = reusable and status != HTTPStatus.SWITCHING_PROTOCOLS and method != "CONNECT"
    elif coding == [b"chunked"]:
        body = _read_chunked(reader, limit)
        reusable = reusable and length is None  # both framings at once: whoever disagrees would read another reply
    elif coding:
        raise Trouble("encoding", "transfer encoding {} is not one that can be read", b", ".join(coding))
    elif length is not None:
        if length > limit:
            raise Trouble("too-large", f"Content-Length announces {length} bytes; at most {limit} are read")
        reader.stage = f"before the {length} bytes of the body were there (status {status} had come)"
        body = reader.exactly(length)
    else:
        body, reusable = _read_to_end(reader, limit), False
    # Bytes beyond the announced body: the next reply on this connection could not be trusted.
    return RawReply(status, reason, headers, body, reusable and not reader.buffer, version)


def _read_to_end(reader: Reader, limit: int) -> bytes:
    while len(reader.buffer) <= limit:
        if not reader.more():
            body = bytes(reader.buffer)
            reader.buffer.clear()
            return body
    raise Trouble("too-large", f"the body does not end within {limit} bytes")


def _read_chunked(reader: Reader, limit: int) -> bytes:
    body = bytearray()
    for _ in range(MAX_CHUNKS):
        line = reader.line(MAX_CHUNK_LINE, "a chunk size line")
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise Trouble("not-http", "not a chunk size: {}", line)
        size = int(match[1], 16)
        if size == 0:
            _skip_trailers(reader)
            return bytes(body)
        if len(body) + size > limit:
            raise Trouble("too-large", f"the chunked body is longer than {limit} bytes")
        body += reader.exactly(size)
        end = reader.exactly(1)
        if (reader.exactly(1) if end == b"\r" else end) != b"\n":
            raise Trouble("not-http", "a chunk is longer than its announced size")
    raise Trouble("too-large", f"the body comes in more than {MAX_CHUNKS} chunks")


def _skip_trailers(reader: Reader) -> None:
    spent = 0
    for _ in range(MAX_HEADERS + 1):
        trailer = reader.line(MAX_HEAD - spent, "the trailer section")
        spent += len(trailer)
        if not trailer:
            return
    raise Trouble("too-large", f"more than {MAX_HEADERS} trailer fields")


def _length(headers: Headers) -> int | None:
    """Return the announced length; repeated equal values are one, anything unclear is trouble."""
    values = list(dict.fromkeys(_tokens(headers, b"content-length")))
    if not values:
        return None
    if len(values) > 1:
        raise Trouble("not-http", "Content-Length has more than one value: {}", b", ".join(values))
    if not values[0].isdigit() or len(values[0]) > _MAX_DIGITS:
        raise Trouble("not-http", "Content-Length is not one number: {}", values[0])
    return int(values[0])


def _tokens(headers: Headers, wanted: bytes) -> list[bytes]:
    """Return the comma-separated values of a header, in lower case."""
    found = [value for name, value in headers if name.lower() == wanted]
    return [token.strip().lower() for value in found for token in value.split(b",")] if found else []


def _show(data: bytes | bytearray) -> str:
    """Return the beginning of something odd, safe to print."""
    return ascii(bytes(data[:_SHOWN]).decode("latin-1")) + ("…" if len(data) > _SHOWN else "")
