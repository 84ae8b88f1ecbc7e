"""The pytest entry point: options and nothing else; everything heavy is loaded only for a run of this suite.

It is loaded into every pytest of an environment, so it imports no other module of the package at import time and does
nothing unless this suite's own checks are collected.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_PREFIX = "CONFORMANCE_"
#: Options that nobody gives who does not mean this suite.
_MEANT = ("target-url", "integration-key", "fault", "variant", "replay", "requirement", "row", "report-dir")
_CHECKS = Path(__file__).resolve().parent / "checks"

#: Option, how argparse reads it, its meaning.  Each can be given as CONFORMANCE_… in the environment, too.
OPTIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("target-url", {"metavar": "URL"}, "the push URL of the server under test; absent: the embedded server"),
    ("integration-key", {"metavar": "KEY"}, "the integration key (better: CONFORMANCE_INTEGRATION_KEY)"),
    ("second-key", {"metavar": "KEY"}, "the key of another integration, to see that the two are apart"),
    (
        "app-key",
        {"metavar": "KEY"},
        "reads stored alerts through the vendor's Open API: truncation and recovery show there",
    ),
    ("read-url", {"metavar": "URL"}, "where alerts are listed (default: /alert/list at the target's origin)"),
    ("observer", {"metavar": "NAME", "action": "append"}, "auto, none, openapi, webhook or MODULE:FACTORY; repeatable"),
    ("webhook-listen", {"metavar": "HOST:PORT"}, "where the run listens for the target's alert webhook"),
    ("observe-timeout", {"metavar": "S", "type": float}, "how long a stored alert may take to appear (default 10)"),
    ("exchange-timeout", {"metavar": "S", "type": float}, "time limit of one whole exchange (default 10)"),
    ("budget", {"metavar": "SIZE"}, "quick, standard (default) or thorough: at most 150, 1,000 or 10,000 requests"),
    (
        "max-seconds",
        {"metavar": "S", "type": float},
        "end sending in time, waits and recoveries included; planning, judging and reports come on top",
    ),
    ("level", {"metavar": "LEVEL"}, "must (default), or should: then a failed SHOULD fails the run, too"),
    ("seed", {"metavar": "N", "type": int}, "seed of everything drawn (default 0): the same seed, the same plan"),
    ("requirement", {"metavar": "ID", "action": "append"}, "judge only this requirement; repeatable"),
    ("row", {"metavar": "ROW", "action": "append"}, "judge only this row, such as Payload/labels; repeatable"),
    ("max-rate", {"metavar": "N/s"}, "pushes a second at most (default 50/s beyond loopback)"),
    ("max-per-minute", {"metavar": "N", "type": float}, "pushes a minute at most (default 500 beyond loopback)"),
    (
        "probe-rate-limit",
        {"metavar": "N", "nargs": "?", "const": 120, "type": int},
        "go over the rate with N pushes, last of all",
    ),
    (
        "account",
        {"metavar": "CODE=KEY", "action": "append"},
        "a key whose account answers CODE; repeatable, in the environment a line for each",
    ),
    ("baseline", {"metavar": "FILE"}, "known failures with their reasons: they do not fail the gate"),
    ("lock", {"metavar": "FILE"}, "pinned answers to open points: a drift fails the gate"),
    ("lock-update", {"action": "store_true"}, "write the answers seen into the --lock file"),
    ("report-dir", {"metavar": "DIR"}, "where the report goes (default reports/latest)"),
    ("replay", {"metavar": "DIR"}, "judge a recorded run again, offline"),
    ("wait-for-target", {"metavar": "S", "type": float}, "wait so long for the target to answer"),
    ("header", {"metavar": "'Name: value'", "action": "append"}, "an extra header for a gateway; repeatable"),
    ("proxy", {"metavar": "URL"}, "an HTTP proxy; none is taken from the environment"),
    ("ca-bundle", {"metavar": "FILE"}, "certificates to trust"),
    ("insecure", {"action": "store_true"}, "do not check certificates"),
    ("allow-production", {"action": "store_true"}, "allow the vendor's production service as target"),
    ("max-severity", {"metavar": "STATUS"}, "send nothing more severe than Warning or Info"),
    ("fault", {"metavar": "NAME"}, "embedded server only: switch on one fault (`conformance faults` lists them)"),
    ("variant", {"metavar": "NAME"}, "embedded server only: another conforming way where the document is silent"),
    ("visible-after", {"metavar": "S", "type": float}, "embedded server only: show stored alerts so much later"),
    ("latency", {"metavar": "S", "type": float}, "embedded server only: wait so long before each reply"),
)


def dest(name: str) -> str:
    """Where an option stands in pytest's configuration."""
    return "conformance_" + name.replace("-", "_")


def variable(name: str) -> str:
    """The environment variable that gives an option."""
    return _PREFIX + name.upper().replace("-", "_")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; their values are checked when a run begins."""
    group = parser.getgroup("conformance", "Flashduty push protocol conformance")
    for name, how, text in OPTIONS:
        group.addoption(f"--{name}", dest=dest(name), default=None, help=text, **how)


def _is_ours(argument: str) -> bool:
    path = Path(argument.split("::", 1)[0])
    try:
        path = path.resolve()
    except OSError:
        return False
    return path == _CHECKS or _CHECKS in path.parents or path == _CHECKS.parent


def wanted(config: pytest.Config) -> bool:
    """Whether this pytest was started for this suite's checks."""
    if getattr(config, "workerinput", {}).get("conformance_recording"):
        return True
    given = any(config.getoption(dest(name), None) for name in _MEANT)
    named = any(_is_ours(str(argument)) for argument in config.args)
    package = config.getoption("pyargs", False) and any(str(a).split(".")[0] == "conformance" for a in config.args)
    nothing_named = not config.args or config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR
    return bool(named or package or (given and nothing_named))


@contextmanager
def plain_imports() -> Iterator[None]:
    """Import modules as Python does.

    pytest rewrites the assertions of every module of a plugin's distribution: of ours, and of schemathesis and all it
    brings along.  Only tests profit from that, and where compiled modules are not kept it costs seconds each time.
    """
    found = [finder for finder in sys.meta_path if type(finder).__name__ == "AssertionRewritingHook"]
    places = [(sys.meta_path.index(finder), finder) for finder in found]
    for finder in found:
        sys.meta_path.remove(finder)
    try:
        yield
    finally:
        for place, finder in places:
            sys.meta_path.insert(place, finder)


def _disabled() -> bool:
    return os.environ.get(variable("disable"), "").strip().lower() not in ("", "0", "no", "false", "off")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the run where this suite is meant; elsewhere do nothing."""
    if not wanted(config) or _disabled():
        return
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR:
        # No file was named and no testpaths read (a path among our options moves pytest's root folder): ours are meant.
        config.args = [str(_CHECKS)]
    with plain_imports():
        from conformance.plugin.hooks import register  # noqa: PLC0415 - heavy, and only for our own runs

        register(config)
