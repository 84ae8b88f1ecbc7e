"""The schemas are sound, hold each limit once, and tell good messages from bad ones."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from spec_files import CLIENTS, SCHEMA_NAMES, SCHEMAS, problems, read_json, read_yaml, registry, walk

# Read by hand from the document: the place, and the number.
LIMITS = {
    "stored-alert.json/properties/title_rule/maxLength": 512,
    "alert-event.json/properties/alert_key/maxLength": 255,
    "stored-alert.json/properties/description/maxLength": 2048,
    "stored-alert.json/$defs/labels/propertyNames/maxLength": 128,
    "stored-alert.json/$defs/labels/additionalProperties/maxLength": 2048,
    "stored-alert.json/$defs/labels/maxProperties": 50,
    "stored-alert.json/$defs/image/properties/alt/maxLength": 128,
    "stored-alert.json/$defs/image/properties/src/maxLength": 256,
    "stored-alert.json/$defs/image/properties/href/maxLength": 256,
}
KEYWORDS = ("maxLength", "maxItems", "maxProperties")

EVENT = {"title_rule": "t", "event_status": "Info"}
LINK = "https://example.com/a.png"


def event(**changes: Any) -> dict[str, Any]:
    """Make a small event with some fields changed."""
    return {**EVENT, **changes}


def limits_of(source: str, schema: Any) -> dict[str, Any]:
    """Collect every upper limit in a schema with the place where it stands."""
    return {f"{source}{path}": value for path, value in walk(schema) if path.rsplit("/", 1)[-1] in KEYWORDS}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_schema_is_valid_and_named_after_its_file(name: str) -> None:
    """The schema is valid under the 2020-12 metaschema, and its $id is the file's name."""
    schema = read_json(SCHEMAS / name)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == name
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_every_reference_of_a_schema_resolves_offline(name: str) -> None:
    """Each $ref leads to a place in this file or in one beside it."""
    resolver = registry().resolver(base_uri=name)
    for path, node in walk(read_json(SCHEMAS / name)):
        if isinstance(node, dict) and "$ref" in node:
            assert resolver.lookup(node["$ref"]).contents, path


def test_every_limit_of_the_document_stands_once() -> None:
    """The limits in all schemas together are those of the document, each in one place."""
    found: dict[str, Any] = {}
    for name in SCHEMA_NAMES:
        found |= limits_of(name, read_json(SCHEMAS / name))
    assert found == LIMITS


def test_openapi_document_repeats_no_limit() -> None:
    """The OpenAPI document holds no limit of its own."""
    assert limits_of("openapi.yaml", read_yaml("openapi.yaml")) == {}


def test_every_limit_says_what_becomes_of_the_excess() -> None:
    """Beside each limit stands x-excess: cut, discarded, refused or open."""
    for name in SCHEMA_NAMES:
        for path, node in walk(read_json(SCHEMAS / name)):
            if isinstance(node, dict) and any(isinstance(node.get(keyword), int) for keyword in KEYWORDS):
                assert node["x-excess"] in {"cut", "discarded", "refused", "open"}, f"{name}{path}"


def conforming_requests() -> list[Any]:
    """List the bodies of real clients that keep to the document."""
    return [
        pytest.param(request["body"], id=f"{path.stem}-{index}")
        for path in CLIENTS
        for index, request in enumerate(read_json(path)["requests"])
        if request["conforms_to_document"]
    ]


@pytest.mark.parametrize("body", conforming_requests())
def test_conforming_client_request_may_be_sent(body: Any) -> None:
    """What a real client sends in keeping with the document validates."""
    assert problems("alert-event.json", body) == []


