"""Preflight against a stand-in target, checking that it stays cheap; and the answers of one that conforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drive_fakes import Answer, World, event, refusal

from conformance.drive.budget import Budget
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings
from conformance.drive.preflight import Preflight, preflight
from conformance.wire.records import Note, Reply

if TYPE_CHECKING:
    from conformance.model.scenario import Push

MINIMAL = event("pre-minimal")
FULL = event("pre-full", description="d", labels={"a": "b"}, images=[])


@dataclass
class Place:
    """Where the target is."""

    push_url: str = "http://127.0.0.1:1/event/push/alert/standard"
    is_loopback: bool = True
    proxy: str | None = None


def ask(answer: Answer | None = None, *, world: World | None = None, observed: bool = True, **place: Any) -> Preflight:
    """Preflight against a world, checking that it stays cheap."""
    world = world or World(answer or conforming)
    budget = Budget(150)
    settings = DriveSettings(clock=world.clock, sleep=world.clock.sleep)
    found = preflight(
        world,
        Place(**place),
        world if observed else None,
        minimal=MINIMAL,
        full=FULL,
        budget=budget,
        journal=Journal(None, "r"),
        settings=settings,
    )
    assert len(world.exchanges) <= 6
    assert sum(world.pauses) <= 10 or found.exit_code == 5 or world.delay
    assert budget.spent == world.requests()
    assert "\x1b" not in found.sentence
    return found


def conforming(push: Push, _note: Note) -> Reply | None:
    """Refuse a made-up key, and take everything else."""
    return refusal("Unauthorized", 401) if push.credential == "unknown" else None
