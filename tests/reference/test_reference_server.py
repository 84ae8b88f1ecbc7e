"""Starting, stopping, the banner, the webhook, and what is not written to any log."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import requests

from conformance.reference.options import ServerOptions
from conformance.reference.server import banner, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reference_client import Client


Hook = tuple[str, "queue.Queue[dict[str, Any]]"]


def test_a_server_starts_and_stops_at_once() -> None:
    """Starting takes less than 150 ms, stopping less than 100 ms, also with connections open."""
    start().close()
    began = time.monotonic()
    server = start()
    started = time.monotonic()
    with requests.Session() as session:
        session.get(server.push_url, timeout=5)
        before = time.monotonic()
        server.close()
        closed = time.monotonic()
    assert started - began < 0.15
    assert closed - before < 0.1
    with pytest.raises(requests.ConnectionError):
        requests.get(server.push_url, timeout=5)


def get_and_fail(url: str) -> None:
    """Ask, and see the connection go."""
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


def test_stopping_does_not_wait_for_a_slow_answer() -> None:
    """A request under way does not hold the server up."""
    server = start(ServerOptions(latency=30))
    thread = threading.Thread(target=get_and_fail, args=(server.push_url,))
    thread.start()
    time.sleep(0.1)
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 0.1
    thread.join()


def test_many_servers_run_side_by_side() -> None:
    """Each server has its own port, keys and alerts."""
    servers = [start() for _ in range(20)]
    assert len({server.port for server in servers}) == len({server.key for server in servers}) == 20
    for server in servers:
        server.close()


def test_the_banner_has_a_line_that_works() -> None:
    """The curl line of the banner pushes an event."""
    with start(ServerOptions(key="a key'with awkward&characters", accounts={"NoLicense": "none"})) as server:
        text = banner(server)
        assert "NoLicense=none" in text
        curl = text.splitlines()[-1]
        reply = subprocess.run(["sh", "-c", f"{curl} -s"], capture_output=True, text=True, check=True).stdout
        assert json.loads(reply)["data"] == {"alert_key": "try-1"}


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither good nor bad requests write the key anywhere."""
    with caplog.at_level(0), start(ServerOptions(key="secret-key-of-this-test")) as server:
        for body in (b"{}", b"{", b'{"title_rule":"t","event_status":"Info"}'):
            url = f"{server.push_url}?integration_key={server.key}"
            requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=5)
    messages = [record.getMessage() for record in caplog.records if not record.name.startswith("urllib3")]
    assert not any("secret-key" in message for message in messages)
    captured = capfd.readouterr()
    assert "secret-key" not in captured.out + captured.err


def test_a_port_in_use_is_said_so() -> None:
    """The error names the port."""
    with start() as server, pytest.raises(OSError, match=str(server.port)):
        start(ServerOptions(port=server.port))


@pytest.mark.parametrize(
    "options", [{"latency": -1}, {"webhook": "http://example.test/"}, {"webhook": "ftp://127.0.0.1"}]
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any]) -> None:
    """Negative times and webhooks to other machines are refused."""
    with pytest.raises(ValueError, match="|".join(options)):
        ServerOptions(**options)


def test_a_store_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    """The error names the file, and nothing stays open."""
    (tmp_path / "text.db").write_text("this is no database, but text that is long enough to be looked at" * 20)
    for name in ("text.db", "missing/a.db"):
        with pytest.raises(OSError, match=name):
            start(ServerOptions(db=tmp_path / name))


def test_an_unknown_fault_or_variant_is_named() -> None:
    """The error says which name there is not."""
    for options in (ServerOptions(faults=("no-such",)), ServerOptions(variant="no-such")):
        with pytest.raises(ValueError, match="no-such"):
            start(options)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_was_acknowledged_survives_the_end_of_the_process(tmp_path: Path, how: signal.Signals) -> None:
    """Served in the foreground, a signal ends the server, and every acknowledged event is in the file."""
    program = (
        "import os; from conformance.reference.server import serve; "
        "from conformance.reference.options import ServerOptions; "
        "serve(ServerOptions(key=os.environ['KEY'], db=os.environ['DB']))"
    )
    environment = {**os.environ, "KEY": "k", "DB": str(tmp_path / "a.db")}
    command = [sys.executable, "-c", program]
    with (
        requests.Session() as session,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        event = {"title_rule": "t", "event_status": "Info"}
        replies = [session.post(url, params={"integration_key": "k"}, json=event, timeout=5) for _ in range(20)]
        process.send_signal(how)
        process.wait(5)
    keys = {reply.json()["data"]["alert_key"] for reply in replies}
    with start(ServerOptions(db=tmp_path / "a.db", app_key="a")) as server:
        now = int(time.time())
        query = {"start_time": now - 60, "end_time": now + 60, "limit": 100}
        items = requests.post(f"{server.read_url}?app_key=a", json=query, timeout=5).json()["data"]["items"]
    assert {item["alert_key"] for item in items} == keys


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Give the address of a listener for webhooks, and the queue of what it got."""
    got = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        """Keeps what it gets."""

        def do_POST(self) -> None:
            """Keep one message."""
            got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook?x=1", got
        server.shutdown()
        thread.join()


def test_the_webhook_tells_of_each_change(run: Callable[..., Client], hook: Hook) -> None:
    """New, updated and closed alerts are told in order, with their state."""
    url, got = hook
    client = run(webhook=url)
    client.push(alert_key="k")
    client.push(alert_key="k", event_status="Critical")
    client.push(alert_key="k", event_status="Ok")
    messages = [got.get(timeout=5) for _ in range(3)]
    assert [message["event_type"] for message in messages] == ["a_new", "a_update", "a_close"]
    assert [message["alert"]["alert_status"] for message in messages] == ["Warning", "Critical", "Ok"]
    assert [message["alert"]["progress"] for message in messages] == ["Triggered", "Triggered", "Closed"]
    assert len({message["event_id"] for message in messages}) == 3


def test_a_dead_webhook_does_not_slow_pushes(run: Callable[..., Client]) -> None:
    """Nobody listens, and pushes are answered all the same."""
    client = run(webhook="http://127.0.0.1:9/")
    began = time.monotonic()
    assert client.push().status_code == 200
    assert time.monotonic() - began < 0.5
