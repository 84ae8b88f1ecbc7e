"""The suite catches what it says it catches: every faulty server falls, in the row that is at fault."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from matrix_runs import fallen, part, run, sample

from conformance.cli.matrix import Cell, run_one
from conformance.contract import load
from conformance.reference.faults import all_faults

FIGURE = Path(__file__).parents[2] / "spec" / "kill-figure.json"
_AT_QUICK, _IN_ITS_OWN_ROW = 0.85, 0.98
_SAMPLE = 8


def _caught(name: str) -> Cell:
    """The first run that catches the fault: quick, of its row alone at quick and standard, standard; else the last."""
    rows = (all_faults()[name].row,)
    for budget, narrowed in (("quick", ()), ("quick", rows), ("standard", rows)):
        cell = run_one(name, budget, rows=narrowed)
        if cell.killed and cell.blamed:
            return cell
    return run_one(name, "standard")


@pytest.mark.parametrize(
    "name", [*sample(_SAMPLE), *(pytest.param(name, marks=pytest.mark.long) for name in part(set(sample(_SAMPLE))))]
)
def test_every_fault_is_caught_and_blamed_on_its_row(name: str) -> None:
    """Each fault of the catalogue fells a requirement of its own row, at standard if not before.

    A few are tried in each ``make test``, the others in ``make test-faults``; the gate runs a part.
    """
    cell = _caught(name)
    assert cell.killed, f"{name} survives: {all_faults()[name].summary}"
    assert cell.blamed, f"{name} is blamed on {cell.rows} instead of {cell.row}"


def test_the_published_figure_is_of_this_catalogue() -> None:
    """The kill matrix was measured with as many faults as there are; quick runs catch enough of them."""
    figure = json.loads(FIGURE.read_text(encoding="utf-8"))
    assert set(figure["felled"]) == set(all_faults()), "measure again: make kill-matrix"
    assert figure["caught"] == figure["faults"]
    assert figure["in_its_own_row"] >= _IN_ITS_OWN_ROW * figure["faults"]
    assert figure["caught_at"]["quick"] >= _AT_QUICK * figure["faults"]
    assert figure["other_rows"] <= 1


def test_every_requirement_is_felled_by_faults_of_its_own() -> None:
    """A MUST that fewer than two faults fell, or a SHOULD that none fells, is not shown to be able to fail."""
    figure = json.loads(FIGURE.read_text(encoding="utf-8"))
    felled = Counter(requirement for entries in figure["felled"].values() for requirement in entries)
    needed = {name: 2 if entry.level == "must" else 1 for name, entry in load().requirements.items()}
    assert {name: felled[name] for name in needed if felled[name] < needed[name]} == {}


def _stands(fault: str, felled: set[str]) -> bool:
    """Whether these requirements are enough to catch a fault, and to blame it on its row."""
    must, entries = load().requirements, all_faults()
    caught = any(must[name].level == "must" or entries[fault].level == "should" for name in felled)
    return caught and entries[fault].row in {must[name].row for name in felled}


def test_without_the_checks_of_a_requirement_some_fault_slips_through() -> None:
    """Leave out what fells one requirement, and a fault survives, or is blamed on another row than its own.

    Told from the matrix: ``make mutation`` shows the same by breaking the code of the checks.
    """
    felled = json.loads(FIGURE.read_text(encoding="utf-8"))["felled"]
    idle = [
        requirement
        for requirement in load().requirements
        if all(_stands(fault, set(names) - {requirement}) for fault, names in felled.items())
    ]
    assert idle == []


@pytest.mark.parametrize("name", sample(4))
def test_a_run_of_one_row_fells_nothing_elsewhere(name: str) -> None:
    """A run narrowed to the fault's row judges that row alone, and says that it is partial."""
    fault = all_faults()[name]
    result = run(fault=name, rows=(fault.row,), observe_timeout=1.0)
    assert result.partial
    assert {load().requirements[entry].row for entry in fallen(result, should=True)} <= {fault.row}
