"""Writes a kill matrix, as ``docs/kill-matrix.md`` and, for reports, ``spec/kill-figure.json``; measures nothing."""

from __future__ import annotations

import json
from pathlib import Path

from conformance import __version__
from conformance.cli.matrix import Cell, Matrix
from conformance.contract import load

FIGURE, PAGE = Path("spec") / "kill-figure.json", Path("docs") / "kill-matrix.md"


def summary(matrix: Matrix) -> str:
    """The matrix in a few lines."""
    total, caught = len(matrix.cells), len(matrix.caught)
    blamed = sum(cell.blamed for cell in matrix.caught)
    hard = [cell for cell in matrix.cells if cell.hard]
    lines = [f"{caught} of {total} faults caught ({_share(caught, total)})"]
    lines += [f"caught at {budget}: {matrix.at(budget)}" for budget in dict.fromkeys(c.budget for c in matrix.cells)]
    lines.append(f"hard ones caught: {sum(cell.killed for cell in hard)} of {len(hard)}")
    lines.append(f"the fault's own row fell in {blamed} of {caught}")
    lines.append(f"other rows that fell with it: {matrix.other_rows:.2f} on average")
    return "\n".join(lines)


def figure(matrix: Matrix) -> dict[str, object]:
    """The figures that reports show, and which requirements each fault fells."""
    return {
        "faults": len(matrix.cells),
        "caught": len(matrix.caught),
        "caught_at": {budget: matrix.at(budget) for budget in dict.fromkeys(cell.budget for cell in matrix.cells)},
        "in_its_own_row": len(matrix.caught) - len(matrix.misplaced),
        "other_rows": round(matrix.other_rows, 2),
        "version": __version__,
        "felled": {cell.fault: [*cell.must, *cell.should] for cell in matrix.cells},
    }


def page(matrix: Matrix) -> str:
    """The matrix as a page: figures, then a table for each row of the document."""
    lines = [
        "# Kill matrix",
        "",
        "Each fault is the embedded server with one thing wrong. The suite is run against every one; a fault is",
        "caught when a MUST falls (for a fault in a SHOULD: either). Written by `conformance faults --matrix`:",
        "do not edit by hand.",
        "",
        *(f"- {line}" for line in summary(matrix).splitlines()),
        f"- version of the suite: {__version__}",
        "",
        "## Requirements",
        "",
        "How many faults fell each requirement: one that none fells is not shown to be able to fail.",
        "",
        "| requirement | faults |",
        "|---|---|",
    ]
    every = [requirement for cell in matrix.cells for requirement in (*cell.must, *cell.should)]
    lines += [f"| {name} | {every.count(name)} |" for name in load().requirements]
    lines += ["", "## Faults by row"]
    for row in dict.fromkeys((*load().rows, *(cell.row for cell in matrix.cells))):
        cells = [cell for cell in matrix.cells if cell.row == row]
        if cells:
            lines += ["", f"### {row}", "", "| fault | caught at | requirements that fell |", "|---|---|---|"]
            lines += [_line(cell) for cell in cells]
    return "\n".join(lines) + "\n"


def write(matrix: Matrix, root: Path) -> list[Path]:
    """Write page and figure into a checkout; returns where."""
    figures, document = root / FIGURE, root / PAGE
    document.parent.mkdir(exist_ok=True)
    document.write_text(page(matrix), encoding="utf-8")
    figures.write_text(json.dumps(figure(matrix), indent=1) + "\n", encoding="utf-8")
    return [document, figures]


def _line(cell: Cell) -> str:
    caught = cell.budget if cell.killed else f"**not** (tried: {cell.budget})"
    felled = ", ".join((*cell.must, *(f"{name} (SHOULD)" for name in cell.should))) or cell.problem or "–"
    return f"| {cell.fault}{' (hard)' if cell.hard else ''} | {caught} | {felled} |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f}%"
