"""Shares one look at the store out among the scenarios that wait for it; looks at nothing and waits for nothing itself.

Whether what is seen settles a stage is asked of the caller: here is only what follows from the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.drive.looking import BLIND, UNPROVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.drive.acts import Act
    from conformance.drive.looking import Look
    from conformance.wire.records import Story

_ENDS = {"budget", "time", "stopped", "gone"}


def share(
    look: Look,
    waiting: Iterable[Act],
    settled: Callable[[Story], bool],
    now: float,
    expiry: Callable[[Act], float],
) -> bool:
    """Give each waiting act its part: it moves on, waits further, or its time is up; returns whether any moved on."""
    moved = False
    for act in waiting:
        if look.state not in {"seen", BLIND, UNPROVEN}:
            act.end(look.state if look.state in _ENDS else "rate")
            continue
        seen = act.look(look.reading, "seen")
        # Without a control an alert that shows is seen; one that does not proves nothing.
        if (look.state == "seen" or seen.alerts) and settled(act.story(seen)):
            act.advance(seen)
            moved = True
        elif look.state == BLIND:
            act.advance(act.look(look.reading, BLIND))
        elif look.state == UNPROVEN:
            act.end("budget")
        elif now >= expiry(act):
            act.advance(seen, settled=False)
        else:
            act.seen = seen
    return moved
