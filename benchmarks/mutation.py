"""Break the checks, and see whether the tests of the faults turn red: a mutation run with cosmic-ray.

``record`` runs a sample of the faults, and conforming servers beside them, and keeps what was recorded.  ``rejudge``
asks of the recordings what ``make test`` asks of runs: that every fault is caught and blamed on its row, and that what
conforms conforms.  ``run`` breaks modules of the judge one operator at a time, in a copy of the project, and lets
``rejudge`` tell; it writes docs/mutation.md.  Judging recordings is what makes thousands of verdicts a matter of
minutes: judges are functions of what was recorded, and of nothing else.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract import load
from conformance.plugin.judging import judged
from conformance.plugin.replaying import tally
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.reference.faults import all_faults
from conformance.reference.variants import all_variants
from conformance.wire.records import Recording

ROOT = Path(__file__).parents[1]
FIGURE = ROOT / "spec" / "kill-figure.json"
#: The modules that decide what is stored wrongly, and what becomes of alerts: most of what the suite is for.
MODULES = ("stored.py", "stored_text.py", "contents.py", "expected.py", "lifecycle.py")
#: The rows that these modules judge.
TABLES = ("Payload/", "Image/", "Data/")
EACH = 1  # faults recorded for each requirement: those first that nothing else would catch
#: Mutants of annotations, which nobody runs.
ANNOTATIONS = r"core/ReplaceBinaryOperator_BitOr_.*"
CONFIG = """\
[cosmic-ray]
module-path = {modules}
timeout = 120.0
excluded-modules = []
test-command = "{python} benchmarks/mutation.py rejudge {recordings}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ["{annotations}"]
"""


HEAD = """\
# Breaking the checks

A check that cannot fail is a defect, and so is one whose failing nobody would notice. Two things are shown.

**Requirement by requirement.** Leave out whatever fells one requirement, and some fault of the catalogue survives, or
is blamed on another row than its own: `make test` is red. A test says so of all of them, from the
[kill matrix](kill-matrix.md): `test_without_the_checks_of_a_requirement_some_fault_slips_through`.

**Operator by operator.** `make mutation` breaks the judges in one place at a time (cosmic-ray: comparisons, `and`
and `or`, `not`, numbers, loops, `break`), and asks what `make test` asks: is every fault still caught and blamed on its
row, does everything that conforms still conform? It asks it of {recordings} recorded runs, since a verdict is a
function of what was recorded. Written by `benchmarks/mutation.py`: do not edit by hand.

