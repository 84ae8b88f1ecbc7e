"""Runs the suite as a user would, in a process of its own, and measures what it did to that process and its folder.

It starts processes and looks at what they leave; what is right or wrong is said by `suite_claims`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Keys as nobody would choose them; the checks look for them in every form.
KEY = "k3y/with+awkward &=\"'<>%chars"
APP_KEY = "app+key/with=more"
#: schemathesis' own pytest plugin takes 0.3 s of a processor to load; the suite imports the library itself.
BARE = ("-p", "no:schemathesis")
QUICK = ("--budget", "quick", "--exchange-timeout", "1", "--observe-timeout", "2")
#: Compiled modules are kept between the runs: compiling anew takes most of the time of a short one.
_COMPILED = {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "conformance-hostile-pycache")}
_DROPPED = ("CONFORMANCE_", "PYTEST_", "COV_", "GITHUB_", "PYTHONDONTWRITEBYTECODE")
PATIENCE = 150.0  # seconds until a run is killed: more than any may take
_CLOSING = ("conformance: ", "conforms", "does not conform", "incomplete", "untestable", "interrupted", "internal")


@dataclass
class SuiteRun:
    """What a run of the suite left behind."""

    code: int
    seconds: float
    peak_mb: float
    output: str
    folder: Path  # where it ran: the report lies in it under reports/latest
    command_lines: str = field(default="", repr=False)

    @property
    def report(self) -> Path:
        """The report folder."""
        return self.folder / "reports" / "latest"

    @property
    def closing(self) -> str:
        """The sentence that closes the run, or nothing."""
        lines = [line for line in self.output.splitlines() if line.startswith(_CLOSING)]
        return lines[-1] if lines else ""


@dataclass
class Started:
    """A run of the suite under way."""

    process: subprocess.Popen[bytes]
    folder: Path
    began: float
    seen: set[str] = field(default_factory=set)
    peak_mb: float = 0.0

    def watch(self) -> None:
        """Collect the command lines of the run and of its children, and its greatest size, until it ends."""
        while True:
            self.peak_mb = max(self.peak_mb, _peak_mb(self.process.pid))
            for pid in _family(self.process.pid):
                try:
                    self.seen.add(Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue
            if self.process.returncode is not None:
                return
            time.sleep(0.1)

    def wait(self, patience: float = PATIENCE) -> SuiteRun:
        """Wait for the end of the run; one that outlasts all patience is killed, and shows in its exit code."""
        watcher = threading.Thread(target=self.watch, daemon=True)
        killer = threading.Timer(patience, self.process.kill)
        watcher.start()
        killer.start()
        try:
            self.process.wait()
        finally:
            killer.cancel()
        seconds = time.monotonic() - self.began
        watcher.join()
        output = (self.folder / "output.txt").read_bytes().decode("utf-8", "replace")
        code = self.process.returncode
        return SuiteRun(code, seconds, self.peak_mb, output, self.folder, "\n".join(self.seen))

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the run."""
        self.process.send_signal(number)


def _peak_mb(pid: int) -> float:
    """The greatest resident size so far.  What `wait4` tells counts the parent's own size, too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except (OSError, ValueError):
        pass
    return found


def environment(keys: Mapping[str, str]) -> dict[str, str]:
    """The environment of a run: nothing of ours but the keys, given as CONFORMANCE_… variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    return kept | {f"CONFORMANCE_{name}": value for name, value in keys.items() if value} | _COMPILED


def begin(
    url: str | None,
    folder: Path,
    *options: str,
    key: str = KEY,
    app_key: str = APP_KEY,
    quick: Sequence[str] = QUICK,
    more: Mapping[str, str] | None = None,
) -> Started:
    """Start a run in a folder of its own, the keys given by the environment."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "--pyargs", "conformance", *BARE, *quick, *options]
    if url is not None:
        command += ["--target-url", url]
    keys = {"INTEGRATION_KEY": key, "APP_KEY": app_key, **(more or {})}
    with (folder / "output.txt").open("wb") as output:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, cwd=folder, env=environment(keys), **streams)
    return Started(process, folder, time.monotonic())


def run(url: str | None, folder: Path, *options: str, patience: float = PATIENCE, **how: object) -> SuiteRun:
    """Run the suite to its end."""
    return begin(url, folder, *options, **how).wait(patience)  # type: ignore[arg-type]
