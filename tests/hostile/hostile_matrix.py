"""One mode of the fleet against the suite: the run, and every complaint about it; also the whole matrix as a program.

Usage: ``python tests/hostile/hostile_matrix.py OUTCOMES.json [--jobs N] [MODE …]``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from fleet import MODES, start
from suite_claims import broken
from suite_runs import APP_KEY, KEY, SuiteRun, run

JOBS = 2


@dataclass(frozen=True)
class Measured:
    """The outcome of one mode."""

    mode: str
    code: int
    seconds: float
    peak_mb: float
    sentence: str
    complaints: tuple[str, ...]


def measure(name: str, folder: Path, *options: str) -> tuple[Measured, SuiteRun]:
    """Run the suite against a mode and say what was wrong with that."""
    mode = MODES[name]
    insecure = ("--insecure",) if mode.scheme == "https" else ()
    with start(name, key=KEY, app_key=APP_KEY) as server:
        done = run(server.push_url, folder, *insecure, *options)
        recorded = list(server.received)
    found = broken(done, KEY, APP_KEY)
    if done.code not in mode.exit_codes:
        found.insert(0, f"exit code {done.code} is none of {sorted(mode.exit_codes)}")
    if done.code == 4 and mode.words and not any(word in done.closing.lower() for word in mode.words):
        found.append("the sentence holds none of the words that name the problem")
    if recorded:
        found.append(f"{len(recorded)} requests followed a redirect")
    return Measured(name, done.code, round(done.seconds, 1), round(done.peak_mb), done.closing, tuple(found)), done


def matrix(names: Iterable[str], folder: Path, jobs: int = JOBS, to: Path | None = None) -> list[Measured]:
    """Measure several modes, a few at a time."""
    outcomes: list[Measured] = []

    def one(name: str) -> Measured:
        measured = measure(name, folder / name)[0]
        sys.stderr.write(f"{measured.mode}: {measured.code} {measured.seconds} s {measured.peak_mb:.0f} MB\n")
        sys.stderr.writelines(f"    {told[:300]}\n" for told in measured.complaints)
        sys.stderr.flush()
        outcomes.append(measured)
        if to is not None:  # after each, so that a matrix that is cut short has not been for nothing
            to.write_text(json.dumps([asdict(it) for it in outcomes], indent=1) + "\n", encoding="utf-8")
        return measured

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, names))


def main() -> int:
    """Measure and write the outcomes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outcomes", type=Path)
    parser.add_argument("modes", nargs="*")
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--keep", type=Path, help="folder in which the runs stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        found = matrix(given.modes or list(MODES), given.keep or Path(made), given.jobs, given.outcomes)
    return int(any(one.complaints for one in found))


if __name__ == "__main__":
    raise SystemExit(main())
