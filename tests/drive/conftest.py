"""The fixture that drives scenarios against a stand-in target with short times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from drive_fakes import Run, World, as_sent, event

from conformance.drive.budget import Budget
from conformance.drive.driver import drive
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings, RunFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.scenario import Push, Scenario
    from conformance.wire.records import Story


@pytest.fixture
def run() -> Callable[..., Run]:
    """Drive scenarios against a world with short times."""

    def _run(
        world: World,
        *plan: Scenario,
        observed: bool = True,
        limit: int = 1000,
        settled: Callable[[Story], bool] = as_sent,
        journal: Journal | None = None,
        control: Callable[[int], Push] = lambda n: event(f"control-{n}"),
        **settings: Any,
    ) -> Run:
        budget, facts, progress = Budget(limit), RunFacts(), []
        journal = journal or Journal(None, "run1")
        began = world.clock()
        stories = drive(
            plan,
            client=world,
            observer=world if observed else None,
            budget=budget,
            settled=settled,
            control=control,
            progress=progress.append,
            journal=journal,
            settings=DriveSettings(clock=world.clock, sleep=world.clock.sleep, **settings),
            facts=facts,
        )
        assert world.requests() == budget.spent, "every request is counted"
        return Run({s.scenario.id: s for s in stories}, budget, journal, facts, progress, world.clock() - began)

    return _run
