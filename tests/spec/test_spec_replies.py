"""The schemas of replies, to a push and to a read: what is in the envelope, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from spec_files import problems

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


def test_read_back_of_an_over_long_alert_can_be_read() -> None:
    """The reply of the read-back stays readable when an alert in it breaks a limit: judging that is another matter."""
    items = [{"alert_key": "k", "title_rule": "t" * 513, "labels": None}]
    assert problems("alert-list-response.json", {"request_id": "r", "data": {"items": items}}) == []
    assert problems("alert-list-response.json", {"request_id": "r", "data": {"items": [{"title": "t"}]}})
