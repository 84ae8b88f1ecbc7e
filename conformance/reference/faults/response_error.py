"""Rows Response/error, Error/code and Error/message: error objects of another shape; must not know who is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Response/error"
CODE = "Error/code"
MESSAGE = "Error/message"


def _with_error(value: Any, when: Callable[[Call], bool] = lambda _: True) -> Callable[[Call], Any]:
    return lambda call: {**call.plain(), "error": value} if when(call) else call.plain()


def _cut_something(call: Call) -> bool:
    event, document = call.value, call.ctx.document
    return event.title_rule != document.get("title_rule") or (event.description or "") != (
        document.get("description") or ""
    )


def _instead(code: str, *words: str) -> Callable[[Call], Any]:
    """Give another code where the message has one of these words."""
    return lambda call: code if any(word in call.value.message for word in words) else call.plain()


def _snake(code: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", code).lower()


def _coded(change: Callable[[str], Any]) -> Callable[[Call], Any]:
    """Write the code of an error object otherwise."""
    return lambda call: {**call.plain(), "code": change(call.args[0])}


# Response/error

wrong(
    "error-null-on-success",
    ROW,
    "A reply of success has an error, null.",
    level="should",
    success_body=_with_error(None),
)
wrong("error-empty-on-success", ROW, "A reply of success has an error, an empty object.", success_body=_with_error({}))
wrong(
    "error-says-success",
    ROW,
    "A reply of success has an error whose code is Success.",
    success_body=_with_error({"code": "Success", "message": "ok"}),
)
wrong(
    "error-warns-of-truncation",
    ROW,
    "A reply of success has an error that tells of a text that was cut.",
    hard=True,
    success_body=_with_error({"code": "InvalidParameter", "message": "text was truncated"}, _cut_something),
)
wrong(
    "error-with-own-keys",
    ROW,
    "A reply of success has an error, an empty object, if the event brought an alert_key.",
    success_body=_with_error({}, lambda call: call.value.alert_key is not None),
)
wrong("error-string", ROW, "The error of a reply is a string.", error_object=lambda call: call.plain()["message"])
wrong(
    "error-null-on-wrong-method",
    ROW,
    "The error of the reply to a wrong method is null.",
    hard=True,
    error_object=lambda call: call.plain() if call.ctx.method == "POST" else None,
)
wrong(
    "error-missing-on-bad-key",
    ROW,
    "The reply to a push with a bad integration_key has no error.",
    failure_body=lambda call: (
        {"request_id": call.ctx.request_id} if "integration_key" in call.value.message else call.plain()
    ),
)

# Error/code

wrong("code-in-small-letters", CODE, "Error codes are written in small letters.", error_object=_coded(str.lower))
wrong("code-in-snake-case", CODE, "Error codes are written like invalid_parameter.", error_object=_coded(_snake))
wrong(
    "code-missing", CODE, "The error of a reply has no code.", error_object=lambda call: {"message": call.value.message}
)
wrong(
    "code-is-the-status",
    CODE,
    "The code of an error is the HTTP status, a number.",
    error_object=lambda call: {**call.plain(), "code": call.rules.failure_status(call.ctx, call.args[0])},
)
wrong(
    "code-missing-parameter",
    CODE,
    "A required field that is missing is answered with the code MissingParameter.",
    shown_code=_instead("MissingParameter", "title_rule is required", "event_status is required"),
)
wrong(
    "code-parameter-too-long",
    CODE,
    "An alert_key that is too long is answered with the code ParameterTooLong.",
    hard=True,
    shown_code=_instead("ParameterTooLong", "must not exceed"),
)
wrong(
    "code-invalid-json",
    CODE,
    "A body that is not JSON is answered with the code InvalidJSON.",
    shown_code=_instead("InvalidJSON", "not valid JSON"),
)
wrong(
    "code-bad-request-for-arrays",
    CODE,
    "A body that is an array is answered with the code BadRequest.",
    hard=True,
    shown_code=_instead("BadRequest", "must be a JSON object"),
)
# Error/message

wrong("message-number", MESSAGE, "The message of an error is a number.", shown_message=lambda call: len(call.plain()))
wrong(
    "message-list",
    MESSAGE,
    "The message of an error is an array of sentences.",
    shown_message=lambda call: [call.plain()],
)
wrong(
    "message-by-language",
    MESSAGE,
    "The message of an error is an object with a text for each language.",
    shown_message=lambda call: {"en": call.plain(), "zh": call.plain()},
)
wrong(
    "message-object-for-bad-json",
    MESSAGE,
    "The message about a body that is not JSON is an object.",
    hard=True,
    shown_message=lambda call: {"position": 0} if "not valid JSON" in call.value.message else call.plain(),
)
wrong(
    "message-object-for-bad-status",
    MESSAGE,
    "The message about an event_status that is not known is an object with the field's name.",
    hard=True,
    shown_message=lambda call: {"event_status": call.plain()} if "one of" in call.value.message else call.plain(),
)
wrong(
    "message-number-over-the-rate",
    MESSAGE,
    "The message of RequestTooFrequently is the number of seconds to wait.",
    hard=True,
    shown_message=lambda call: 1 if call.value.code == "RequestTooFrequently" else call.plain(),
)
wrong(
    "error-null-on-recoveries",
    ROW,
    "The reply to an accepted Ok has an error, null.",
    level="should",
    success_body=_with_error(None, lambda call: bool(call.value.status == "Ok")),
)
