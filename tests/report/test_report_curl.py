"""Every curl line, run by a real shell, sends the bytes that were recorded."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from report_samples import INFO, JSON, push

from conformance.entry import variable
from conformance.model import scenario
from conformance.model.scenario import Push, Scenario, Stage
from conformance.report.curl import curl_line
from conformance.report.evidence import Evidence
from conformance.wire.records import Note, Recording, Story
from conformance.wire.redact import Redactor
from conformance.wire.request import Requests
from conformance.wire.target import Target

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="needs curl and sh")
KEY = "k3y%2Bwith-signs"


@dataclass
class Listener:
    """A loopback server that keeps the bytes of each request and answers 200."""

    socket: socket.socket
    requests: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until the socket is closed."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.requests.append(_request(connection))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _request(connection: socket.socket) -> bytes:
    """One whole request, by its Content-Length."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A listener on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Listener(server)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def pasted(line: str, secrets: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """What becomes of a line in a shell with these variables."""
    environment = {**os.environ, **secrets, "no_proxy": "*"}
    return subprocess.run(["sh", "-c", line], env=environment, capture_output=True, check=False, timeout=20)


def send(listener: Listener, body: bytes, **more: object) -> tuple[bytes, dict[str, list[str]], bytes]:
    """The request line, headers and body that arrive when the line is run by sh."""
    url = listener.origin + str(more.pop("path", "/event/push/alert/standard?integration_key=$INTEGRATION_KEY"))
    line = curl_line(push(1, body, url=url, **more))  # type: ignore[arg-type]
    assert line.isprintable()
    secrets = {"CONFORMANCE_INTEGRATION_KEY": KEY, "HEADER_AUTHORIZATION": "s3cret $x"}
    done = pasted(line, secrets)
    assert done.returncode == 0, done.stderr
    head, _, arrived = listener.requests.pop().partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers: dict[str, list[str]] = {}
    for header in lines:
        name, _, value = header.decode("latin-1").partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    return first, headers, arrived


BODIES = {
    "plain": b'{"title_rule": "a"}',
    "single-quotes": b"""{"title_rule": "it's '\\''"}""",
    "shell": b'$(id) `id` ${HOME} $INTEGRATION_KEY !! \\ " ; & | > < * ? ~',
    "at-sign": b"@/etc/hostname",
    "dash": b"-n -e --",
    "percent": b"%s %d %% %5$s",
    "lines": b'{\n\t"a": 1\r\n}\n',
    "nul": b"a\x00b\x00",
    "digits-after-escape": b"\x001\x0123",
    "not-utf8": b"\xff\xfe\x80 a",
    "all-bytes": bytes(range(256)),
    "unicode": '{"title_rule": "磁盘 🔥 é e\u0301"}'.encode(),
    "bidi": "\u202eabc\ufeff\u2028".encode(),
    "terminal": b"\x1b[31mred\x1b]0;x\x07",
    "repeats": b'{"title_rule": "' + b"a" * 5000 + b'", "x": "' + b"it's" * 40 + b'"}',
    "repeats-a-little": b'{"title_rule": "' + b"x" * 513 + b'"}',
    "backslashes": b"\\" * 9000 + b'"' * 3000,
    "long-varied": json.dumps([f"{n * 7919:x}" for n in range(900)]).encode(),
    "long-unicode": "".join(chr(0x4E00 + n * 37 % 20000) for n in range(3000)).encode(),
    "long-binary": bytes(n * n % 251 for n in range(6000)),
    "mebibyte": b'{"description": "' + b"d" * (1024 * 1024) + b'"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_arrive_byte_for_byte(listener: Listener, name: str) -> None:
    """Quotes, shell signs, NUL, control characters, any encoding, any length."""
    assert send(listener, BODIES[name])[2] == BODIES[name]


def test_long_repetitive_bodies_make_short_lines() -> None:
    """A line of a mebibyte of one character fits a screen."""
    for name in ("repeats", "repeats-a-little", "mebibyte"):
        assert len(curl_line(push(1, BODIES[name]))) < 500


def test_the_key_is_a_variable_in_double_quotes(listener: Listener) -> None:
    """The line shows no key, and the shell puts it in."""
    line = curl_line(push(1, b"{}"))
    assert '"$CONFORMANCE_INTEGRATION_KEY"' in line
    assert send(listener, b"{}")[0] == f"POST /event/push/alert/standard?integration_key={KEY} HTTP/1.1".encode()


@pytest.mark.parametrize(
    "path",
    [
        "/a?integration_key=x%20y%26z&integration_key=$INTEGRATION_KEY",
        "/a/../b/./c?x=[1]{2}",
        "//double//slash/?q=it's",
        "/%2e%2e/%00?a=%F0%9F%94%A5",
        "/event/push/alert/standard",
    ],
)
def test_urls_arrive_as_they_were(listener: Listener, path: str) -> None:
    """Percent-encoding, brackets, dots and doubled slashes are not touched."""
    first = send(listener, b"{}", path=path)[0].decode()
    assert first == f"POST {path.replace('$INTEGRATION_KEY', KEY)} HTTP/1.1"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "FROB"])
@pytest.mark.parametrize("body", [b"", b"{}"], ids=["empty", "object"])
def test_methods_arrive(listener: Listener, method: str, body: bytes) -> None:
    """Odd methods are sent as recorded, with or without a body."""
    if method == "HEAD" and body:
        pytest.skip("curl -I takes no body")
    first, _, arrived = send(listener, body, method=method)
    assert first.startswith(method.encode() + b" ")
    assert arrived == body


def test_headers_arrive_and_curl_adds_none_that_matters(listener: Listener) -> None:
    """Recorded headers in their letter case, an empty one, a secret one; no Content-Type or Expect of curl's own."""
    headers = (
        ("content-TYPE", "application/json; charset=utf-8"),
        ("X-Empty", ""),
        ("Authorization", "Bearer $HEADER_AUTHORIZATION"),
    )
    _, seen, _ = send(listener, b"x" * 3000, headers=headers)
    assert seen["content-type"] == ["application/json; charset=utf-8"]
    assert seen["x-empty"] == [""]
    assert seen["authorization"] == ["Bearer s3cret $x"]
    assert "expect" not in seen
    assert "content-type" not in send(listener, b"{}", headers=())[1]


