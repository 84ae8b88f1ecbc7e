"""What comes back: a reply as the target sent it, or the name of what is wrong with it, within time and size."""

from __future__ import annotations

import gzip
import os
import time
import tracemalloc
import zlib

import pytest
from wire_servers import OK, answering, client_of, endless, saying, serving

from conformance.drive.replies import is_accepted
from conformance.model.scenario import Push
from conformance.wire.records import NOT_KEPT, Exchange, Note

PUSH = Push(b"{}")


def answered(reply: bytes, push: Push = PUSH, timeout: float = 5.0, *, then_close: bool = True) -> Exchange:
    """Return the exchange with a server that says just this."""
    with serving(saying(reply, then_close=then_close)) as server, client_of(server, timeout) as (client, seen):
        exchange = client.push(push, Note())
    assert seen == [exchange]
    return exchange


def with_body(body: bytes, *headers: str) -> bytes:
    """Return a reply with these headers and the length of its body."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def test_a_reply_is_recorded_as_it_came() -> None:
    """Status, reason, headers in their order and case, and the body's bytes."""
    reply = answered(
        b"HTTP/1.1 299 \xe9\x1b[31m\r\nx-A: 1\r\nX-a:2\r\nfold: a\r\n b\r\nContent-Length: 2\r\n\r\n\xff\0"
    ).reply
    assert reply is not None
    assert (reply.status, reply.reason, reply.body) == (299, "\xe9\x1b[31m", b"\xff\0")
    assert reply.headers == (("x-A", "1"), ("X-a", "2"), ("fold", "a b"), ("Content-Length", "2"))


GOOD = {
    "until the end of the stream": (b"HTTP/1.1 200 OK\r\n\r\nabc", b"abc"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nabc", b"abc"),
    "no reason phrase": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", b"a"),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 1\n\na", b"a"),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: r\r\n\r\n",
        b"abc",
    ),
    "interim replies first": (
        b"HTTP/1.1 103 Hint\r\nA: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + with_body(b"a"),
        b"a",
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", b""),
    "the same length twice": (with_body(b"a", "Content-Length: 1"), b"a"),
    "more than announced": (with_body(b"a") + b"bcd", b"a"),
    "gzip": (with_body(gzip.compress(b"abc"), "Content-Encoding: gzip"), b"abc"),
    "two gzip members": (with_body(gzip.compress(b"ab") + gzip.compress(b"c"), "Content-Encoding: x-gzip"), b"abc"),
    "deflate": (with_body(zlib.compress(b"abc"), "Content-Encoding: deflate"), b"abc"),
    "raw deflate": (with_body(zlib.compress(b"abc")[2:-4], "Content-Encoding: deflate"), b"abc"),
    "gzip twice": (with_body(gzip.compress(gzip.compress(b"abc")), "Content-Encoding: gzip, gzip"), b"abc"),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_body_is_found_however_it_is_framed(case: str) -> None:
    """Every framing that HTTP/1.x allows, and what clients commonly forgive, gives the body."""
    said, body = GOOD[case]
    exchange = answered(said)
    assert exchange.problem is None
    assert exchange.reply is not None
    assert exchange.reply.body == body


def test_a_reply_to_head_has_no_body_whatever_it_announces() -> None:
    """HEAD announces the length of a body that does not follow."""
    exchange = answered(b"HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\n", Push(b"", method="HEAD"), then_close=False)
    assert exchange.reply is not None
    assert exchange.reply.body == b""
    assert exchange.seconds < 2


BAD = {
    "silence, closed": (b"", "reset"),
    "a cut status line": (b"HTTP/1.1 20", "reset"),
    "cut headers": (b"HTTP/1.1 200 OK\r\nContent-Le", "reset"),
    "a cut body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "reset"),
    "a cut chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "reset"),
    "no last chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "reset"),
    "an endless length": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc", "too-large"),
    "no chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not-http"),
    "a negative chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", "not-http"),
    "a chunk too long": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", "not-http"),
    "a huge chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", "too-large"),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "not-http"),
    "a length in words": (b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nab", "not-http"),
    "a negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab", "not-http"),
    "HTTP/0.9": (b"<html>hello</html>", "not-http"),
    "a TLS alert": (b"\x15\x03\x01\x00\x02\x02\x46", "not-http"),
    "HTTP/2": (b"HTTP/2 200 OK\r\n\r\n", "not-http"),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "not-http"),
    "a header without a colon": (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "not-http"),
    "a header without a name": (b"HTTP/1.1 200 OK\r\n: x\r\n\r\n", "not-http"),
    "201 headers": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 201 + b"\r\n", "too-large"),
    "one giant header": (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", "too-large"),
    "a giant status line": (b"HTTP/1.1 200 " + b"b" * 70_000, "too-large"),
    "interim replies only": (b"HTTP/1.1 100 Continue\r\n\r\n" * 40, "too-large"),
    "an unknown encoding": (with_body(b"abc", "Content-Encoding: br"), "encoding"),
    "broken gzip": (with_body(b"abc", "Content-Encoding: gzip"), "encoding"),
    "cut gzip": (with_body(gzip.compress(b"abc" * 99)[:-9], "Content-Encoding: gzip"), "encoding"),
    "many encodings": (with_body(b"abc", "Content-Encoding: " + "gzip, " * 9), "encoding"),
    "an unknown transfer encoding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: br, chunked\r\n\r\n", "encoding"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_broken_reply_gets_the_name_of_its_problem(case: str) -> None:
    """Whatever the target says, there is an exchange with a problem of a known kind and a sentence."""
    said, kind = BAD[case]
    exchange = answered(said)
    assert exchange.reply is None
    assert exchange.problem is not None
    assert exchange.problem.kind == kind, exchange.problem
    assert len(exchange.problem.text) > 20


DRIPS = {
    "the status line": (b"", b"H", 0.05),
    "an endless status line": (b"HTTP/1.1 200 ", b"x", 0.05),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.05),
    "a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", 0.05),
    "a body without length": (b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.05),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
}


