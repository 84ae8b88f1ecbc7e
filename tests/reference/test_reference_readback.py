"""The read-back of the plain server: what is asked for, and pages."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reference_client import Client


@pytest.fixture
def crowd(client: Client) -> Client:
    """Give a client of a server with 45 alerts."""
    for number in range(45):
        client.push(alert_key=f"k{number}")
    return client


def walk(client: Client, limit: int, lead: str) -> list[str]:
    """Read pages until one brings nothing new, and give the keys."""
    seen = []
    query = {"limit": limit}
    for page in range(1, 100):
        data = client.page(**query)
        new = [item["alert_key"] for item in data["items"] if item["alert_key"] not in seen]
        if not new:
            break
        seen += new
        if lead == "p":
            query["p"] = page + 1
        elif not data["search_after_ctx"]:
            break
        else:
            query["search_after_ctx"] = data["search_after_ctx"]
    return seen


@pytest.mark.parametrize("limit", [1, 7, 20, 45, 100])
@pytest.mark.parametrize("lead", ["p", "search_after_ctx"])
def test_pages_bring_every_alert_once(crowd: Client, limit: int, lead: str) -> None:
    """Page numbers and cursors both lead through all alerts."""
    assert sorted(walk(crowd, limit, lead)) == sorted(f"k{number}" for number in range(45))


def test_a_page_says_how_much_there_is(crowd: Client) -> None:
    """A page has 20 alerts unless asked otherwise, the total, and whether there is more."""
    data = crowd.page()
    assert (data["total"], len(data["items"]), data["has_next_page"]) == (45, 20, True)
    data = crowd.page(limit=100)
    assert (len(data["items"]), data["has_next_page"], data["search_after_ctx"]) == (45, False, "")


def test_many_keys_are_read_at_once(crowd: Client) -> None:
    """Only the alerts of the keys asked for are shown."""
    assert {item["alert_key"] for item in crowd.alerts("k1", "k44", "unknown")} == {"k1", "k44"}


def test_an_item_has_every_field(client: Client) -> None:
    """An alert is shown with the vendor's fields."""
    client.push(alert_key="k")
    item = client.alert("k")
    assert re.fullmatch("[0-9a-f]{24}", item["alert_id"])
    assert (item["end_time"], item["labels"], item["images"], item["event_cnt"]) == (0, {}, [], 1)
    assert abs(item["start_time"] - time.time()) < 5


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start_time": 1},
        {"start_time": "1", "end_time": 2},
        {"start_time": 2, "end_time": 1},
        {"start_time": 0, "end_time": 31 * 86400 + 1},
        {"start_time": 1, "end_time": 2, "limit": 101},
        {"start_time": 1, "end_time": 2, "alert_keys": "k"},
        {"start_time": 1, "end_time": 2, "search_after_ctx": "§"},
        {"start_time": 1, "end_time": 2, "p": -1},
        [],
    ],
)
def test_a_wrong_question_is_refused(client: Client, query: Any) -> None:
    """The window is required, of 31 days at most; every refusal is in the envelope."""
    url, params = client.server.read_url, {"app_key": client.server.app_key}
    reply = client.session.post(url, params=params, json=query, timeout=5)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("params", [{}, {"app_key": ""}, {"app_key": "wrong"}])
def test_a_reader_needs_the_app_key(client: Client, params: dict[str, str]) -> None:
    """Without the right app key nothing is shown."""
    reply = client.session.post(client.server.read_url, params=params, json={}, timeout=5)
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "Unauthorized")
