"""What schemathesis alone finds of the same faults: ``st run`` on spec/openapi.yaml, beside quick runs of the suite.

schemathesis gets what it needs to do its best: a good key, the whole document, all phases, and every one of its checks
that is silent on the conforming server (one that is not, tells nothing about a faulty server).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemathesis.checks import CHECKS, load_all_checks

from conformance.cli.matrix import Cell, run_one
from conformance.contract.files import spec_folder
from conformance.reference.faults import all_faults
from conformance.reference.options import ServerOptions
from conformance.reference.server import start

SEED = 1  # of every session: what is silent with it on the conforming server is silent for a reason
CONFIG = 'base-url = "{base}"\n[parameters]\nintegration_key = "${{CONFORMANCE_INTEGRATION_KEY}}"\n'


@dataclass(frozen=True)
class Session:
    """One ``st run``: whether it found anything, how many requests and seconds it took."""

    found: bool
    requests: int
    seconds: float


def session(fault: str, checks: Iterable[str], seed: int = SEED) -> Session:
    """Run schemathesis with these checks against the embedded server, with a fault or without."""
    key = secrets.token_hex(16)
    server = start(ServerOptions(key=key, faults=(fault,) if fault else ()))
    try:
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            config, base = Path(folder, "schemathesis.toml"), server.push_url.partition("/event/")[0]
            config.write_text(CONFIG.format(base=base), encoding="utf-8")
            what = [str(spec_folder() / "openapi.yaml"), "--include-operation-id", "pushAlertEvent"]
            how = ["--checks", ",".join(checks), "--seed", str(seed), "--report", "json", "--report-dir", folder]
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", *what, *how]
            began = time.perf_counter()
            done = subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, "CONFORMANCE_INTEGRATION_KEY": key},
                capture_output=True,
                check=False,
            )
            seconds = time.perf_counter() - began
            reports = list(Path(folder).glob("*.json"))
            if done.returncode not in (0, 1) or not reports:
                raise SystemExit(f"schemathesis went wrong:\n{done.stdout.decode()}\n{done.stderr.decode()}")
            report = json.loads(reports[0].read_text(encoding="utf-8"))
            return Session(bool(report["failures"]), int(report["test_cases"]["generated"]), seconds)
    finally:
        server.close()


def silent_checks() -> list[str]:
    """The checks of schemathesis that find nothing wrong with the conforming server."""
    load_all_checks()
    return [name for name in CHECKS.get_all_names() if not session("", [name]).found]


def spread(count: int) -> list[str]:
    """So many faults, evenly over the catalogue."""
    names = sorted(all_faults())
    return [names[place * len(names) // count] for place in range(min(count, len(names)))]


def table(names: Sequence[str]) -> list[str]:
    """Both on the same faults, in turn, as lines of Markdown."""
    silent = silent_checks()
    theirs: list[Session] = []
    ours: list[Cell] = []
    for name in names:
        theirs.append(session(name, silent))
        ours.append(run_one(name, "quick"))
        found, caught = (
            word if yes else "-" for word, yes in (("found", theirs[-1].found), ("caught", ours[-1].killed))
        )
        print(f"{name}: schemathesis {found}, quick {caught}")
    count = len(names)
    return [
        f"## Beside schemathesis alone, on {count} of the {len(all_faults())} faults",
        "",
        "`st run spec/openapi.yaml` with a good key, all phases, and those of its checks that find nothing on the",
        f"conforming server ({', '.join(f'`{name}`' for name in silent)}). It sees replies only: what is stored, and",
        "what a reply means, no OpenAPI document can tell it.",
        "",
        "| | faults found | requests, on average | seconds, on average |",
        "|---|---|---|---|",
        _row("schemathesis alone", [one.found for one in theirs], theirs),
        _row("this suite, quick", [one.killed for one in ours], ours),
    ]


def _row(name: str, found: Sequence[bool], runs: Sequence[Session] | Sequence[Cell]) -> str:
    """One line of the table."""
    count = len(runs)
    requests, seconds = sum(one.requests for one in runs) / count, sum(one.seconds for one in runs) / count
    return f"| {name} | {sum(found)} of {count} | {requests:.0f} | {seconds:.1f} |"
