"""A conforming server behind a bad line conforms in every run; what stays undecided is blocked, and never fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bad_line import BadLine
from fleet import start
from suite_claims import report_of
from suite_runs import APP_KEY, KEY, SuiteRun, run

from conformance.reference.options import ServerOptions
from conformance.reference.server import start as reference

JOBS = 3
QUICK = ("--budget", "quick")


def _flaky_network(folder: Path, number: int) -> SuiteRun:
    with start("flaky-network", key=KEY, app_key=APP_KEY, seed=number) as server:
        return run(server.push_url, folder / str(number), quick=QUICK)


def _slow_store(folder: Path, number: int) -> SuiteRun:
    options = ServerOptions(key=KEY, app_key=APP_KEY, visible_after=5, rate=20)
    with reference(options) as server, BadLine(server.push_url, share=0.05, seed=number) as line:
        return run(line.url, folder / str(number), quick=QUICK)


def _told(done: SuiteRun) -> str:
    wrong = [
        f"{entry['id']} {entry['verdict']}: {entry['finding']}"
        for entry in report_of(done)["requirements"]
        if entry["verdict"] in ("fail", "blocked", "error")
    ]
    return f"{done.folder.name}: exit code {done.code}, {done.closing}; {wrong[:5]}"


def _all_conform(make: object, numbers: range, folder: Path) -> None:
    assert callable(make)
    with ThreadPoolExecutor(JOBS) as pool:
        runs = list(pool.map(lambda number: make(folder, number), numbers))
    wrong = [_told(done) for done in runs if done.code != 0]
    assert not wrong, f"{len(wrong)} of {len(runs)} runs did not conform: " + "\n".join(wrong)


def test_a_flaky_network_does_not_cost_a_server_its_conformance(tmp_path: Path) -> None:
    """5% of the exchanges reset and up to 300 ms of latency: conforms."""
    _all_conform(_flaky_network, range(2), tmp_path)


def test_a_slow_store_behind_a_strict_rate_and_a_bad_line_conforms(tmp_path: Path) -> None:
    """Alerts visible after 5 s, 20 pushes a second, 5% of the exchanges reset: conforms."""
    _all_conform(_slow_store, range(1), tmp_path)


@pytest.mark.hostile_long
def test_fifty_runs_over_a_flaky_network_all_conform(tmp_path: Path) -> None:
    """Not one of fifty is different."""
    _all_conform(_flaky_network, range(100, 150), tmp_path)


@pytest.mark.hostile_long
def test_twenty_runs_against_a_slow_store_all_conform(tmp_path: Path) -> None:
    """Not one of twenty is different."""
    _all_conform(_slow_store, range(100, 120), tmp_path)
