"""The push endpoint of the plain server, against the tables of the document."""

from __future__ import annotations

import http.client
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest
import requests
from reference_client import Client, refused

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.records import Alert, Event, Exchange, Reply

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


def test_integrations_do_not_see_each_other(client: Client) -> None:
    """A recovery with another key leaves the alert of this one alone."""
    client.push(alert_key="k")
    client.push(alert_key="k", event_status="Ok", key=client.server.second_key)
    assert client.alert("k")["alert_status"] == "Warning"


@pytest.mark.parametrize("key", ["", "unknown", "a b&c"])
def test_a_bad_integration_key_is_refused(client: Client, key: str) -> None:
    """The answer is the one of Example/failure."""
    refused(client.push(key=key), "InvalidParameter", 400)


def test_accounts_answer_with_their_code(run: Callable[..., Client]) -> None:
    """A key whose account may not push gets that account's code and its status."""
    codes = {"NoLicense": 400, "ResourceNotFound": 400, "AccessDenied": 403, "Unauthorized": 401, "InternalError": 500}
    client = run(accounts={code: f"key-{code}" for code in codes})
    for code, status in codes.items():
        refused(client.push(key=f"key-{code}"), code, status)


@pytest.mark.parametrize("value", ["application/json", "APPLICATION/JSON", "application/json; charset=UTF-8"])
def test_the_content_type_is_accepted_in_any_case(client: Client, value: str) -> None:
    """Case and a charset do not matter."""
    assert client.raw('{"title_rule":"t","event_status":"Info"}', Content_Type=value).status_code == 200


@pytest.mark.parametrize("value", ["text/plain", "application/jsonx", "application/xml", ""])
def test_another_content_type_is_refused(client: Client, value: str) -> None:
    """Anything else is InvalidContentType."""
    refused(client.raw('{"title_rule":"t","event_status":"Info"}', Content_Type=value), "InvalidContentType", 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
def test_another_method_is_not_allowed(client: Client, method: str) -> None:
    """A wrong method is MethodNotAllowed with status 400, and the connection stays usable."""
    refused(client.session.request(method, client.server.push_url, timeout=5), "MethodNotAllowed", 400)
    assert client.push().status_code == 200


def test_head_is_answered_by_status(client: Client) -> None:
    """HEAD gets the status and no body."""
    assert client.session.head(client.server.push_url, timeout=5).status_code == 400


@pytest.mark.parametrize("path", ["/", "/event/push/alert", "/event/push/alert/standard/", "/x?y"])
def test_another_path_is_not_found(client: Client, path: str) -> None:
    """A path that leads nowhere is RouteNotFound."""
    origin = client.server.push_url.removesuffix("/event/push/alert/standard")
    refused(client.session.post(origin + path, timeout=5), "RouteNotFound", 404)


NASTY = {
    "empty": b"",
    "cut off": b'{"title_rule":',
    "two documents": b"{}{}",
    "deep array": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "deep member": b'{"title_rule":"t","event_status":"Info","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "not utf-8": b'{"title_rule":"\xff\xfe","event_status":"Info"}',
    "byte order mark": b'\xef\xbb\xbf{"title_rule":"t","event_status":"Info"}',
    "nan": b'{"title_rule":"t","event_status":"Info","x":NaN}',
    "huge number": b'{"title_rule":"t","event_status":"Info","x":' + b"9" * 100_000 + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "raw control": b'{"title_rule":"a\x01","event_status":"Info"}',
    "5 MiB": b'{"title_rule":"' + b"t" * 5 * 2**20 + b'","event_status":"Info"}',
}
ODD = {
    "lone surrogate": rb'{"title_rule":"\ud800","event_status":"Info","alert_key":"\udfff","labels":{"\ud800":"x"}}',
    "huge exponent": b'{"title_rule":"t","event_status":"Info","x":1e999999}',
    "nul": rb'{"title_rule":"\u0000","event_status":"Info","alert_key":"a\u0000b","description":"\u0000"}',
    "duplicate keys": b'{"title_rule":"a","title_rule":"b","event_status":"Info"}',
    "1 MiB": b'{"title_rule":"t","event_status":"Info","description":"' + b"d" * 2**20 + b'"}',
}


@pytest.mark.parametrize("body", [*NASTY.values(), *ODD.values()], ids=[*NASTY, *ODD])
def test_no_body_brings_the_server_down(client: Client, body: bytes) -> None:
    """Whatever is sent, the answer is in the envelope and no 5xx, and the next event is accepted."""
    reply = client.raw(body)
    assert reply.status_code < 500
    assert reply.json()["request_id"]
    assert ("error" in reply.json()) == (reply.status_code != 200)
    assert client.push().status_code == 200
    assert client.page()["items"]


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_what_is_refused_is_not_stored(client: Client, body: bytes) -> None:
    """A refused body leaves no alert."""
    assert client.raw(body).status_code in (400, 413)
    assert client.alerts() == []


@pytest.mark.parametrize(
    "request_line",
    [b"FOO /event/push/alert/standard HTTP/1.1", b"GARBAGE", b"CONNECT x:1 HTTP/1.1", b"POST /\xff HTTP/1.1"],
)
def test_what_is_not_http_is_answered_in_the_envelope(client: Client, request_line: bytes) -> None:
    """An invented method, or no HTTP at all, gets an envelope too."""
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=5) as sock:
        sock.sendall(request_line + b"\r\nHost: x\r\n\r\n")
        reply = http.client.HTTPResponse(sock)
        reply.begin()
        assert reply.status in (400, 404)
        assert re.search(rb'"request_id":"\w+","error":\{"code":"\w+"', reply.read())
        reply.close()


def test_a_rule_sees_header_names_as_sent_and_may_hang_up(run: Callable[..., Client]) -> None:
    """A fault can look at the case of a header's name, tell connections apart, and cut one without a reply."""
    seen = []

    class Rude(Rules):
        """Hangs up on one title."""

        def success(self, ctx: Exchange, event: Event) -> Reply:
            """Hang up, or not."""
            seen.append((ctx.peer, dict(ctx.raw_headers)))
            reply = super().success(ctx, event)
            reply.hang_up = event.title == "rude"
            return reply

    client = run(Rude())
    client.raw('{"title_rule":"t","event_status":"Info"}', cONTENT_type="application/json")
    assert seen[0][1]["cONTENT-type"] == "application/json"
    with pytest.raises(requests.ConnectionError):
        client.push(title_rule="rude")
    assert client.push().status_code == 200
    assert seen[0][0] == seen[1][0] != seen[2][0]


def test_a_rule_that_breaks_is_an_internal_error(run: Callable[..., Client]) -> None:
    """An exception in a rule becomes InternalError in the envelope."""

    class Broken(Rules):
        """Breaks on one status."""

        def update_severity(self, ctx: Exchange, alert: Alert, event: Event) -> None:
            """Break."""
            raise KeyError(event.status)

    client = run(Broken())
    client.push(alert_key="k")
    refused(client.push(alert_key="k"), "InternalError", 500)
    assert client.push(alert_key="other").status_code == 200
