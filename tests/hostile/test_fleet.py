"""The fleet itself: every server in it misbehaves as it says, and ends when it is told to."""

import contextlib
import gzip
import http
import http.client
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from fleet import MODES, RunningHostile, start

KEY = "k3y/with+awkward &=\"'<>%chars"
APP_KEY = "app+key/with=more"
EVENT = {"title_rule": "disk full", "event_status": "Critical", "alert_key": "disk-1"}
Start = Callable[[str], RunningHostile]

CONFORMING = sorted(name for name, mode in MODES.items() if mode.exit_codes == {0})
TLS = sorted(name for name, mode in MODES.items() if mode.scheme == "https")

# What the reply to a good push holds, as raw bytes, in the modes where one look at the reply shows what is wrong.
SEEN_IN_REPLY = {
    "closes-mid-status": rb"\AHTTP/1\Z",
    "closes-after-status": rb"\AHTTP/1.1 200 OK\r\n\Z",
    "closes-mid-headers": rb"\AHTTP/1.1 200 OK\r\nContent-Type.*[^\n]\Z",
    "closes-after-headers": rb"\r\n\r\n\Z",
    "closes-mid-body": rb'\r\n\r\n\{"request_id.*[^}]\Z',
    "resets-mid-body": rb'\r\n\r\n\{"request_id',
    "length-too-large-then-open": rb"Content-Length: 1\d\d\d?\r\n\r\n.{20,}\}\}",
    "length-astronomic": rb"Content-Length: 10{30}\r\n",
    "length-negative": rb"Content-Length: -1\r\n",
    "length-not-a-number": rb"Content-Length: many\r\n",
    "length-twice": rb"Content-Length: (\d+)\r\nContent-Length: (?!\1)\d+\r\n",
    "length-and-chunked": rb"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "chunks-as-crumbs": rb"\r\n\r\n01;crumb=yes\r\n\{\r\n01;.*0\r\nX-Trailer: late\r\n\r\n",
    "chunks-without-end": rb"chunked\r\n\r\n[0-9a-f]+\r\n\{.*\}\}\r\n",
    "chunk-size-garbage": rb"\r\n\r\nzz\r\n\{",
    "giant-header": rb"X-Giant: g{1048576}\r\n",
    "countless-headers": rb"(X-Number-\d+: one of many\r\n){10000}",
    "many-cookies": rb"(Set-Cookie: [^\r]+\r\n){60}",
    "folded-headers": rb"X-Folded: one\r\n two\r\n\tthree\r\n",
    "empty-reason": rb"\AHTTP/1.1 200 \r\n",
    "lower-case-reason": rb"\AHTTP/1.1 200 ok",
    "status-999": rb"\AHTTP/1.1 999 ",
    "status-99": rb"\AHTTP/1.1 99 ",
    "status-negative": rb"\AHTTP/1.1 -1 ",
    "status-word": rb"\AHTTP/1.1 fine ",
    "early-hints": rb"\AHTTP/1.1 103 .*\r\n\r\nHTTP/1.1 200 OK\r\n",
    "continues-forever": rb"\A(HTTP/1.1 100 Continue\r\n\r\n){30}",
    "http-1.0": rb"\AHTTP/1.0 200 OK\r\n(?!.*Content-Length).*\}\}\Z",
    "http-0.9": rb'\A\{"request_id"',
    "http-2-only": rb"\A\x00\x00\x00\x04\x00",
    "unknown-encoding": rb'x-mirror.*"di_tseuqer"\{\Z',
    "gzip-only-in-name": rb'gzip\r\n.*\{"request_id"',
    "line-of-text": rb"\Awhat do you want\?\n\Z",
    "ssh-banner": rb"\ASSH-2.0-",
    "tls-on-http-url": rb"\A\x15\x03\x01",
    "echoes-the-request": rb"\APOST /event/push.*disk full",
    "redirects-in-a-circle": rb"\AHTTP/1.1 307 .*Location: /event/push/alert/standard\?",
    "redirects-in-envelope": rb"\AHTTP/1.1 307 .*Location: http://127.*\"alert_key\"",
    "html-200": rb"\AHTTP/1.1 200 .*<!doctype html>",
    "html-500": rb"\AHTTP/1.1 500 .*<!doctype html>",
    "empty-200": rb"\AHTTP/1.1 200 .*Content-Length: 0\r\n\r\n\Z",
    "no-content-204": rb"\AHTTP/1.1 204 No Content\r\n\r\n\Z",
    "json-array": rb"\r\n\r\n\[1, 2, 3\]",
    "json-scalar": rb"\r\n\r\n7",
    "json-null": rb"\r\n\r\nnull",
    "json-bottomless": rb"\[{200000}\]{200000}",
    "json-deep-extra": rb"\[{100000}\]{100000}\}",
    "json-nan": rb"NaN, .*-Infinity",
    "json-single-quotes": rb"\{'request_id': '",
    "invalid-utf-8": rb"\xff\xfe\xc0\xaf",
    "byte-order-mark": rb"\r\n\r\n\xef\xbb\xbf\{",
    "utf-16": rb"\r\n\r\n(\xff\xfe\{\x00|\xfe\xff\x00\{)",
    "duplicate-extra-keys": rb'("region": [^,}]+[,}] ?){3}',
    "duplicate-request-id": rb'"request_id": 7, "request_id": "',
    "huge-integers": rb"8{5000}",
    "script-tags-in-envelope": rb'"request_id": "[0-9a-f]+</script>',
    "script-tags-in-head": rb"\AHTTP/1.1 200 </script>",
    "ansi-escapes-in-envelope": rb'"request_id": "[0-9a-f]+\\u001b\[2J',
    "ansi-escapes-in-head": rb"\AHTTP/1.1 200 \x1b\[2J",
    "bidi-controls-in-head": "\u202egnp".encode(),
    "line-breaks-in-envelope": rb'"request_id": "[0-9a-f]+one\\ntwo\\r\\n',
    "bare-cr-in-head": rb"\AHTTP/1.1 200 OK\rX-Forged",
    "bare-lf-in-head": rb"\AHTTP/1.1 200 OK\nX-Forged",
    "429-forever": rb"\AHTTP/1.1 429 .*RequestTooFrequently",
    "429-for-a-day": rb"Retry-After: 86400\r\n.*RequestTooFrequently",
    "503-for-a-day": rb"\AHTTP/1.1 503 .*Retry-After: 86400\r\n.*ServiceUnavailable",
    "503-html-for-a-day": rb"\AHTTP/1.1 503 .*Retry-After: 86400\r\n.*<html>",
    "500-forever": rb"\AHTTP/1.1 500 .*InternalError",
    "refuses-everything": rb"\AHTTP/1.1 400 .*InvalidParameter",
    "refuses-the-key": rb"\AHTTP/1.1 401 .*Unauthorized",
    "one-reply-behind": rb"too-early",
    "sends-replies-twice": rb"HTTP/1.1 200.*HTTP/1.1 200",
    "echoes-key-raw-in-body": re.escape(json.dumps(KEY)[1:-1].encode()),
    "echoes-key-percent-in-body": quote(KEY, safe="").encode(),
    "echoes-key-base64-in-body": b"azN5L3dpdGgrYXdrd2FyZCAmPSInPD4lY2hhcnM=",
    "echoes-key-hex-in-body": KEY.encode().hex().encode(),
    "echoes-key-in-headers": b"X-raw: " + re.escape(KEY.encode()),
    "echoes-key-in-reason": rb"\AHTTP/1.1 200 OK " + re.escape(KEY.encode()),
}

# The same for the reply to a read.
SEEN_IN_READ = {
    "readback-not-json": rb'"items": \[\Z',
    "readback-html": rb"<html>",
    "readback-empty": rb"Content-Length: 0\r\n\r\n\Z",
    "readback-null": rb'"data": null\}',
    "readback-500": rb"\AHTTP/1.1 500 .*InternalError",
    "readback-404": rb"\AHTTP/1.1 404 .*RouteNotFound",
    "readback-429": rb"\AHTTP/1.1 429 .*RequestTooFrequently",
    "readback-wrong-key": rb"\AHTTP/1.1 401 .*Unauthorized",
    "readback-redirects": rb"\AHTTP/1.1 307 .*Location: http://127",
    "readback-items-not-objects": rb'"items": \[7, "alert", null',
    "readback-items-missing": rb'"data": \{\}',
    "readback-fields-of-wrong-types": rb'"title": 7',
    "readback-fields-null": rb'"title": null',
    "readback-empties-null": rb'"labels": null',
    "readback-shows-nothing": rb'"items": \[\]',
    "readback-shows-others": rb'\A(?!.*disk-1).*"items": \[.*"noise"',
    "readback-endless-pages": rb'\A(?=.*disk-1)(?=.*"noise").*"has_next_page": true',
    "readback-endless-noise": rb'\A(?!.*disk-1)(?=.*"noise").*"has_next_page": true',
    "readback-circular-pages": rb'"has_next_page": true',
    "readback-nan": rb'"took": NaN\}',
    "readback-echoes-keys": rb'"app_key_raw": "' + re.escape(APP_KEY.encode()),
}

SILENT = (
    "silent",
    "stalls-mid-status",
    "stalls-after-status",
    "stalls-mid-headers",
    "stalls-after-headers",
    "stalls-mid-body",
    "drips-headers",
    "drips-body",
)


@pytest.fixture
def hostile() -> Iterator[Start]:
    """Start modes that are closed at the end of the test."""
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(start(name, key=KEY, app_key=APP_KEY))


def address(url: str) -> tuple[str, int]:
    """Return host and port of a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def post(path: str, body: Any, close: bool = False) -> bytes:
    """Return a request in bytes, with the key in its query."""
    data = json.dumps(body).encode()
    secret = f"integration_key={quote(KEY, safe='')}&app_key={quote(APP_KEY, safe='')}"
    top = (
        f"POST {path}?{secret} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    )
    return (top + ("Connection: close\r\n" if close else "") + "\r\n").encode() + data


def read_body() -> dict[str, Any]:
    """Ask for all alerts of the last hour."""
    now = int(time.time())
    return {"start_time": now - 3600, "end_time": now + 60, "alert_keys": ["disk-1"], "limit": 100}


def talk(url: str, data: bytes, until: bytes = b"", seconds: float = 2.0, most: int = 2**22) -> tuple[bytes, bool]:
    """Send bytes and collect what comes until a pattern is there, time is up, or the end; say whether the end came."""
    received = bytearray()
    deadline = time.monotonic() + seconds
    pattern = re.compile(until, re.DOTALL) if until and not until.endswith(rb"\Z") else None
    # A reset may arrive while the connection is still being made, so the suppression stands around that, too.
    with contextlib.suppress(ConnectionResetError), socket.create_connection(address(url), timeout=seconds) as sock:
        sock.sendall(data)
        while len(received) < most and not (pattern and pattern.search(received)):
            sock.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                piece = sock.recv(2**20)
            except TimeoutError:
                return bytes(received), False
            if not piece:
                return bytes(received), True
            received += piece
        return bytes(received), False
    return bytes(received), True


class PatientResponse(http.client.HTTPResponse):
    """A response that skips every interim reply; http.client itself skips 100 alone."""

    def _read_status(self) -> tuple[str, int, str]:
        while (line := super()._read_status())[1] == http.HTTPStatus.EARLY_HINTS:  # type: ignore[misc]
            http.client.parse_headers(self.fp)
        return line  # type: ignore[no-any-return]


def ask(running: RunningHostile, url: str, body: Any, method: str = "POST", **query: str) -> tuple[int, Any]:
    """Exchange one request with http.client; return status and envelope."""
    connection = http.client.HTTPConnection(*address(url), timeout=3)
    connection.response_class = PatientResponse
    full = {"integration_key": running.key, "app_key": running.app_key, **query}
    target = urlsplit(url).path + "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in full.items())
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with contextlib.closing(connection):
        connection.request(method, target, data, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read(), parse_int=lambda text: int(text[:18]))


def patiently(running: RunningHostile, url: str, body: Any, method: str = "POST", **query: str) -> tuple[int, Any]:
    """Ask again where the connection is lost."""
    for _ in range(20):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return ask(running, url, body, method, **query)
    raise AssertionError("lost twenty times in a row")


def test_the_fleet_is_large_and_well_described() -> None:
    """Every mode has a kebab-case name, a sentence, a reason, exit codes of the design, and words for exit code 4."""
    assert len(MODES) >= 40
    for name, mode in MODES.items():
        assert mode.name == name
        assert re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", name), name
        assert mode.summary.endswith("."), name
        assert mode.why.endswith("."), name
        assert mode.exit_codes, name
        assert mode.exit_codes <= {0, 1, 4, 5}, name
        assert bool(mode.words) == (4 in mode.exit_codes), name


@pytest.mark.parametrize("name", sorted(MODES))
def test_every_mode_ends_soon_and_leaves_no_thread(name: str) -> None:
    """With one connection in the middle of a request and another waiting for its reply, closing ends everything."""
    before = set(threading.enumerate())
    running = start(name, key=KEY, app_key=APP_KEY)
    with contextlib.ExitStack() as stack:
        if MODES[name].listens:
            for data in (post("/event/push/alert/standard", EVENT), b"POST /event"):
                # A mode that resets what it accepts may do so before connect() returns.
                with contextlib.suppress(OSError):
                    sock = stack.enter_context(socket.create_connection(address(running.push_url), timeout=5))
                    sock.sendall(data)
        started = time.monotonic()
        running.close()
        assert time.monotonic() - started < 5
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("name", CONFORMING)
def test_modes_that_must_conform_are_honest(hostile: Start, name: str) -> None:
    """Under the oddity there is a server that accepts, refuses, stores, shows and recovers."""
    running = hostile(name)
    status, envelope = patiently(running, running.push_url, EVENT)
    assert (status, envelope["data"]["alert_key"]) == (200, "disk-1")
    status, envelope = patiently(running, running.push_url, EVENT, integration_key="made-up")
    assert (status, envelope["error"]["code"]) == (400, "InvalidParameter")
    status, envelope = patiently(running, running.push_url, {**EVENT, "event_status": "Ok"})
    assert status == 200
    status, envelope = patiently(running, running.read_url, read_body())
    assert status == 200
    assert {item["alert_key"] for item in envelope["data"]["items"]} == {"disk-1"}
    assert {item["alert_status"] for item in envelope["data"]["items"]} == {"Ok"}


@pytest.mark.parametrize("name", sorted(SEEN_IN_REPLY))
def test_the_reply_to_a_push_shows_the_oddity(hostile: Start, name: str) -> None:
    """One look at the raw reply to a good push shows what the name of the mode says."""
    pattern = SEEN_IN_REPLY[name]
    # Where the pattern wants silence at the end of an open connection, the wait is spent in full.
    closes = name.startswith(("closes", "http-", "echoes-the", "line"))
    seconds = 5 if closes or not pattern.endswith(rb"\Z") else 1
    data, _ = talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT), pattern, seconds)
    assert re.search(pattern, data, re.DOTALL), data[:2000]


@pytest.mark.parametrize("name", sorted(SEEN_IN_READ))
def test_the_reply_to_a_read_shows_the_oddity(hostile: Start, name: str) -> None:
    """The push is accepted, and one look at the raw reply to a read shows what the name of the mode says."""
    running = hostile(name)
    assert ask(running, running.push_url, EVENT)[0] == 200
    data, _ = talk(running.read_url, post("/alert/list", read_body()), SEEN_IN_READ[name], 0.5)
    assert re.search(SEEN_IN_READ[name], data, re.DOTALL), data[:2000]


@pytest.mark.parametrize("name", SILENT)
def test_silent_modes_keep_the_connection_open_without_a_whole_reply(hostile: Start, name: str) -> None:
    """Some time after the request the connection is open and the reply is not there."""
    data, ended = talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT), seconds=0.3)
    assert not ended
    assert not data.rstrip().endswith(b"}}")


@pytest.mark.parametrize("name", ["hangs-up-on-accept", "resets-on-accept", "closes-before-status"])
def test_modes_that_hang_up_send_nothing(hostile: Start, name: str) -> None:
    """The connection ends without a byte."""
    assert talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT)) == (b"", True)


def test_a_closed_port_refuses_connections(hostile: Start) -> None:
    """Nobody listens on the port that the mode names."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(hostile("refuses-connections").push_url), timeout=1)


@pytest.mark.parametrize("name", ["endless-body", "endless-headers", "endless-status-line", "readback-endless"])
def test_endless_modes_go_on_beyond_any_cap(hostile: Start, name: str) -> None:
    """After 8 MiB there is still more."""
    running = hostile(name)
    path = "/alert/list" if name.startswith("readback") else "/event/push/alert/standard"
    data, ended = talk(running.push_url, post(path, EVENT), most=2**23)
    assert len(data) >= 2**23
    assert not ended


def test_a_dripping_server_never_pauses_long(hostile: Start) -> None:
    """One byte comes at once and another within a second, so that a limit on single reads is of no use."""
    data, _ = talk(hostile("drips-headers").push_url, post("/event/push/alert/standard", EVENT), rb"HT", 1.5)
    assert data == b"HT"


def test_the_gzip_bomb_is_small_on_the_wire_and_huge_when_unpacked(hostile: Start) -> None:
    """Some MiB of gzip begin with an honest envelope and go on with white space beyond a tenth of a GiB."""
    data, _ = talk(hostile("gzip-bomb").push_url, post("/event/push/alert/standard", EVENT, close=True))
    packed = data.partition(b"\r\n\r\n")[2]
    assert len(packed) < 2**22
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(packed, 2**27)
    assert unpacked.startswith(b'{"request_id"')
    assert len(unpacked) == 2**27
    assert unpacker.unconsumed_tail


def test_broken_gzip_cannot_be_unpacked(hostile: Start) -> None:
    """The body says gzip and breaks."""
    data, _ = talk(hostile("gzip-broken").push_url, post("/event/push/alert/standard", EVENT), seconds=0.3)
    with pytest.raises((zlib.error, OSError, EOFError)):
        gzip.decompress(data.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("name", TLS)
def test_tls_modes_name_an_https_url_and_complete_no_handshake(hostile: Start, name: str) -> None:
    """What comes back to the first bytes of a handshake is no handshake record."""
    running = hostile(name)
    assert running.push_url.startswith("https://")
    data, _ = talk(running.push_url, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", seconds=0.3)
    assert not data.startswith(b"\x16\x03")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_lead_to_a_server_that_records(hostile: Start, status: int) -> None:
    """A client that follows the redirect finds a friendly server, and is found out."""
    running = hostile(f"redirects-{status}")
    data, _ = talk(running.push_url, post("/event/push/alert/standard", EVENT), rb"moved</html>")
    found = re.search(rb"\AHTTP/1.1 (\d+) .*Location: ([^\r]+)\r\n", data, re.DOTALL)
    assert found is not None
    assert int(found[1]) == status
    assert address(found[2].decode()) != address(running.push_url)
    assert running.received == []
    assert ask(running, found[2].decode(), EVENT)[0] == 200
    assert len(running.received) == 1
    assert b"disk full" in running.received[0]


def test_the_redirect_with_the_key_shows_both_keys(hostile: Start) -> None:
    """Location holds the keys in the clear."""
    data, _ = talk(hostile("redirects-with-key").push_url, post("/event/push/alert/standard", EVENT), rb"moved</html>")
    assert KEY.encode() in data.partition(b"Location: ")[2]
    assert APP_KEY.encode() in data.partition(b"Location: ")[2]


@pytest.mark.parametrize(("name", "low", "high"), [("closes-at-random", 6, 60), ("resets-at-random", 6, 60)])
def test_random_losses_are_about_one_in_ten(hostile: Start, name: str, low: int, high: int) -> None:
    """Of 200 pushes on connections of their own some are lost, most are not, and all that were answered were stored."""
    running = hostile(name)
    answered = 0
    for number in range(200):
        with contextlib.suppress(OSError, http.client.HTTPException):
            answered += ask(running, running.push_url, {**EVENT, "alert_key": f"disk-{number}"})[0] == 200
    assert low <= 200 - answered <= high
    status, envelope = patiently(running, running.read_url, {**read_body(), "alert_keys": None})
    assert status == 200
    assert answered <= envelope["data"]["total"] < 200


def test_every_third_request_is_refused(hostile: Start) -> None:
    """Of nine requests in a row exactly three get 429."""
    running = hostile("429-every-third")
    assert [ask(running, running.push_url, EVENT)[0] for _ in range(9)] == [200, 200, 429] * 3


def test_a_dying_server_is_gone_for_good(hostile: Start) -> None:
    """After its last request nobody listens any more."""
    running = hostile("dies-after-40")
    for _ in range(40):
        assert ask(running, running.push_url, EVENT)[0] == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(running, running.push_url, EVENT)
    time.sleep(0.1)
    with pytest.raises(OSError, match="refused"):
        ask(running, running.push_url, EVENT)


@pytest.mark.parametrize(
    ("name", "after"), [("turns-to-html-after-40", b"<html>"), ("key-revoked-after-40", b"Unauthorized")]
)
def test_a_turning_server_turns_after_40_requests(hostile: Start, name: str, after: bytes) -> None:
    """Forty good exchanges are followed by others."""
    running = hostile(name)
    for _ in range(40):
        assert ask(running, running.push_url, EVENT)[0] == 200
    assert after in talk(running.push_url, post("/event/push/alert/standard", EVENT, close=True))[0]


def test_two_pushes_in_flight_get_each_others_replies(hostile: Start) -> None:
    """Of two simultaneous pushes each is told the alert key of the other; a push alone gets its own."""
    running = hostile("swaps-replies")
    seen: dict[str, str] = {}
    ready = threading.Barrier(2)

    def push(key: str) -> None:
        ready.wait()
        seen[key] = ask(running, running.push_url, {**EVENT, "alert_key": key})[1]["data"]["alert_key"]

    threads = [threading.Thread(target=push, args=(key,)) for key in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"a": "b", "b": "a"}
    assert ask(running, running.push_url, EVENT)[1]["data"]["alert_key"] == "disk-1"


def test_connections_end_without_notice_where_the_mode_says_so(hostile: Start) -> None:
    """The reply is whole, says nothing of closing, and is followed by the end."""
    data, ended = talk(hostile("closes-without-saying").push_url, post("/event/push/alert/standard", EVENT))
    assert ended
    assert data.endswith(b"}}")
    assert b"close" not in data.lower()


def test_pipelining_is_hated(hostile: Start) -> None:
    """Two requests at once end the connection, two in turn do not."""
    running = hostile("hates-pipelining")
    one = post("/event/push/alert/standard", EVENT)
    assert talk(running.push_url, one + one) == (b"", True)
    with contextlib.closing(http.client.HTTPConnection(*address(running.push_url), timeout=2)) as connection:
        for _ in range(2):
            connection.request("GET", "/event/push/alert/standard")
            assert connection.getresponse().read()


def test_a_static_success_never_changes(hostile: Start) -> None:
    """A good push, a bad one and a wrong path get the same envelope."""
    running = hostile("static-success")
    replies = [ask(running, url, body) for url in (running.push_url, running.read_url) for body in (EVENT, b"no")]
    assert all(reply == replies[0] for reply in replies)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title_rule": None}, "InvalidParameter"),
        ({"event_status": "critical"}, "InvalidParameter"),
        ({"event_status": ["Ok"]}, "InvalidParameter"),
        ({"event_status": "Ok", "alert_key": ""}, "InvalidParameter"),
        ({"alert_key": "k" * 256}, "InvalidParameter"),
        ({"labels": {"a": 1}}, "InvalidParameter"),
        ({"images": {}}, "InvalidParameter"),
        ({"alert_key": "k" * 255}, None),
        ({"labels": {}, "images": [], "description": None, "unknown": 1}, None),
    ],
)
def test_the_core_refuses_what_the_document_refuses(hostile: Start, change: dict[str, Any], code: str | None) -> None:
    """Each rule of the payload holds, and its neighbours are accepted."""
    running = hostile("jitter" if code is None else "many-cookies")
    status, envelope = ask(running, running.push_url, EVENT | change)
    assert (status, envelope.get("error", {}).get("code")) == ((200, None) if code is None else (400, code))


def test_the_core_keeps_and_cuts_what_the_document_says(hostile: Start) -> None:
    """Over-long text is cut to the limit, unusable images are left out, the rest is stored as it was sent."""
    running = hostile("many-cookies")
    images = [{"src": "https://x/" + "a" * 247}, {"src": "javascript:x"}, {"alt": "b" * 129, "src": "http://x/y"}, {}]
    event = EVENT | {
        "title_rule": "t" * 513,
        "description": "d\t\n" * 700,
        "labels": {"A": "v" * 2049},
        "images": images,
    }
    assert ask(running, running.push_url, event)[0] == 200
    (item,) = ask(running, running.read_url, read_body())[1]["data"]["items"]
    assert item["title_rule"] == "t" * 512
    assert item["description"] == ("d\t\n" * 700)[:2048]
    assert item["labels"] == {"A": "v" * 2048}
    assert item["images"] == [{"alt": "b" * 128, "src": "http://x/y", "href": ""}]


def test_the_core_updates_recovers_and_opens_anew(hostile: Start) -> None:
    """An event of the same key updates; after a recovery the next one is active beside the recovered alert."""
    running = hostile("many-cookies")
    for status in ("Critical", "Info", "Ok", "Ok", "Warning"):
        assert ask(running, running.push_url, EVENT | {"event_status": status})[0] == 200
    items = ask(running, running.read_url, read_body())[1]["data"]["items"]
    assert [(item["alert_status"], item["end_time"] > 0) for item in items] == [("Ok", True), ("Warning", False)]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "push", 400, "MethodNotAllowed"), ("POST", "other", 404, "RouteNotFound")],
)
def test_the_core_knows_its_routes(hostile: Start, method: str, path: str, status: int, code: str) -> None:
    """Another method and another path are refused as the document says."""
    running = hostile("many-cookies")
    url = running.push_url if path == "push" else running.push_url + "/other"
    found, envelope = ask(running, url, EVENT, method)
    assert (found, envelope["error"]["code"]) == (status, code)


def test_the_core_pages_its_alerts(hostile: Start) -> None:
    """Pages of ten, by cursor, bring each of 25 alerts once."""
    running = hostile("many-cookies")
    for number in range(25):
        ask(running, running.push_url, {**EVENT, "alert_key": f"disk-{number}"})
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        body = {**read_body(), "alert_keys": None, "limit": 10, "search_after_ctx": cursor}
        data = ask(running, running.read_url, body)[1]["data"]
        cursor = data["search_after_ctx"]
        seen += [item["alert_key"] for item in data["items"]]
    assert not data["has_next_page"]
    assert sorted(seen) == sorted(f"disk-{number}" for number in range(25))


def test_a_kept_alive_connection_of_the_core_is_usable_after_a_refusal(hostile: Start) -> None:
    """A refused request, one with HEAD and a good one share a connection."""
    running = hostile("many-cookies")
    one = post("/event/push/alert/standard", {"title_rule": 1}) + b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n"
    last = post("/event/push/alert/standard", EVENT, close=True)
    data, ended = talk(running.push_url, one + last)
    assert ended
    assert re.findall(rb"HTTP/1.1 (\d+) ", data) == [b"400", b"404", b"200"]
