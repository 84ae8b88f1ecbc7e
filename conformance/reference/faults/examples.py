"""Rows Example/success and Example/failure: the document's own exchanges with another shape; nothing else is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import pages, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Exchange, Refusal

SUCCESS = "Example/success"
FAILURE = "Example/failure"


# Example/success: an event without alert_key, and the key that is generated for it


def _for_generated(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Call], Any]:
    """Change the reply to an event that brought no alert_key."""
    return lambda call: call.plain() if call.value.alert_key else change(call.plain())


def _key_outside(body: dict[str, Any]) -> dict[str, Any]:
    return {"request_id": body["request_id"], "alert_key": body["data"]["alert_key"]}


def _key_object(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "data": {"alert_key": {"value": body["data"]["alert_key"], "generated": True}}}


def _camel_case(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "data": {"alertKey": body["data"]["alert_key"]}}


def _id_in_data(body: dict[str, Any]) -> dict[str, Any]:
    return {"data": {**body["data"], "request_id": body["request_id"]}}


wrong(
    "example-key-beside-data",
    SUCCESS,
    "A generated key stands beside the request_id, and there is no data.",
    success_body=_for_generated(_key_outside),
)
wrong("example-key-is-an-object", SUCCESS, "A generated key is an object.", success_body=_for_generated(_key_object))
wrong(
    "example-key-in-camel-case",
    SUCCESS,
    "A generated key is called `alertKey`.",
    success_body=_for_generated(_camel_case),
)
wrong(
    "example-id-in-data",
    SUCCESS,
    "With a generated key, request_id stands in data.",
    success_body=_for_generated(_id_in_data),
)

# Example/failure: a key that is not a valid one


def _bad_key(_: Exchange, refusal: Refusal) -> bool:
    return "not a valid one" in refusal.message


def _for_bad_key(change: Callable[[dict[str, Any]], Any]) -> Callable[[Call], Any]:
    """Change the reply to a push with an unknown key."""
    return lambda call: change(call.plain()) if _bad_key(call.ctx, call.value) else call.plain()


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    return {"request_id": body["request_id"], **body["error"]}


def _message_only(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "error": body["error"]["message"]}


def _errors(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "error": [body["error"]]}


wrong(
    "example-flat-error",
    FAILURE,
    "For an unknown key, code and message stand beside the request_id, and there is no error.",
    failure_body=_for_bad_key(_flat),
)
wrong(
    "example-error-is-the-message",
    FAILURE,
    "For an unknown key, error is the message alone.",
    failure_body=_for_bad_key(_message_only),
)
wrong("example-error-list", FAILURE, "For an unknown key, error is an array.", failure_body=_for_bad_key(_errors))
wrong(
    "example-failure-page",
    FAILURE,
    "An unknown key is answered with the page of a gateway.",
    **pages(_bad_key, 401, "401 Unauthorized"),
)
wrong(
    "example-failure-code-of-its-own",
    FAILURE,
    "An unknown key is answered with the code InvalidIntegrationKey.",
    failure_body=_for_bad_key(lambda body: {**body, "error": {**body["error"], "code": "InvalidIntegrationKey"}}),
)
