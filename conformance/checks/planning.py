"""Makes the plan of a run: every scenario that the ground gives, or those that selected requirements need."""

from __future__ import annotations

from collections.abc import Collection

from conformance.checks import scenes as _registered
from conformance.checks.ground import CORE, PLAIN, Ground, scenes
from conformance.model.scenario import Scenario

__all__ = ["plan"]
assert _registered  # importing it registers every maker


#: What every reply shows, so that no scenario is made for it: a run of these alone sends the core of the plan.
OF_EVERY_REPLY = frozenset(
    {
        "request-id.present",
        "request-id.unique",
        "error.absent-on-success",
        "error.null-on-success",
        "error.present-on-failure",
        "error-code.listed",
        "error-message.string",
    }
)


def plan(ground: Ground, requirements: Collection[str] | None = None) -> list[Scenario]:
    """The scenarios of a run by worth, each with a unique id; ``requirements`` narrows it, twins brought along."""
    made: dict[str, Scenario] = {}
    for maker in scenes.makers:
        for scenario in maker(ground):
            if scenario.id in made:
                raise ValueError(f"two scenarios are called {scenario.id}")
            made[scenario.id] = scenario
    if requirements is not None:
        wanted = set(requirements)
        chosen = {name: entry for name, entry in made.items() if wanted & set(entry.serves)}
        if wanted & OF_EVERY_REPLY:
            chosen |= {name: entry for name, entry in made.items() if entry.worth <= CORE}
        twins = {entry.twin for entry in chosen.values() if entry.twin} | {PLAIN}
        made = chosen | {name: made[name] for name in twins if name in made}
    return sorted(made.values(), key=lambda entry: entry.worth)