VALID_EVENTS = {
    "smallest": EVENT,
    "status-critical": event(event_status="Critical"),
    "status-warning": event(event_status="Warning"),
    "recovery": event(event_status="Ok", alert_key="k"),
    "key-255": event(alert_key="k" * 255),
    "key-255-outside-bmp": event(alert_key="\N{GRINNING FACE}" * 255),
    "key-empty-without-recovery": event(alert_key=""),
    "title-513": event(title_rule="t" * 513),
    "title-empty": event(title_rule=""),
    "description-2049": event(description="d" * 2049),
    "labels-none": event(labels={}),
    "labels-51": event(labels={f"l{number}": "v" for number in range(51)}),
    "label-key-129": event(labels={"k" * 129: "v"}),
    "label-key-not-prometheus": event(labels={"a-b": "v"}),
    "label-value-2049": event(labels={"k": "v" * 2049}),
    "images-none": event(images=[]),
    "image-link": event(images=[{"src": LINK}]),
    "image-plain-http": event(images=[{"src": "http://example.com/"}]),
    "image-key": event(images=[{"src": "img_4T7bFe1"}]),
    "image-src-257": event(images=[{"src": LINK + "a" * 257}]),
    "image-alt-129": event(images=[{"src": LINK, "alt": "a" * 129}]),
    "image-href-257": event(images=[{"src": LINK, "href": LINK + "a" * 257}]),
    "unknown-field": event(event_time=1772100000),
}

INVALID_EVENTS = {
    "null": None,
    "list": [EVENT],
    "string": "event",
    "number": 1,
    "empty-object": {},
    "title-missing": {"event_status": "Info"},
    "title-null": event(title_rule=None),
    "title-number": event(title_rule=1),
    "title-list": event(title_rule=["t"]),
    "status-missing": {"title_rule": "t"},
    "status-null": event(event_status=None),
    "status-number": event(event_status=1),
    "status-list": event(event_status=["Info"]),
    "status-empty": event(event_status=""),
    "status-lower-case": event(event_status="critical"),
    "status-upper-case": event(event_status="OK"),
    "status-blank-before": event(event_status=" Ok", alert_key="k"),
    "status-blank-behind": event(event_status="Info "),
    "status-newline-behind": event(event_status="Info\n"),
    "status-unknown": event(event_status="Resolved"),
    "recovery-without-key": event(event_status="Ok"),
    "recovery-with-empty-key": event(event_status="Ok", alert_key=""),
    "recovery-with-null-key": event(event_status="Ok", alert_key=None),
    "key-256": event(alert_key="k" * 256),
    "key-number": event(alert_key=1),
    "description-number": event(description=1),
    "labels-list": event(labels=["a"]),
    "labels-string": event(labels="a=b"),
    "label-value-number": event(labels={"k": 1}),
    "label-value-true": event(labels={"k": True}),
    "label-value-null": event(labels={"k": None}),
    "label-value-object": event(labels={"k": {}}),
    "images-object": event(images={"src": LINK}),
    "image-string": event(images=[LINK]),
    "image-without-src": event(images=[{"alt": "a"}]),
    "image-src-empty": event(images=[{"src": ""}]),
    "image-src-number": event(images=[{"src": 1}]),
    "image-src-javascript": event(images=[{"src": "javascript:alert(1)"}]),
    "image-src-data": event(images=[{"src": "data:image/png;base64,AAAA"}]),
    "image-src-ftp": event(images=[{"src": "ftp://example.com/a.png"}]),
    "image-alt-number": event(images=[{"src": LINK, "alt": 1}]),
    "image-second-bad": event(images=[{"src": LINK}, {"src": LINK, "href": []}]),
}


@pytest.mark.parametrize("body", VALID_EVENTS.values(), ids=VALID_EVENTS)
def test_event_that_the_document_allows_validates(body: Any) -> None:
    """What is cut, discarded or left open is no fault of the sender."""
    assert problems("alert-event.json", body) == []


@pytest.mark.parametrize("body", INVALID_EVENTS.values(), ids=INVALID_EVENTS)
def test_event_that_the_document_forbids_does_not_validate(body: Any) -> None:
    """What breaks one rule of the document is found."""
    assert problems("alert-event.json", body)


