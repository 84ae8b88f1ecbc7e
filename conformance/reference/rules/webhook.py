"""The vendor's outgoing alert webhook: what is told and how often; must not know how it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.rules.http import HttpRules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.records import Alert, Exchange


class WebhookRules(HttpRules):
    """Tells the webhook's address of every change."""

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[dict[str, Any]], None] | None = None  # set by the server if there is a webhook

    def changed(self, ctx: Exchange, alert: Alert, change: str) -> None:
        """Tell of a change."""
        if self.tell is not None and change:
            for message in self.webhook_messages(ctx, alert, change):
                self.tell(message)

    def webhook_messages(self, ctx: Exchange, alert: Alert, change: str) -> list[dict[str, Any]]:
        """Give the messages for one change: one (the vendor may repeat, and mix the order)."""
        return [self.webhook_message(ctx, alert, change)]

    def webhook_message(self, ctx: Exchange, alert: Alert, change: str) -> dict[str, Any]:
        """Give the message for one change."""
        return {
            "event_time": int(self.now() * 1000),
            "event_type": change,
            "event_id": self.random_hex(32),
            "alert": self.webhook_alert(ctx, alert),
        }

    def webhook_alert(self, ctx: Exchange, alert: Alert) -> dict[str, Any]:
        """Show the alert as the read-back does, with its progress."""
        return {**self.item(ctx, alert), "progress": "Triggered" if alert.active else "Closed"}
