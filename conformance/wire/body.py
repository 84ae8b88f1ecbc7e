"""Bodies: undoing a content encoding within bounds, and eliding what is too long to keep; pure functions of bytes."""

from __future__ import annotations

import hashlib
import zlib

from conformance.wire.http1 import Headers, Trouble

_MAX_CODINGS = 3
_HEAD = 2048
_GZIP, _ZLIB, _RAW = 31, 15, -15  # window bits that tell the formats apart
_SLACK = 256  # longer than the note that an elided body ends with, so that eliding twice changes nothing


def decoded(headers: Headers, body: bytes, limit: int) -> bytes:
    """Return the body without its content encodings; ``Trouble`` for an unknown or broken one, or beyond the limit."""
    values = [value for name, value in headers if name.lower() == b"content-encoding"]
    codings = [coding.strip().lower() for value in values for coding in value.split(b",") if coding.strip()]
    if len(codings) > _MAX_CODINGS:
        raise Trouble("encoding", f"{len(codings)} content encodings one upon another")
    for coding in reversed(codings):
        if coding in {b"gzip", b"x-gzip"}:
            body = _inflated(body, _GZIP, limit)
        elif coding == b"deflate":
            # The name means zlib's format, but raw deflate is widely sent under it.
            wrapped = body[:1] == b"\x78"
            body = _inflated(body, _ZLIB if wrapped else _RAW, limit)
        elif coding != b"identity":
            raise Trouble("encoding", "content encoding {} was not asked for", coding)
    return body


def _inflated(data: bytes, window_bits: int, limit: int) -> bytes:
    """Decompressed data; gzip may hold several members."""
    if not data:
        return data  # as a reply to HEAD has it
    out = bytearray()
    while data:
        engine = zlib.decompressobj(window_bits)
        try:
            out += engine.decompress(data, limit + 1 - len(out))
        except zlib.error as error:
            raise Trouble("encoding", f"the compressed body is broken: {error}") from None
        if len(out) > limit:
            raise Trouble("too-large", f"the body is longer than {limit} bytes when decompressed")
        if not engine.eof:
            raise Trouble("encoding", "the compressed body ends too early")
        data = engine.unused_data if window_bits == _GZIP else b""
    return bytes(out)


def elided(body: bytes, keep: int = _HEAD) -> bytes:
    """Return the body, or the beginning of a long one with its length and digest; eliding twice changes nothing."""
    if len(body) <= keep + _SLACK:
        return body
    head = body[:keep]
    for cut in range(4):  # do not cut through a character
        try:
            head[: keep - cut].decode()
        except UnicodeDecodeError:
            continue
        head = head[: keep - cut]
        break
    return head + f" …[elided: {len(body)} bytes in all, sha256 {hashlib.sha256(body).hexdigest()}]".encode()
