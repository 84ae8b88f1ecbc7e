"""Pacing: never more than was allowed in any second or minute, and pauses that everybody keeps."""

from __future__ import annotations

import threading

import pytest

from conformance.wire.pacing import Pacer, retry_after
from conformance.wire.records import Reply


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


def moments(pacer: Pacer, clock: Clock, count: int) -> list[float]:
    """When each of so many requests goes out, sent as fast as allowed."""
    times = []
    for _ in range(count):
        pacer.wait()
        times.append(clock.now)
    return times


@pytest.mark.parametrize(
    ("per_second", "per_minute", "period", "most"),
    [
        (50, None, 1.0, 50),
        (50, 500, 60.0, 500),
        (50, 500, 1.0, 50),
        (5, None, 1.0, 5),
        (0.5, None, 2.0, 1),
        (None, 30, 60, 30),
    ],
)
def test_no_stretch_of_time_holds_more_than_was_allowed(
    per_second: float | None, per_minute: float | None, period: float, most: int
) -> None:
    """However the target lays its windows, the limit holds in each of them."""
    clock = Clock()
    times = moments(Pacer(per_second, per_minute, clock, clock.sleep), clock, 1200)
    for index, start in enumerate(times):
        inside = sum(1 for moment in times[index : index + most + 5] if moment < start + period - 1e-6)
        assert inside <= most


def test_the_allowed_rate_is_used() -> None:
    """Pacing costs no more time than the limit demands."""
    clock = Clock()
    times = moments(Pacer(50, None, clock, clock.sleep), clock, 501)
    assert times[-1] - times[0] == pytest.approx(10.0, rel=0.05)


def test_bursts_are_small_enough_for_small_buckets_and_large_enough_for_concurrency() -> None:
    """Sixteen may go out at once, the next one waits."""
    clock = Clock()
    times = moments(Pacer(50, None, clock, clock.sleep), clock, 17)
    assert times[15] == times[0]
    assert times[16] - times[0] == pytest.approx(0.32)


def test_without_limits_nobody_waits() -> None:
    """Loopback targets are not paced."""
    clock = Clock()
    moments(Pacer(None, None, clock, clock.sleep), clock, 1000)
    assert clock.slept == []


def test_a_pause_is_kept_by_everyone_and_is_bounded() -> None:
    """After a 429 nobody sends until its Retry-After is over; a day is cut to a minute."""
    clock = Clock()
    pacer = Pacer(None, None, clock, clock.sleep)
    pacer.penalise(3)
    pacer.penalise(1)
    pacer.wait()
    assert clock.now == 1003.0
    pacer.penalise(86400)
    pacer.wait()
    assert clock.now == 1063.0
    pacer.penalise(-5)
    pacer.wait()
    assert clock.now == 1063.0


def test_threads_share_one_pacer() -> None:
    """Twenty threads together keep the limit of one."""
    pacer = Pacer(200, None)
    sent = []

    def work() -> None:
        for _ in range(5):
            pacer.wait()
            sent.append(None)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(sent) == 100


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("86400", 60.0),
        ("9" * 500, 60.0),
        ("Thu, 01 Jan 1970 00:16:45 GMT", 5.0),
        ("Thu, 01 Jan 1970 00:16:45 -0000", 5.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60.0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(value: str | None, seconds: float | None) -> None:
    """Seconds or a date; nonsense is as if it were absent."""
    headers = () if value is None else (("retry-AFTER", value),)
    assert retry_after(Reply(429, "", headers, b""), 1000.0) == seconds
