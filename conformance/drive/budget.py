"""How many requests a run may make, what scenarios cost and which fit; sends nothing and knows no verdicts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.contract import load
from conformance.drive.replies import is_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.model.scenario import Push, Scenario
    from conformance.wire.records import Story

#: Requests at most, by the name that ``--budget`` gives: reads and clean-up included.
BUDGETS = {"quick": 150, "standard": 1000, "thorough": 10000}


Identity = tuple[str, str]


class Budget:
    """Counts requests against a limit; what is held back (for clean-up, for reads) nobody else can take."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._spent = 0
        self._held = 0
        self._lock = threading.Lock()

    @property
    def spent(self) -> int:
        """Requests made."""
        return self._spent

    @property
    def left(self) -> int:
        """Requests that may still be made beyond those held back."""
        with self._lock:
            return max(0, self.limit - self._spent - self._held)

    @property
    def held(self) -> int:
        """Requests held back."""
        return self._held

    def take(self, n: int = 1, *, keep: int = 0) -> bool:
        """Spend ``n`` requests and hold ``keep`` back for later; what is held back must be released to be spent."""
        with self._lock:
            if self._spent + n + self._held + keep > self.limit:
                return False
            self._spent += n
            self._held += keep
            return True

    def hold(self, n: int) -> bool:
        """Hold ``n`` requests back, if there are as many."""
        return self.take(0, keep=n)

    def release(self, n: int = 1) -> None:
        """Give back what was held and is not needed."""
        with self._lock:
            self._held = max(0, self._held - n)

    def charge(self, n: int) -> None:
        """Count requests that were made before anybody could ask."""
        with self._lock:
            self._spent += max(0, n)


def is_recovery(push: Push) -> bool:
    """Whether the push is an event that closes an alert."""
    event = push.event()
    return event is not None and event.get("event_status") == load().recovery


def sent_key(push: Push) -> str | None:
    """Return the alert key that the body carries, or None."""
    key = (push.event() or {}).get("alert_key")
    return key if isinstance(key, str) and key else None


def cost(scenario: Scenario) -> int:
    """Return the requests that a scenario takes: its pushes, and a recovery of each alert that it leaves open.

    Pushes that are expected to be refused leave nothing open; should one be accepted, the driver notices.
    """
    return len(scenario.pushes()) + len(opened(scenario))


def opened(scenario: Scenario) -> frozenset[Identity]:
    """Return the alerts that a scenario leaves open, by what tells them apart: credential and key, or their push."""
    pushes = scenario.pushes()
    identities: list[Identity] = []
    left_open: dict[Identity, bool] = {}
    for index, push in enumerate(pushes):
        key = sent_key(push)
        if push.key_from is not None and push.key_from < index:
            identity = identities[push.key_from]
        elif key is not None:
            identity = (push.credential, key)
        else:
            identity = (push.credential, f"{scenario.id}#{index}")
        identities.append(identity)
        if push.role != "refusal":
            left_open[identity] = not is_recovery(push)
    return frozenset(identity for identity, is_open in left_open.items() if is_open)


def unspent(stories: Iterable[Story]) -> int:
    """Return how many of the requests that these scenarios were planned to take their answers made unnecessary."""
    stories = list(stories)
    planned = sum(len(story.scenario.pushes()) for story in stories)
    made = sum(len(stage) for story in stories for stage in story.exchanges)
    to_close = frozenset().union(*(opened(story.scenario) for story in stories))
    left_open = frozenset().union(*(_opened_so(story) for story in stories))
    return max(0, planned - made + len(to_close) - len(left_open))


def _opened_so(story: Story) -> frozenset[Identity]:
    """Return the alerts that a story has left open, as far as its answers tell."""
    left_open: dict[Identity, bool] = {}
    for place, (push, exchange) in enumerate(zip(story.scenario.pushes(), story.all_exchanges(), strict=False)):
        key = sent_key(push) if push.key_from is None else None
        source = place if push.key_from is None else push.key_from
        identity = (push.credential, key or f"{story.scenario.id}#{source}")
        if not is_refused(exchange):
            left_open[identity] = not is_recovery(push)
    return frozenset(identity for identity, is_open in left_open.items() if is_open)


def cut(plan: Iterable[Scenario], limit: int, reads_reserve: int) -> tuple[list[Scenario], list[Scenario]]:
    """Return the scenarios that fit, most worthy first, and those left out; twins come before whoever needs them."""
    ordered = sorted(plan, key=lambda scenario: scenario.worth)
    by_id = {scenario.id: scenario for scenario in ordered}
    chosen: dict[str, Scenario] = {}
    free = limit - reads_reserve
    to_close: frozenset[Identity] = frozenset()  # scenarios that share an alert share its recovery
    for scenario in ordered:
        needed = [one for one in _with_twins(scenario, by_id) if one.id not in chosen]
        fresh = frozenset().union(*(opened(one) for one in needed)) - to_close
        price = sum(len(one.pushes()) for one in needed) + len(fresh)
        if price <= free:
            free -= price
            to_close |= fresh
            chosen |= {one.id: one for one in needed}
    return list(chosen.values()), [scenario for scenario in ordered if scenario.id not in chosen]


def _with_twins(scenario: Scenario, by_id: dict[str, Scenario]) -> list[Scenario]:
    """Return the scenario after its twin, its twin's twin and so on."""
    found = [scenario]
    twin = scenario.twin
    while twin is not None and twin in by_id and all(one.id != twin for one in found):
        found.insert(0, by_id[twin])
        twin = by_id[twin].twin
    return found


def overhead(plan: Sequence[Scenario], requests_for: Callable[[int], int] | None) -> int:
    """Return the requests to set aside: controls and reads of each round, the final read, a few repeats.

    Without an observer (None) there are no rounds to look at.
    """
    slack = 1 + clean_up_slack(len(plan))
    if requests_for is None:
        return slack
    finals = [s for s in plan if wants_final(s)]
    last = 1 + requests_for(sum(map(_keys, finals))) if finals else 0
    return slack + looks(plan, requests_for) + last


def _keys(scenario: Scenario) -> int:
    """Return how many alert keys are looked for on behalf of a scenario: a key made up for an event is one, too."""
    pushes = enumerate(scenario.pushes())
    return len({sent_key(push) or place for place, push in pushes if push.key_from is None})


def looks(plan: Sequence[Scenario], requests_for: Callable[[int], int] | None) -> int:
    """Return the requests that looking at the store after each round takes."""
    if requests_for is None:
        return 0
    last = [s for s in plan if s.fact("last")]  # in a round of its own
    others = [s for s in plan if not s.fact("last")]
    rounds = range(max((sum(stage.observe for stage in scenario.stages) for scenario in others), default=0))
    watched = [[s for s in others if sum(stage.observe for stage in s.stages) > number] for number in rounds]
    return sum(look_price(requests_for(1 + sum(map(_keys, seen)))) for seen in [*watched, last] if seen)


def look_price(price: int) -> int:
    """Return the requests of a round's look: a control and its recovery, one read of it and all keys for ``price``.

    A read of several requests is preceded by one of the control alone.
    """
    return 2 + price + (price > 1)


def clean_up_slack(scenarios: int) -> int:
    """Return the requests to keep for recoveries that are lost or refused for rate."""
    return 2 + scenarios // 100


def wants_final(scenario: Scenario) -> bool:
    """Whether the store is to be read once more at the very end: for what was refused, or where the plan asks."""
    return bool(scenario.fact("final")) or any(push.role == "refusal" for push in scenario.pushes())
