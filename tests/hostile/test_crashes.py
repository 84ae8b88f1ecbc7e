"""Runs that end before their time, by whatever cause, leave no alert open, or a journal from which it can be closed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from suite_claims import alerts_open, broken, report_of
from suite_runs import APP_KEY, KEY, Started, SuiteRun, begin, environment, run

from conformance.drive.cleanup import CleanupReport, cleanup
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings
from conformance.model.scenario import Push, encode
from conformance.observe.openapi import OpenApiObserver
from conformance.reference.options import ServerOptions
from conformance.reference.server import start
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

_SERVE = """
import os
from conformance.reference.options import ServerOptions
from conformance.reference.server import serve
serve(ServerOptions(key=os.environ["CONFORMANCE_INTEGRATION_KEY"], app_key=os.environ["CONFORMANCE_APP_KEY"],
      db=os.environ["ALERTS_DB"], latency=float(os.environ["LATENCY"])))
"""


@contextmanager
def served(folder: Path, latency: float = 0.01) -> Iterator[tuple[str, Path]]:
    """A reference server in a process of its own, its alerts in a file: push URL and file."""
    folder.mkdir(parents=True, exist_ok=True)
    db = folder / "alerts.sqlite"
    keys = environment({"INTEGRATION_KEY": KEY, "APP_KEY": APP_KEY}) | {"ALERTS_DB": str(db), "LATENCY": str(latency)}
    process = subprocess.Popen([sys.executable, "-c", _SERVE], env=keys, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        yield url, db
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def _journalled(begun: Started, lines: int, patience: float = 60.0) -> None:
    """Wait until the run has written so many lines into its journal."""
    journal = begun.folder / "reports" / "latest" / "journal.jsonl"
    until = time.monotonic() + patience
    while time.monotonic() < until and begun.process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.02)


def close_what_is_left(url: str, report: Path, *, seen: bool = True) -> CleanupReport:
    """Do what the command for cleaning up does."""
    target = Target.from_options(url, KEY, app_key=APP_KEY)
    client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
    try:
        observer = OpenApiObserver(client) if seen else None
        return cleanup(report, client, observer, DriveSettings(observe_timeout=5))
    finally:
        client.close()


_IN_FLIGHT = 24  # lines of a journal of which the first must have been sent


def _killed(folder: Path, number: int) -> int:
    """Kill a run at a random moment, clean up: how many alerts are open then."""
    moment = random.Random(number).uniform(0, 2.5)
    with served(folder) as (url, db):
        begun = begin(url, folder / "run")
        _journalled(begun, 1 if number % 2 else _IN_FLIGHT)
        time.sleep(moment)
        begun.send(signal.SIGKILL)
        done = begun.wait()
        time.sleep(1.5)  # what was on its way may still arrive
        before = alerts_open(db)
        close_what_is_left(url, done.report)
        again = close_what_is_left(url, done.report)  # harmless
        assert not again.left
        # With more lines in the journal than requests are ever in flight something was opened, unless all is closed.
        assert before or number % 2 or moment > 1 or done.code == 0
        return alerts_open(db)


@pytest.mark.parametrize("number", range(4))
def test_a_killed_run_is_cleaned_up_from_its_journal(number: int, tmp_path: Path) -> None:
    """After a SIGKILL at a random moment, cleaning up leaves no alert active."""
    assert _killed(tmp_path, number) == 0


@pytest.mark.hostile_long
@pytest.mark.parametrize("number", range(100, 150))
def test_fifty_killed_runs_are_cleaned_up(number: int, tmp_path: Path) -> None:
    """The same, each time."""
    assert _killed(tmp_path, number) == 0


def test_without_the_read_back_generated_keys_are_said_to_be_possibly_open(tmp_path: Path) -> None:
    """Named keys are closed; what was sent without a key, and its reply lost, is counted in the report."""
    report = tmp_path / "report"
    report.mkdir()
    line = '{"at": "opening", "n": 1, "key": null, "credential": "main", "run": "abc123"}\n'
    (report / "journal.jsonl").write_text(line)
    with start(ServerOptions(key=KEY, app_key=APP_KEY)) as server:
        told = close_what_is_left(server.push_url, report, seen=False)
    assert len(told.unnamed) == 1
    assert "may be open" in told.sentence


def test_an_alert_under_an_unknown_key_is_found_by_the_title_that_was_sent(tmp_path: Path) -> None:
    """A title without room for the run's name, no key, the reply lost: the store shows it, and it is recovered."""
    event = {"title_rule": "cpu idle low than 20%", "event_status": "Info"}
    with served(tmp_path, latency=0) as (url, db):
        target = Target.from_options(url, KEY, app_key=APP_KEY)
        client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
        journal = Journal(tmp_path / "report" / "journal.jsonl", "abc123")
        push = Push(encode(event))
        journal.before(push)
        client.push(push, Note())
        client.close()
        journal.close()  # without having heard of a reply, as after a SIGKILL
        assert alerts_open(db) == 1
        told = close_what_is_left(url, tmp_path / "report")
        assert not told.unnamed
        assert alerts_open(db) == 0


