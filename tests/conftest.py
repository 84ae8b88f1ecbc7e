"""What all tests of the suite share: how many browser tests did not run is said last, and may fail the run."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

_REQUIRED = "CONFORMANCE_REQUIRE_BROWSER"
_ran = pytest.StashKey[dict[str, int]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start counting."""
    config.stash[_ran] = {"passed": 0, "skipped": 0}
    for name in list(os.environ):  # tests give their own: what the user's shell holds must not leak into them
        if name.startswith("CONFORMANCE_") and name != _REQUIRED:
            del os.environ[name]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under xdist let each worker begin with its share of the slow modules: what is left at the end is quick."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)
    slow: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.path.parent.name in _SECONDS:
            slow[item.path].append(item)
    if workers == 1 or not slow:
        return
    quick = [item for item in items if item.path not in slow]
    queues: list[list[pytest.Item]] = [[] for _ in range(workers)]
    load = [0] * workers
    for path, group in sorted(slow.items(), key=lambda entry: -_seconds(*entry)):
        least = load.index(min(load))
        queues[least] += group
        load[least] += _seconds(path, group)
    share = -(-len(items) // workers)
    for queue in queues:
        room = max(0, share - len(queue))
        queue.extend(quick[:room])
        del quick[:room]
    items[:] = [item for queue in queues for item in queue] + quick


#: What a test of these folders takes, roughly.
_SECONDS = {"hostile": 7, "matrix": 5, "plugin": 3, "cli": 3, "browser": 3}


def _seconds(path: Path, group: list[pytest.Item]) -> int:
    return len(group) * _SECONDS[path.parent.name]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that need a browser."""
    if _counter is not None and "tests/browser/" in report.nodeid:
        if report.skipped:
            _counter["skipped"] += 1
        elif report.when == "call":
            _counter["passed"] += 1


_counter: dict[str, int] | None = None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let reports be counted where they arrive: in the controller."""
    global _counter  # noqa: PLW0603 - pytest gives reports no configuration
    _counter = session.config.stash[_ran]


def _missing(config: pytest.Config) -> int:
    return config.stash[_ran]["skipped"]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where a browser is demanded, tests that did not run fail the run."""
    if os.environ.get(_REQUIRED) and _missing(session.config) and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say it where nobody can miss it."""
    if count := _missing(config):
        terminalreporter.write_line(
            f"{count} browser tests did not run: no Chromium was found; install it (Debian: apt-get install chromium)",
            red=True,
        )
