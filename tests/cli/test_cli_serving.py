"""Commands that talk to a server: serve and cleanup."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from cli_runs import PROPER, command

from conformance.reference.options import ServerOptions
from conformance.reference.server import RunningServer, start

APP_KEY = "read-back"


def _post(url: str, body: str) -> Any:
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.loads(reply.read())


def _stored(server: RunningServer) -> dict[str, str]:
    body = json.dumps({"start_time": 1, "end_time": 2**31, "limit": 100})
    # the window of the read-back is 31 days at most: ask for the last of them
    import time  # noqa: PLC0415 - one use

    now = int(time.time())
    body = json.dumps({"start_time": now - 86400, "end_time": now + 60, "limit": 100})
    items = _post(f"{server.read_url}?app_key={server.app_key}", body)["data"]["items"]
    return {item["alert_key"]: item["alert_status"] for item in items}


def test_serve_prints_where_it_is_and_stops_on_sigterm() -> None:
    """The banner has URL, keys and a curl line; the key comes from the environment."""
    line = [
        sys.executable,
        "-c",
        "from conformance.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--account",
        "NoLicense=nl",
    ]
    env = {**os.environ, "CONFORMANCE_INTEGRATION_KEY": "from-the-environment"}
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    told = []
    while not (told and told[-1].startswith("curl ")):
        text = process.stdout.readline()
        assert text or process.poll() is None, process.stderr
        told.append(text)
    banner = "".join(told)
    url = next(line.split()[-1] for line in told if line.startswith("Push URL"))
    assert "Integration key  from-the-environment" in banner
    assert _post(f"{url}?integration_key=from-the-environment", PROPER)["data"]["alert_key"] == "k-1"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, out + err
    assert "Traceback" not in err


def test_serve_says_when_the_port_is_taken() -> None:
    """Exit code 4, the port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("serve", "--port", str(port))
    assert done.exit_code == 4
    assert str(port) in done.output
    assert "--port" in done.output


def test_serve_refuses_unknown_names() -> None:
    """A fault or variant that does not exist is named."""
    assert "no fault 'nope'" in command("serve", "--port", "0", "--fault", "nope").output
    assert command("serve", "--port", "0", "--variant", "nope").exit_code == 4
    near = command("serve", "--port", "0", "--fault", "title-cut-at-510")
    assert "title-cut-at-511" in near.output
    assert "`conformance faults` lists them" in near.output
    assert "`conformance faults --variants` lists them" in command("serve", "--port", "0", "--variant", "nope").output
    assert "late" in command("serve", "--port", "0", "--variant", "latte").output
    assert "--account" in command("serve", "--account", "NoLicense").output
    for given in ("Foo=s3cret", "s3cret", "NoLicense="):
        refused = command("serve", "--account", given)
        assert refused.exit_code == 4
        assert "one of Unauthorized, AccessDenied" in refused.output
        assert "s3cret" not in refused.output
    assert "--rate" in command("serve", "--rate", "fast").output


def _journal(folder: Path, *keys: str) -> None:
    lines = [
        {"at": "opening", "n": n, "key": key, "credential": "main", "run": "abc123"} for n, key in enumerate(keys, 1)
    ]
    folder.joinpath("journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_cleanup_closes_what_the_journal_lists(tmp_path: Path) -> None:
    """The alerts of the run are recovered, others are not; a second time there is nothing to do."""
    with start(ServerOptions(key="k", app_key=APP_KEY)) as server:
        for key in ("cfm-abc123-1", "cfm-abc123-2", "somebody-elses"):
            _post(f"{server.push_url}?integration_key=k", json.dumps({**json.loads(PROPER), "alert_key": key}))
        _journal(tmp_path, "cfm-abc123-1", "cfm-abc123-2")
        options = ("cleanup", str(tmp_path), "--target-url", server.push_url)
        done = command(*options, CONFORMANCE_INTEGRATION_KEY="k", CONFORMANCE_APP_KEY=APP_KEY)
        assert done.exit_code == 0, done.output
        assert "2 alerts were recovered" in done.output
        assert _stored(server) == {"cfm-abc123-1": "Ok", "cfm-abc123-2": "Ok", "somebody-elses": "Critical"}
        again = command(*options, CONFORMANCE_INTEGRATION_KEY="k")
        assert again.exit_code == 0
        assert "nothing that is still open" in again.output


def test_cleanup_sweeps_by_prefix(tmp_path: Path) -> None:
    """Every active alert under the prefix is closed; without a read-back it says what it needs."""
    with start(ServerOptions(key="k", app_key=APP_KEY)) as server:
        for key in ("cfm-1", "cfm-2", "other"):
            _post(f"{server.push_url}?integration_key=k", json.dumps({**json.loads(PROPER), "alert_key": key}))
        options = ("cleanup", "--cleanup-only-prefix", "cfm-", "--target-url", server.push_url)
        blind = command(*options, CONFORMANCE_INTEGRATION_KEY="k")
        assert blind.exit_code == 4
        assert "--app-key" in blind.output
        done = command(*options, CONFORMANCE_INTEGRATION_KEY="k", CONFORMANCE_APP_KEY=APP_KEY)
        assert done.exit_code == 0, done.output
        assert _stored(server) == {"cfm-1": "Ok", "cfm-2": "Ok", "other": "Critical"}


def test_cleanup_says_what_is_left(tmp_path: Path) -> None:
    """Nobody answers: exit code 1, and the keys that stay open."""
    _journal(tmp_path, "cfm-abc123-1")
    url = "http://127.0.0.1:1/event/push/alert/standard"
    done = command("cleanup", str(tmp_path), "--target-url", url, CONFORMANCE_INTEGRATION_KEY="k")
    assert done.exit_code == 1, done.output
    assert "cfm-abc123-1" in done.output


def test_cleanup_needs_to_know_what_and_where(tmp_path: Path) -> None:
    """A folder that is none, no target, neither folder nor prefix, production: exit code 4, named."""
    assert command("cleanup").exit_code == 4
    empty = command("cleanup", "--cleanup-only-prefix", "", "--target-url", "http://127.0.0.1:1/")
    assert empty.exit_code == 4
    assert "--cleanup-only-prefix is empty" in empty.output
    assert "no such folder" in command("cleanup", str(tmp_path / "none")).output
    assert "journal.jsonl" in command("cleanup", str(tmp_path)).output
    _journal(tmp_path, "cfm-abc123-1")
    assert "--target-url" in command("cleanup", str(tmp_path)).output
    url = "https://api.flashcat.cloud/event/push/alert/standard"
    done = command("cleanup", str(tmp_path), "--target-url", url, CONFORMANCE_INTEGRATION_KEY="k")
    assert done.exit_code == 4
    assert "nothing was sent" in done.output
