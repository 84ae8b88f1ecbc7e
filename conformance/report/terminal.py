"""Writes the end of a run for a terminal: failures as blocks, a table by section, the verdict in the last line."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.checks.verdicts import Finding, RequirementResult, Result
from conformance.contract import Contract
from conformance.report import outcome, overview
from conformance.report.console import STYLES, console, for_encoding, text_of
from conformance.report.curl import curl_line
from conformance.report.evidence import Evidence
from conformance.report.remedies import remedies
from conformance.report.telling import fields
from conformance.report.text import clean, plural
from conformance.wire.records import Recording

#: Failures told in full; the report page has all of them.
_BLOCKS = 12
_VALUE = 400
#: A shell line above this hides what stands around it: the report page has it.
_LINE = 400
_SEQUENCE = 16


def render(
    result: Result,
    recording: Recording | None,
    contract: Contract,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str | None = None,
) -> str:
    """The end of a run as text; ``encoding`` is that of the stream it goes to."""
    out = console(width, colour)
    evidence = Evidence(recording)
    falls = (*outcome.fallen(result), *outcome.warned(result))
    for entry in falls[:_BLOCKS]:
        _block(out, entry, result, evidence, contract)
    if len(falls) > _BLOCKS:
        out.print(Text(f"{len(falls) - _BLOCKS} more: {outcome.rows_of(falls[_BLOCKS:])}"))
        out.print()
    _known(out, outcome.known(result))
    overview.show(out, outcome.chosen(result), contract)
    _notes(out, result, contract)
    out.print()
    out.print(Text(f"tested: {outcome.target(result.info)}"))
    good = result.exit_code == 0
    out.print(Text(outcome.headline(result), style="bold green" if good else "bold red"), soft_wrap=True)
    return for_encoding(text_of(out), encoding)


def _block(out: Console, entry: RequirementResult, result: Result, evidence: Evidence, contract: Contract) -> None:
    """One failure: requirement, row, statement, what was sent, expected, got and stored, and how to see it again."""
    shown = outcome.shown(entry)
    head = Text(f"{outcome.words(shown).upper()} {entry.row} ", style=STYLES[shown])
    head.append(f"{entry.id} ({entry.level.upper()})", style="bold")
    out.print(head)
    requirement = contract.requirements.get(entry.id)
    if requirement is not None:
        out.print(Padding(Text(requirement.statement), (0, 0, 0, 2)))
    for finding in entry.findings[:1]:
        _field(out, "finding", finding.sentence)
        for name, value in fields(finding, requirement.statement if requirement is not None else ""):
            _field(out, name, value)
        for number in _by_hand(finding, evidence):
            line = clean(curl_line(evidence[number], evidence.credential(number)))
            _line(out, "curl", line if len(line) <= _LINE else f"see #{number} in conformance.html: the line is long")
    if entry.findings[1:]:
        _field(out, "", f"and {plural(len(entry.findings) - 1, 'more finding')}, see the report page")
    for node in entry.checks[:1]:
        _line(out, "again", outcome.again(node, result.info))
    out.print()


def _by_hand(finding: Finding, evidence: Evidence) -> list[int]:
    """The exchanges to repeat by hand: the whole sequence of a life cycle, else the one that decides."""
    known = [n for n in finding.sequence if n in evidence]
    if 1 < len(known) <= _SEQUENCE:
        return known
    return [n for n in finding.exchanges if n in evidence][:1]


def _field(out: Console, name: str, value: str) -> None:
    """A labelled value, its wrapped lines indented to the value."""
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=10)
    grid.add_column(overflow="fold", ratio=1)
    grid.add_row(Text(f"  {name}", style="dim"), Text(clean(value, _VALUE)))
    out.print(grid)


def _line(out: Console, name: str, value: str) -> None:
    """A line to be copied: never wrapped by us, or it would not be one line."""
    out.print(Text.assemble((f"  {name:<9}", "dim"), value), soft_wrap=True)


def _known(out: Console, entries: tuple[RequirementResult, ...]) -> None:
    if not entries:
        return
    out.print(Text(f"known failures ({len(entries)}), not counted:", style="bold"))
    for entry in entries:
        out.print(Padding(Text(f"{entry.row} {entry.id}: {clean(entry.reason, 200)}"), (0, 0, 0, 2)))
    out.print()


def _notes(out: Console, result: Result, contract: Contract) -> None:
    """Warnings, complaints of baseline and lock, and what was not judged with what to do about it."""
    lines = [(clean(text, 300), STYLES["fail"]) for text in result.complaints]
    lines += [(f"warning: {clean(text, 300)}", STYLES["warning"]) for text in result.warnings]
    for remedy in remedies(result, contract):
        told = f"{plural(remedy.count, 'requirement')} {outcome.words(remedy.verdict)} ({remedy.why})"
        lines.append((f"{told}: {remedy.how}", ""))
    if lines:
        out.print()
    for text, style in lines:
        out.print(Text(text, style=style))
