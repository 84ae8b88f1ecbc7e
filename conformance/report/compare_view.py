"""Shows a comparison: a table for terminals and a self-contained page; compares nothing itself."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.checks.verdicts import ERROR, FAIL
from conformance.report import outcome
from conformance.report.compare import Change, Comparison, Step
from conformance.report.console import STYLES, console, text_of
from conformance.report.lock import question
from conformance.report.templates import environment, stylesheet
from conformance.report.text import plural

_GAP = 2
#: What is told first where verdicts are told one below the other.
_BAD = (FAIL, ERROR, outcome.FALLS)


def html(comparison: Comparison) -> str:
    """The comparison as one page that loads nothing."""
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            comparison=comparison,
            columns=comparison.columns,
            headline=headline(comparison),
            changed=_changed_rows(comparison),
            tables=[
                (table, [row.name for row in table.rows if any(row.name in run.rows for run in comparison.runs)])
                for table in comparison.contract.tables
            ],
            question=lambda point: question(comparison.contract, point),
            meaning=lambda point, answer: outcome.meaning(comparison.contract, point, answer),
            title=lambda verdict: outcome.TITLES.get(verdict, verdict),
            grouped=grouped,
            css=stylesheet(),
        )
    )


def headline(comparison: Comparison) -> str:
    """The comparison in one sentence."""
    falls = comparison.regressions
    rows = list(dict.fromkeys(change.row for change in falls))
    told = (
        f"{plural(len(falls), 'regression')} in {plural(len(rows), 'row')}: {', '.join(rows)}"
        if falls
        else "no regression"
    )
    fixes = {change.requirement for step in comparison.steps for change in step.fixes}
    differ = len(comparison.answers())
    return f"{told}; {plural(len(fixes), 'fix', 'fixes')}; {plural(differ, 'open point')} answered differently"


def _changed_rows(comparison: Comparison) -> frozenset[str]:
    return frozenset(row for row in comparison.rows if len({run.rows.get(row) for run in comparison.runs}) > 1)


def terminal(comparison: Comparison, *, width: int = 80, colour: bool = False) -> str:
    """The comparison as text: rows that differ, every change, every drift, and one sentence at the end."""
    out = console(width, colour)
    _matrix(out, comparison)
    for step in comparison.steps:
        _changes(out, step)
    for point, seen in comparison.answers():
        out.print()
        out.print(Text(f"{point}: {question(comparison.contract, point)}"))
        for run, answer in zip(comparison.runs, seen, strict=True):
            told = outcome.meaning(comparison.contract, point, answer) if answer else "not answered"
            out.print(Text(f"  {run.name}: {told}"))
    out.print()
    out.print(Text(headline(comparison), style=STYLES["fail" if comparison.regressions else "pass"]), soft_wrap=True)
    return text_of(out)


def _matrix(out: Console, comparison: Comparison) -> None:
    """The rows on which the runs differ: as a table where the runs fit beside each other, else row by row."""
    changed = _changed_rows(comparison)
    rows = [row for row in comparison.rows if row in changed]
    head = [outcome.words(run.report["verdict"]) for run in comparison.runs]
    cells = {row: [run.rows.get(row, "unknown") for run in comparison.runs] for row in rows}
    widths = [
        max(map(len, (run.name, head[place], *(outcome.words(cells[row][place]) for row in rows))))
        for place, run in enumerate(comparison.runs)
    ]
    if sum(widths) + _GAP * len(widths) + max(map(len, (*rows, "row"))) <= out.width:
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
        table.add_column("row", no_wrap=True)
        for run in comparison.runs:
            table.add_column(run.name, no_wrap=True)
        table.add_row("", *map(Text, head))
        for row in rows:
            table.add_row(row, *(_styled(verdict) for verdict in cells[row]))
        out.print(table)
    else:
        _by_verdict(out, comparison, "verdict", [str(run.report["verdict"]) for run in comparison.runs])
        for row in rows:
            _by_verdict(out, comparison, row, cells[row])
    out.print(Text(f"{plural(len(comparison.rows) - len(changed), 'row')} of the document alike in all", style="dim"))


def _by_verdict(out: Console, comparison: Comparison, name: str, verdicts: list[str]) -> None:
    """A row, and below it each verdict with the runs that have it: as many runs as one likes fit."""
    out.print(Text(name, style="bold"))
    for verdict in dict.fromkeys(sorted(verdicts, key=lambda verdict: verdict not in _BAD)):
        runs = [run.name for run, its in zip(comparison.runs, verdicts, strict=True) if its == verdict]
        grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        grid.add_row(Text("  ") + _styled(verdict) + Text(":"), Text(", ".join(runs)))
        out.print(grid)


def _styled(verdict: str) -> Text:
    return Text(outcome.words(verdict), style=STYLES.get(verdict, ""))


def _changes(out: Console, step: Step) -> None:
    """The changes between two runs."""
    if not (step.regressions or step.warnings or step.fixes or step.others):
        return
    out.print()
    out.print(Text(f"{step.before.name} → {step.after.name}", style="bold"))
    for title, changes in (
        ("regression", step.regressions),
        ("warning", step.warnings),
        ("fixed", step.fixes),
    ):
        for change in changes:
            out.print(Text(f"  {title}: {_told(change)}"))
    for (before, after), rows in grouped(step.others).items():
        many = plural(sum(rows.values()), "requirement")
        told = ", ".join(f"{row} ({count})" if count > 1 else row for row, count in rows.items())
        out.print(Text(f"  {many} {outcome.words(before)} → {outcome.words(after)}: {told}"))


def grouped(changes: tuple[Change, ...]) -> dict[tuple[str, str], Counter[str]]:
    """Changes that are neither better nor worse, as counts of rows by what they were and are."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for change in changes:
        groups.setdefault((change.before, change.after), Counter())[change.row] += 1
    return groups


def _told(change: Change) -> str:
    why = f": {change.finding}" if change.finding else ""
    return f"{change.row} {change.requirement}: {outcome.words(change.before)} → {outcome.words(change.after)}{why}"
