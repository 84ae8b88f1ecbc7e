"""Builds the observers that the options ask for; reads nothing itself."""

from __future__ import annotations

from conformance.observe.agree import Agreement
from conformance.observe.base import Observer
from conformance.observe.custom import load
from conformance.observe.openapi import OpenApiObserver
from conformance.observe.webhook import WebhookObserver
from conformance.plugin.settings import Settings, UsageError
from conformance.wire.client import Client
from conformance.wire.redact import Redactor
from conformance.wire.target import Target


def build_observer(
    settings: Settings, target: Target, client: Client, redactor: Redactor | None = None
) -> Observer | None:
    """The observer of a run: none, one, or several that must agree.  Raises UsageError for what cannot be built."""
    made: list[Observer] = []
    for name in settings.observers:
        observer = _build(name, settings, target, client, redactor)
        if observer is not None:
            made.append(observer)
    if len(made) > 1:
        return Agreement(made, patience=settings.observe_timeout)
    return made[0] if made else None


def _build(name: str, settings: Settings, target: Target, client: Client, redactor: Redactor | None) -> Observer | None:
    if name == "none" or (name == "auto" and not target.app_key):
        return None
    if name in ("auto", "openapi"):
        if not target.app_key:
            raise UsageError("--observer openapi needs --app-key KEY, or CONFORMANCE_APP_KEY in the environment")
        return OpenApiObserver(client)
    try:
        if name == "webhook":
            if not settings.webhook_listen:
                raise UsageError(
                    "--observer webhook needs --webhook-listen HOST:PORT, where the target sends its webhook"
                )
            return WebhookObserver(settings.webhook_listen, redactor=redactor)
        return load(name, redactor)
    except (ValueError, OSError) as error:
        raise UsageError(f"--observer {name}: {error}") from None


def observer_name(observer: Observer | None) -> str:
    """The name for reports; ``none`` where there is no observer."""
    return "none" if observer is None else observer.name
