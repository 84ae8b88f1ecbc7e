"""The schema of an event tells what the document allows to be sent from what it forbids."""

from __future__ import annotations

from typing import Any

import pytest
from spec_files import CLIENTS, problems, read_json

EVENT = {"title_rule": "t", "event_status": "Info"}
LINK = "https://example.com/a.png"


def event(**changes: Any) -> dict[str, Any]:
    """Make a small event with some fields changed."""
    return {**EVENT, **changes}


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
