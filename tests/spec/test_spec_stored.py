"""The schemas of an alert that was kept and of a webhook: what may stand in them, and what breaks a limit."""

from __future__ import annotations

from typing import Any

import pytest
from spec_files import problems

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
