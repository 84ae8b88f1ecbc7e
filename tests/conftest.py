"""What all tests of the suite share: how many browser tests did not run is said last, and may fail the run."""

from __future__ import annotations

import os
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
