"""Measures which requirements each faulty server fells: runs in worker processes, collected into one value."""

from __future__ import annotations

import logging
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.reference.faults import all_faults

_OBSERVE = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one fault felled at one budget; ``must`` and ``should`` are ids of requirements."""

    fault: str
    row: str
    level: str
    hard: bool
    budget: str
    must: tuple[str, ...]
    should: tuple[str, ...]
    rows: tuple[str, ...]  # of everything that fell
    seconds: float
    requests: int
    problem: str = ""  # why the run came to nothing, if it did

    @property
    def killed(self) -> bool:
        """Whether the suite caught it: a MUST fell, or for a fault in a SHOULD either."""
        return bool(self.must) or (self.level == "should" and bool(self.should))

    @property
    def blamed(self) -> bool:
        """Whether the fault's own row is among those that fell."""
        return self.row in self.rows

    @property
    def others(self) -> int:
        """How many other rows fell."""
        return len(set(self.rows) - {self.row})


@dataclass(frozen=True)
class Matrix:
    """A cell for each fault, at the budget that caught it or the last one tried."""

    cells: tuple[Cell, ...]

    @property
    def caught(self) -> tuple[Cell, ...]:
        """The faults that were caught."""
        return tuple(cell for cell in self.cells if cell.killed)

    @property
    def survivors(self) -> tuple[Cell, ...]:
        """The faults that were not."""
        return tuple(cell for cell in self.cells if not cell.killed)

    @property
    def misplaced(self) -> tuple[Cell, ...]:
        """The faults that were caught, but only in other rows."""
        return tuple(cell for cell in self.caught if not cell.blamed)

    def at(self, budget: str) -> int:
        """How many were caught at a budget."""
        return sum(cell.budget == budget for cell in self.caught)

    @property
    def other_rows(self) -> float:
        """How many other rows fell with a fault that was caught, on average."""
        return sum(cell.others for cell in self.caught) / max(1, len(self.caught))


def measure(
    names: Iterable[str], budget: str, jobs: int | None = None, told: Callable[[Cell], None] = lambda _: None
) -> Matrix:
    """Run every fault at one budget in worker processes; ``told`` gets each cell as it comes."""
    cells: dict[str, Cell] = {}
    context = multiprocessing.get_context("spawn")  # a worker has threads and an event loop of its own
    with ProcessPoolExecutor(jobs or (os.cpu_count() or 2) + 2, mp_context=context) as pool:
        waiting = {pool.submit(run_one, name, budget): name for name in names}
        for future in as_completed(waiting):
            cell = future.result()
            cells[waiting[future]] = cell
            told(cell)
    return Matrix(tuple(cells[name] for name in sorted(cells)))


def escalate(
    names: Sequence[str], budgets: Sequence[str], jobs: int | None = None, say: Callable[[str], None] = lambda _: None
) -> Matrix:
    """Run every fault at the first budget, those that survive or are blamed elsewhere at the next, and so on.

    A fault counts at the budget that caught it first; what it fells is that of the run that named its row.  What is
    left after the last one is run at it once more, one after the other: some faults need many requests in flight, and
    do not show while other runs keep the machine busy.
    """
    done: dict[str, Cell] = {}
    left = list(names)
    for budget, beside in [*((budget, jobs) for budget in budgets), (budgets[-1], 1)]:
        count = 0

        def told(cell: Cell) -> None:
            nonlocal count
            count += 1
            caught = "caught" if cell.killed else "survives"
            say(f"{budget} {count}/{len(left)} {cell.fault}: {caught} ({cell.seconds:.0f} s)")  # noqa: B023 - called within the round

        for cell in measure(left, budget, beside, told).cells:
            before = done.get(cell.fault)
            if before is None or not before.killed:
                done[cell.fault] = cell
            elif cell.killed and cell.blamed:
                done[cell.fault] = replace(cell, budget=before.budget)
        left = [name for name in names if not (done[name].killed and done[name].blamed)]
        if not left:
            break
    return Matrix(tuple(done[name] for name in sorted(done)))


def run_one(name: str, budget: str, rows: tuple[str, ...] = ()) -> Cell:
    """Run the suite, or these rows of it, against the embedded server with one fault, in this process."""
    from conformance.plugin.session import Run  # noqa: PLC0415 - in the worker only
    from conformance.plugin.settings import Settings, UsageError  # noqa: PLC0415 - in the worker only

    logging.disable(logging.CRITICAL)  # faults that break on purpose say so at length
    fault = all_faults()[name]
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        settings = Settings(fault=name, budget=budget, observe_timeout=_OBSERVE, rows=rows, report_dir=Path(folder))
        run = Run(settings)
        try:
            run.start()
            run.drive()
            result = run.result()
        except UsageError as error:
            return Cell(name, fault.row, fault.level, fault.hard, budget, (), (), (), 0.0, 0, str(error))
        finally:
            run.close()
    fallen = [entry for entry in result.requirements if entry.verdict == "fail"]
    return Cell(
        name,
        fault.row,
        fault.level,
        fault.hard,
        budget,
        tuple(entry.id for entry in fallen if entry.level == "must"),
        tuple(entry.id for entry in fallen if entry.level != "must"),
        tuple(dict.fromkeys(entry.row for entry in fallen)),
        result.tally.seconds,
        result.tally.requests,
    )
