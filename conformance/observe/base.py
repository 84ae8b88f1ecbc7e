"""What a way to read stored alerts must offer, and a guard around those that come from elsewhere; never pushes.

To read the store of your own service, write a class with ``name``, ``read`` and ``close``, and name a function that
makes one: ``--observer MODULE:FACTORY``.  ``docs/examples/sql_observer.py`` reads an SQL table.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from conformance.wire.records import Reading

if TYPE_CHECKING:
    from conformance.wire.redact import Redactor


@runtime_checkable
class Observer(Protocol):
    """Reads stored alerts in bulk.

    It may also offer ``requests_for(n_keys) -> int``, how many requests reading that many keys takes (none, where it is
    missing), ``recent() -> Reading``, every alert of the last days whatever its key, for sweeping, and ``blind_to``,
    the names of fields that it never shows (``images``): what only they would tell is then not observed, not missed.
    """

    name: str

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Return every alert now stored under exactly these keys, open or recovered.

        Each alert is a mapping with the names of the vendor's Open API as far as the store has them: ``alert_id``,
        ``alert_key``, ``title``, ``title_rule``, ``description``, ``alert_severity``, ``alert_status`` (that of the
        latest event, ``Ok`` once recovered), ``start_time``, ``end_time`` (0 while active), ``labels``, ``images``.
        A key without an alert is simply missing from the result.  When the store cannot be read, return a Reading
        whose ``problem`` says why in one sentence: then nothing is concluded from it.
        """
        ...

    def close(self) -> None:
        """Let go of connections and listeners."""
        ...


class Guarded:
    """An observer from elsewhere: what it raises or wrongly returns becomes the problem of a reading."""

    def __init__(self, observer: Observer, redactor: Redactor | None = None) -> None:
        self._redactor = redactor
        self.name = observer.name
        self.blind_to = tuple(str(name) for name in getattr(observer, "blind_to", ()))
        self._observer = observer
        recent = getattr(observer, "recent", None)
        if callable(recent):
            self.recent = lambda: self._reading(recent)

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Read through the observer."""
        return self._reading(lambda: self._observer.read(alert_keys))

    def _reading(self, look: Callable[[], object]) -> Reading:
        try:
            reading = look()
        except Exception as error:  # noqa: BLE001 - whatever the user's code raises, the run goes on
            return Reading(problem=f"the observer {self.name} failed: {type(error).__name__}: {str(error)!a}")
        return self._clean(_checked(reading, self.name))

    def _clean(self, reading: Reading) -> Reading:
        """Return the reading without any key that a store may show."""
        if self._redactor is None:
            return reading
        problem = None if reading.problem is None else self._redactor.text(reading.problem)
        return Reading(tuple(_without(alert, self._redactor) for alert in reading.alerts), problem, reading.exchanges)

    def close(self) -> None:
        """Close the observer; a failure in that is of no consequence to the run."""
        with contextlib.suppress(Exception):
            self._observer.close()

    def requests_for(self, n_keys: int) -> int:
        """Return what the observer says of its own cost; it may say nothing."""
        try:
            return max(0, int(getattr(self._observer, "requests_for", lambda _: 0)(n_keys)))
        except Exception:  # noqa: BLE001
            return 0


def _without(value: Any, redactor: Redactor) -> Any:
    """Return a value with every text in it redacted."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, Mapping):
        return {_without(name, redactor): _without(item, redactor) for name, item in value.items()}
    return [_without(item, redactor) for item in value] if isinstance(value, list | tuple) else value


def _checked(reading: object, name: str) -> Reading:
    if not isinstance(reading, Reading):
        return Reading(problem=f"the observer {name} returned a {type(reading).__name__}: return a Reading")
    if not all(isinstance(alert, Mapping) for alert in reading.alerts):
        return Reading(problem=f"the observer {name} returned alerts that are no mappings: return a dict for each")
    return reading