def _interrupted(folder: Path, number: signal.Signals, lines: int) -> tuple[SuiteRun, int]:
    with served(folder, latency=0.05) as (url, db):
        begun = begin(url, folder / "run", quick=("--budget", "quick", "--exchange-timeout", "5"))
        _journalled(begun, lines)
        begun.send(number)
        done = begun.wait()
        return done, alerts_open(db)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("lines", [1, 30], ids=["at once", "later"])
def test_an_interrupted_run_cleans_up_and_reports(number: signal.Signals, lines: int, tmp_path: Path) -> None:
    """Exit code 2, no alert left, a report that says that it was interrupted."""
    done, left = _interrupted(tmp_path, number, lines)
    assert done.code == 2, done.output[-3000:]
    assert left == 0
    report = report_of(done)
    assert report["verdict"] == "interrupted"
    assert not broken(done, KEY, APP_KEY)


def test_a_bound_on_seconds_is_kept_and_what_was_not_reached_is_named(tmp_path: Path) -> None:
    """--max-seconds 5 against a slow server: over in time, what was not reached is counted, nothing is left open."""
    with served(tmp_path, latency=0.4) as (url, db):
        done = run(url, tmp_path / "run", "--max-seconds", "5", quick=("--budget", "quick"))
        left = alerts_open(db)
    report = report_of(done)
    assert report["run"]["seconds"] <= 6.5
    assert done.code in (0, 5), done.output[-3000:]
    assert "not reached" in done.closing
    assert any(entry["verdict"] == "not-reached" for entry in report["requirements"])
    assert left == 0


def test_a_bound_on_seconds_cuts_an_exchange_that_is_under_way(tmp_path: Path) -> None:
    """--max-seconds 4 against a target that takes connections and says nothing: it does not wait its time limit out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/push"
        done = run(url, tmp_path, "--max-seconds", "4", quick=("--exchange-timeout", "60"))
        assert time.monotonic() - begun < 4 + 2 + 20  # the run, closing what is open, starting and ending of pytest
    assert done.code == 5, done.output[-3000:]
    assert "--max-seconds is over" in done.closing


def test_a_run_waits_for_its_target(tmp_path: Path) -> None:
    """--wait-for-target 30 starts as soon as the target answers."""
    with start(ServerOptions(key=KEY, app_key=APP_KEY)) as first:
        port, url = first.port, first.push_url
    begun = begin(url, tmp_path, "--wait-for-target", "60")
    time.sleep(4)
    assert begun.process.poll() is None or os.environ.get("CI")
    with start(ServerOptions(key=KEY, app_key=APP_KEY, port=port)):
        done = begun.wait()
    assert done.code == 0, done.output[-3000:]


def test_waiting_for_a_target_that_never_comes_ends(tmp_path: Path) -> None:
    """After so many seconds the run says that nothing answers."""
    with start(ServerOptions(key=KEY, app_key=APP_KEY)) as first:
        url = first.push_url
    done = run(url, tmp_path, "--wait-for-target", "2")
    assert done.code == 4
    assert "nothing answers" in done.closing
