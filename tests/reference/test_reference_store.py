"""What stays: concurrency, restart, visibility, rate."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reference_client import Client

    from conformance.reference.server import RunningServer


def push_all(server: RunningServer, events: list[dict[str, Any]]) -> list[requests.Response]:
    """Push events at the same moment, a thread each, and give the replies."""
    gate = threading.Barrier(len(events))

    def push(event: dict[str, Any]) -> requests.Response:
        with requests.Session() as session:
            gate.wait()
            params = {"integration_key": server.key}
            return session.post(server.push_url, params=params, json=event, timeout=20)

    with ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(push, events))


def event(status: str = "Warning", **fields: Any) -> dict[str, Any]:
    """Make an event."""
    return {"title_rule": "t", "event_status": status, **fields}


def test_32_first_pushes_of_one_key_make_one_alert(client: Client) -> None:
    """At most one active alert per key, and no two request ids alike."""
    for turn in range(5):
        replies = push_all(client.server, [event(alert_key=f"k{turn}", description=str(n)) for n in range(32)])
        assert {reply.status_code for reply in replies} == {200}
        assert len({reply.json()["request_id"] for reply in replies}) == 32
        assert len(client.alerts(f"k{turn}")) == 1


def test_concurrent_recoveries_and_triggers_leave_one_active_alert_at_most(client: Client) -> None:
    """Whatever the order, one key has one active alert or none."""
    statuses = ["Ok", "Critical", "Warning", "Ok"] * 8
    replies = push_all(client.server, [event(status, alert_key="k") for status in statuses])
    assert {reply.status_code for reply in replies} == {200}
    assert sum(alert["alert_status"] != "Ok" for alert in client.alerts("k")) <= 1


def test_generated_keys_are_unique_under_concurrency(client: Client) -> None:
    """Events without a key open an alert each."""
    keys = {reply.json()["data"]["alert_key"] for reply in push_all(client.server, [event()] * 32)}
    assert len(keys) == len(client.alerts(*keys)) == 32


def test_nothing_is_lost_on_restart(run: Callable[..., Client], tmp_path: Path) -> None:
    """What was acknowledged is there after a restart with the same file, and still the same alert."""
    path = tmp_path / "alerts.db"
    first = run(db=path)
    first.push(alert_key="k", labels={"a": "1"}, images=[{"src": "https://e.test/x", "alt": "汉"}])
    before = first.alert("k")
    first.server.close()
    second = run(db=path)
    assert second.alert("k") == before
    second.push(alert_key="k", event_status="Critical")
    assert second.alert("k")["alert_id"] == before["alert_id"]
    second.server.close()
    third = run(db=path, visible_after=30)
    assert third.alert("k")["alert_status"] == "Critical"


def test_a_change_is_visible_only_after_the_delay(run: Callable[..., Client]) -> None:
    """The read-back shows the state as it was a while ago, for new alerts and for each later change."""
    client = run(visible_after=0.4)
    client.push(alert_key="k")
    assert client.alerts("k") == []
    time.sleep(0.25)
    client.push(alert_key="k", event_status="Ok")
    time.sleep(0.25)
    assert client.alert("k")["alert_status"] == "Warning"
    time.sleep(0.25)
    assert client.alert("k")["alert_status"] == "Ok"


def test_beyond_the_rate_nothing_is_stored(run: Callable[..., Client]) -> None:
    """The push after the last one of a second is RequestTooFrequently, and not stored; other integrations are free."""
    client = run(rate=5)
    replies = [client.push(alert_key=f"k{n}") for n in range(8)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429] * 3
    assert replies[-1].json()["error"]["code"] == "RequestTooFrequently"
    assert int(replies[-1].headers["Retry-After"]) >= 1
    assert len(client.alerts()) == 5
    assert client.push(key=client.server.second_key).status_code == 200
    time.sleep(1.05)
    assert client.push().status_code == 200


def test_the_rate_can_hold_for_one_integration_alone(run: Callable[..., Client]) -> None:
    """With a limited key the others push as fast as they like."""
    client = run(rate=2, limited_key="limited")
    assert {client.push().status_code for _ in range(10)} == {200}
    assert [client.push(key="limited").status_code for _ in range(3)] == [200, 200, 429]


def test_beyond_the_minute_the_wait_is_told(run: Callable[..., Client]) -> None:
    """The limit of a minute has a Retry-After of up to a minute."""
    client = run(per_minute=3)
    replies = [client.push() for _ in range(4)]
    assert replies[-1].status_code == 429
    assert 50 < int(replies[-1].headers["Retry-After"]) <= 60


def test_latency_delays_each_answer(run: Callable[..., Client]) -> None:
    """An answer takes as long as asked, and requests wait side by side."""
    client = run(latency=0.2)
    began = time.monotonic()
    push_all(client.server, [event()] * 8)
    assert 0.2 <= time.monotonic() - began < 1.0
