"""Pacing as a run sets it up: half of the published limits beyond the loopback, one pacer for everything."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.drive.throttle import Throttle
from conformance.plugin.pacing import limits
from conformance.plugin.settings import Settings
from conformance.wire.target import Target

FAR, NEAR = "https://alerts.example.com/event/push/alert/standard", "http://127.0.0.1:8080/event/push/alert/standard"


@pytest.mark.parametrize(
    ("url", "settings", "expected"),
    [
        (FAR, {}, (50.0, 500.0)),
        (NEAR, {}, (None, None)),
        (FAR, {"max_rate": 5.0}, (5.0, 500.0)),
        (FAR, {"max_per_minute": 90.0}, (50.0, 90.0)),
        (NEAR, {"max_rate": 5.0}, (5.0, None)),
    ],
)
def test_the_limits_of_a_run(url: str, settings: dict[str, Any], expected: tuple[float | None, float | None]) -> None:
    """Half of what the vendor publishes, unless something else was asked for; the loopback is not paced."""
    assert limits(Settings(target_url=url, **settings), Target.from_options(url, "a-key-of-some-length")) == expected


def test_refusals_that_come_at_any_pace_are_not_answered_by_crawling() -> None:
    """A throttle that has slowed down as far as it goes, and is refused still, is given up."""
    throttle, now = Throttle(), 0.0
    for number in range(300):
        now += throttle.slot(now) + 0.01
        if number % 3 == 2:
            throttle.refused(now)
        else:
            throttle.answered(now)
    assert now < 90
    assert throttle.gap == 0


def test_a_limit_that_is_kept_by_slowing_down_is_kept() -> None:
    """Where slowing down helps, the pace stays slow."""
    throttle, now, served, refused = Throttle(), 0.0, [0.0], 0
    for _ in range(200):
        now += throttle.slot(now) + 0.001
        if now - served[-1] < 0.2:
            throttle.refused(now)
            refused += 1
            now += 0.2  # as asked
        else:
            throttle.answered(now)
            served.append(now)
    assert throttle.gap > 0
    assert refused < 60
