"""Webhooks, observers of the user's own, and several observers at once."""

from __future__ import annotations

import http.client
import itertools
import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from conformance.observe import Agreement, Observer, WebhookObserver, load
from conformance.observe.agree import differences
from conformance.wire.records import Reading
from conformance.wire.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NUMBERS = itertools.count()


def event(key: str, moment: int, status: str = "Info", **fields: Any) -> dict[str, Any]:
    """Return a webhook as the vendor sends it."""
    alert = {"alert_id": f"id-{key}", "alert_key": key, "alert_status": status} | fields
    return {"event_time": moment, "event_type": "a_new", "event_id": f"e{next(NUMBERS)}", "alert": alert}


def deliver(url: str, body: Any, **headers: str) -> int:
    """Send one webhook; return the status of the answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", "/hook", data, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def listening() -> Iterator[WebhookObserver]:
    """Listen on a free port."""
    observer = WebhookObserver("127.0.0.1:0")
    yield observer
    observer.close()


def test_the_latest_state_counts_however_the_webhooks_arrive(listening: WebhookObserver) -> None:
    """Late, repeated and out-of-order deliveries end in the state of the latest event_time."""
    events = [event("a", 1), event("a", 3, "Ok"), event("a", 2, "Warning"), event("b", 9, "Critical")]
    for body in (events[1], events[0], events[2], events[1], events[3]):
        assert deliver(listening.url, body) == 200
    found = {it["alert_key"]: it["alert_status"] for it in listening.read(["a", "b", "c"]).alerts}
    assert found == {"a": "Ok", "b": "Critical"}
    assert listening.read(["B"]).alerts == ()


def test_states_of_the_same_millisecond_are_told_apart(listening: WebhookObserver) -> None:
    """A new alert comes before what changes it, and fewer events before more, however they arrive."""
    new, closed = event("a", 7, event_cnt=1), event("a", 7, "Ok", event_cnt=1) | {"event_type": "a_close"}
    more, fewer = event("b", 7, "Warning", event_cnt=3), event("b", 7, event_cnt=2)
    for body in (closed, new, more | {"event_type": "a_update"}, fewer | {"event_type": "a_update"}):
        deliver(listening.url, body)
    found = {it["alert_key"]: it["alert_status"] for it in listening.read(["a", "b"]).alerts}
    assert found == {"a": "Ok", "b": "Warning"}


@pytest.mark.parametrize("when", [None, "soon", 10**500, True, [1], 1.5])
def test_an_odd_event_time_loses_no_alert(listening: WebhookObserver, when: Any) -> None:
    """What cannot be put in order is at least kept."""
    assert deliver(listening.url, event("a", when)) == 200
    assert len(listening.read(["a"]).alerts) == 1


def test_a_repeat_is_known_by_its_event_id(listening: WebhookObserver) -> None:
    """A repeat that tells something else than the first delivery is still a repeat."""
    first = event("a", 1)
    deliver(listening.url, first)
    deliver(listening.url, first | {"event_time": 5, "alert": first["alert"] | {"alert_status": "Ok"}})
    assert listening.read(["a"]).alerts[0]["alert_status"] == "Info"


def test_two_alerts_of_one_key_are_both_shown(listening: WebhookObserver) -> None:
    """A recovered alert and the next of the same key are two."""
    for body in (event("a", 1, "Ok", alert_id="1"), event("a", 2, alert_id="2")):
        deliver(listening.url, body)
    assert [it["alert_id"] for it in listening.read(["a"]).alerts] == ["1", "2"]


def test_alerts_are_told_apart_by_ids_that_are_numbers(listening: WebhookObserver) -> None:
    """An id of another form is an id all the same."""
    for body in (event("a", 1, "Ok", alert_id=49), event("a", 2, alert_id=176)):
        deliver(listening.url, body)
    assert [it["alert_id"] for it in listening.read(["a"]).alerts] == [49, 176]


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, {"alert": []}, {"alert": {"alert_key": 1}}, [1], b"\xff"])
def test_what_is_no_webhook_is_a_problem_until_one_comes(listening: WebhookObserver, body: Any) -> None:
    """A target that sends something else is told so; a stray request among good ones is not."""
    assert deliver(listening.url, body) == 200
    assert "not the vendor's" in (listening.read(["a"]).problem or "")
    deliver(listening.url, event("a", 1))
    assert listening.read(["a"]).problem is None


def test_a_body_without_bounds_is_refused(listening: WebhookObserver) -> None:
    """More than a megabyte, or no length at all, is not read, and the reading says so."""
    assert deliver(listening.url, b"", **{"Content-Length": "99999999"}) == 413
    assert deliver(listening.url, b"0\r\n\r\n", **{"Transfer-Encoding": "chunked"}) == 411
    assert "Content-Length" in (listening.read(["a"]).problem or "")


def test_answers_are_quick_and_deliveries_may_come_at_once(listening: WebhookObserver) -> None:
    """The sender gives up after a second, also when many deliveries come together."""
    slowest: list[float] = []

    def work(name: int) -> None:
        for turn in range(10):
            started = time.monotonic()
            deliver(listening.url, event(f"{name}-{turn}", turn))
            slowest.append(time.monotonic() - started)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [f"{name}-{turn}" for name in range(10) for turn in range(10)]
    assert len(listening.read(keys).alerts) == 100
    assert max(slowest) < 1


def test_webhooks_are_redacted_and_bounded_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a webhook echoes is recorded like everything else, and old alerts make room for new ones."""
    monkeypatch.setattr("conformance.observe.webhook._MAX_ALERTS", 3)
    monkeypatch.setattr("conformance.observe.webhook._MAX_EVENTS", 3)
    observer = WebhookObserver("127.0.0.1:0", redactor=Redactor({"APP_KEY": "s3cr3t-s3cr3t"}))
    try:
        for number in range(6):
            deliver(observer.url, event(f"k{number}", number, title="s3cr3t-s3cr3t"))
        alerts = observer.read([f"k{number}" for number in range(6)]).alerts
    finally:
        observer.close()
    assert [it["alert_key"] for it in alerts] == ["k3", "k4", "k5"]
    assert {it["title"] for it in alerts} == {"$APP_KEY"}


