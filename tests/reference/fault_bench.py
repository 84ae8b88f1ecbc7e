"""A server in this process, without a socket, and what is to be seen of its replies; must not know any fault."""

from __future__ import annotations

import asyncio
import json
import selectors
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.reference.app import RAW_HEADERS, App
from conformance.reference.options import ServerOptions
from conformance.reference.records import STATUS_OF_CODE
from conformance.reference.rules.http import PUSH_PATH, READ_PATH
from conformance.reference.store import Store

if TYPE_CHECKING:
    from conformance.reference.rules import Rules

KEY = "0123456789abcdef-key"
SECOND = "the-key-of-the-other-integration"
LIMITED = "limited-to-five-a-minute"
ACCOUNTS = {code: f"account-{code}" for code in STATUS_OF_CODE}
JSON = ("Content-Type", "application/json")
# What no probe looks at: times, ids, and what DESIGN leaves open.
UNSEEN = ("alert_id", "start_time", "last_time", "created_at", "updated_at", "event_cnt", "alert_severity")


class Impatient(selectors.DefaultSelector):
    """A selector that does not wait: the time that it would have waited is skipped."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """Look for what is ready, and let the clock jump if nothing is."""
        if timeout is not None and timeout > 0:
            self.skipped += timeout
            timeout = 0
        return super().select(timeout)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in which sleeping takes no time; what sleeps longer still wakes later."""

    def __init__(self) -> None:
        self.impatient = Impatient()
        super().__init__(self.impatient)

    def time(self) -> float:
        """Tell the time, with what was skipped."""
        return super().time() + self.impatient.skipped


class Catcher:
    """The side of the socket at which a reply comes out."""

    def __init__(self) -> None:
        self.status: int | str = 0
        self.body = bytearray()
        self.transport = self

    def abort(self) -> None:
        """Note that there is no reply."""
        self.status = "cut"

    async def take(self, message: Any) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")


class Bench:
    """One server, and the names that are given to what it makes up."""

    def __init__(self, rules: Rules) -> None:
        self.store = Store(unique_active=rules.unique_active)
        rules.bind(
            ServerOptions(
                key=KEY, second_key=SECOND, app_key="app", limited_key=LIMITED, accounts=ACCOUNTS, per_minute=5
            ),
            self.store,
        )
        self.app = App(rules)
        self.seen: set[str] = set()
        self.made = ""  # the key that was generated last
        self.connections = 0

    async def ask(self, path: str, query: str, body: bytes, **scope: Any) -> Catcher:
        """Make one request."""
        got = Catcher()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        made = {"method": "POST", "headers": [], "client": ("reader", 1), "raw_path": path.encode(), **scope}
        await self.app({**made, "path": path, "query_string": query.encode()}, receive, got.take)
        return got

    async def send(
        self,
        body: bytes | str = b"",
        *,
        key: str | None = KEY,
        query: str | None = None,
        headers: tuple[tuple[str, str], ...] = (JSON,),
        method: str = "POST",
        path: str = PUSH_PATH,
        peer: str = "",
    ) -> Any:
        """Send bytes, on a connection of their own unless told otherwise; give what is to be seen of the reply."""
        if query is None:
            query = "" if key is None else f"integration_key={quote(key)}"
        self.connections += 1
        got = await self.ask(
            path,
            query,
            body.encode() if isinstance(body, str) else body,
            method=method,
            headers=[(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
            client=(peer or str(self.connections), 1),
            **{RAW_HEADERS: list(headers)},
        )
        return [got.status, self.opened(bytes(got.body))]

    async def push(self, event: Any, **how: Any) -> Any:
        """Push an event; what is said of a generated key is its form."""
        reply = await self.send(json.dumps(event), **how)
        made = made_key(reply)
        if made is not None and not (isinstance(event, dict) and event.get("alert_key")):
            self.made = made
            reply[1]["data"]["alert_key"] = [self.named(made), len(made) <= 255]
        return reply

    def opened(self, body: bytes) -> Any:
        """Give a body as a value, a name in place of its request id."""
        try:
            value = json.loads(body)
        except ValueError:
            return body
        if isinstance(value, dict) and "request_id" in value:
            value["request_id"] = self.named(value["request_id"])
        if isinstance(value, dict) and isinstance(value.get("error"), dict):
            message = value["error"].get("message")
            value["error"]["message"] = "text" if isinstance(message, str) else message
        return value

    def named(self, text: Any) -> Any:
        """Give a name for an id: whether it is a text that was not seen before."""
        if not isinstance(text, str) or not text:
            return repr(text)
        name = "seen before" if text in self.seen else "new"
        self.seen.add(text)
        return name

    async def stored(self, *keys: str) -> list[dict[str, Any]]:
        """Read alerts back, oldest first."""
        now, found = int(time.time()), list[dict[str, Any]]()
        for page in range(1, 20):
            query = {"start_time": now - 3600, "end_time": now + 60, "limit": 100, "p": page}
            got = await self.ask(READ_PATH, "app_key=app", json.dumps({**query, "alert_keys": keys}).encode())
            data = json.loads(bytes(got.body))["data"]
            found += data["items"]
            if not data["has_next_page"]:
                break
        shown = [{name: value for name, value in item.items() if name not in UNSEEN} for item in found[::-1]]
        return [{**item, "end_time": bool(item["end_time"])} for item in shown]


def made_key(reply: Any) -> str | None:
    """Give the key of a reply, if it has one."""
    data = reply[1].get("data") if isinstance(reply[1], dict) else None
    key = data.get("alert_key") if isinstance(data, dict) else None
    return key if isinstance(key, str) and key else None