STORED = {"alert_key": "k"}
VALID_STORED = {
    "only-key": STORED,
    "empty-fields": {**STORED, "title_rule": "", "description": "", "labels": {}, "images": []},
    "null-fields": {**STORED, "title_rule": None, "description": None, "labels": None, "images": None},
    "all-at-their-limits": {
        "alert_key": "k" * 255,
        "title_rule": "t" * 512,
        "title": "t" * 600,
        "description": "d" * 2048,
        "alert_status": "Ok",
        "labels": {"k" * 128: "v" * 2048, **{f"l{number}": "" for number in range(49)}},
        "images": [{"alt": "a" * 128, "src": "s" * 256, "href": "h" * 256}],
    },
    "image-without-src": {**STORED, "images": [{"alt": "a"}, {"src": ""}, {"src": None}]},
    "label-not-prometheus": {**STORED, "labels": {"a-b": "v"}},
    "more-fields": {**STORED, "event_cnt": 2},
}
INVALID_STORED = {
    "no-key": {"title_rule": "t"},
    "key-empty": {"alert_key": ""},
    "key-256": {"alert_key": "k" * 256},
    "title-513": {**STORED, "title_rule": "t" * 513},
    "description-2049": {**STORED, "description": "d" * 2049},
    "status-unknown": {**STORED, "alert_status": "ok"},
    "labels-51": {**STORED, "labels": {f"l{number}": "" for number in range(51)}},
    "label-key-129": {**STORED, "labels": {"k" * 129: ""}},
    "label-value-2049": {**STORED, "labels": {"k": "v" * 2049}},
    "label-value-number": {**STORED, "labels": {"k": 1}},
    "image-alt-129": {**STORED, "images": [{"alt": "a" * 129}]},
    "image-src-257": {**STORED, "images": [{"src": "s" * 257}]},
    "image-href-257": {**STORED, "images": [{"href": "h" * 257}]},
}


@pytest.mark.parametrize("alert", VALID_STORED.values(), ids=VALID_STORED)
def test_alert_within_the_limits_may_be_kept(alert: Any) -> None:
    """At its limits and below, and with absent fields shown in any way, an alert validates."""
    assert problems("stored-alert.json", alert) == []


@pytest.mark.parametrize("alert", INVALID_STORED.values(), ids=INVALID_STORED)
def test_alert_beyond_a_limit_may_not_be_kept(alert: Any) -> None:
    """One character or one label too many is found."""
    assert problems("stored-alert.json", alert)


FAILURE = {"request_id": "r", "error": {"code": "NoLicense"}}
VALID_REPLIES = {
    "success-without-data": {"request_id": "r"},
    "success-empty-data": {"request_id": "r", "data": {}},
    "success-null-data": {"request_id": "r", "data": None},
    "success-null-error": {"request_id": "r", "error": None, "data": {"alert_key": "k"}},
    "failure-without-message": FAILURE,
    "failure-null-data": {**FAILURE, "data": None},
    "failure-empty-data": {**FAILURE, "data": {}},
}
INVALID_REPLIES = {
    "list": [],
    "no-request-id": {"data": {"alert_key": "k"}},
    "request-id-empty": {"request_id": "", "data": {"alert_key": "k"}},
    "request-id-number": {"request_id": 1},
    "key-empty": {"request_id": "r", "data": {"alert_key": ""}},
    "key-256": {"request_id": "r", "data": {"alert_key": "k" * 256}},
    "key-number": {"request_id": "r", "data": {"alert_key": 1}},
    "data-list": {"request_id": "r", "data": []},
    "error-string": {"request_id": "r", "error": "NoLicense"},
    "error-empty-object": {"request_id": "r", "error": {}},
    "code-unknown": {"request_id": "r", "error": {"code": "Oops"}},
    "code-in-lower-case": {"request_id": "r", "error": {"code": "nolicense"}},
    "code-of-an-exception": {"request_id": "r", "error": {"code": "EntityTooLarge"}},
    "message-number": {"request_id": "r", "error": {"code": "NoLicense", "message": 1}},
}


