"""Builds the stored alerts from the webhooks that a target sends; listens and answers, asks and pushes nothing.

Deliveries may repeat and come out of order: a repeat is known by its ``event_id``, and of two states of an alert the
one with the later ``event_time`` counts, however they arrive.  The sender expects an answer within a second, so a
delivery is stored and answered before it is looked at closely.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from conformance.wire.jsontext import loads
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.wire.redact import Redactor

_MAX_BODY = 1024 * 1024
_MAX_EVENTS = 100_000
_MAX_ALERTS = 20_000
_MAX_BYTES = 64 * 1024 * 1024
_SENDER_TIMEOUT = 10.0
_MAX_PORT = 65535

Moment = tuple[float, bool, float]


class _Deliveries:
    """What has been delivered: the latest state of each alert, bounded in number and size."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: OrderedDict[str, None] = OrderedDict()
        self._alerts: OrderedDict[str, tuple[Moment, int, Mapping[str, Any]]] = OrderedDict()
        self._bytes = 0
        self.good = 0
        self.bad: str | None = None

    def take(self, body: bytes) -> None:
        """Take one delivery; what is none is remembered as such."""
        try:
            event = loads(body, strict=False)
        except ValueError:
            self.bad = "a body that is no JSON"
            return
        alert = event.get("alert") if isinstance(event, dict) else None
        if not isinstance(alert, dict) or not isinstance(alert.get("alert_key"), str):
            self.bad = "a body without an object alert that has an alert_key"
            return
        event_id = event.get("event_id")
        name = event_id if isinstance(event_id, str) and event_id else hashlib.sha256(body).hexdigest()
        with self._lock:
            self.good += 1
            if name in self._events:
                return
            self._events[name] = None
            if len(self._events) > _MAX_EVENTS:
                self._events.popitem(last=False)
            self._keep(alert, _moment(event), len(body))

    def _keep(self, alert: Mapping[str, Any], moment: Moment, size: int) -> None:
        alert_id = alert.get("alert_id")
        name = f"id {alert_id}" if isinstance(alert_id, (str, int)) and alert_id else f"key {alert['alert_key']}"
        known = self._alerts.get(name)
        if known is not None and known[0] > moment:
            return  # an older state that came late
        self._bytes += size - (known[1] if known else 0)
        self._alerts[name] = (moment, size, alert)
        while len(self._alerts) > _MAX_ALERTS or self._bytes > _MAX_BYTES:
            self._bytes -= self._alerts.popitem(last=False)[1][1]

    def under(self, keys: set[str]) -> tuple[Mapping[str, Any], ...]:
        """Return the alerts under these keys."""
        with self._lock:
            return tuple(alert for _, _, alert in self._alerts.values() if alert["alert_key"] in keys)


def _moment(event: Mapping[str, Any]) -> Moment:
    """Return what orders the states of an alert; two within one millisecond are told apart by what they say."""
    alert = event["alert"]
    return _number(event.get("event_time")), event.get("event_type") != "a_new", _number(alert.get("event_cnt"))


def _number(value: Any) -> float:
    try:
        return float(value) if isinstance(value, int | float) else 0.0
    except OverflowError:
        return 0.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    deliveries: _Deliveries
    redactor: Redactor | None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a sender that breaks off will send again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SENDER_TIMEOUT
    server: _Server
    wbufsize = -1  # head and answer in one packet
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take a delivery at any path."""
        body = self._body()
        if body is None:
            self.close_connection = True
            self.server.deliveries.bad = "a body without Content-Length, or of more than 1 MiB"
            announced = "Content-Length" in self.headers
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE if announced else HTTPStatus.LENGTH_REQUIRED)
            return
        redactor = self.server.redactor
        self.server.deliveries.take(body if redactor is None else redactor.data(body))
        self._answer(HTTPStatus.OK)

    def _body(self) -> bytes | None:
        """Return the whole body, None when its length is not announced or is too much."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or len(length) > len(str(_MAX_BODY)) or int(length) > _MAX_BODY:
            return None
        return self.rfile.read(int(length))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal belongs to the run."""


class WebhookObserver:
    """The observer behind ``--webhook-listen HOST:PORT``."""

    name = "webhook"
    blind_to = ("images",)  # the vendor's webhook does not carry them

    def __init__(self, listen: str, *, redactor: Redactor | None = None) -> None:
        """Listen at once; port 0 takes any free one.  A ValueError says why listening is not possible."""
        host, _, port = listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > _MAX_PORT:
            raise ValueError(f"cannot listen on {listen!r}: give HOST:PORT, such as 127.0.0.1:9900")
        self._deliveries = _Deliveries()
        try:
            self._server = _Server((host.strip("[]"), int(port)), _Handler)
        except OSError as error:
            raise ValueError(f"cannot listen on {listen}: {error.strerror or error}") from None
        self._server.deliveries, self._server.redactor = self._deliveries, redactor
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="webhook", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the target is to send its webhooks, as this machine sees it."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}/"

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Return the latest state of every alert under these keys that a webhook has told of."""
        deliveries = self._deliveries
        if deliveries.bad is not None and not deliveries.good:
            return Reading(problem=f"the target sends webhooks that are not the vendor's: {deliveries.bad}")
        return Reading(deliveries.under(set(alert_keys)))

    def requests_for(self, n_keys: int) -> int:
        """Return 0: the target does the sending."""
        return 0

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1.0)
