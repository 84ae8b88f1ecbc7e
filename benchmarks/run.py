"""Measure what a run costs: against its bare exchanges, on a slow server, and in memory; writes benchmarks/results.md.

Every figure is taken in one go on one machine, so that ratios mean something; the absolute ones are for orientation.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.wire.records import Note

HERE = Path(__file__).parent
MEMORY = "import sys; sys.path.insert(0, %r); from run import once; once(%r)"


def once(budget: str, **more: float) -> tuple[float, float, float, Run]:
    """One run against the embedded server: seconds to start, to drive and to judge, and the run, still open."""
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
        return started - began, driven - started, judged - driven, run


def bare(run: Run) -> float:
    """Seconds that the same pushes take when they are just sent, by as many threads as the driver has."""
    assert run.recording is not None
    pushes = [push for story in run.recording.stories for push in story.scenario.pushes() if push.key_from is None]
    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda push: run.client.push(push, Note(role="bench")), pushes))
    total = run.result().tally.requests - len(pushes)  # of the run itself: these were counted, too
    return (time.perf_counter() - begun) * total / max(1, len(pushes))


def memory(budget: str) -> float:
    """Resident memory of a process that makes one run, at its peak, in MiB."""
    subprocess.run([sys.executable, "-c", MEMORY % (str(HERE), budget)], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", default="thorough", help="budget of the run whose memory is measured")
    options = parser.parse_args()
    once("quick")[3].close()  # warm-up: imports and compilation
    start, drive, judge, run = once("standard")
    plain = bare(run)
    run.close()
    lines = [
        "# What a run costs",
        "",
        "Written by `make bench`. Bound: driving and judging take at most twice the bare exchanges plus 2 s.",
        "",
        "| what | figure |",
        "|---|---|",
        f"| standard, start-up (preflight included) | {start:.2f} s |",
        f"| standard, drive | {drive:.2f} s |",
        f"| standard, judge | {judge:.2f} s |",
        f"| the same number of exchanges, bare | {plain:.2f} s |",
        f"| ratio of (drive + judge - 2 s) to bare | {max(0.0, drive + judge - 2) / plain:.2f} |",
    ]
    for budget in ("quick", "standard"):
        _, slow, _, run = once(budget, latency=0.05, visible_after=2.0)
        run.close()
        lines.append(f"| {budget}, 50 ms latency, alerts visible after 2 s | {slow:.1f} s |")
    lines.append(f"| peak memory of a {options.memory} run | {memory(options.memory):.0f} MiB |")
    (HERE / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
