"""What a run is about: the requirements asked for, the means it was given, what it could see; pure, sends nothing."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract import Contract
from conformance.plugin.settings import Settings
from conformance.wire.records import Story
from conformance.wire.target import Target


def selection(settings: Settings, contract: Contract) -> frozenset[str]:
    """The ids of the requirements asked for: all, or those of --requirement and --row."""
    if not settings.requirements and not settings.rows:
        return frozenset(contract.requirements)
    of_rows = {entry.id for row in settings.rows for entry in contract.of_row(row)}
    return frozenset({*settings.requirements, *of_rows})


def means(target: Target, *, observed: bool, rate_probe: int | None) -> frozenset[str]:
    """The optional means of a run, under the names that requirements use in ``needs``.

    ``loopback``: the target is on this machine, so that keys which somebody else may use as well disturb nobody.
    """
    found = {f"account:{code}" for code in target.accounts}
    if target.is_loopback:
        found.add("loopback")
    if target.second_key:
        found.add("second-key")
    if observed:
        found.add("observer")
    if rate_probe:
        found.add(f"rate-limit:{rate_probe}")
    return frozenset(found)


def any_seen(stories: Iterable[Story]) -> bool:
    """Whether the store was read at least once, so that its silence about an alert means something."""
    return any(look is not None and look.state == "seen" for story in stories for look in story.observations)
