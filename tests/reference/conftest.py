"""Starts reference servers for their own tests, and stops them; it must not know the checking side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reference_client import Client

from conformance.reference.options import ServerOptions
from conformance.reference.server import start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.reference.rules import Rules


@pytest.fixture
def run() -> Iterator[Callable[..., Client]]:
    """Give a function that starts a server with options and gives a client of it."""
    clients: list[Client] = []

    def begin(rules: Rules | None = None, **options: Any) -> Client:
        client = Client(start(ServerOptions(**options), rules))
        clients.append(client)
        return client

    yield begin
    for client in clients:
        client.session.close()
        client.server.close()


@pytest.fixture
def client(run: Callable[..., Client]) -> Client:
    """Give a client of the plain server."""
    return run()
