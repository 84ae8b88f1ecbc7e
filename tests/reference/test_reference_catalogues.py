"""The catalogues of faults and variants, and the requests of real clients."""

from __future__ import annotations

import contextlib
import gzip
import inspect
import itertools
import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference import variants
from conformance.reference.faults import all_faults
from conformance.reference.rules import Rules
from conformance.reference.variants import all_variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reference_client import Client

CLIENTS = Path(__file__).parents[2] / "spec" / "clients"
TOPICS = ("access", "body", "envelope", "fields", "images", "labels", "late", "life", "readback", "text")
# The document's own characters are never odd, so that every variant keeps them as sent.
FULL = {
    "title_rule": "cpu idle low than 20%",
    "description": 'line one\n\tline <two> & "three" 汉字',
    "labels": {"resource": "171.26.23.22", "check": "api latency > 500ms", "_x": ""},
    "images": [{"src": "https://e.test/a.png", "alt": "a", "href": "https://e.test/"}],
}


def client_requests() -> Iterator[Any]:
    """Give the recorded requests that conform to the document."""
    for path in sorted(CLIENTS.glob("*.json")):
        for request in json.loads(path.read_text())["requests"]:
            if request["conforms_to_document"]:
                yield pytest.param(request, id=re.sub(r"\W+", "-", f"{path.stem}-{request['name']}"))


@pytest.mark.parametrize("request_", list(client_requests()))
def test_a_conforming_request_of_a_client_is_accepted(run: Callable[..., Client], request_: dict[str, Any]) -> None:
    """What real clients send by the document is answered by the document."""
    client = run(key=request_["query"]["integration_key"])
    if "body" not in request_:
        pytest.skip("no body on record")
    body = request_["body"]
    reply = client.session.request(
        request_["method"],
        client.server.push_url.removesuffix("/event/push/alert/standard") + request_["path"],
        params=request_["query"],
        headers=request_["headers"],
        data=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
        timeout=5,
    )
    assert reply.status_code == 200, reply.text
    key = reply.json()["data"]["alert_key"]
    assert key == (body.get("alert_key") or key)


@pytest.mark.parametrize("name", all_faults())
def test_a_fault_is_well_described_and_starts(run: Callable[..., Client], name: str) -> None:
    """Each fault has a kebab-case name, a row, a sentence, and a server that answers."""
    fault = all_faults()[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert re.fullmatch(r"[A-Z]\w+/[\w-]+", fault.row)
    assert fault.summary.endswith(".")
    client = run(faults=(name,))
    assert client.push().status_code < 600


@pytest.mark.parametrize("name", all_variants())
def test_a_variant_keeps_a_full_event_through_its_life(run: Callable[..., Client], name: str) -> None:
    """Every variant accepts a plain event, stores it, updates and recovers it."""
    client = run(variant=name)
    for _ in range(2):
        assert (
            client.push({**FULL, "event_status": "Warning", "alert_key": "key-1"}).json()["data"]["alert_key"]
            == "key-1"
        )
        active = [alert for alert in client.alerts("key-1") if alert["alert_status"] == "Warning"]
        assert len(active) == 1
        assert active[0]["title"] == FULL["title_rule"]
        assert active[0]["description"] == FULL["description"]
        assert {key: value or "" for key, value in active[0]["labels"].items()} == FULL["labels"]
        assert active[0]["images"] == FULL["images"]
        client.push({**FULL, "event_status": "Critical", "alert_key": "key-1", "description": "new"})
        active = [alert for alert in client.alerts("key-1") if alert["alert_status"] != "Ok"]
        assert [(alert["alert_status"], alert["description"]) for alert in active] == [("Critical", "new")]
        assert client.push({"title_rule": "t", "event_status": "Ok", "alert_key": "key-1"}).status_code == 200
        assert {alert["alert_status"] for alert in client.alerts("key-1")} == {"Ok"}


@pytest.mark.parametrize("name", all_variants())
def test_a_variant_refuses_in_the_envelope(run: Callable[..., Client], name: str) -> None:
    """Every variant refuses what the document refuses, with a code of the document, and serves on."""
    client = run(variant=name)
    for event in ({}, [], {"title_rule": "t", "event_status": "ok"}, {"title_rule": "t", "event_status": "Ok"}):
        reply = client.push(event)
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "InvalidParameter")
    assert client.push(key="unknown").status_code in (400, 401, 403)
    for body in (b"{", b"[" * 100_000, b"\xff", b'{"a":' + b"9" * 5000 + b"}", b'{"title_rule":"\\ud800"}'):
        assert client.raw(body).status_code == 400
    assert client.raw(b"{}", Content_Type="text/plain").json()["error"]["code"] == "InvalidContentType"
    assert client.session.get(client.server.push_url, timeout=5).status_code in (400, 404)
    assert client.alerts() == []


