"""A small client of the reference server for its own tests; it must not know the checking side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from conformance.reference.server import RunningServer


class Client:
    """Pushes events to one server and reads alerts back."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.lag = 0.3 if server.options.variant == "late" else 0.0

    def push(self, event: Any = None, *, key: str | None = None, **fields: Any) -> requests.Response:
        """Push one event, minimal unless told otherwise."""
        if event is None:
            event = {"title_rule": "t", "event_status": "Warning", **fields}
        key = self.server.key if key is None else key
        return self.session.post(self.server.push_url, params={"integration_key": key}, json=event, timeout=10)

    def raw(self, body: bytes | str, **headers: str) -> requests.Response:
        """Push bytes."""
        made = {name.replace("_", "-"): text for name, text in headers.items()}
        if not any(name.lower() == "content-type" for name in made):
            made["Content-Type"] = "application/json"
        params = {"integration_key": self.server.key}
        return self.session.post(self.server.push_url, params=params, data=body, headers=made, timeout=10)

    def page(self, **query: Any) -> dict[str, Any]:
        """Read one page of alerts, once they can be seen."""
        time.sleep(self.lag)
        now = int(time.time())
        query = {"start_time": now - 3600, "end_time": now + 60, **query}
        params = {"app_key": self.server.app_key}
        reply = self.session.post(self.server.read_url, params=params, json=query, timeout=10)
        assert reply.status_code == 200, reply.text
        data: dict[str, Any] = reply.json()["data"]
        return data

    def alerts(self, *keys: str) -> list[dict[str, Any]]:
        """Read the alerts of some keys, or all, first page only."""
        query = {"alert_keys": list(keys)} if keys else {}
        items: list[dict[str, Any]] = self.page(limit=100, **query)["items"]
        return items

    def alert(self, key: str) -> dict[str, Any]:
        """Read the one alert of a key."""
        (item,) = self.alerts(key)
        return item


def refused(reply: requests.Response, code: str, status: int) -> None:
    """Assert that a reply is a refusal in the envelope."""
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), reply.text
    assert reply.json()["request_id"]
