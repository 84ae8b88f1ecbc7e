"""Runs the console command in this process, or as a process of its own where that matters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from conformance.cli import main

PROPER = '{"title_rule": "disk full", "event_status": "Critical", "alert_key": "k-1"}'


def command(*arguments: str, stdin: str | None = None, **env: str) -> Result:
    """Run ``conformance`` with these arguments."""
    runner = CliRunner(env={"CONFORMANCE_INTEGRATION_KEY": None, "CONFORMANCE_TARGET_URL": None, **env})
    return runner.invoke(main, list(arguments), input=stdin)


def process(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``python -m conformance.cli`` in a process of its own."""
    line = [sys.executable, "-c", "from conformance.cli import main; main()", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def report(folder: Path, *options: str) -> Path:
    """The report of a run with these options, in this folder."""
    line = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-p", "no:cacheprovider", "-q"]
    line += ["-p", "no:schemathesis"]  # its own pytest plugin, slow to load; the suite imports the library itself
    line += ["--observe-timeout", "2", "--report-dir", str(folder), *options]
    subprocess.run(line, cwd=folder.parent, capture_output=True, timeout=300, check=False)
    assert (folder / "conformance.json").is_file()
    return folder
