"""Compares runs by their ``conformance.json``: what fell, what was mended, what changed where the document is silent.

Reads report folders and yields values; how they look is told in ``compare_view``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from conformance.checks.verdicts import ERROR, FAIL, PASS
from conformance.contract import Contract, load
from conformance.contract.schemas import validator
from conformance.report.lock import Drift, drifts
from conformance.report.machine import NAME
from conformance.report.text import clean, shorten

#: So many columns can be seen at once.
_SIDE_BY_SIDE = 4


class CompareError(ValueError):
    """A report folder cannot be compared; the message names it, what is wrong and what to do."""


@dataclass(frozen=True)
class Run:
    """One run: where it was read from, and what its ``conformance.json`` says."""

    name: str
    report: dict[str, Any]

    @property
    def target(self) -> str:
        """The URL of the target."""
        return str(self.report["target"]["url"])

    @property
    def rows(self) -> dict[str, str]:
        """The verdict of each row."""
        return {entry["row"]: entry["verdict"] for entry in self.report["rows"]}

    @property
    def requirements(self) -> dict[str, dict[str, Any]]:
        """The requirements by id."""
        return {entry["id"]: entry for entry in self.report["requirements"]}

    @property
    def fingerprint(self) -> dict[str, str]:
        """The answers to open points."""
        return dict(self.report["target"]["fingerprint"])


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement whose verdict differs between two runs."""

    requirement: str
    row: str
    level: str
    before: str
    after: str
    finding: str = ""


@dataclass(frozen=True)
class Step:
    """What changed from one run to another: gates look at ``regressions``, readers at all of it."""

    before: Run
    after: Run
    regressions: tuple[Change, ...]
    warnings: tuple[Change, ...]  # a SHOULD that fell where only MUST counts, a failure that is known
    fixes: tuple[Change, ...]
    others: tuple[Change, ...]  # no longer judged, or judged now
    drifts: tuple[Drift, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs side by side, and the steps between them."""

    runs: tuple[Run, ...]
    steps: tuple[Step, ...]
    contract: Contract

    @property
    def regressions(self) -> tuple[Change, ...]:
        """Every regression of every step, each requirement once."""
        return tuple({change.requirement: change for step in self.steps for change in step.regressions}.values())

    @property
    def exit_code(self) -> int:
        """1 when anything that passed fails now, else 0."""
        return 1 if self.regressions else 0

    @property
    def columns(self) -> tuple[Run, ...]:
        """The runs as a wide table shows them: those that fell first where there are many, else as they were given."""
        if len(self.runs) <= _SIDE_BY_SIDE:
            return self.runs
        return tuple(sorted(self.runs, key=lambda run: not _fell(run)))

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the document, then rows that only an older or newer catalogue knows."""
        return tuple(dict.fromkeys((*self.contract.rows, *(row for run in self.runs for row in run.rows))))

    def answers(self, runs: Sequence[Run] | None = None) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
        """The open points on which the runs differ, with the answer of each run."""
        runs = self.runs if runs is None else runs
        points = dict.fromkeys((*self.contract.open_points, *(p for run in runs for p in run.fingerprint)))
        table = ((point, tuple(run.fingerprint.get(point) for run in runs)) for point in points)
        return tuple((point, seen) for point, seen in table if len({answer for answer in seen if answer}) > 1)


def _fell(run: Run) -> bool:
    """Whether anything of a run is to be looked at first."""
    return any(verdict in {FAIL, ERROR} for verdict in run.rows.values())


def compare(folders: Sequence[Path | str], contract: Contract | None = None) -> Comparison:
    """Read the reports of two or more folders, oldest first.  Raises CompareError with a sentence for the user."""
    if len(folders) < 2:  # noqa: PLR2004 - a comparison takes two
        raise CompareError("compare takes two report folders or more: conformance compare BEFORE AFTER")
    contract = contract or load()
    paths = [Path(folder) for folder in folders]
    runs = tuple(Run(name, _report(path)) for name, path in zip(_names(paths), paths, strict=True))
    pairs = [(one, other) for one, other in pairwise(runs) if one.target == other.target]
    if (runs[0], runs[-1]) not in pairs:
        pairs.append((runs[0], runs[-1]))
    return Comparison(runs, tuple(_step(one, other, contract) for one, other in pairs), contract)


def _names(paths: Sequence[Path]) -> list[str]:
    """A short name for each folder: its last part, or the whole path where two would be the same."""
    last = [path.parent.name if path.name == NAME else path.name for path in paths]
    clash = len(set(last)) < len(last) or "" in last
    return [clean(shorten(str(path) if clash else name, 60)) for path, name in zip(paths, last, strict=True)]


def _report(path: Path) -> dict[str, Any]:
    """The checked ``conformance.json`` of a folder."""
    file = path if path.is_file() else path / NAME
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CompareError(f"{file}: cannot be read ({error.strerror}); give the folder of a finished run") from error
    except ValueError as error:
        raise CompareError(f"{file}: not JSON ({error}); run the suite again to write it anew") from error
    fault = next(validator("conformance-report.json").iter_errors(report), None)
    if fault is not None:
        where = "/".join(str(part) for part in fault.absolute_path) or "the top"
        raise CompareError(f"{file}: no report of this format ({where}: {clean(fault.message, 200)})")
    if not isinstance(report, dict):
        raise CompareError(f"{file}: no report of this format")
    return report


def _step(before: Run, after: Run, contract: Contract) -> Step:
    """The changes from one run to the next, sorted by what they mean."""
    regressions: list[Change] = []
    warnings: list[Change] = []
    fixes: list[Change] = []
    others: list[Change] = []
    for name, entry in after.requirements.items():
        old = before.requirements.get(name, {"verdict": "not-reached"})["verdict"]
        new = entry["verdict"]
        if old == new:
            continue
        change = Change(name, entry["row"], entry["level"], old, new, clean(entry["finding"] or "", 400))
        if new in {FAIL, ERROR}:
            counts = entry["level"] == "must" or after.report["run"]["level"] == "should"
            (regressions if counts and not entry["known"] else warnings).append(change)
        elif old == FAIL and new == PASS:
            fixes.append(change)
        else:
            others.append(change)
    drifted = drifts(before.fingerprint, after.fingerprint, contract)
    return Step(before, after, tuple(regressions), tuple(warnings), tuple(fixes), tuple(others), drifted)
