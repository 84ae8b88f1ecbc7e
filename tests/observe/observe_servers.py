"""An alert list to read from, a server on loopback whose habits a test can spoil, and an observer that reads it."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from conformance.observe import OpenApiObserver
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Reading
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

APP_KEY = "app-k3y-9876543210"


def alert(number: int, key: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return an alert as a list shows it."""
    return {"alert_id": f"{number:024x}", "alert_key": key or f"k{number}", "alert_status": "Info"} | fields


class AlertList:
    """Answers like the vendor's list; each way of being odd is one method to replace."""

    most = 100  # alerts in one page, whatever was asked for

    def __init__(self, *alerts: dict[str, Any]) -> None:
        self.alerts = list(alerts)
        self.asked: list[dict[str, Any]] = []

    def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        found = self.matching(query)
        limit = min(query.get("limit", 20), self.most)
        start = self.start(query, limit, found)
        page = found[start : start + limit]
        data = {"items": page} | self.told(start + limit < len(found), len(found), page)
        return 200, {}, json.dumps({"request_id": "1", "data": data}).encode()

    def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the alerts asked for."""
        keys = query.get("alert_keys")
        return [it for it in self.alerts if not keys or it.get("alert_key") in keys]

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        cursor = query.get("search_after_ctx")
        if cursor:
            return 1 + next(place for place, it in enumerate(found) if it["alert_id"] == cursor)
        return (query.get("p", 1) - 1) * limit

    def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the page says beside its alerts."""
        return {"has_next_page": more, "total": total, "search_after_ctx": page[-1].get("alert_id", "") if page else ""}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        server: Any = self.server
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.list.asked.append(query | {"url": self.path})
        status, headers, body = server.list.answer(query)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def reading_from(alerts: AlertList | None, timeout: float = 3.0) -> Iterator[Client]:
    """Serve the list and give a client for it; None serves nothing at all."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.list = alerts  # type: ignore[attr-defined]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/event/push/alert/standard"
    if alerts is None:
        server.shutdown()
        server.server_close()
    target = Target.from_options(url, "k3y-0123456789", app_key=APP_KEY, exchange_timeout=timeout)
    client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
    try:
        yield client
    finally:
        client.close()
        if alerts is not None:
            server.shutdown()
            server.server_close()


def observer(client: Client, **options: Any) -> OpenApiObserver:
    """Return an observer that does not sleep, at noon of a known day."""
    return OpenApiObserver(client, **{"clock": lambda: 1_000_000.5, "sleep": lambda _: None} | options)


def read(alerts: AlertList | None, keys: list[str], **options: Any) -> Reading:
    """Read these keys from that list."""
    with reading_from(alerts) as client:
        return observer(client, **options).read(keys)


def ids(reading: Reading) -> list[int]:
    """Return the numbers of the alerts that were read."""
    assert reading.problem is None, reading.problem
    return sorted(int(it["alert_id"], 16) for it in reading.alerts)


def keys(count: int) -> list[str]:
    """Return so many keys."""
    return [f"k{number}" for number in range(count)]
