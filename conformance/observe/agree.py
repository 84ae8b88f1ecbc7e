"""Several observers as one: what they show must be the same; which of them is right is nobody's business here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.contract import load
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.observe.base import Observer

_COMPARED = ("alert_status", "alert_severity", "title", "title_rule", "description", "labels", "images")
_AGAIN, _AT_MOST = 0.25, 2.0
_SHOWN = 80


class Agreement:
    """Reads through every observer; one may lag behind another, so a difference counts only when it stays."""

    def __init__(
        self,
        observers: Sequence[Observer],
        *,
        patience: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``patience`` is for how many seconds they may differ."""
        if not observers:
            raise ValueError("no observer was given")
        self.name = "+".join(observer.name for observer in observers)
        # The one that sees most is believed in what the others cannot show.
        self._observers = tuple(sorted(observers, key=lambda one: len(getattr(one, "blind_to", ()))))
        self.blind_to = tuple(getattr(self._observers[0], "blind_to", ()))
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._settled: str | None = None  # they differ for good: waiting again for each look would take for ever

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Return the reading of the observer that shows most, once the others say the same."""
        until, pause = self._clock() + self._patience, _AGAIN
        numbers: tuple[int, ...] = ()
        wanted = list(alert_keys)
        known: list[list[Mapping[str, Any]]] = [[] for _ in self._observers]
        while True:
            readings = [observer.read(wanted) for observer in self._observers]
            numbers += tuple(n for reading in readings for n in reading.exchanges)
            for observer, reading in zip(self._observers, readings, strict=True):
                if reading.problem is not None:
                    return Reading(problem=f"{observer.name}: {reading.problem}", exchanges=numbers)
            asked = set(wanted)
            known = [
                [*(alert for alert in before if alert.get("alert_key") not in asked), *reading.alerts]
                for before, reading in zip(known, readings, strict=True)
            ]
            differing, problem = self._difference(known)
            if problem is None:
                return Reading(tuple(known[0]), None, numbers)
            if self._clock() >= until or self._settled is not None:
                self._settled = problem
                return Reading(problem=problem, exchanges=numbers)
            wanted = differing  # what they agree on need not be asked again
            self._sleep(pause)
            pause = min(2 * pause, _AT_MOST)

    def requests_for(self, n_keys: int) -> int:
        """Return what all of them cost together."""
        return sum(getattr(observer, "requests_for", lambda _: 0)(n_keys) for observer in self._observers)

    def close(self) -> None:
        """Close them all."""
        for observer in self._observers:
            observer.close()

    def _difference(self, known: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[list[str], str | None]:
        """The keys on which another observer says otherwise than the first, and what about one of them."""
        first, name = known[0], self._observers[0].name
        keys: dict[str, None] = {}
        said = None
        for observer, alerts in zip(self._observers[1:], known[1:], strict=True):
            for key, told in differences(first, alerts, name, observer.name):
                keys[key] = None
                said = said or f"the observers do not agree: {told}"
        return list(keys), said


def differences(
    ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], our_name: str, their_name: str
) -> Iterator[tuple[str, str]]:
    """Each key on which two readings differ in what both of them show, and where they do in half a sentence."""
    here, there = _by_key(ours), _by_key(theirs)
    for key in sorted(here.keys() | there.keys()):
        if not key.isprintable():  # what becomes of such a key is open, and not every observer can ask for it
            continue
        left, right = here.get(key, []), there.get(key, [])
        if len(left) != len(right):
            yield key, f"{our_name} shows {len(left)} alert(s) under {key!a}, {their_name} {len(right)}"
            continue
        for mine, other in zip(left, right, strict=True):
            name = next((name for name in _COMPARED if _differ(mine, other, name)), None)
            if name is not None:
                values = f"{_short(mine[name])} by {our_name}, {_short(other[name])} by {their_name}"
                yield key, f"{name} of {key!a} is {values}"
                break


def _differ(mine: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    return name in mine and name in other and (mine[name] or None) != (other[name] or None)


def _by_key(alerts: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Alerts under their keys, in an order that does not depend on the observer where both know it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for alert in alerts:
        found.setdefault(str(alert.get("alert_key")), []).append(alert)
    for group in found.values():
        group.sort(key=_place)
    return found


def _place(alert: Mapping[str, Any]) -> tuple[str, ...]:
    """Where an alert stands among those of its key: by time, and within a second by what it holds."""
    held = (str(alert.get(name) or "") for name in ("description", "title", "alert_id"))
    return (str(alert.get("start_time")), str(alert.get("alert_status") != load().recovery), *held)


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
