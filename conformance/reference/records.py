"""The values that pass between the rules: a request, what was read from it, an alert, a reply; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# The ten codes of the error table with the status beside each, and the two that docs/decisions.md permits.
STATUS_OF_CODE = {
    "InvalidParameter": 400,
    "InvalidContentType": 400,
    "MethodNotAllowed": 400,
    "Unauthorized": 401,
    "AccessDenied": 403,
    "RequestTooFrequently": 429,
    "RouteNotFound": 404,
    "ResourceNotFound": 400,
    "NoLicense": 400,
    "InternalError": 500,
    "EntityTooLarge": 413,
    "ServiceUnavailable": 503,
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of ours
    """The request is answered with an error code; raised by the rule that decides so."""

    def __init__(self, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.headers = headers


@dataclass(slots=True)
class Image:
    """One image of an event as it is kept."""

    alt: str = ""
    src: str = ""
    href: str = ""


@dataclass(slots=True)
class Event:
    """What was read from a push; None means that the client did not send the field."""

    status: str
    title_rule: str
    title: str
    alert_key: str | None = None
    description: str | None = None
    labels: dict[str, Any] | None = None
    images: list[Image] | None = None
    key: str = ""  # the alert's key, sent or generated


@dataclass(slots=True)
class Exchange:
    """One request as it came in, and what has been learnt of it so far."""

    method: str
    path: str  # percent-decoded
    raw_path: bytes
    query: str  # as on the wire, without the "?"
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes
    number: int  # the how-manieth request to this server, from 1
    raw_headers: tuple[tuple[str, str], ...] = ()  # names as on the wire
    peer: str = ""  # address and port of the client, which tell connections apart
    request_id: str = ""
    integration: str = ""  # name of the integration, once the key is known
    document: dict[str, Any] = field(default_factory=dict)  # the parsed body
    event: Event | None = None
    notes: dict[str, Any] = field(default_factory=dict)  # room for a fault to remember something

    def header(self, name: str) -> str | None:
        """Give the first value of a header, or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None


@dataclass(slots=True)
class Reply:
    """One reply before it is put on the wire."""

    status: int
    payload: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None  # sent instead of the payload, if given
    hang_up: bool = False  # the connection is cut instead of a reply


@dataclass(slots=True)
class Alert:
    """One alert as it is kept; times are whole Unix seconds, 0 means not yet."""

    alert_id: str
    integration: str
    match_key: str  # the form in which keys are compared
    alert_key: str
    active: bool = True
    title: str = ""
    title_rule: str = ""
    description: str = ""
    alert_severity: str = ""
    alert_status: str = ""
    start_time: int = 0
    last_time: int = 0
    end_time: int = 0
    labels: dict[str, Any] = field(default_factory=dict)
    images: list[Image] = field(default_factory=list)
    event_cnt: int = 0
    created_at: int = 0
    updated_at: int = 0
    seq: int = 0  # the order of first storing, given by the store
