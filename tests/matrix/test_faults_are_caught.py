"""The suite catches what it says it catches: faulty servers fall, in the row that is at fault."""

from __future__ import annotations

import pytest
from matrix_runs import fallen, run, sample

from conformance.cli.matrix import run_one
from conformance.contract import load
from conformance.reference.faults import all_faults

#: Faults that only a whole run brings out: the scenarios of their row alone do not provoke them.
_NEED_A_WHOLE_RUN = "a row's own scenarios do not provoke this fault; the whole run does"


@pytest.mark.parametrize("name", sample(14))
def test_a_whole_run_catches_the_fault_and_blames_its_row(name: str) -> None:
    """At standard the fault is caught, its row is among those that fell, and few others are."""
    cell = run_one(name, "standard")
    assert cell.killed, f"{name} survives: {all_faults()[name].summary}"
    assert cell.blamed, f"{name} is blamed on {cell.rows} instead of {cell.row}"


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(all_faults()))
def test_every_fault_is_caught(name: str) -> None:
    """Each fault of the catalogue falls at quick or at standard, in its own row."""
    cells = [run_one(name, "quick")]
    if not (cells[0].killed and cells[0].blamed):
        cells.append(run_one(name, "standard"))
    assert any(cell.killed and cell.blamed for cell in cells), f"{name}: {all_faults()[name].summary}"


@pytest.mark.parametrize("name", sample(6))
def test_a_run_of_one_row_fells_nothing_elsewhere(name: str) -> None:
    """A run narrowed to the fault's row judges that row alone, and says that it is partial."""
    fault = all_faults()[name]
    result = run(fault=name, rows=(fault.row,), observe_timeout=1.0)
    assert result.partial
    assert {load().requirements[entry].row for entry in fallen(result, should=True)} <= {fault.row}
