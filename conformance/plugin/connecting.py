"""Finds the target that the settings mean, and what speaks to it; refuses and warns, and sends nothing itself."""

from __future__ import annotations

from conformance.contract.files import swapped
from conformance.observe.base import Observer
from conformance.plugin.embedded import Embedded
from conformance.plugin.pacing import pacer_for
from conformance.plugin.settings import Settings, UsageError
from conformance.plugin.watching import build_observer
from conformance.wire.client import Client
from conformance.wire.redact import Redactor
from conformance.wire.target import Target


def target_of(settings: Settings, own: Embedded | None = None) -> Target:
    """The target of the settings, or the embedded server.  Raises UsageError with the sentence to show."""
    s = settings
    try:
        return Target.from_options(
            own.push_url if own else s.target_url or "",
            own.key if own else s.integration_key,
            second_key=own.second_key if own else s.second_key,
            app_key=own.app_key if own else s.app_key,
            accounts=own.accounts if own else s.accounts,
            read_url=own.read_url if own else s.read_url,
            headers=s.headers,
            proxy=s.proxy,
            ca_bundle=s.ca_bundle,
            insecure=s.insecure,
            exchange_timeout=s.exchange_timeout,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def allow(settings: Settings, target: Target) -> None:
    """Refuse the vendor's production service unless it is meant.  Raises UsageError with the sentence to show."""
    if target.is_vendor_production and not settings.allow_production:
        raise UsageError(
            "the target is the vendor's production service, where alerts page people: nothing was sent; "
            "use a test integration and give --allow-production if that is meant"
        )


def risks(settings: Settings, target: Target) -> list[str]:
    """What a user should know before anything is sent, a sentence each."""
    found = [told] if (told := swapped()) else []
    if target.push_url.startswith("http://") and not target.is_loopback:
        found.append("the integration key travels over plain HTTP to another machine: use https if it can")
    if settings.insecure:
        found.append("--insecure: certificates are not checked, so anyone on the way can read the key")
    if not target.is_loopback and not settings.max_severity:
        found.append("alerts may page people: --max-severity Info or Warning sends none above it")
    return found


def connect(settings: Settings) -> tuple[Client, Observer | None]:
    """A client and an observer for what is done beside a run, such as cleaning up.

    Raises UsageError with the sentence to show.
    """
    target = target_of(settings)
    allow(settings, target)
    redactor = Redactor(target.secrets)
    client = Client(target, redactor, pacer_for(settings, target), on_exchange=lambda _: None)
    return client, build_observer(settings, target, client, redactor)
