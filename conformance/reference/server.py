"""Starts and stops a server: in a thread beside the caller, or in the foreground; must not decide how it behaves."""

from __future__ import annotations

import contextlib
import json
import secrets
import shlex
import socket
import sqlite3
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from conformance.reference.app import App
from conformance.reference.assembly import assemble
from conformance.reference.listener import Listener
from conformance.reference.options import ServerOptions
from conformance.reference.rules.http import PUSH_PATH, READ_PATH
from conformance.reference.store import Store

if TYPE_CHECKING:
    from conformance.reference.rules import Rules

HOST = "127.0.0.1"
START_SECONDS = 10.0


@dataclass(slots=True)
class RunningServer:
    """A server that accepts connections, and what one needs to talk to it."""

    options: ServerOptions
    port: int
    rules: Rules
    listener: Listener
    thread: threading.Thread | None = None

    @property
    def push_url(self) -> str:
        """Where events are pushed, without the key."""
        return f"http://{HOST}:{self.port}{PUSH_PATH}"

    @property
    def read_url(self) -> str:
        """Where stored alerts are read, without the key."""
        return f"http://{HOST}:{self.port}{READ_PATH}"

    @property
    def key(self) -> str:
        """The integration key."""
        return self.options.key

    @property
    def second_key(self) -> str:
        """The key of another integration."""
        return self.options.second_key

    @property
    def app_key(self) -> str:
        """The key of the read-back."""
        return self.options.app_key

    @property
    def limited_key(self) -> str:
        """The key of the integration for which alone the rate holds, if there is one."""
        return self.options.limited_key

    @property
    def accounts(self) -> dict[str, str]:
        """The key whose account answers with each code."""
        return self.options.accounts

    def close(self) -> None:
        """Stop the server, and wait until it has."""
        self.listener.stop()
        if self.thread is not None:
            self.thread.join(START_SECONDS)
        self.rules.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start(options: ServerOptions | None = None, rules: Rules | None = None) -> RunningServer:
    """Start a server in a thread of this process; returns once it accepts connections."""
    server = _prepare(options or ServerOptions(), rules)
    server.thread = threading.Thread(target=server.listener.run_here, name="reference-server", daemon=True)
    server.thread.start()
    if not server.listener.ready.wait(START_SECONDS) or server.listener.failure is not None:
        server.close()
        raise RuntimeError("the reference server did not start") from server.listener.failure
    return server


def serve(options: ServerOptions, rules: Rules | None = None) -> None:
    """Serve in the foreground until interrupted, after printing where."""
    server = _prepare(options, rules)
    print(banner(server), flush=True)  # noqa: T201 - the user asked for it
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.listener.run_here()
    finally:
        server.rules.store.close()
    failure = server.listener.failure
    if failure is not None and not isinstance(failure, KeyboardInterrupt | SystemExit):
        raise failure


def banner(server: RunningServer) -> str:
    """Say where a server is, its keys, and a line that pushes an event."""
    event = json.dumps({"title_rule": "cpu idle low than 20%", "event_status": "Warning", "alert_key": "try-1"})
    url = f"{server.push_url}?integration_key={quote(server.key, safe='')}"
    lines = [
        f"Push URL         {server.push_url}",
        f"Integration key  {server.key}",
        f"Second key       {server.second_key}",
        f"Read-back URL    {server.read_url}",
        f"App key          {server.app_key}",
        *([f"Limited key      {server.limited_key}"] if server.limited_key else []),
        *(f"Account          {code}={key}" for code, key in sorted(server.accounts.items())),
        *(f"Fault            {name}" for name in server.options.faults),
        *([f"Variant          {server.options.variant}"] if server.options.variant else []),
        "",
        f"curl -H 'Content-Type: application/json' {shlex.quote(url)} -d {shlex.quote(event)}",
    ]
    return "\n".join(lines)


def _prepare(options: ServerOptions, rules: Rules | None) -> RunningServer:
    options = replace(
        options,
        key=options.key or secrets.token_hex(16),
        second_key=options.second_key or secrets.token_hex(16),
        app_key=options.app_key or secrets.token_hex(16),
    )
    rules = rules if rules is not None else assemble(options)
    sock = _listen(options.port)
    try:
        store = Store(str(options.db), unique_active=rules.unique_active)
    except sqlite3.Error as error:
        sock.close()
        raise OSError(f"the store {options.db} cannot be opened: {error}") from error
    if options.visible_after:
        store.reveal_unversioned()
    rules.bind(options, store)
    return RunningServer(options, sock.getsockname()[1], rules, Listener(App(rules), sock))


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(2048)
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"port {port} of {HOST} cannot be used: {error.strerror}") from error
    return sock
