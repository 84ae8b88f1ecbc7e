"""Several observers as one: what they show must be the same; which of them is right is nobody's business here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.observe.base import Observer

_COMPARED = ("alert_status", "alert_severity", "title", "title_rule", "description", "labels", "images")
_AGAIN = 0.25
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
        until = self._clock() + self._patience
        numbers: tuple[int, ...] = ()
        while True:
            readings = [observer.read(alert_keys) for observer in self._observers]
            numbers += tuple(n for reading in readings for n in reading.exchanges)
            for observer, reading in zip(self._observers, readings, strict=True):
                if reading.problem is not None:
                    return Reading(problem=f"{observer.name}: {reading.problem}", exchanges=numbers)
            problem = self._difference(readings)
            if problem is None:
                return Reading(readings[0].alerts, None, numbers)
            if self._clock() >= until or self._settled is not None:
                self._settled = problem
                return Reading(problem=problem, exchanges=numbers)
            self._sleep(_AGAIN)

    def requests_for(self, n_keys: int) -> int:
        """Return what all of them cost together."""
        return sum(getattr(observer, "requests_for", lambda _: 0)(n_keys) for observer in self._observers)

    def close(self) -> None:
        """Close them all."""
        for observer in self._observers:
            observer.close()

    def _difference(self, readings: Sequence[Reading]) -> str | None:
        first, name = readings[0], self._observers[0].name
        for observer, reading in zip(self._observers[1:], readings[1:], strict=True):
            told = difference(first.alerts, reading.alerts, name, observer.name)
            if told is not None:
                return f"the observers do not agree: {told}"
        return None


def difference(
    ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], our_name: str, their_name: str
) -> str | None:
    """Return in half a sentence where two readings differ, None when they agree in all that both of them show."""
    here, there = _by_key(ours), _by_key(theirs)
    for key in sorted(here.keys() | there.keys()):
        left, right = here.get(key, []), there.get(key, [])
        if len(left) != len(right):
            return f"{our_name} shows {len(left)} alert(s) under {key!a}, {their_name} {len(right)}"
        for mine, other in zip(left, right, strict=True):
            for name in _COMPARED:
                if name in mine and name in other and (mine[name] or None) != (other[name] or None):
                    values = f"{_short(mine[name])} by {our_name}, {_short(other[name])} by {their_name}"
                    return f"{name} of {key!a} is {values}"
    return None


def _by_key(alerts: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Alerts under their keys, in an order that does not depend on the observer where both know it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for alert in alerts:
        found.setdefault(str(alert.get("alert_key")), []).append(alert)
    for group in found.values():
        group.sort(key=lambda alert: (str(alert.get("start_time")), str(alert.get("alert_status") != "Ok")))
    return found


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
