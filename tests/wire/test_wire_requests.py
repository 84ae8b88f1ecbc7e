"""What goes out: exactly the bytes of the push, with the credential that it names."""

from __future__ import annotations

import pytest
from wire_servers import KEY, OK, answering, client_of, serving

from conformance.model.scenario import Push
from conformance.wire.records import Note
from conformance.wire.request import Requests
from conformance.wire.target import Target

BODY = b'{"title_rule":"t"}'


def send(push: Push, **options: object) -> bytes:
    """Return the request that a server receives for a push."""
    with serving(answering(OK)) as server, client_of(server, **options) as (client, _):
        client.push(push, Note())
    (request,) = server.requests
    return request


def start_line(push: Push, **options: object) -> str:
    """Return the first line of that request."""
    return send(push, **options).split(b"\r\n")[0].decode("latin-1")


def test_a_push_sends_its_body_and_headers_and_nothing_else() -> None:
    """Beside the push's own headers there are only Host, User-Agent, Accept-Encoding and Content-Length."""
    head, _, body = send(Push(b"\xff\x00{", headers=())).partition(b"\r\n\r\n")
    names = [line.split(b":")[0] for line in head.split(b"\r\n")[1:]]
    assert body == b"\xff\x00{"
    assert names == [b"Host", b"User-Agent", b"Accept-Encoding", b"Content-Length"]


def test_headers_keep_their_case_their_order_and_their_repetitions() -> None:
    """A check that varies header names sends them as it wrote them."""
    request = send(Push(BODY, headers=(("CONTENT-type", "a/b"), ("X-Two", "1"), ("x-two", "2"), ("X-U", "é漢"))))
    assert b"CONTENT-type: a/b\r\nX-Two: 1\r\nx-two: 2\r\nX-U: " + "é漢".encode() in request


def test_a_header_of_the_push_replaces_ours_of_that_name() -> None:
    """User-Agent, Host and a gateway's headers give way to what the push names."""
    request = send(Push(BODY, headers=(("user-agent", "mine"), ("X-Env", "b"))), headers=[("X-Env", "a"), ("X-G", "g")])
    assert request.count(b"-agent:") == 1
    assert b"X-Env: a" not in request
    assert b"X-G: g\r\n" in request


@pytest.mark.parametrize("method", ["GET", "HEAD", "TRACE", "CONNECT", "OPTIONS", "BREW", "delete"])
def test_any_method_goes_out_with_its_body(method: str) -> None:
    """A GET with a body, TRACE, CONNECT and invented methods are sent as they are."""
    request = send(Push(BODY, method=method))
    assert request.startswith(method.encode() + b" /event/push/alert/standard?integration_key=")
    assert request.endswith(b"\r\n\r\n" + BODY)


@pytest.mark.parametrize(
    ("credential", "query"),
    [
        ("main", f"integration_key={KEY}"),
        ("second", "integration_key=s%2F%26%2B"),
        ("absent", ""),
        ("empty", "integration_key="),
        ("account:NoLicense", "integration_key=no-licence-key"),
        ("main-encoded", "integration_key=" + "".join(f"%{byte:02X}" for byte in KEY.encode())),
    ],
)
def test_a_credential_becomes_the_integration_key_of_the_query(credential: str, query: str) -> None:
    """Each credential that a push can name is spelled in the query, percent-encoded."""
    line = start_line(Push(BODY, credential=credential), second_key="s/&+", accounts={"NoLicense": "no-licence-key"})
    assert line == f"POST /event/push/alert/standard{'?' if query else ''}{query} HTTP/1.1"


def test_the_made_up_key_has_the_shape_of_the_real_one_and_stays_the_same() -> None:
    """An unknown key differs from the real one in every letter and digit that it can, and is one per client."""
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        for credential in ("unknown", "unknown", "main-then-unknown", "unknown-then-main"):
            client.push(Push(BODY, credential=credential), Note())
    first, again, after, before = (it.split(b" ")[1].decode().partition("?")[2] for it in server.requests)
    made = first.removeprefix("integration_key=")
    assert first == again
    assert len(made) == len(KEY)
    assert made != KEY
    assert made[3] == "-"
    assert after == f"integration_key={KEY}&integration_key={made}"
    assert before == f"integration_key={made}&integration_key={KEY}"
    assert seen[3].sent.url.endswith(f"?integration_key={made}&integration_key=$INTEGRATION_KEY")


