"""How fast a run may send: half of what the vendor publishes, unless the user says otherwise or the target is local."""

from __future__ import annotations

from conformance.plugin.settings import Settings
from conformance.wire.pacing import Pacer
from conformance.wire.target import Target

#: Half of the vendor's published limits for one integration: requests a second, requests a minute.
PER_SECOND, PER_MINUTE = 50.0, 500.0


def limits(settings: Settings, target: Target) -> tuple[float | None, float | None]:
    """Requests a second and a minute, None for no limit."""
    second, minute = (None, None) if target.is_loopback else (PER_SECOND, PER_MINUTE)
    return settings.max_rate or second, settings.max_per_minute or minute


def pacer_for(settings: Settings, target: Target) -> Pacer:
    """The one pacer of everything that is sent to a target."""
    return Pacer(*limits(settings, target))