@pytest.mark.parametrize("name", all_variants())
def test_a_variant_generates_keys_that_recover(run: Callable[..., Client], name: str) -> None:
    """Generated keys are distinct, at most 255 characters long, and recover their alert."""
    client = run(variant=name)
    keys = [client.push().json()["data"]["alert_key"] for _ in range(5)]
    assert len(set(keys)) == 5
    assert all(0 < len(key) <= 255 for key in keys)
    assert client.push(event_status="Ok", alert_key=keys[0]).status_code == 200
    seen = {alert["alert_key"]: alert["alert_status"] for alert in client.alerts(*keys)}
    assert sorted(seen.values()) == ["Ok", *["Warning"] * 4]


@pytest.mark.parametrize("name", all_variants())
def test_the_pages_of_a_variant_bring_every_alert(run: Callable[..., Client], name: str) -> None:
    """Page numbers or the cursor lead through all alerts, whichever is ignored."""
    client = run(variant=name)
    keys = {client.push(alert_key=f"key-{number}").json()["data"]["alert_key"] for number in range(30)}
    seen, query = set(), {"limit": 10}
    for page in itertools.count(2):
        data = client.page(**query)
        new = {item["alert_key"] for item in data["items"]} - seen
        if not new:
            break
        seen |= new
        query = {"limit": 10, "p": page}
        if data["search_after_ctx"]:
            query["search_after_ctx"] = data["search_after_ctx"]
    assert seen == keys


@pytest.mark.parametrize("name", all_variants())
def test_a_variant_counts_and_cuts_exactly(run: Callable[..., Client], name: str) -> None:
    """Text within its limit is kept, beyond it cut; 50 labels are kept, 51 never stored."""
    client = run(variant=name)
    labels = {f"l{number}": "v" for number in range(51)}
    for count, text in itertools.product((50, 51), ("a" * 600, "汉" * 3000)):
        event = {"title_rule": text, "event_status": "Info", "alert_key": "k", "description": text}
        reply = client.push({**event, "labels": dict(list(labels.items())[:count])})
        if count == 51 and reply.status_code == 400:
            continue
        (alert,) = client.alerts("k")
        assert (alert["title"], alert["description"], len(alert["labels"])) == (text[:512], text[:2048], 50)


def exchange(client: Client, body: bytes, *headers: str) -> bytes:
    """Give the bytes of one reply, read until the server is silent."""
    lines = [
        f"POST /event/push/alert/standard?integration_key={client.server.key} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=1) as sock:
        sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        reply = b""
        with contextlib.suppress(TimeoutError):
            while part := sock.recv(65536):
                reply += part
            reply += b"<closed>"
    return reply


def test_replies_take_every_legal_form(run: Callable[..., Client]) -> None:
    """Chunks, packed replies, header names in capitals and a connection that ends are all met."""
    good = b'{"title_rule":"t","event_status":"Info"}'
    chunked = exchange(run(variant="reopening"), good)
    assert b"transfer-encoding: chunked" in chunked
    assert chunked.endswith(b"0\r\n\r\n")
    packed = exchange(run(variant="chatty"), good, "Accept-Encoding: gzip")
    assert b"\r\nCONTENT-ENCODING: gzip\r\n" in packed
    assert b"request_id" in gzip.decompress(packed.partition(b"\r\n\r\n")[2])
    strict = run(variant="strict")
    assert exchange(strict, b"{}").endswith(b"<closed>")
    assert not exchange(strict, good).endswith(b"<closed>")


def test_a_pair_is_never_halved(run: Callable[..., Client]) -> None:
    """Where UTF-16 units are counted, the cut falls before a pair that would be halved."""
    client = run(variant="utf16")
    client.push(alert_key="k", title_rule="a" + "😀" * 300)
    assert client.alert("k")["title"] == "a" + "😀" * 255
    assert client.push(alert_key="😀" * 128).status_code == 400
    assert client.push(alert_key="😀" * 127 + "a").status_code == 200


def test_every_other_answer_is_taken_by_some_variant() -> None:
    """No answer to an open question is written and then used nowhere."""
    used = {rules for item in all_variants().values() for rules in item.rules.__mro__}
    modules = [getattr(variants, topic) for topic in TOPICS]
    answers = {
        rules
        for module in modules
        for _, rules in inspect.getmembers(module, inspect.isclass)
        if issubclass(rules, Rules) and rules.__module__ == module.__name__
    }
    assert answers - used == set()
