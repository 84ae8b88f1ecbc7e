"""What the driver must understand of a reply to go on: accepted, refused, its key, whether to wait; judges nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.contract import load
from conformance.wire.jsontext import loads
from conformance.wire.pacing import retry_after

if TYPE_CHECKING:
    from conformance.wire.records import Exchange

#: Problems that mean that nothing at all was answered.
SILENT = frozenset({"resolve", "connect", "tls", "timeout", "reset", "too-slow-to-connect"})
_NEVER_SENT = frozenset({"resolve", "connect", "tls", "too-slow-to-connect"})
_OF_GATEWAYS = frozenset({502, 503, 504})
_RATE = "code.rate"  # what comes over the rate is judged as it is


def is_silent(exchange: Exchange) -> bool:
    """Whether nothing came back from the target itself, so that the same push may be sent again."""
    return (exchange.problem is not None and exchange.problem.kind in SILENT) or is_of_a_gateway(exchange)


def is_timeout(exchange: Exchange) -> bool:
    """Whether the time limit of the whole exchange ran out."""
    return exchange.problem is not None and exchange.problem.kind == "timeout"


def is_reset(exchange: Exchange) -> bool:
    """Whether the connection broke before there was an answer."""
    return exchange.problem is not None and exchange.problem.kind == "reset"


def is_of_a_gateway(exchange: Exchange) -> bool:
    """Whether the reply is what a gateway says that got none from the server behind it: 502, 503, 504, no envelope."""
    if exchange.reply is None or exchange.reply.status not in _OF_GATEWAYS or exchange.note.scenario == _RATE:
        return False
    body = replied_object(exchange)
    return "request_id" not in body and "error" not in body


def replied_status(exchange: Exchange) -> int | None:
    """Return the status of the reply, that of a reply too large to keep among them; None where none came."""
    if exchange.reply is not None:
        return exchange.reply.status
    return exchange.problem.status if exchange.problem is not None else None


def is_accepted(exchange: Exchange) -> bool:
    """Whether the reply is a success."""
    status = replied_status(exchange)
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def is_redirected(exchange: Exchange) -> bool:
    """Whether the push was sent elsewhere, where nobody follows it."""
    status = replied_status(exchange)
    return status is not None and HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


def is_refused(exchange: Exchange) -> bool:
    """Whether the push surely opened nothing: refused as the client's fault, or it never left."""
    status = replied_status(exchange)
    if status is None:
        return exchange.problem is not None and exchange.problem.kind in _NEVER_SENT
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    # an account that answers InternalError on purpose opens nothing either
    return exchange.note.scenario.startswith("code.") and isinstance(replied_code(exchange), str)


def replied_object(exchange: Exchange) -> dict[str, Any]:
    """Return the reply's body where it is a JSON object, else an empty one."""
    if exchange.reply is None:
        return {}
    try:
        value = loads(exchange.reply.body, strict=False)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def replied_key(exchange: Exchange) -> str | None:
    """Return the alert key in the reply's data, or None."""
    data = replied_object(exchange).get("data")
    key = data.get("alert_key") if isinstance(data, dict) else None
    return key if isinstance(key, str) and key else None


def replied_code(exchange: Exchange) -> str | None:
    """Return the error code of the reply, or None."""
    error = replied_object(exchange).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


def asks_to_wait(exchange: Exchange) -> bool:
    """Whether the target says that it is too busy: 429 or its code under any status, or 503 in the envelope."""
    status, code = replied_status(exchange), replied_code(exchange)
    codes, overloaded = load().codes, load().exceptions["ServiceUnavailable"]
    too_many = codes["RequestTooFrequently"]
    told = code is not None and codes.get(code) == too_many
    return status == too_many or told or (status == overloaded and code is not None)


def asked_wait(exchange: Exchange, again: int, now: float) -> float:
    """Return the seconds to wait before sending for the ``again``-th further time (from 1): as told, else doubling."""
    told = retry_after(exchange.reply, now) if exchange.reply is not None else None
    return told if told is not None else min(8.0, 0.25 * 2 ** (again - 1))
