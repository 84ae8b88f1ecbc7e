"""Other answers about time: when a stored alert is seen, and how webhooks arrive; must lose nothing."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Alert, Exchange


class SeenAfterAWhile(Rules):
    """An alert is seen up to a quarter of a second late, each in its own time, so that later ones overtake."""

    def visible_at(self, ctx: Exchange, alert: Alert) -> float | None:
        """Add a delay that is the same for all changes of an alert, which so stay in order."""
        return self.now() + self.options.visible_after + zlib.crc32(alert.alert_id.encode()) % 6 * 0.05

    def seen_as_of(self, ctx: Exchange) -> float | None:
        """Look at the clock of visibility always."""
        return self.now()


class RepeatsWebhooks(Rules):
    """Webhooks come twice, and out of order."""

    def changed(self, ctx: Exchange, alert: Alert, change: str) -> None:
        """Tell now and again, new alerts later than their updates."""
        if self.tell is not None and change:
            message = self.webhook_message(ctx, alert, change)
            self.tell_later(message, 0.15 if change == "a_new" else 0.05)
            self.tell_later(message, 0.2)

    def tell_later(self, message: dict[str, Any], seconds: float) -> None:
        """Tell after a while."""
        if self.tell is not None:
            asyncio.get_running_loop().call_later(seconds, self.tell, message)
