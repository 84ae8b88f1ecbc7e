"""The lock: answers to open points as pinned, and what drifted since; whether an answer is good is no question here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.checks.verdicts import Result
from conformance.contract import Contract
from conformance.report import toml
from conformance.report.baseline import settled
from conformance.report.outcome import meaning
from conformance.report.text import clean

_HEAD = """\
# What the target does where the document is silent.  A run with --lock fails when an answer differs from the one
# pinned here; --lock-update writes the answers seen.  Each comment is the question and what the answer means.
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """An open point whose answer is no longer the pinned one."""

    point: str
    question: str
    was: str
    now: str

    def sentence(self) -> str:
        """The drift explained."""
        return f"lock: {self.point}: {self.question} Was: {self.was}; now: {self.now}"


def read(path: Path) -> dict[str, str]:
    """The pinned answers by open point.  Raises toml.FileError with a sentence for the user."""
    found = toml.read(path)
    answers = found.pop("answers", {})
    if found or not isinstance(answers, dict):
        raise toml.FileError(f"{path}: only a table [answers] is expected; write the file anew with --lock-update")
    for point, answer in answers.items():
        if not isinstance(answer, str):
            raise toml.FileError(f"{path}: the answer to {clean(point, 80)} is no text; put it in double quotes")
    return answers


def drifts(pinned: Mapping[str, str], seen: Mapping[str, str], contract: Contract) -> tuple[Drift, ...]:
    """What differs between two fingerprints, explained; a point that only one of them answers is no drift."""
    return tuple(
        Drift(point, question(contract, point), meaning(contract, point, was), meaning(contract, point, seen[point]))
        for point, was in pinned.items()
        if point in seen and seen[point] != was
    )


def question(contract: Contract, point: str) -> str:
    """The question of an open point; an unknown one asks for itself."""
    found = contract.open_points.get(point)
    return found.question if found else f"{clean(point, 80)}?"


def apply(result: Result, pinned: Mapping[str, str], contract: Contract) -> Result:
    """The result with a complaint for each drift and each pinned point that does not exist, and the gate set anew.

    Points that are pinned but were not answered, or answered but not pinned, are warnings: neither is a drift.
    """
    complaints = [drift.sentence() for drift in drifts(pinned, result.fingerprint, contract)]
    complaints += [
        f"lock: unknown open point {clean(point, 80)}: delete the line, or write the lock anew"
        for point in pinned
        if point not in contract.open_points
    ]
    unseen = [point for point in pinned if point in contract.open_points and point not in result.fingerprint]
    loose = [point for point in result.fingerprint if point not in pinned]
    warnings = []
    if unseen:
        warnings.append(f"lock: pinned, but not answered by this run: {', '.join(unseen)}")
    if loose:
        warnings.append(f"lock: answered, but not pinned (--lock-update pins them): {', '.join(loose)}")
    return settled(
        replace(result, complaints=(*result.complaints, *complaints), warnings=(*result.warnings, *warnings))
    )


def write(result: Result, contract: Contract, earlier: Mapping[str, str] | None = None) -> str:
    """A lock that pins the answers seen; earlier answers to points that this run could not see are kept."""
    answers = {point: answer for point, answer in (earlier or {}).items() if point in contract.open_points}
    answers |= result.fingerprint
    lines = [_HEAD, "[answers]"]
    for point in sorted(answers):
        lines.append(f"# {clean(question(contract, point))} {clean(meaning(contract, point, answers[point]))}")
        lines.append(f"{toml.key(point)} = {toml.text(answers[point])}")
    return "\n".join(lines) + "\n"
