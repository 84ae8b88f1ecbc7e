"""Talks to one server of the fleet: raw bytes where the oddity lies in them, http.client where it does not."""

import contextlib
import http
import http.client
import json
import re
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from fleet import RunningHostile

KEY = "k3y/with+awkward &=\"'<>%chars"
APP_KEY = "app+key/with=more"
EVENT = {"title_rule": "disk full", "event_status": "Critical", "alert_key": "disk-1"}
Start = Callable[[str], RunningHostile]


def address(url: str) -> tuple[str, int]:
    """Return host and port of a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def post(path: str, body: Any, close: bool = False) -> bytes:
    """Return a request in bytes, with the key in its query."""
    data = json.dumps(body).encode()
    secret = f"integration_key={quote(KEY, safe='')}&app_key={quote(APP_KEY, safe='')}"
    top = (
        f"POST {path}?{secret} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    )
    return (top + ("Connection: close\r\n" if close else "") + "\r\n").encode() + data


def read_body() -> dict[str, Any]:
    """Ask for all alerts of the last hour."""
    now = int(time.time())
    return {"start_time": now - 3600, "end_time": now + 60, "alert_keys": ["disk-1"], "limit": 100}


def talk(url: str, data: bytes, until: bytes = b"", seconds: float = 2.0, most: int = 2**22) -> tuple[bytes, bool]:
    """Send bytes and collect what comes until a pattern is there, time is up, or the end; say whether the end came."""
    received = bytearray()
    deadline = time.monotonic() + seconds
    pattern = re.compile(until, re.DOTALL) if until and not until.endswith(rb"\Z") else None
    # A reset may arrive while the connection is still being made, so the suppression stands around that, too.
    with contextlib.suppress(ConnectionResetError), socket.create_connection(address(url), timeout=seconds) as sock:
        sock.sendall(data)
        while len(received) < most and not (pattern and pattern.search(received)):
            sock.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                piece = sock.recv(2**20)
            except TimeoutError:
                return bytes(received), False
            if not piece:
                return bytes(received), True
            received += piece
        return bytes(received), False
    return bytes(received), True


class PatientResponse(http.client.HTTPResponse):
    """A response that skips every interim reply; http.client itself skips 100 alone."""

    def _read_status(self) -> tuple[str, int, str]:
        while (line := super()._read_status())[1] == http.HTTPStatus.EARLY_HINTS:  # type: ignore[misc]
            http.client.parse_headers(self.fp)
        return line  # type: ignore[no-any-return]


def ask(running: RunningHostile, url: str, body: Any, method: str = "POST", **query: str) -> tuple[int, Any]:
    """Exchange one request with http.client; return status and envelope."""
    connection = http.client.HTTPConnection(*address(url), timeout=3)
    connection.response_class = PatientResponse
    full = {"integration_key": running.key, "app_key": running.app_key, **query}
    target = urlsplit(url).path + "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in full.items())
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with contextlib.closing(connection):
        connection.request(method, target, data, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read(), parse_int=lambda text: int(text[:18]))


def patiently(running: RunningHostile, url: str, body: Any, method: str = "POST", **query: str) -> tuple[int, Any]:
    """Ask again where the connection is lost."""
    for _ in range(20):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return ask(running, url, body, method, **query)
    raise AssertionError("lost twenty times in a row")