@pytest.mark.parametrize("reply", VALID_REPLIES.values(), ids=VALID_REPLIES)
def test_reply_in_the_envelope_validates(reply: Any) -> None:
    """Successes and failures validate, with data shown in any way where that is open."""
    assert problems("push-response.json", reply) == []


@pytest.mark.parametrize("reply", INVALID_REPLIES.values(), ids=INVALID_REPLIES)
def test_reply_outside_the_envelope_does_not_validate(reply: Any) -> None:
    """A reply that breaks one rule of the envelope is found."""
    assert problems("push-response.json", reply)


@pytest.mark.parametrize("data", [{}, None, {"alert_key": None}], ids=["empty", "null", "null-key"])
def test_reply_to_an_event_that_is_no_recovery_returns_the_key(data: Any) -> None:
    """Without a key a reply does not acknowledge anything but a recovery."""
    assert problems("push-response.json#/$defs/acknowledged", {"request_id": "r", "data": data})


REPORT: dict[str, Any] = {
    "format": 1,
    "verdict": "conforms",
    "exit_code": 0,
    "partial": False,
    "suite": {"version": "0.1.0", "spec_sha256": "0" * 64},
    "target": {
        "url": "http://localhost:8080",
        "observer": "openapi",
        "fingerprint": {"wrong-method": "route-not-found"},
    },
    "run": {
        "id": "r1",
        "started": "2026-01-01T00:00:00Z",
        "seconds": 1.5,
        "requests": 3,
        "pushes": 2,
        "reads": 1,
        "budget": "standard",
        "seed": 0,
        "level": "must",
    },
    "requirements": [
        {
            "id": "title-rule.cut",
            "row": "Payload/title_rule",
            "level": "must",
            "verdict": "pass",
            "known": False,
            "checks": ["checks/test_title.py::test_cut"],
            "finding": None,
            "exchanges": [1, 2],
        },
    ],
    "rows": [{"row": "Payload/title_rule", "verdict": "warning"}],
}


def test_report_of_the_agreed_shape_validates() -> None:
    """A report with every agreed field validates."""
    assert problems("conformance-report.json", REPORT) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"exit_code": 1},
        {"verdict": "pass"},
        {"more": 1},
        {"rows": [{"row": "Payload/title_rule", "verdict": "green"}]},
        {"requirements": [{**REPORT["requirements"][0], "verdict": "warning"}]},
    ],
    ids=["format", "exit-code-of-another-verdict", "verdict", "extra-field", "row-verdict", "requirement-verdict"],
)
def test_report_of_another_shape_does_not_validate(changes: dict[str, Any]) -> None:
    """A report that other tools could not read is found."""
    assert problems("conformance-report.json", REPORT | changes)


def test_read_back_of_an_over_long_alert_can_be_read() -> None:
    """The reply of the read-back stays readable when an alert in it breaks a limit: judging that is another matter."""
    items = [{"alert_key": "k", "title_rule": "t" * 513, "labels": None}]
    assert problems("alert-list-response.json", {"request_id": "r", "data": {"items": items}}) == []
    assert problems("alert-list-response.json", {"request_id": "r", "data": {"items": [{"title": "t"}]}})


def test_webhook_of_a_closed_alert_can_be_read() -> None:
    """A webhook of a known type with an alert validates; one of an unknown type does not."""
    webhook = {
        "event_time": 1,
        "event_type": "a_close",
        "event_id": "e",
        "alert": {"alert_key": "k", "progress": "Closed"},
    }
    assert problems("alert-webhook.json", webhook) == []
    assert problems("alert-webhook.json", {**webhook, "event_type": "closed"})