@pytest.mark.parametrize("listen", ["9000", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "203.0.113.1:80", ""])
def test_a_place_where_nobody_can_listen_is_refused(listen: str) -> None:
    """The message names the place and shows what to give."""
    with pytest.raises(ValueError, match=r"cannot listen on"):
        WebhookObserver(listen)


MODULE = """
from conformance.wire.records import Reading
class Good:
    name = "good"
    def read(self, alert_keys): return Reading(({"alert_key": alert_keys[0]},))
    def recent(self): return Reading(({"alert_key": "r"},))
    def close(self): raise RuntimeError("no")
class Raises(Good):
    def read(self, alert_keys): raise RuntimeError("the store\\nis gone")
class Odd(Good):
    def read(self, alert_keys): return [1]
class OddAlerts(Good):
    def read(self, alert_keys): return Reading((1,))
class Nameless:
    def read(self, alert_keys): ...
    def close(self): ...
class Closeless:
    name = "x"
    def read(self, alert_keys): ...
def failing(): raise OSError("no database")
thing = 7
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Put a module of the user's into the current folder."""
    (tmp_path / "my_observers.py").write_text(MODULE)
    (tmp_path / "my_broken.py").write_text("1/0")
    monkeypatch.chdir(tmp_path)
    yield "my_observers"
    sys.modules.pop("my_observers", None)


def test_an_observer_of_ones_own_is_loaded_by_name(module: str) -> None:
    """MODULE:FACTORY in the current folder is found, made and guarded; the import path is left as it was."""
    before = list(sys.path)
    observer = load(f"{module}:Good")
    assert isinstance(observer, Observer)
    assert observer.name == "good"
    assert observer.read(["a"]).alerts == ({"alert_key": "a"},)
    assert observer.recent().alerts == ({"alert_key": "r"},)  # type: ignore[attr-defined]
    observer.close()
    assert sys.path == before


@pytest.mark.parametrize(
    ("name", "says"),
    [("Raises", "RuntimeError"), ("Odd", "return a Reading"), ("OddAlerts", "return a dict")],
)
def test_what_an_observer_of_ones_own_does_wrong_is_a_problem_of_the_reading(module: str, name: str, says: str) -> None:
    """The run goes on, and says whose mistake it was."""
    reading = load(f"{module}:{name}").read(["a"])
    assert reading.problem is not None
    assert says in reading.problem
    assert reading.problem.isprintable()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nonsense", "MODULE:FACTORY"),
        (":x", "MODULE:FACTORY"),
        ("x:", "MODULE:FACTORY"),
        ("no_such_module_at_all:x", "cannot import"),
        ("my_broken:x", "ZeroDivisionError"),
        ("my_observers:missing", "no function or class missing"),
        ("my_observers:thing", "no function or class thing"),
        ("my_observers:failing", "no database"),
        ("my_observers:Nameless", "lacks a text attribute name"),
        ("my_observers:Closeless", "lacks a method close"),
    ],
)
@pytest.mark.usefixtures("module")
def test_a_mistake_in_the_name_or_the_class_is_told_in_a_sentence(name: str, says: str) -> None:
    """The user wrote it, so the user is told what to mend."""
    with pytest.raises(ValueError, match=says) as caught:
        load(name)
    assert "--observer" not in str(caught.value)  # whoever asks names the option, once


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
