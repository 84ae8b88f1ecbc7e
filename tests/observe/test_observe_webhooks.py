"""Webhooks: the state that they end in, whatever comes, in whatever order, and whatever it is."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from conformance.observe import WebhookObserver
from conformance.wire.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

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
