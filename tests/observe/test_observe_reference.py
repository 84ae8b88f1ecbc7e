"""All observers together, each against the embedded server: what was pushed is what they show."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.scenario import Push, encode
from conformance.observe import Agreement, OpenApiObserver, WebhookObserver, load
from conformance.reference.options import ServerOptions
from conformance.reference.server import start
from conformance.reference.variants import all_variants
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Note, Reading
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.observe import Observer


@contextlib.contextmanager
def served(**options: Any) -> Iterator[Client]:
    """Start the embedded server and give a client for it."""
    with start(ServerOptions(**options)) as server:
        target = Target.from_options(server.push_url, server.key, app_key=server.app_key, read_url=server.read_url)
        client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
        yield client
        client.close()


def push(client: Client, key: str, status: str = "Info", **fields: Any) -> None:
    """Push one event that must be accepted."""
    body = encode({"title_rule": f"title of {key}", "event_status": status, "alert_key": key, **fields})
    exchange = client.push(Push(body), Note())
    assert exchange.reply is not None
    assert exchange.reply.status == 200, exchange.reply


def eventually(observer: Observer, keys: list[str], count: int) -> Reading:
    """Read until so many alerts are shown, for three seconds at most."""
    until = time.monotonic() + 3
    while True:
        reading = observer.read(keys)
        if len(reading.alerts) >= count or reading.problem or time.monotonic() > until:
            return reading
        time.sleep(0.02)


@pytest.mark.parametrize("variant", ["", *all_variants()])
def test_every_variant_of_the_read_back_is_read_completely(variant: str) -> None:
    """Order, page length and the way to the next page are the server's own business."""
    keys = [f"key-{number}" for number in range(60)]
    with served(variant=variant) as client:
        for key in keys:
            push(client, key)
            push(client, key, "Ok")
            push(client, key, "Critical")
        observer = OpenApiObserver(client)
        until = time.monotonic() + 5
        while True:
            reading = observer.read(keys)
            active = sorted(it["alert_key"] for it in reading.alerts if it["alert_status"] == "Critical")
            if active == sorted(keys) or time.monotonic() > until:
                break
            time.sleep(0.05)
    assert reading.problem is None
    assert active == sorted(keys)


@pytest.mark.parametrize("variant", ["", *all_variants()])
def test_the_open_api_webhooks_and_the_database_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    """Three ways to look at the same store show the same alerts, sooner or later."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "docs" / "examples"))
    monkeypatch.setenv("ALERTS_DB", str(tmp_path / "alerts.sqlite"))
    webhook = WebhookObserver("127.0.0.1:0")
    with served(db=tmp_path / "alerts.sqlite", webhook=webhook.url, variant=variant) as client:
        observer = Agreement([OpenApiObserver(client), webhook, load("sql_observer:observer")], patience=5)
        push(client, "a", "Warning", description="d", labels={"x": "y"})
        push(client, "a", "Critical", description="e")
        push(client, "b")
        push(client, "b", "Ok")
        reading = eventually(observer, ["a", "b", "c"], 2)
        observer.close()
    assert reading.problem is None
    found = {it["alert_key"]: it["alert_status"] for it in reading.alerts}
    assert found == {"a": "Critical", "b": "Ok"}
    assert observer.name == "openapi+webhook+sql"


def test_the_example_shows_alerts_as_the_open_api_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels and images are values, not JSON in text; and a missing database is told with what to set."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "docs" / "examples"))
    monkeypatch.setenv("ALERTS_DB", str(tmp_path / "alerts.sqlite"))
    observer = load("sql_observer:observer")
    assert "set ALERTS_DB" in (observer.read(["a"]).problem or "")
    with served(db=tmp_path / "alerts.sqlite") as client:
        push(client, "a", labels={"x": "y"}, images=[{"alt": "p", "src": "http://example.com/s.png"}])
        (alert,) = observer.read(["a", "b"]).alerts
        (listed,) = OpenApiObserver(client).read(["a"]).alerts
    assert alert == {name: value for name, value in listed.items() if name in alert}
    assert alert["images"] == [{"alt": "p", "src": "http://example.com/s.png", "href": ""}]


def test_a_wrong_app_key_is_said_to_be_wrong() -> None:
    """The most common mistake of all has the clearest sentence."""
    with start(ServerOptions()) as server:
        target = Target.from_options(server.push_url, server.key, app_key="not-this-one", read_url=server.read_url)
        client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
        reading = OpenApiObserver(client).read(["a"])
        client.close()
    assert reading.problem == "the read-back refused the app key (401 'Unauthorized'): check --app-key"
