"""The words for verdicts, and what a result comes to in one sentence; shared by every writer, deciding nothing."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from conformance.checks.conclude import row_verdict, undecided
from conformance.checks.verdicts import (
    BLOCKED,
    ERROR,
    FAIL,
    NOT_APPLICABLE,
    NOT_OBSERVED,
    NOT_REACHED,
    NOT_SELECTED,
    PASS,
    WARNING,
    RequirementResult,
    Result,
    RowResult,
)
from conformance.contract import Contract, load
from conformance.report.text import clean, plural, seconds
from conformance.wire.records import RunInfo

#: Options that make an embedded server another one.
_MADE = ("--fault", "--variant", "--latency", "--visible-after")
LEVELS = ("must", "should")
CONFORMS, FALLS, INCOMPLETE = "conforms", "does-not-conform", "incomplete"

#: A sign and the words for each verdict: colour is never the only difference.
SIGNS = {
    PASS: "✓",
    FAIL: "✗",
    WARNING: "!",
    NOT_OBSERVED: "?",
    NOT_APPLICABLE: "–",
    NOT_REACHED: "…",
    BLOCKED: "⊘",
    ERROR: "⚠",
}
TITLES = {
    CONFORMS: "Conforms",
    FALLS: "Does not conform",
    INCOMPLETE: "Incomplete",
    "untestable": "Could not be tested",
    "interrupted": "Interrupted",
    "internal-error": "Internal error",
}


def words(verdict: str) -> str:
    """A verdict as people say it."""
    return verdict.replace("-", " ")


def shown(entry: RequirementResult) -> str:
    """The verdict that a requirement is shown with: a failed SHOULD is a warning."""
    return WARNING if entry.verdict == FAIL and entry.level == "should" else entry.verdict


def fallen(result: Result) -> tuple[RequirementResult, ...]:
    """The requirements that fail the gate: MUST, and SHOULD at that level, known failures left out."""
    return tuple(
        entry
        for entry in result.requirements
        if entry.verdict == FAIL and not entry.known and (entry.level == "must" or result.info.level == "should")
    )


def warned(result: Result) -> tuple[RequirementResult, ...]:
    """The requirements that failed without failing the gate and without being known."""
    gate = set(fallen(result))
    return tuple(e for e in result.requirements if e.verdict == FAIL and not e.known and e not in gate)


def known(result: Result) -> tuple[RequirementResult, ...]:
    """The failures that the baseline lists."""
    return tuple(entry for entry in result.requirements if entry.verdict == FAIL and entry.known)


def chosen(result: Result) -> Result:
    """The result without what a selection left out, rows judged by what was selected: for readers, never for files."""
    entries = tuple(entry for entry in result.requirements if entry.reason != NOT_SELECTED)
    if not result.partial or not entries:
        return result
    by_row: dict[str, list[RequirementResult]] = {}
    for entry in entries:
        by_row.setdefault(entry.row, []).append(entry)
    rows = tuple(RowResult(row.row, row_verdict(by_row[row.row])) for row in result.rows if row.row in by_row)
    return replace(result, requirements=entries, rows=rows)


def rows_of(entries: Iterable[RequirementResult]) -> str:
    """Rows with their requirements: ``Payload/labels (labels.kept, labels.case); Image/alt (alt.cut)``."""
    rows: dict[str, list[str]] = {}
    for entry in entries:
        rows.setdefault(entry.row, []).append(entry.id)
    return "; ".join(f"{row} ({', '.join(ids)})" for row, ids in rows.items())


def headline(result: Result) -> str:
    """The verdict in one sentence, rows that fell named."""
    result = chosen(result)
    if result.verdict == FALLS:
        return f"does not conform: {_fall(result)}"
    if result.verdict not in {CONFORMS, INCOMPLETE}:
        why = clean(result.sentence, 600).removeprefix(result.verdict).removeprefix(": ").lstrip()
        return f"{TITLES.get(result.verdict, result.verdict).lower()}: {why}"
    if never_begun(result):
        return clean(result.sentence, 600)
    counted = ", ".join(_counted(result, level) for level in LEVELS if result.counts(level)[1])
    parts = [clean(undecided(result), 600), counted] if result.verdict == INCOMPLETE else [counted]
    if names := known(result):
        parts.append(f"{plural(len(names), 'known failure')}: {rows_of(names)}")
    parts += [_answered(result), spent(result)]
    partial = " (partial: a selection was run)" if result.partial else ""
    return f"{words(result.verdict)}{partial}: {'; '.join(parts)}"


def _answered(result: Result) -> str:
    """How many open points were answered; a selection was never to answer all of them."""
    answered, every = len(result.fingerprint), len(load().open_points)
    if result.partial or answered > every:  # an older catalogue may know others
        return f"{plural(answered, 'open point')} answered"
    return f"{answered} of {plural(every, 'open point')} answered"


def never_begun(result: Result) -> bool:
    """Whether nothing at all was judged, so that counts would say nothing and the sentence says why."""
    unjudged = {INCOMPLETE, "interrupted"}
    return result.verdict in unjudged and all(entry.verdict == NOT_REACHED for entry in result.requirements)


def lead(result: Result) -> str:
    """What stands under the verdict, where counts and cost are shown beside it."""
    result = chosen(result)
    if result.verdict != CONFORMS:
        told = headline(result).partition(": ")[2]
        is_url = "://" in told.partition(" ")[0]
        return told if is_url else told[:1].upper() + told[1:]
    parts = ["No requirement failed" if not (warned(result) or known(result)) else "No MUST failed that is not known"]
    if names := known(result):
        parts.append(f"{plural(len(names), 'known failure')} in the baseline")
    if names := warned(result):
        parts.append(f"{plural(len(names), 'SHOULD')} fell")
    unseen = sum(entry.verdict not in {PASS, FAIL} for entry in result.requirements)
    if unseen:
        parts.append(f"{unseen} of {plural(len(result.requirements), 'requirement')} could not be judged")
    return "; ".join(parts) + "."


def _fall(result: Result) -> str:
    """What fell, level by level, then complaints of baseline and lock."""
    parts = []
    for level in LEVELS:
        total = result.counts(level)[1]
        if names := [entry for entry in fallen(result) if entry.level == level]:
            rows = len({entry.row for entry in names})
            parts.append(
                f"{len(names)} of {total} {_named(result, level)} fell in {plural(rows, 'row')}: {rows_of(names)}"
            )
    parts += [clean(text, 300) for text in result.complaints]
    if result.cause:
        parts.append(clean(undecided(result), 600))
    parts.append(spent(result))
    return "; ".join(parts) + (" (partial: a selection was run)" if result.partial else "")


def _counted(result: Result, level: str) -> str:
    passed, total = result.counts(level)
    rest = Counter(words(e.verdict) for e in result.requirements if e.level == level and e.verdict != PASS)
    apart = f" ({', '.join(f'{number} {word}' for word, number in rest.items())})" if rest else ""
    return f"{passed} of {total} {_named(result, level)}{apart}"


def _named(result: Result, level: str) -> str:
    """A level as counts name it: of a part of the requirements they say so."""
    return f"selected {level.upper()}" if result.partial else level.upper()


def spent(result: Result) -> str:
    """Requests and time."""
    if not result.tally.requests:
        return "nothing was sent"
    return f"{plural(result.tally.requests, 'request')} in {seconds(result.tally.seconds)}"


def again(node: str, info: RunInfo) -> str:
    """The shell line that runs one check again, from whatever folder; keys come from the environment."""
    path, _, name = clean(node).partition("::")
    check = f"conformance.checks.{PurePosixPath(path).stem}::{name}"
    parts = ["pytest", "--pyargs", shlex.quote(check), *(shlex.quote(clean(part)) for part in info.options)]
    if not info.embedded:
        parts += ["--target-url", shlex.quote(clean(info.target))]
    if info.level == "should":
        parts += ["--level", "should"]
    if info.budget != "standard":
        parts += ["--budget", shlex.quote(info.budget)]
    return " ".join([*parts, "--seed", str(info.seed)])


def target(info: RunInfo) -> str:
    """What was tested: an embedded server by what it was told to be, for its address says nothing and leads nowhere."""
    if not info.embedded:
        return clean(info.target)
    given = [(name.removeprefix("--"), clean(value, 80)) for name, value in pairwise(info.options) if name in _MADE]
    return ", ".join(["the embedded server", *(f"{name} {value}" for name, value in given)])


def meaning(contract: Contract, point: str, answer: str) -> str:
    """What an answer to an open point means; a free answer speaks for itself."""
    found = contract.open_points.get(point)
    return clean(dict(found.answers).get(answer, answer) if found else answer, 200)
