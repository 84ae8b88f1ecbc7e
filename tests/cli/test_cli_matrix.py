"""The kill matrix: what is measured, when a fault counts as caught, and what is written of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import command

from conformance.cli.matrix import Cell, Matrix, escalate
from conformance.cli.matrix_view import page, summary, write


def _cell(fault: str, row: str, *must: str, should: tuple[str, ...] = (), level: str = "must", rows: str = "") -> Cell:
    fallen = tuple(rows.split()) if rows else ((row,) if must or should else ())
    return Cell(
        fault, row, level, hard=False, budget="quick", must=must, should=should, rows=fallen, seconds=1, requests=9
    )


CAUGHT = _cell("cut", "Payload/title_rule", "title-rule.cut")
SURVIVES = _cell("hidden", "Image/alt", should=("alt.type",))
SHOULD = _cell("should", "Image/href", should=("href.type",), level="should")
ELSEWHERE = _cell("far", "Image/src", "alt.cut", rows="Image/alt Payload/labels")


def test_a_must_has_to_fall_for_a_must_fault() -> None:
    """A fault in a MUST that fells a SHOULD alone survives; a fault in a SHOULD may fell either."""
    matrix = Matrix((CAUGHT, SURVIVES, SHOULD, ELSEWHERE))
    assert matrix.survivors == (SURVIVES,)
    assert matrix.misplaced == (ELSEWHERE,)
    assert matrix.at("quick") == 3
    assert matrix.other_rows == 2 / 3


def test_the_page_names_figures_faults_and_survivors(tmp_path: Path) -> None:
    """Figures first, then each fault in the section of its row; the JSON is what reports show."""
    matrix = Matrix((CAUGHT, SURVIVES))
    assert "1 of 2 faults caught (50.0%)" in summary(matrix)
    text = page(matrix)
    assert "| cut | quick | title-rule.cut |" in text
    assert "**not**" in text
    (tmp_path / "spec").mkdir()
    document, figures = write(matrix, tmp_path)
    assert document.read_text("utf-8") == text
    told = json.loads(figures.read_text("utf-8"))
    assert (told["faults"], told["caught"]) == (2, 1)
    assert told["felled"]["cut"] == ["title-rule.cut"]


def test_faults_are_run_in_worker_processes() -> None:
    """A fault is caught, in its row, by a quick run in a process of its own."""
    said: list[str] = []
    made = escalate(["title-cut-at-511"], ["quick", "standard"], 1, said.append)
    assert made.cells[0].killed
    assert made.cells[0].blamed
    assert "title-cut-at-511: caught" in said[-1]


def test_a_matrix_needs_somewhere_to_write(tmp_path: Path) -> None:
    """Outside a checkout it is refused before anything is run, and so is an unknown budget."""
    assert command("faults", "--matrix", "--output", str(tmp_path)).exit_code == 4
    assert "--budget huge" in command("faults", "--matrix", "--budget", "huge", "--sample", "1").output


@pytest.mark.parametrize("part", [("--sample", "1"), ("--budget", "quick"), ("--row", "Image/alt")])
def test_a_part_of_the_matrix_is_not_written(part: tuple[str, str], tmp_path: Path) -> None:
    """Figures of some faults, or of one budget, are no figures of the suite: a place to write them is refused."""
    done = command("faults", "--matrix", *part, "--output", str(tmp_path))
    assert done.exit_code == 4
    assert "a part of the matrix is not written" in done.output
