"""Joins the embedded server to a run, through what the server offers; knows nothing of checks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from conformance.contract import load
from conformance.plugin.settings import Settings, UsageError
from conformance.reference.assembly import UnknownNameError
from conformance.reference.options import ServerOptions
from conformance.reference.server import RunningServer, start

_RATE, _PROBE = 1, 4  # pushes a second that the limited integration is allowed, and how many the run sends at once
#: The name under which the key of the limited integration stands among the accounts.
LIMITED = "Limited"


@cache
def _made_up(name: str) -> str:
    """Make up a key, once in a process: a matrix runs hundreds of servers, and keys cost time to recognise."""
    return secrets.token_hex(16)


@dataclass
class Embedded:
    """The embedded server as a target with every optional means: an account for each code, a rate to go over."""

    server: RunningServer
    push_url: str
    read_url: str
    key: str
    second_key: str
    app_key: str
    accounts: Mapping[str, str]
    rate_probe: int = _PROBE

    def close(self) -> None:
        """Stop the server."""
        self.server.close()


def embed(settings: Settings) -> Embedded:
    """Start the server that the settings ask for.  Raises UsageError for an unknown fault or variant."""
    accounts = {code: _made_up(code) for code in load().account_codes}
    limited = _made_up(LIMITED)
    try:
        options = ServerOptions(
            key=_made_up("main"),
            second_key=_made_up("second"),
            app_key=_made_up("app"),
            accounts=accounts,
            limited_key=limited,
            rate=_RATE,
            faults=(settings.fault,) if settings.fault else (),
            variant=settings.variant or "",
            latency=settings.latency,
            visible_after=settings.visible_after,
        )
        server = start(options)
    except UnknownNameError as error:
        raise UsageError(f"--{error.kind}: {error}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    return Embedded(
        server,
        server.push_url,
        server.read_url,
        server.key,
        server.second_key,
        server.app_key,
        {**accounts, LIMITED: limited},
    )