def test_an_empty_post_has_an_empty_body(listener: Listener) -> None:
    """A POST without a body stays one."""
    first, seen, arrived = send(listener, b"", headers=JSON)
    assert (first[:5], seen["content-length"], arrived) == (b"POST ", ["0"], b"")


def test_a_hostile_header_cannot_leave_its_quotes(listener: Listener) -> None:
    """Quotes and substitutions in a recorded header are text."""
    _, seen, _ = send(listener, b"{}", headers=(("X-A", "'; touch /tmp/x; echo '$(id)`id`"),))
    assert seen["x-a"] == ["'; touch /tmp/x; echo '$(id)`id`"]


def test_every_exchange_has_one_line() -> None:
    """No line break ever enters the line, wherever it was recorded."""
    exchange = push(1, b"a\nb")
    assert "\n" not in curl_line(replace(exchange, sent=replace(exchange.sent, url="http://h/\n?a")))


_TARGET = "/event/push/alert/standard?token=T0k%2Fen"
_CREDENTIALS = (
    scenario.MAIN, scenario.MAIN_LAST, scenario.MAIN_NAME_ENCODED, scenario.MAIN_ENCODED, scenario.MAIN_ENCODED_SMALL,
    scenario.MAIN_THEN_UNKNOWN, scenario.UNKNOWN_THEN_MAIN, scenario.NEAR, scenario.LONGER, scenario.SHORTER,
    scenario.OTHER_CASE, scenario.ENCODED_TWICE, scenario.ODD, scenario.SECOND, scenario.ABSENT, scenario.EMPTY,
    scenario.UNKNOWN, "account:NoLicense",
)  # fmt: skip


@pytest.mark.parametrize("credential", _CREDENTIALS)
@pytest.mark.parametrize("key", ["aB3-dE9_x1", "aB3-dE9_xZ"])
def test_every_kind_of_key_arrives_as_it_was_sent(listener: Listener, credential: str, key: str) -> None:
    """Keys that resemble the good one are made of it by the shell: an empty one would show the opposite."""
    accounts = {"NoLicense": "acc0unt"}
    target = Target.from_options(listener.origin + _TARGET, key, second_key="s3cond", accounts=accounts)
    made = Push(b"{}", credential=credential)
    out = Requests(target).push(made)
    shown = Redactor(target.secrets).text(out.shown_url)
    assert key not in shown
    exchange = replace(push(1, b"{}", url=shown), note=Note("sample"))
    story = Story(Scenario("sample", "check", (), (Stage((made,)),)), ((exchange,),), (None,))
    line = curl_line(exchange, Evidence(Recording(INFO, [story])).credential(1))
    variables = {"CONFORMANCE_INTEGRATION_KEY": key, "CONFORMANCE_SECOND_KEY": "s3cond"}
    done = pasted(line, {**variables, "ACCOUNT_KEY_NOLICENSE": "acc0unt", "QUERY_TOKEN": "T0k%2Fen"})
    assert done.returncode == 0, done.stderr
    assert listener.requests.pop().split(b" ")[1].decode() == out.target


@pytest.mark.parametrize("name", ["INTEGRATION_KEY", "SECOND_KEY", "APP_KEY"])
def test_keys_are_read_from_the_variables_that_a_run_reads(listener: Listener, name: str) -> None:
    """Whoever exported the keys for the run has them for the line."""
    assert variable(name.lower().replace("_", "-")) == f"CONFORMANCE_{name}"
    line = curl_line(push(1, b"{}", url=f"{listener.origin}/a?key=${name}"))
    assert pasted(line, {f"CONFORMANCE_{name}": KEY}).returncode == 0
    assert listener.requests.pop().startswith(f"POST /a?key={KEY} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize("name", ["ACCOUNT_KEY_NOLICENSE", "HEADER_X_TOKEN", "QUERY_TOKEN", "PROXY_PASSWORD"])
def test_a_secret_that_the_shell_does_not_know_is_asked_for(listener: Listener, name: str) -> None:
    """Nothing is sent without it, and what to put in is told."""
    done = pasted(curl_line(push(1, b"{}", url=f"{listener.origin}/a?key=${name}")), {})
    assert done.returncode != 0
    assert name.encode() in done.stderr
    assert listener.requests == []
