"""A client and an observer for what is done beside a run, such as cleaning up; sends nothing itself."""

from __future__ import annotations

from conformance.observe.base import Observer
from conformance.plugin.settings import Settings, UsageError
from conformance.plugin.watching import build_observer
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

_VENDOR_SHARE = (50.0, 500.0)  # half of what the vendor publishes: pushes a second, pushes a minute


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
    rate, minute = (None, None) if target.is_loopback else _VENDOR_SHARE
    pacer = Pacer(settings.max_rate or rate, settings.max_per_minute or minute)
    client = Client(target, Redactor(target.secrets), pacer, on_exchange=lambda _: None)
    return client, build_observer(settings, target, client)
