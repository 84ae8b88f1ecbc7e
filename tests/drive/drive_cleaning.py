"""What tests of clean-up share: a world that can be listed, and pauses that cost no time."""

from __future__ import annotations

from drive_fakes import Clock, World

from conformance.drive.ports import DriveSettings
from conformance.wire.records import Reading

_CLOCK = Clock()
QUICK = DriveSettings(clock=_CLOCK, sleep=_CLOCK.sleep)


def paced_by(clock: Clock) -> DriveSettings:
    """Settings whose pauses are those of a world."""
    return DriveSettings(clock=clock, sleep=clock.sleep)


def active(world: World) -> set[str]:
    """Return the keys whose latest event is no recovery."""
    return {key for key, events in world.store.items() if events[-1][1]["alert_status"] != "Ok"}


class Listing(World):
    """A world whose observer can list everything."""

    def recent(self) -> Reading:
        """Show every alert."""
        return self.read(list(self.store))
