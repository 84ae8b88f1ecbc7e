"""Prepares one exchange for a page: request, reply, what was stored, and the shell line; elides, and judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.report.curl import curl_line
from conformance.report.evidence import Difference, Evidence, error_code
from conformance.report.text import clean, elide, from_bytes, plural, seconds
from conformance.report.weighing import Weighing
from conformance.wire.records import Exchange

_BODY = 600
_HEADER = 200
_HEADERS = 12
_FIELD = 160
_FIELDS = 60
_BEFORE = 24
#: Shell lines of passes may be this long, those of failures longer: a page has to stay light.
_LINE, _LONG_LINE = 1_500, 24_000


@dataclass(frozen=True, slots=True)
class Field:
    """A stored field beside what was sent: the common beginning, then what differs, and how that is to be taken."""

    name: str
    same: bool
    head: str
    sent: str
    stored: str
    note: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exchange as a page shows it; ``weight`` is about how many characters of HTML it takes."""

    n: int
    title: str
    status: str
    good: bool
    took: str
    role: str
    scenario: str
    request: str
    reply: str
    remark: str
    fields: tuple[Field, ...]
    same: tuple[str, ...]
    curl: str | None
    weight: int


def exhibit(evidence: Evidence, number: int, *, whole_line: bool = False, weighing: Weighing | None = None) -> Exhibit:
    """The exchange of that number, ready to be shown."""
    exchange = evidence[number]
    stored = evidence.stored(number)
    differing = [field for field in stored.fields if not field.same] if stored else []
    fields = tuple(_field(field, weighing.mark(number, field) if weighing else "") for field in differing[:_FIELDS])
    same = tuple(clean(field.field, 80) for field in stored.fields if field.same) if stored else ()
    line: str | None = clean(curl_line(exchange, evidence.credential(number)))
    if line is not None and len(line) > (_LONG_LINE if whole_line else _LINE):
        line = None
    request, reply = _request(exchange), _reply(exchange)
    texts = [request, reply, line or "", stored.remark if stored else "", *same[:_FIELDS]]
    texts += [text for field in fields for text in (field.name, field.head, field.sent, field.stored, field.note)]
    return Exhibit(
        n=number,
        title=clean(f"{exchange.sent.method} {exchange.kind}", 60),
        status=_status(exchange),
        good=exchange.reply is not None and exchange.reply.status < 400,  # noqa: PLR2004 - where refusals begin
        took=seconds(exchange.seconds),
        role=exchange.note.role,
        scenario=clean(exchange.note.scenario, 120),
        request=request,
        reply=reply,
        remark=clean(stored.remark, 300) if stored else "",
        fields=fields,
        same=same[:_FIELDS],
        curl=line,
        weight=900 + sum(_weight(text) for text in texts),
    )


def _weight(text: str) -> int:
    """Characters once escaped: signs of HTML take five."""
    return len(text) + 4 * sum(text.count(sign) for sign in "<>&\"'")


def _status(exchange: Exchange) -> str:
    if exchange.reply is None:
        problem = exchange.problem
        return clean(f"no reply ({problem.kind})" if problem else "no reply", 80)
    code = error_code(exchange)
    return f"{exchange.reply.status} {clean(code, 60)}" if code else str(exchange.reply.status)


def _request(exchange: Exchange) -> str:
    sent = exchange.sent
    lines = [clean(f"{sent.method} {elide(sent.url, 400)}"), *_headers(sent.headers)]
    return "\n".join([*lines, "", *_body(sent.body)])


def _reply(exchange: Exchange) -> str:
    reply = exchange.reply
    if reply is None:
        return clean(exchange.problem.text if exchange.problem else "no reply", 400)
    lines = [clean(f"{reply.status} {reply.reason}", 120), *_headers(reply.headers)]
    return "\n".join([*lines, "", *_body(reply.body)])


def _headers(headers: tuple[tuple[str, str], ...]) -> list[str]:
    lines = [clean(f"{name}: {value}", _HEADER) for name, value in headers[:_HEADERS]]
    if len(headers) > _HEADERS:
        lines.append(f"… {plural(len(headers) - _HEADERS, 'header')} left out …")
    return lines


def _body(body: bytes) -> list[str]:
    """The body, elided, and its size where that says more than the text."""
    if not body:
        return ["(no body)"]
    text = clean(from_bytes(body), _BODY, lines=True)
    return [text, f"({len(body):,} bytes)"] if len(body) > _BODY else [text]


def _field(field: Difference, mark: str) -> Field:
    """A differing field, told around the place where the difference begins."""
    start = max(field.at - _BEFORE, 0)
    head = ("…" if start else "") + field.sent[start : field.at]
    return Field(
        name=clean(field.field, 120),
        same=False,
        head=clean(head),
        sent=clean(field.sent[field.at :], _FIELD),
        stored=clean(field.stored[field.at :], _FIELD),
        note=field.note,
        mark=mark,
    )