def test_the_key_in_another_letter_case_is_never_a_good_key() -> None:
    """Where the key has no letters, or another integration has that one, a made-up key goes out instead."""
    for key, second, same in (("aB-3", "", False), ("123-45", "", True), ("aB-3", "Ab-3", True)):
        target = Target.from_options("http://127.0.0.1:1/push", key, second_key=second)
        sent = Requests(target).push(Push(BODY, credential="other-case")).target
        assert sent.endswith("=Ab-3") is not same
        assert not sent.endswith(f"={key}")


def test_a_credential_that_the_run_was_not_given_is_an_error_of_ours() -> None:
    """Asking for a key that nobody gave is a mistake in a check, said at once and before anything is sent."""
    with serving(answering(OK)) as server, client_of(server) as (client, _):
        for credential in ("second", "account:Nobody", "nonsense"):
            with pytest.raises(ValueError, match="no key for the credential"):
                client.push(Push(BODY, credential=credential), Note())
    assert server.requests == []


def test_other_parameters_of_the_target_come_first_and_those_of_the_push_last() -> None:
    """The target's own query is kept as written; the push's is percent-encoded."""
    push = Push(BODY, query=(("q w", "a&b=漢"), ("x", "\ud800")))
    query = start_line(push, query="?b=%20&a=1").split(" ")[1].partition("?")[2]
    assert query == f"b=%20&a=1&integration_key={KEY}&q%20w=a%26b%3D%E6%BC%A2&x=%ED%A0%80"


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("{push}/", "/event/push/alert/standard/"),
        ("/{push}", "//event/push/alert/standard"),
        ("/nowhere", "/nowhere"),
        ("/event/push/../%70ush/%2e%2E/a%2fb", "/event/push/../%70ush/%2e%2E/a%2fb"),
        ("/a b?c#d", "/a%20b%3Fc%23d"),
    ],
)
def test_a_path_is_sent_as_it_is_written(path: str, sent: str) -> None:
    """Nothing between us and the socket tidies up a path: dots, doubled slashes and escapes stay."""
    assert start_line(Push(BODY, path=path)).split(" ")[1].split("?")[0] == sent


def test_a_push_that_no_request_can_hold_is_an_error_of_ours() -> None:
    """A header of two lines or a method with a blank would be another request than the check meant."""
    with serving(answering(OK)) as server, client_of(server) as (client, _):
        for push in (Push(BODY, headers=(("A", "b\r\nC: d"),)), Push(BODY, method="GET /"), Push(BODY, method="")):
            with pytest.raises(ValueError, match=r"header|method"):
                client.push(push, Note())
    assert server.requests == []


def test_a_post_without_a_body_says_so_and_a_get_says_nothing() -> None:
    """Content-Length: 0 belongs to methods that expect a body."""
    assert b"Content-Length: 0\r\n" in send(Push(b""))
    assert b"ontent-Length" not in send(Push(b"", method="GET"))


def test_the_journal_is_told_before_a_byte_leaves() -> None:
    """What the clean-up must know is on the disk before the target can act on it."""
    order: list[str] = []

    def handler(sock, server) -> None:  # noqa: ANN001
        order.append("received")
        answering(OK)(sock, server)

    with serving(handler) as server, client_of(server) as (client, _):
        client._on_send = lambda n, _, note: order.append(f"journal {n} {note.scenario}")
        client.push(Push(BODY), Note("s"))
    assert order == ["journal 1 s", "received"]


@pytest.mark.parametrize("size", [100, 400_000])
def test_a_body_is_recorded_whole(size: int) -> None:
    """A key that was put in must be found again, however long the texts before it are."""
    body = b'{"description": "%b", "alert_key": "made up"}' % (b"x" * size)
    with serving(answering(OK)) as server, client_of(server) as (client, seen):
        client.push(Push(body), Note())
    assert seen[0].sent.body == body
