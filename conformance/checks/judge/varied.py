"""Says in a few words what one request has that its twin has not; pure, and no verdict."""

from __future__ import annotations

from conformance.checks.judge.bench import shown
from conformance.contract import load
from conformance.model import scenario
from conformance.model.scenario import Push

_CREDENTIALS = {
    scenario.ABSENT: "no integration_key",
    scenario.EMPTY: "an empty integration_key",
    scenario.UNKNOWN: "a made-up integration_key",
    scenario.NEAR: "the good integration_key but for its last character",
    scenario.LONGER: "the good integration_key with a slash behind it",
    scenario.SHORTER: "the good integration_key without its last character",
    scenario.ODD: "a long integration_key of odd characters",
    scenario.OTHER_CASE: "the good integration_key in other letter case",
    scenario.ENCODED_TWICE: "the good integration_key, percent-encoded twice",
    scenario.INHERITED: "constructor as integration_key",
    scenario.PATTERN: "a percent sign as integration_key",
}
_BODY = 60  # bytes shown of a body that is no event


def varied(push: Push) -> str:
    """What is wrong with a refused request, from the row whose rule it breaks; empty where no row says what."""
    requirement = load().requirements.get(push.varies)
    if requirement is None or push.role != "refusal":
        return ""
    table, _, field = requirement.row.partition("/")
    if table == "Query":
        return _CREDENTIALS.get(push.credential, "")
    if table == "Header":
        values = [value for name, value in push.headers if name.lower() == "content-type"]
        return f"Content-Type {shown(values[0])}" if values else "no Content-Type"
    if push.method != "POST" or push.path != "{push}":
        return f"{push.method} {push.path.replace('{push}', '…')}"
    return _of_body(push, field if table == "Payload" else "")


def _of_body(push: Push, field: str) -> str:
    event = push.event()
    if event is None:
        return f"a body of {len(push.body)} bytes, {push.body[:_BODY]!r}"
    value = f"{field} {shown(event[field])}" if field in event else f"no {field}"
    return value if field else ""
