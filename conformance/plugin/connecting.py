"""A client and an observer for what is done beside a run, such as cleaning up; sends nothing itself."""

from __future__ import annotations

from conformance.observe.base import Observer
from conformance.plugin.pacing import pacer_for
from conformance.plugin.settings import Settings, UsageError
from conformance.plugin.watching import build_observer
from conformance.wire.client import Client
from conformance.wire.redact import Redactor
from conformance.wire.target import Target


def connect(settings: Settings) -> tuple[Client, Observer | None]:
    """A paced client to the target of the settings, and its observer.  Raises UsageError with the sentence to show."""
    try:
        target = Target.from_options(
            settings.target_url or "",
            settings.integration_key,
            second_key=settings.second_key,
            app_key=settings.app_key,
            accounts=settings.accounts,
            read_url=settings.read_url,
            headers=settings.headers,
            proxy=settings.proxy,
            ca_bundle=settings.ca_bundle,
            insecure=settings.insecure,
            exchange_timeout=settings.exchange_timeout,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    if target.is_vendor_production and not settings.allow_production:
        raise UsageError(
            "the target is the vendor's production service: nothing was sent; give --allow-production if that is meant"
        )
    redactor = Redactor(target.secrets)
    client = Client(target, redactor, pacer_for(settings, target), on_exchange=lambda _: None)
    return client, build_observer(settings, target, client, redactor)
