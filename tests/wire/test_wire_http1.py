"""The reader of replies: whatever bytes come, in whatever pieces, the outcome has a name."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.wire.http1 import RawReply, Reader, Trouble, read_reply

KINDS = {"reset", "not-http", "too-large", "encoding"}
SNIPPETS = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404 \r\n", b"HTTP/1.1 100 \r\n\r\n", b"HTTP/1.1 204 N\r\n", b"HTTP/", b"\0",
     b"\r\n", b"\n", b"\r", b"abc", b"3\r\nabc\r\n", b"0\r\n\r\n", b"0\r\n", b"-1\r\n", b"ffffffffff\r\n", b"\xff" * 9,
     b"Content-Length: 3\r\n", b"Content-Length: 3, 3\r\n", b"content-length:x\r\n", b"Transfer-Encoding: chunked\r\n",
     b"Connection: close\r\n", b" folded\r\n", b"no colon\r\n", b": no name\r\n", b"A: b\r\n"]
)  # fmt: skip
STREAM = st.lists(SNIPPETS | st.binary(max_size=5), max_size=12).map(b"".join)


def outcome(stream: bytes, sizes: list[int], method: str = "POST") -> RawReply | tuple[str, str]:
    """Read a reply from a stream that comes in pieces of these sizes, the last size again and again."""
    left = memoryview(stream)
    turn = iter(sizes)
    size = 1

    def receive() -> bytes:
        nonlocal left, size
        size = next(turn, size)
        piece, left = bytes(left[:size]), left[size:]
        return piece

    try:
        return read_reply(Reader(receive), method, 1000)
    except Trouble as trouble:
        return trouble.kind, trouble.told(bytes)


@settings(max_examples=400, deadline=None)
@given(STREAM, st.sampled_from(["POST", "HEAD", "CONNECT"]))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST")
def test_any_bytes_are_a_reply_or_have_a_name(stream: bytes, method: str) -> None:
    """Nothing that a target says is an exception of another kind, and bodies stay within the limit."""
    found = outcome(stream, [len(stream) or 1], method)
    if isinstance(found, RawReply):
        assert 100 <= found.status <= 999
        assert len(found.body) <= 1000
    else:
        assert found[0] in KINDS
        assert found[1].isprintable()


@settings(max_examples=400, deadline=None)
@given(STREAM, st.lists(st.integers(1, 20), min_size=1, max_size=9))
def test_the_outcome_does_not_depend_on_how_the_bytes_are_cut(stream: bytes, sizes: list[int]) -> None:
    """A reply that comes byte by byte is the same reply."""
    whole, pieces = outcome(stream, [len(stream) or 1]), outcome(stream, sizes)
    if isinstance(whole, RawReply) and isinstance(pieces, RawReply):
        # Only whether more came than was announced may not have been seen yet.
        assert (whole.status, whole.headers, whole.body) == (pieces.status, pieces.headers, pieces.body)
    else:
        assert type(whole) is type(pieces)
        assert whole[0] == pieces[0]  # type: ignore[index]
