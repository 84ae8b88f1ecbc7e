"""Several observers at once: what they agree on is read, and where they contradict each other is a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.observe import Agreement
from conformance.observe.agree import differences
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence


class Shows:
    """An observer that shows what it is told to, one reading after the other."""

    def __init__(self, name: str, *readings: Sequence[dict[str, Any]] | str) -> None:
        self.name = name
        self._readings = list(readings)
        self.closed = False

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Show the next reading, the last one again and again."""
        shown = self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]
        return Reading(problem=shown) if isinstance(shown, str) else Reading(tuple(shown), None, (7,))

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class Clock:
    """Time that passes only in sleep."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def together(*observers: Shows) -> Reading:
    """Read through all of them, with two seconds of patience."""
    clock = Clock()
    return Agreement(observers, patience=2, clock=clock, sleep=clock.sleep).read(["a"])


def shown(**fields: Any) -> list[dict[str, Any]]:
    """Return one alert as the only one shown."""
    return [{"alert_key": "a", "alert_status": "Info", "title": "t", "labels": {"x": "y"}} | fields]


def test_observers_that_agree_are_as_good_as_one() -> None:
    """What only one of them shows is no difference, nor are the many ways of being empty."""
    ours, theirs = shown(alert_id="1", description="", images=None), shown(alert_id="x", images=[], description=None)
    reading = together(Shows("one", ours), Shows("two", theirs))
    assert reading == Reading(tuple(ours), None, (7, 7))


@pytest.mark.parametrize(
    ("theirs", "says"),
    [
        (shown(alert_status="Ok"), "alert_status of 'a' is 'Info' by one, 'Ok' by two"),
        (shown(title="u"), "title of 'a'"),
        (shown(labels={"x": "z"}), "labels of 'a'"),
        ([], "one shows 1 alert(s) under 'a', two 0"),
        (shown() * 2, "one shows 1 alert(s) under 'a', two 2"),
        ("gone", "two: gone"),
    ],
)
def test_a_difference_that_stays_is_a_problem_that_names_the_field(theirs: Any, says: str) -> None:
    """Two observers that contradict each other prove nothing."""
    reading = together(Shows("one", shown()), Shows("two", theirs))
    assert reading.alerts == ()
    assert says in (reading.problem or "")


def test_an_observer_may_lag_behind_for_a_while() -> None:
    """Webhooks come a little later than a list shows, or earlier."""
    reading = together(Shows("one", shown()), Shows("two", [], [], shown()))
    assert reading.problem is None
    assert len(reading.alerts) == 1


def test_several_alerts_of_a_key_are_compared_in_order_of_time() -> None:
    """The order in which an observer lists them does not matter."""
    first, second = shown(start_time=1, alert_status="Ok")[0], shown(start_time=2)[0]
    assert list(differences([first, second], [second, first], "one", "two")) == []


def test_closing_several_observers_closes_each() -> None:
    """The name tells which they are."""
    observers = Shows("one", []), Shows("two", [])
    agreement = Agreement(observers)
    agreement.close()
    assert agreement.name == "one+two"
    assert agreement.requests_for(40) == 0
    assert all(observer.closed for observer in observers)
    with pytest.raises(ValueError, match="no observer"):
        Agreement([])


def test_keys_with_control_characters_are_not_compared() -> None:
    """What becomes of them is open, and not every observer can ask for them."""
    assert list(differences([], shown(alert_key="a\0b"), "one", "two")) == []
    assert list(differences([], shown(), "one", "two")) != []