@pytest.mark.parametrize("case", DRIPS)
def test_bytes_that_drip_in_do_not_prolong_the_time_limit(case: str) -> None:
    """The limit is for the whole exchange, however often another byte comes."""
    first, again, pause = DRIPS[case]
    with serving(endless(first, again, pause)) as server, client_of(server, 0.5) as (client, _):
        exchange = client.push(PUSH, Note())
    assert exchange.problem is not None
    assert exchange.problem.kind in {"timeout", "not-http"}
    assert exchange.seconds < 2


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
def test_silence_ends_at_the_time_limit(first: bytes) -> None:
    """A target that stops at any stage is a timeout that says at which."""
    exchange = answered(first, timeout=0.3, then_close=False)
    assert exchange.problem is not None
    assert exchange.problem.kind == "timeout"
    assert 0.25 < exchange.seconds < 2


FLOODS = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
    "small chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 9999),
    "chunk extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 9999),
    "interim replies": (b"", b"HTTP/1.1 102 Wait\r\n\r\n" * 999),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 999),
}


@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_is_cut_off_in_little_time_and_memory(case: str) -> None:
    """Endless bodies, headers and interim replies end at a cap, not when memory does."""
    tracemalloc.start()
    try:
        with serving(endless(*FLOODS[case])) as server, client_of(server, 8.0) as (client, _):
            exchange = client.push(PUSH, Note())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert exchange.problem is not None
    assert exchange.problem.kind == "too-large"
    assert exchange.seconds < 6
    assert peak < 40e6


def test_a_decompression_bomb_goes_off_within_the_cap() -> None:
    """A megabyte that unfolds to a gigabyte is a problem, not an allocation."""
    bomb = gzip.compress(gzip.compress(bytes(200_000_000), 1), 9)
    tracemalloc.start()
    started = time.monotonic()
    try:
        exchange = answered(with_body(bomb, "Content-Encoding: gzip, gzip"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert exchange.problem is not None
    assert exchange.problem.kind == "too-large"
    assert peak < 40e6
    # Generous on a busy machine; the gigabyte itself would take longer.
    assert time.monotonic() - started < 10


def test_a_redirect_is_not_followed() -> None:
    """A redirect is recorded as it came, and nobody is asked at the place it names."""
    with serving(saying(OK)) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/x"
        reply = answered(f"HTTP/1.1 307 Go\r\n{location}\r\nContent-Length: 0\r\n\r\n".encode()).reply
        assert elsewhere.connections == 0
    assert reply is not None
    assert reply.status == 307


@pytest.mark.parametrize("location", ["http://[", "\xff", "//", "http://a:b/"])
def test_a_redirect_to_nonsense_is_a_reply_like_any_other(location: str) -> None:
    """What stands in Location is never parsed."""
    exchange = answered(f"HTTP/1.1 302 Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
    assert exchange.reply is not None


def test_a_long_header_value_is_kept_in_part() -> None:
    """A value of 20 KB does not go into every report in full."""
    reply = answered(with_body(b"", "X-Long: " + "x" * 20_000)).reply
    assert reply is not None
    assert len(reply.header("X-Long") or "") == 8192


def test_replies_that_are_all_too_long_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long replies are kept whole until together they are too much, which is no fault of the target: see its kind."""
    monkeypatch.setattr("conformance.wire.client._LARGE_BUDGET", 300_000)
    with serving(answering(with_body(b"x" * 200_000))) as server, client_of(server) as (client, _):
        first, second = client.push(PUSH, Note()), client.push(PUSH, Note())
    assert first.reply is not None
    assert len(first.reply.body) == 200_000
    assert second.problem is not None
    assert (second.problem.kind, second.problem.status) == (NOT_KEPT, 200)
    assert is_accepted(second)  # so that a clean-up knows what became of it


def test_large_replies_that_say_the_same_again_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that adds 300 KB of the same to each envelope is judged like any other: replies are held packed."""
    monkeypatch.setattr("conformance.wire.client._PACKED_BUDGET", 20_000)
    with serving(answering(with_body(b"x" * 300_000))) as server, client_of(server) as (client, _):
        replies = [client.push(PUSH, Note()).reply for _ in range(4)]
    assert [reply is not None and reply.body == b"x" * 300_000 for reply in replies] == [True] * 4


def test_large_replies_that_cannot_be_packed_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no packing makes smaller counts as it is."""
    monkeypatch.setattr("conformance.wire.client._PACKED_BUDGET", 150_000)
    with serving(answering(with_body(os.urandom(100_000)))) as server, client_of(server) as (client, _):
        first, second = client.push(PUSH, Note()), client.push(PUSH, Note())
    assert first.reply is not None
    assert second.problem is not None
    assert second.problem.kind == NOT_KEPT


def test_two_lengths_are_both_shown() -> None:
    """A target that announces two lengths is told which they are, in its order."""
    problem = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 105\r\nContent-Length: 7\r\n\r\nabc").problem
    assert problem is not None
    assert (problem.kind, problem.text) == ("not-http", "Content-Length has more than one value: '105, 7'")


def test_a_refusal_may_repeat_the_largest_request_and_no_reply_may_be_of_three_megabytes() -> None:
    """A mebibyte that comes back is read; what is longer than any reply need be is the target's fault."""
    assert answered(with_body(b"x" * (2**20 + 1000))).reply is not None
    problem = answered(with_body(b"x" * 3_000_000)).problem
    assert problem is not None
    assert problem.kind == "too-large"
