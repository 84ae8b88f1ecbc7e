"""Builds the HTML of a run, the document's own tables row by row; escapes everything and decides nothing.

The HTML stands inside pytest-html's page (see ``page_hooks``) and is readable without any script.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.checks.verdicts import FAIL, PASS, RequirementResult, Result
from conformance.contract import Contract, Requirement, Row
from conformance.report import outcome
from conformance.report.evidence import Evidence
from conformance.report.exhibit import Exhibit, exhibit
from conformance.report.lock import question
from conformance.report.remedies import remedies
from conformance.report.templates import STYLE, environment
from conformance.report.text import plural
from conformance.report.timeline import timeline
from conformance.report.weighing import Weighing
from conformance.wire.records import Recording

#: What all exchanges of a page may weigh together, in characters of HTML; the rest is named, not shown.
_ROOM = 2_000_000
#: Comments around our part, by which ``page_hooks.finished`` finds it.
BEGIN, END = "<!-- conformance:begin -->", "<!-- conformance:end -->"


@dataclass(frozen=True, slots=True)
class KillFigure:
    """How many of the known faults this version of the suite catches, as measured when it was released."""

    caught: int
    known: int
    version: str = ""
    missed: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The figure as the footer says it."""
        return f"This version catches {self.caught:,} of {plural(self.known, 'known fault')}."


@dataclass(frozen=True, slots=True)
class Seen:
    """A requirement on the page: its words, its verdict, the lines to copy, exchanges shown here and elsewhere."""

    entry: RequirementResult
    statement: str
    accepts: tuple[str, ...]
    source: str
    shown: str
    again: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    elsewhere: tuple[int, ...]
    unshown: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the document on the page."""

    row: Row
    verdict: str
    seen: tuple[Seen, ...]
    opened: bool
    told: str


class _Cabinet:
    """Hands out each exchange once, while there is room on the page."""

    def __init__(self, evidence: Evidence, weighing: Weighing) -> None:
        self._evidence, self._weighing, self._room = evidence, weighing, _ROOM
        self.given: set[int] = set()

    def take(self, entry: RequirementResult) -> tuple[tuple[Exhibit, ...], tuple[int, ...], int]:
        """Exhibits to show with a requirement, numbers that are shown elsewhere, and how many found no room."""
        fresh, elsewhere, unshown = [], [], 0
        for number in self._evidence.chosen(entry):
            if number in self.given:
                elsewhere.append(number)
                continue
            made = exhibit(self._evidence, number, whole_line=entry.verdict == FAIL, weighing=self._weighing)
            if made.weight > self._room:
                unshown += 1
                continue
            self._room -= made.weight
            self.given.add(number)
            fresh.append(made)
        return tuple(fresh), tuple(elsewhere), unshown


def css() -> str:
    """The path of the style sheet, for pytest-html's ``--css``."""
    return str(Path(STYLE))


def summary_html(
    result: Result, recording: Recording | None, contract: Contract, kill_matrix: KillFigure | None = None
) -> str:
    """The whole report as HTML, for the prefix of pytest-html's summary."""
    evidence, chosen = Evidence(recording), outcome.chosen(result)
    cabinet = _Cabinet(evidence, Weighing(result, contract))
    lines = _lines(result, cabinet, contract)
    tables = [(table, [lines[row.name] for row in table.rows if row.name in lines]) for table in contract.tables]
    told = (
        environment()
        .get_template("page.html.j2")
        .render(
            result=result,
            info=result.info,
            title=outcome.TITLES.get(result.verdict, result.verdict),
            target=outcome.target(result.info),
            lead=outcome.lead(result),
            counts=[(level.upper(), *chosen.counts(level)) for level in outcome.LEVELS],
            rows=(sum(entry.verdict == PASS for entry in chosen.rows), len(chosen.rows)),
            shown=cabinet.given,
            tables=[(table, rows) for table, rows in tables if rows],
            fallen=outcome.fallen(result),
            warned=outcome.warned(result),
            known=outcome.known(result),
            remedies=remedies(result, contract),
            answered=_answers(result, contract),
            unanswered=[point for point in contract.open_points.values() if point.id not in result.fingerprint],
            points=len(contract.open_points),
            timeline=timeline(evidence.all()),
            kill=kill_matrix,
            sha256=contract.sha256,
        )
    )
    return f"{BEGIN}\n{told}\n{END}"


def _lines(result: Result, cabinet: _Cabinet, contract: Contract) -> dict[str, Line]:
    """Every judged row; failures take their exchanges first, so that they are never the ones without room."""
    taken = {
        entry.id: cabinet.take(entry)
        for entry in sorted(result.requirements, key=lambda entry: (entry.verdict != FAIL, entry.verdict == PASS))
    }
    # A row is told by what was selected of it; one of which nothing was selected stays as it is.
    verdicts = {entry.row: entry.verdict for entry in (*result.rows, *outcome.chosen(result).rows)}
    lines = {}
    for table in contract.tables:
        for row in table.rows:
            entries = tuple(sorted(result.of_row(row.name), key=lambda entry: entry.verdict != FAIL))
            if entries or row.name in verdicts:
                seen = tuple(
                    _seen(entry, result, contract.requirements.get(entry.id), taken[entry.id]) for entry in entries
                )
                opened = any(entry.verdict == FAIL for entry in entries)
                lines[row.name] = Line(row, verdicts.get(row.name, "not-reached"), seen, opened, _told(entries))
    return lines


def _seen(
    entry: RequirementResult,
    result: Result,
    requirement: Requirement | None,
    taken: tuple[tuple[Exhibit, ...], tuple[int, ...], int],
) -> Seen:
    return Seen(
        entry,
        requirement.statement if requirement else "This version of the contract does not know this requirement.",
        requirement.accepts if requirement else (),
        requirement.source if requirement else "",
        outcome.shown(entry),
        tuple(outcome.again(node, result.info) for node in entry.checks[:3]) if entry.verdict == FAIL else (),
        *taken,
    )


def _told(entries: tuple[RequirementResult, ...]) -> str:
    """What the closed line of a row says: requirements by level, and how many passed."""
    levels = [entry.level for entry in entries]
    parts = [f"{levels.count(level)} {level.upper()}" for level in ("must", "should") if level in levels]
    passed = sum(entry.verdict == PASS for entry in entries)
    return f"{' and '.join(parts)}, {passed} of {len(entries)} passed"


def _answers(result: Result, contract: Contract) -> list[tuple[str, str, str, str, str]]:
    """The fingerprint: point, row, question, answer, meaning, in the catalogue's order, unknown points last."""
    order = [*contract.open_points, *(point for point in result.fingerprint if point not in contract.open_points)]
    table = []
    for point in order:
        if point in result.fingerprint:
            found = contract.open_points.get(point)
            answer = result.fingerprint[point]
            told = outcome.meaning(contract, point, answer)
            table.append((point, found.row if found else "", question(contract, point), answer, told))
    return table