What survives is to be read, not counted: a mutant that changes only what a finding says (the excerpt around the first
character that differs) breaks no verdict, and one in the handling of lost replies, of races, or of what is accepted
that must be refused shows only in recordings that have such, of which the sample has few. Those are the affair of
tests of their own.
"""


@dataclass(frozen=True)
class Kept:
    """A run that was recorded: of a fault, or of a server that conforms (no fault)."""

    fault: str
    recording: Recording


def fallen(kept: Kept) -> tuple[set[str], set[str]]:
    """The requirements that fall in a recording, MUST and SHOULD apart."""
    contract = load()
    info = kept.recording.info
    result = judged(contract, kept.recording, tally(kept.recording), {}, set(contract.requirements), flaky=info.flaky)
    failed = [entry for entry in result.requirements if entry.verdict == "fail"]
    must = {entry.id for entry in failed if entry.level == "must"}
    return must, {entry.id for entry in failed} - must


def stands(kept: Kept) -> bool:
    """Whether the tests of ``make test`` would be green with this run: caught and blamed, or not fallen."""
    must, should = fallen(kept)
    if not kept.fault:
        return not must and not should
    fault, entries = all_faults()[kept.fault], load().requirements
    caught = bool(must) or (fault.level == "should" and bool(should))
    return caught and fault.row in {entries[name].row for name in must | should}


def sample() -> list[str]:
    """Faults to record: of each requirement that the modules judge, those that fell it alone first."""
    felled: dict[str, list[str]] = json.loads(FIGURE.read_text(encoding="utf-8"))["felled"]
    chosen: dict[str, None] = {}
    for entry in load().requirements.values():
        if entry.row.startswith(TABLES):
            of_it = sorted((name for name, names in felled.items() if entry.id in names), key=lambda n: len(felled[n]))
            chosen |= dict.fromkeys(of_it[:EACH])
    return list(chosen)


def record_one(fault: str, variant: str, budget: str) -> Kept:
    """Run once, and keep what was recorded."""
    logging.disable(logging.CRITICAL)  # faults that break on purpose say so at length
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        settings = Settings(
            fault=fault or None, variant=variant or None, budget=budget, observe_timeout=1.0, report_dir=Path(folder)
        )
        run = Run(settings)
        try:
            run.start()
            return Kept(fault, run.drive())
        finally:
            run.close()


def record(into: Path) -> None:
    """Record the sample; what does not stand with the code as it is tells nothing, and is left out."""
    into.mkdir(parents=True, exist_ok=True)
    wanted = [("", "", "standard"), *(("", variant, "quick") for variant in sorted(all_variants()))]
    wanted += [(fault, "", "quick") for fault in sample()]
    kept: list[Kept] = []
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        first = list(pool.map(record_one, *zip(*wanted, strict=True)))
        again = [one.fault for one in first if not stands(one)]
        kept += [one for one in first if stands(one)]
        second = pool.map(record_one, again, [""] * len(again), ["standard"] * len(again))
        kept += [one for one in second if stands(one)]
    # What is judged fastest goes first: most mutants fall with it.
    kept.sort(key=lambda one: (bool(one.fault), len(one.recording.stories)))
    for number, one in enumerate(kept):
        (into / f"{number:03}.pickle").write_bytes(pickle.dumps(one))
    print(f"{len(kept)} runs recorded, {sum(not one.fault for one in kept)} of them of servers that conform")


def rejudge(folder: Path) -> int:
    """Judge every recording; 1 as soon as one does not stand."""
    for path in sorted(folder.glob("*.pickle")):
        kept: Kept = pickle.loads(path.read_bytes())  # noqa: S301 - written by this script
        if not stands(kept):
            print(f"red: {kept.fault or 'a server that conforms'}")
            return 1
    return 0


def run(recordings: Path, modules: Sequence[str], jobs_of: Path) -> list[dict[str, Any]]:
    """Break each place of the modules in a copy of the project; the outcome of every mutant."""
    shutil.copytree(
        ROOT,
        jobs_of,
        ignore=shutil.ignore_patterns(".git", ".venv", "build", "reports", ".*_cache", ".hypothesis", "__pycache__"),
    )
    paths = [f"conformance/checks/judge/{name}" for name in modules]
    config = jobs_of / "cosmic-ray.toml"
    config.write_text(
        CONFIG.format(
            modules=json.dumps(paths), python=sys.executable, recordings=recordings.resolve(), annotations=ANNOTATIONS
        ),
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(jobs_of)}  # the copy, not what is installed
    tool = Path(sys.executable).parent
    for command in (
        [tool / "cosmic-ray", "init", config.name, "session.sqlite"],
        [tool / "cr-filter-operators", "session.sqlite", config.name],
        [tool / "cosmic-ray", "baseline", config.name],
        [tool / "cosmic-ray", "exec", config.name, "session.sqlite"],
    ):
        subprocess.run([str(part) for part in command], cwd=jobs_of, env=environment, check=True)
    dumped = subprocess.run(
        [str(tool / "cosmic-ray"), "dump", "session.sqlite"], cwd=jobs_of, check=True, capture_output=True, text=True
    )
    return [json.loads(line) for line in dumped.stdout.splitlines() if line.strip()]


def _code(line: str) -> str:
    return "`" + line.replace("|", "\\|") + "`"


def page(outcome: Sequence[Sequence[Any]], recordings: int) -> str:
    """The outcome as a page of the docs: a line for each module, and every mutant that survived."""
    tried = [(work["mutations"][0], result) for work, result in outcome if result and result["test_outcome"]]
    counts = Counter((Path(mutation["module_path"]).name, result["test_outcome"]) for mutation, result in tried)
    lines = [HEAD.format(recordings=recordings), "| module | mutants | killed | survived |", "|---|---|---|---|"]
    for name in sorted({module for module, _ in counts}):
        killed, survived = counts[name, "killed"] + counts[name, "incompetent"], counts[name, "survived"]
        lines.append(f"| {name} | {killed + survived} | {killed} | {survived} |")
    survivors = [(mutation, result) for mutation, result in tried if result["test_outcome"] == "survived"]
    share = 100 * (len(tried) - len(survivors)) / max(1, len(tried))
    lines += ["", f"Killed: {len(tried) - len(survivors)} of {len(tried)} ({share:.0f}%).", "", "## Survivors", ""]
    alive: Counter[tuple[str, int, str]] = Counter()
    for mutation, result in survivors:
        was = next(line[1:].strip() for line in result["diff"].splitlines() if re.match(r"-(?!-)", line))
        alive[Path(mutation["module_path"]).name, mutation["start_pos"][0], was] += 1
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
    lines += [f"Places are those of commit {commit.strip()}.", "", "| place | mutants | line |", "|---|---|---|"]
    lines += [f"| {name}:{row} | {count} | {_code(was)} |" for (name, row, was), count in sorted(alive.items())]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Dispatch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["record", "rejudge", "run"])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--work", type=Path, help="where the copy of the project goes")
    options = parser.parse_args()
    if options.what == "record":
        record(options.recordings)
    elif options.what == "rejudge":
        return rejudge(options.recordings)
    else:
        found = run(options.recordings, options.modules.split(","), options.work)
        (options.work / "outcome.json").write_text(json.dumps(found), encoding="utf-8")
        count = len(list(options.recordings.glob("*.pickle")))
        (ROOT / "docs" / "mutation.md").write_text(page(found, count), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
