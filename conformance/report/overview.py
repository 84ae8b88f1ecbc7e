"""The table of a run for terminals: a line for each row of the document, by section; no name is ever broken."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.text import Text

from conformance.checks.verdicts import FAIL, PASS, RequirementResult, Result
from conformance.contract import Contract, Table
from conformance.report import outcome
from conformance.report.console import STYLES

_GAP, _INDENT, _DEEPER = 2, 2, 4
#: The last column needs some room to say anything; where there is less, it stands below.
_LEAST = 20


class Overview:
    """Cells of the table, and which of them fit beside each other."""

    def __init__(self, result: Result, contract: Contract, width: int) -> None:
        self._result, self._width = result, width
        self._verdicts = {entry.row: entry.verdict for entry in result.rows}
        self._passed = {row: _passed(result.of_row(row)) for row in self._verdicts}
        names = [row for row in contract.rows if row in self._verdicts]
        self._told = max((len(_told(verdict)) for verdict in self._verdicts.values()), default=0)
        self._counted = max([len("passed"), *map(len, self._passed.values())])
        whole = _INDENT + max(map(len, names), default=0)
        # First the table's name goes, which stands above its rows; then the numbers.
        self._short = whole + _GAP + self._told + _GAP + self._counted > width
        self._name = _INDENT + max((len(self._shown(name)) for name in names), default=0)
        self._name = max(self._name, len("row"))
        self._numbers = self._name + _GAP + self._told + _GAP + self._counted <= width
        taken = self._name + _GAP + self._told + (_GAP + self._counted if self._numbers else 0) + _GAP
        self._rest = width - taken if width - taken >= _LEAST else 0
        self._taken = taken

    def _shown(self, name: str) -> str:
        return name.partition("/")[2] if self._short else name

    def head(self) -> Text:
        """The line of headings."""
        last = "not passed" if self._rest else ""
        return self._line("row", Text("verdict"), "passed", last, style="bold")

    def section(self, table: Table) -> list[Text]:
        """The lines of one table of the document; none where none of its rows is shown."""
        lines: list[Text] = []
        for row in table.rows:
            verdict = self._verdicts.get(row.name)
            if verdict is None:
                continue
            entries = self._result.of_row(row.name)
            rest = _rest(entries)
            # An id that does not fit into the column is not broken either: it stands below.
            beside = self._rest if max(map(len, rest.split()), default=0) <= self._rest else 0
            parts = textwrap.wrap(rest, beside or self._width - _DEEPER, break_on_hyphens=False)
            told = Text(_told(verdict), style=STYLES.get(verdict, ""))
            first = parts.pop(0) if beside and parts else ""
            lines.append(self._line(f"  {self._shown(row.name)}", told, self._passed[row.name], first))
            if beside or _failed(entries):  # without room beside the row only what failed is named
                lines += [Text(" " * (self._taken if beside else _DEEPER) + part, style="dim") for part in parts]
        return [Text(table.title, style="bold"), *lines] if lines else []

    def _line(self, name: str, told: Text, passed: str, last: str, style: str = "") -> Text:
        made = Text(name.ljust(self._name + _GAP), style=style)
        made.append_text(told)
        if self._numbers:
            made.append(" " * (self._told - len(told) + _GAP) + passed.rjust(self._counted))
        if last:
            made.append(" " * (self._taken - len(made)))
            made.append(last, style=style or "dim")
        return made


def show(out: Console, result: Result, contract: Contract) -> None:
    """Print the table."""
    table = Overview(result, contract, out.width)
    out.print(table.head())
    for section in contract.tables:
        for line in table.section(section):
            out.print(line)


def _told(verdict: str) -> str:
    return f"{outcome.SIGNS.get(verdict, '?')} {outcome.words(verdict)}"


def _passed(entries: tuple[RequirementResult, ...]) -> str:
    return f"{sum(entry.verdict == PASS for entry in entries)}/{len(entries)}"


def _failed(entries: tuple[RequirementResult, ...]) -> list[str]:
    return [entry.id + (" (known)" if entry.known else "") for entry in entries if entry.verdict == FAIL]


def _rest(entries: tuple[RequirementResult, ...]) -> str:
    """The ids of failed requirements, else how many were not judged."""
    if failed := _failed(entries):
        return ", ".join(failed)
    rest = [outcome.words(entry.verdict) for entry in entries if entry.verdict != PASS]
    return ", ".join(f"{rest.count(word)} {word}" for word in dict.fromkeys(rest))
