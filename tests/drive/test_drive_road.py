"""The way to the target: pushes share it, and the last try of what a slow target left unanswered has it alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

from conformance.drive.road import Road

_SOON = 5


def test_many_are_under_way_at_once() -> None:
    """As many as come meet on the road."""
    road, meeting = Road(), threading.Barrier(4)

    def go() -> None:
        with road.shared():
            meeting.wait(_SOON)

    with ThreadPoolExecutor(4) as pool:
        wait([pool.submit(go) for _ in range(4)])
    assert not meeting.broken


def test_whoever_goes_alone_waits_for_those_under_way_and_keeps_new_ones_back() -> None:
    """It starts when the last of them is through; who comes meanwhile starts after it."""
    road, told = Road(), []
    entered, leave, asked = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with road.shared():
            entered.set()
            leave.wait(_SOON)
            told.append("first")

    def alone() -> None:
        entered.wait(_SOON)
        asked.set()
        with road.alone():
            told.append("alone")

    def later() -> None:
        asked.wait(_SOON)
        while not road.is_closed:  # the one that goes alone has asked for the road
            time.sleep(0.001)
        leave.set()
        with road.shared():
            told.append("later")

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(way) for way in (first, alone, later)]:
            future.result(_SOON)
    assert told == ["first", "alone", "later"]


def test_two_go_alone_one_after_the_other() -> None:
    """The road is never held by two at once."""
    road, inside, most = Road(), [0], [0]

    def go() -> None:
        with road.alone():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(go) for _ in range(40)]:
            future.result(_SOON)
    assert most == [1]
