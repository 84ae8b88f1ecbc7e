"""Events pushed to the plain server: kept, cut, refused, updated and recovered as the tables of the document say."""

from __future__ import annotations

from typing import Any

import pytest
from reference_client import Client, refused

LIMITS = {"title_rule": 512, "description": 2048}


@pytest.mark.parametrize("status", ["Critical", "Warning", "Info"])
def test_an_event_of_each_status_is_stored(client: Client, status: str) -> None:
    """A plain event is accepted with the documented envelope and stored as sent."""
    reply = client.push(event_status=status, alert_key="k", labels={"a": "1"})
    assert reply.status_code == 200
    assert set(reply.json()) == {"request_id", "data"}
    assert reply.json()["data"] == {"alert_key": "k"}
    assert reply.headers["Flashcat-Request-Id"] == reply.json()["request_id"]
    alert = client.alert("k")
    assert (alert["alert_status"], alert["title"], alert["labels"]) == (status, "t", {"a": "1"})


@pytest.mark.parametrize("character", ["a", "汉", "😀", "́"], ids=["ascii", "cjk", "emoji", "combining"])
@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("over", [-1, 0, 1, 5000])
def test_text_is_cut_to_exactly_its_limit(client: Client, field: str, character: str, over: int) -> None:
    """What is stored is exactly the first N code points."""
    text = character * (LIMITS[field] + over)
    assert client.push(alert_key="k", **{field: text}).status_code == 200
    assert client.alert("k")[field] == text[: LIMITS[field]]


def test_parts_of_images_and_label_values_are_cut_to_their_limits(client: Client) -> None:
    """Alternative text, link and label values are cut, never refused."""
    image = {"src": "https://e.test/" + "s" * 241, "alt": "a" * 129, "href": "h" * 257}
    assert client.push(alert_key="k", images=[image], labels={"l" * 128: "v" * 2049}).status_code == 200
    alert = client.alert("k")
    assert alert["images"] == [{"src": image["src"], "alt": "a" * 128, "href": "h" * 256}]
    assert alert["labels"] == {"l" * 128: "v" * 2048}


@pytest.mark.parametrize(
    "src",
    ["https://e.test/" + "s" * 242, "javascript:alert(1)", "data:,x", "ftp://e/x", " java\nscript:x", None, "", 5],
)
def test_an_image_without_a_usable_source_is_left_out(client: Client, src: Any) -> None:
    """The event is accepted and no such source is stored."""
    good = {"src": "http://e.test/x.png", "alt": "good"}
    assert client.push(alert_key="k", images=[{"src": src, "alt": "x"}, good]).status_code == 200
    assert [image["alt"] for image in client.alert("k")["images"]] == ["good"]


def test_fifty_labels_are_kept_and_never_more(client: Client) -> None:
    """All of 50 labels are kept; of 51 no more than 50."""
    for count in (50, 51):
        key = f"k{count}"
        assert client.push(alert_key=key, labels={f"l{n}": "v" for n in range(count)}).status_code == 200
        assert len(client.alert(key)["labels"]) == 50


@pytest.mark.parametrize(
    "event",
    [
        {"event_status": "Info"},
        {"title_rule": "t"},
        {"title_rule": None, "event_status": "Info"},
        {"title_rule": 5, "event_status": "Info"},
        {"title_rule": "t", "event_status": None},
        {"title_rule": "t", "event_status": ["Info"]},
        {"title_rule": "t", "event_status": "info"},
        {"title_rule": "t", "event_status": " Info"},
        {"title_rule": "t", "event_status": "Resolved"},
        {"title_rule": "t", "event_status": "Ok"},
        {"title_rule": "t", "event_status": "Ok", "alert_key": ""},
        {"title_rule": "t", "event_status": "Info", "alert_key": "k" * 256},
        {"title_rule": "t", "event_status": "Info", "alert_key": 5},
        {"title_rule": "t", "event_status": "Info", "labels": ["a"]},
        {"title_rule": "t", "event_status": "Info", "labels": {"a": 1}},
        {"title_rule": "t", "event_status": "Info", "images": {"src": "x"}},
        {"title_rule": "t", "event_status": "Info", "description": {}},
        [],
        "text",
        5,
    ],
)
def test_a_wrong_event_is_an_invalid_parameter_and_not_stored(client: Client, event: Any) -> None:
    """What breaks a rule is refused with InvalidParameter, 400."""
    refused(client.push(event), "InvalidParameter", 400)
    assert client.alerts() == []


def test_a_key_of_255_characters_comes_back_unchanged(client: Client) -> None:
    """The longest key is accepted and echoed."""
    key = "键" * 255
    assert client.push(alert_key=key).json()["data"]["alert_key"] == key


def test_a_generated_key_recovers_its_alert(client: Client) -> None:
    """Each event without a key opens an alert of its own, which its generated key recovers."""
    first, second = (client.push(alert_key=empty).json()["data"]["alert_key"] for empty in ("", None))
    assert first != second
    client.push(event_status="Ok", alert_key=first)
    assert (client.alert(first)["alert_status"], client.alert(second)["alert_status"]) == ("Ok", "Warning")


def test_recovery_closes_one_alert_and_the_next_event_opens_another(client: Client) -> None:
    """A second Ok does not reopen; the event after it is active again."""
    client.push(alert_key="k", description="d")
    client.push(alert_key="K")
    for _ in range(2):
        assert client.push(alert_key="k", event_status="Ok").status_code == 200
        assert client.alert("k")["alert_status"] == "Ok"
        assert client.alert("k")["end_time"] > 0
    assert client.alert("K")["alert_status"] == "Warning"
    client.push(alert_key="k", event_status="Critical")
    assert sorted(alert["alert_status"] for alert in client.alerts("k")) == ["Critical", "Ok"]


def test_an_update_changes_the_active_alert(client: Client) -> None:
    """Status, title, description and labels follow; what is absent stays; an identical event is not counted."""
    client.push(alert_key="k", description="d", labels={"a": "1"})
    client.push(alert_key="k", title_rule="$b", labels={"b": "2"}, event_status="Info")
    client.push(alert_key="k", title_rule="$b", labels={"b": "2"}, event_status="Info")
    alert = client.alert("k")
    assert (alert["title"], alert["description"], alert["labels"]) == ("2", "d", {"b": "2"})
    assert (alert["alert_status"], alert["event_cnt"]) == ("Info", 2)


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ("$cluster::$resource::$check", "nj / es / cpu<20%"),
        ("$cluster::$nothing", "nj / $nothing"),
        ("a::b", "a::b"),
        ("costs $5", "costs $5"),
        ("[TPL]${cluster} on ${nothing}", "nj on <no value>"),
        ("[TPL]{{.Labels.cluster}}", "[TPL]{{.Labels.cluster}}"),
    ],
)
def test_a_title_rule_renders_to_a_title(client: Client, rule: str, title: str) -> None:
    """The rule is kept as sent, the title is rendered from labels."""
    client.push(alert_key="k", title_rule=rule, labels={"cluster": "nj", "resource": "es", "check": "cpu<20%"})
    assert (client.alert("k")["title"], client.alert("k")["title_rule"]) == (title, rule)
