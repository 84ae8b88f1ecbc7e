"""Measure what a run costs and what it buys; writes benchmarks/results.md.

Cost: a run against the same number of bare exchanges, each budget on a fast server and on a slow one, and memory.
Worth: the faults that each budget catches, and what schemathesis alone finds of them.  All of it in one go on one
machine, so that ratios mean something; the absolute figures are for orientation.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from beside_schemathesis import spread, table

from conformance.contract.files import spec_folder
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.wire.records import Note

HERE = Path(__file__).parent
MEMORY = "import sys; sys.path.insert(0, %r); from run import once; once(%r)"
BOUND_FACTOR, BOUND_SECONDS = 2, 2.0
BOUNDS_SLOW = {"quick": 15, "standard": 60}
BOUND_MEMORY = 300


@dataclass(frozen=True)
class Measured:
    """Seconds to start, drive and judge one run, the requests it made, and the run itself, still open."""

    start: float
    drive: float
    judge: float
    requests: int
    run: Run

    @property
    def seconds(self) -> float:
        """What counts: start-up is apart."""
        return self.drive + self.judge


def once(budget: str, **more: float) -> Measured:
    """One run against the embedded server."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        run = Run(Settings(budget=budget, report_dir=Path(folder), **more))  # type: ignore[arg-type]  # numbers only
        began = time.perf_counter()
        run.start()
        started = time.perf_counter()
        run.drive()
        driven = time.perf_counter()
        result = run.result()
        judged = time.perf_counter()
        if result.exit_code:
            raise SystemExit(f"the run that was to be measured went wrong: {result.sentence}")
        return Measured(started - began, driven - started, judged - driven, result.tally.requests, run)


def bare(measured: Measured) -> float:
    """Seconds that as many of the run's own pushes take one after the other, on one kept-alive connection."""
    run = measured.run
    assert run.recording is not None
    pushes = [push for story in run.recording.stories for push in story.scenario.pushes() if push.key_from is None]
    pushes = [push for push in pushes if push.role != "refusal" and not push.connection]
    begun = time.perf_counter()
    for number in range(measured.requests):
        run.client.push(pushes[number % len(pushes)], Note(role="bench"))
    return time.perf_counter() - begun


def memory(budget: str) -> float:
    """Resident memory of a process that makes one run, at its peak, in MiB."""
    subprocess.run([sys.executable, "-c", MEMORY % (str(HERE), budget)], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def collection() -> float:
    """Seconds that pytest takes to start and to collect the checks, without a run."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--pyargs",
        "conformance",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def judged(value: float, bound: float) -> str:
    """A figure beside its bound, as a reader wants it."""
    return "met" if value <= bound else "**not met**"


def costs() -> list[str]:
    """The cost of a standard run beside the bare exchanges."""
    once("quick").run.close()  # warm-up: imports and compilation
    standard = once("standard")
    plain = bare(standard)
    standard.run.close()
    bound = BOUND_FACTOR * plain + BOUND_SECONDS
    return [
        "# What a run costs, and what it buys",
        "",
        "Written by `make bench`, in one go on one machine: mind the ratios more than the seconds.",
        "",
        "## Beside the bare exchanges",
        "",
        "| what | figure |",
        "|---|---|",
        f"| standard: driving | {standard.drive:.2f} s |",
        f"| standard: judging | {standard.judge:.2f} s |",
        f"| the same number of exchanges, bare, on one connection | {plain:.2f} s |",
        f"| ratio | {standard.seconds / plain:.2f} |",
        f"| bound: {BOUND_FACTOR} × bare + {BOUND_SECONDS:.0f} s = {bound:.2f} s | {judged(standard.seconds, bound)} |",
        f"| apart: start-up, the first look at the target included | {standard.start:.2f} s |",
        f"| apart: pytest starts and collects | {collection():.2f} s |",
        "",
    ]


def budgets(names: list[str], peak: float) -> list[str]:
    """Requests and seconds of each budget, on a fast server and on a slow one, and the kills of the matrix."""
    figure = json.loads((spec_folder() / "kill-figure.json").read_text(encoding="utf-8"))
    lines = [
        "## Each budget",
        "",
        "Slow: 50 ms before each reply, and alerts visible after 2 s. Faults: of the kill matrix, which tries at",
        "standard what quick does not catch.",
        "",
        "| budget | requests | seconds | requests, slow | seconds, slow | bound, slow | faults caught |",
        "|---|---|---|---|---|---|---|",
    ]
    caught = 0
    for budget in names:
        fast, slow = once(budget), once(budget, latency=0.05, visible_after=2.0)
        fast.run.close()
        slow.run.close()
        caught += figure["caught_at"].get(budget, 0)
        limit = BOUNDS_SLOW.get(budget)
        bound = f"{limit} s: {judged(slow.seconds, limit)}" if limit else "none"
        kills = f"{caught} of {figure['faults']}" if budget in figure["caught_at"] else "not measured"
        lines.append(
            f"| {budget} | {fast.requests} | {fast.seconds:.1f} | {slow.requests} | {slow.seconds:.1f} | {bound}"
            f" | {kills} |"
        )
    lines += [
        "",
        f"Peak memory of a {names[-1]} run: {peak:.0f} MiB (bound {BOUND_MEMORY}: {judged(peak, BOUND_MEMORY)}).",
        "",
    ]
    return lines


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budgets", default="quick,standard,thorough", help="budgets to measure")
    parser.add_argument("--faults", type=int, default=40, help="faults to try beside schemathesis; 0: none")
    options = parser.parse_args()
    names = options.budgets.split(",")
    peak = memory(names[-1])  # first of all: a child begins with what its parent holds
    lines = costs() + budgets(names, peak)
    if options.faults:
        lines += table(spread(options.faults))
    (HERE / "results.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
