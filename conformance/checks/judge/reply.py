"""Reads a reply as the document's envelope; says what it is, and never whether that is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance.model.scenario import Push
from conformance.wire.jsontext import loads
from conformance.wire.records import NOT_KEPT, Exchange

ACCEPTED, REFUSED, CRASHED, UNANSWERED, STRANGE = "accepted", "refused", "crashed", "unanswered", "strange"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply in the document's terms.

    ``kind``: ``accepted`` (2xx, no error object), ``refused`` (an error, or a status 4xx), ``crashed`` (5xx),
    ``unanswered`` (no reply in time or at all), ``strange`` (any other status, redirects among them).
    ``body`` is the JSON object, None when the reply is none.
    """

    kind: str
    status: int = 0
    code: Any = None
    body: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = field(default=None)

    @property
    def key(self) -> Any:
        """The alert_key that the reply carries, None when it carries none."""
        return self.data.get("alert_key") if self.data is not None else None

    def told(self) -> str:
        """The answer in a few words."""
        if self.kind == UNANSWERED:
            return "no answer"
        shape = "" if self.body is not None else ", not a JSON object"
        code = f" {self.code}" if isinstance(self.code, str) else ""
        return f"{self.status}{code}{shape}"


def read(exchange: Exchange) -> Answer:
    """The answer that an exchange got."""
    reply = exchange.reply
    if reply is None:
        return Answer(UNANSWERED)
    content = reply.body
    return _answered(reply.status, content) if len(content) < _LARGE else _answer(reply.status, content)


def _answer(status: int, content: bytes) -> Answer:
    body = parse(content)
    error = body.get("error") if body is not None else None
    data = body.get("data") if body is not None else None
    error = error if isinstance(error, dict) else None
    code = error.get("code") if error is not None else None
    promised = isinstance(data, dict) and isinstance(data.get("alert_key"), str)
    return Answer(
        _kind(status, error, promised=promised),
        status,
        code,
        body,
        error,
        data if isinstance(data, dict) else None,
    )


def sent_event(push: Push, exchange: Exchange) -> dict[str, Any] | None:
    """The event of a push as it was sent; a body too long for the record is taken from the scenario."""
    event = parse(exchange.sent.body)
    return event if event is not None or len(push.body) < _ELIDED_FROM else push.event()


_ELIDED_FROM = _LARGE = 64 * 1024


def is_kept(exchange: Exchange) -> bool:
    """Whether what came back can be judged; if not, the suite had no room for it, and the target is not to blame."""
    return exchange.problem is None or exchange.problem.kind != NOT_KEPT


def parse(body: bytes) -> dict[str, Any] | None:
    """A body as a JSON object, or None; shared by all who ask, so never to be changed."""
    return _parsed(body) if len(body) < _LARGE else _parsed_large(body)


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        value = loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


# A story is judged again each time the store is looked at.  What a large body says takes many times its own room, so
# that only the last one is remembered, for the judges that look at it one after the other.
_parsed = lru_cache(maxsize=8192)(_parse)
_answered = lru_cache(maxsize=8192)(_answer)
_parsed_large = lru_cache(maxsize=1)(_parse)


def _kind(status: int, error: Mapping[str, Any] | None, *, promised: bool) -> str:
    if status >= 500:
        return CRASHED
    success = 200 <= status < 300
    if success and (promised or (error is not None and not isinstance(error.get("code"), str))):
        return ACCEPTED  # a success that carries an error is a success: that it carries one is Response/error's affair
    if error is not None or 400 <= status < 500:
        return REFUSED
    return ACCEPTED if success else STRANGE
