"""The honest core under the oddities: it refuses, cuts, stores, recovers and pages as the document says."""

import re
from typing import Any

import pytest
from fleet_talk import EVENT, Start, ask, post, read_body, talk


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title_rule": None}, "InvalidParameter"),
        ({"event_status": "critical"}, "InvalidParameter"),
        ({"event_status": ["Ok"]}, "InvalidParameter"),
        ({"event_status": "Ok", "alert_key": ""}, "InvalidParameter"),
        ({"alert_key": "k" * 256}, "InvalidParameter"),
        ({"labels": {"a": 1}}, "InvalidParameter"),
        ({"images": {}}, "InvalidParameter"),
        ({"alert_key": "k" * 255}, None),
        ({"labels": {}, "images": [], "description": None, "unknown": 1}, None),
    ],
)
def test_the_core_refuses_what_the_document_refuses(hostile: Start, change: dict[str, Any], code: str | None) -> None:
    """Each rule of the payload holds, and its neighbours are accepted."""
    running = hostile("jitter" if code is None else "many-cookies")
    status, envelope = ask(running, running.push_url, EVENT | change)
    assert (status, envelope.get("error", {}).get("code")) == ((200, None) if code is None else (400, code))


def test_the_core_keeps_and_cuts_what_the_document_says(hostile: Start) -> None:
    """Over-long text is cut to the limit, unusable images are left out, the rest is stored as it was sent."""
    running = hostile("many-cookies")
    images = [{"src": "https://x/" + "a" * 247}, {"src": "javascript:x"}, {"alt": "b" * 129, "src": "http://x/y"}, {}]
    event = EVENT | {
        "title_rule": "t" * 513,
        "description": "d\t\n" * 700,
        "labels": {"A": "v" * 2049},
        "images": images,
    }
    assert ask(running, running.push_url, event)[0] == 200
    (item,) = ask(running, running.read_url, read_body())[1]["data"]["items"]
    assert item["title_rule"] == "t" * 512
    assert item["description"] == ("d\t\n" * 700)[:2048]
    assert item["labels"] == {"A": "v" * 2048}
    assert item["images"] == [{"alt": "b" * 128, "src": "http://x/y", "href": ""}]


def test_the_core_updates_recovers_and_opens_anew(hostile: Start) -> None:
    """An event of the same key updates; after a recovery the next one is active beside the recovered alert."""
    running = hostile("many-cookies")
    for status in ("Critical", "Info", "Ok", "Ok", "Warning"):
        assert ask(running, running.push_url, EVENT | {"event_status": status})[0] == 200
    items = ask(running, running.read_url, read_body())[1]["data"]["items"]
    assert [(item["alert_status"], item["end_time"] > 0) for item in items] == [("Ok", True), ("Warning", False)]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "push", 400, "MethodNotAllowed"), ("POST", "other", 404, "RouteNotFound")],
)
def test_the_core_knows_its_routes(hostile: Start, method: str, path: str, status: int, code: str) -> None:
    """Another method and another path are refused as the document says."""
    running = hostile("many-cookies")
    url = running.push_url if path == "push" else running.push_url + "/other"
    found, envelope = ask(running, url, EVENT, method)
    assert (found, envelope["error"]["code"]) == (status, code)


def test_the_core_pages_its_alerts(hostile: Start) -> None:
    """Pages of ten, by cursor, bring each of 25 alerts once."""
    running = hostile("many-cookies")
    for number in range(25):
        ask(running, running.push_url, {**EVENT, "alert_key": f"disk-{number}"})
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        body = {**read_body(), "alert_keys": None, "limit": 10, "search_after_ctx": cursor}
        data = ask(running, running.read_url, body)[1]["data"]
        cursor = data["search_after_ctx"]
        seen += [item["alert_key"] for item in data["items"]]
    assert not data["has_next_page"]
    assert sorted(seen) == sorted(f"disk-{number}" for number in range(25))


def test_a_kept_alive_connection_of_the_core_is_usable_after_a_refusal(hostile: Start) -> None:
    """A refused request, one with HEAD and a good one share a connection."""
    running = hostile("many-cookies")
    one = post("/event/push/alert/standard", {"title_rule": 1}) + b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n"
    last = post("/event/push/alert/standard", EVENT, close=True)
    data, ended = talk(running.push_url, one + last)
    assert ended
    assert re.findall(rb"HTTP/1.1 (\d+) ", data) == [b"400", b"404", b"200"]
