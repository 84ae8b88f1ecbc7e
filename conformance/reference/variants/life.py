"""Other answers about the life of an alert; must keep at most one active alert per key and follow the latest status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Alert, Event, Exchange, Image


class Reopens(Rules):
    """The next event after a recovery reopens the alert."""

    def alert_to_reopen(self, ctx: Exchange, event: Event) -> Alert | None:
        """Take the latest one of the key."""
        return self.find_closed(ctx, event) if event.alert_key is not None else None


class CountsRepeats(Rules):
    """An identical event is counted, and told."""

    def is_repeat(self, ctx: Exchange, alert: Alert, event: Event) -> bool:
        """No event is a repeat."""
        return False


class EmptiesAbsentFields(Rules):
    """An optional field that is absent from an update is emptied."""

    def update_description(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take what was sent, if only nothing."""
        alert.description = event.description or ""

    def update_labels(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take what was sent, if only nothing."""
        alert.labels = event.labels or {}

    def update_images(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take what was sent, if only nothing."""
        alert.images = event.images or []


class Merges(Rules):
    """Labels and images of an update join those that are there; the new ones come first, and count."""

    def merged_labels(self, ctx: Exchange, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """Keep old labels as far as there is room."""
        rest = [(name, value) for name, value in old.items() if name not in new]
        return {**new, **dict(rest[: max(0, self.label_count_limit - len(new))])}

    def merged_images(self, ctx: Exchange, old: list[Image], new: list[Image]) -> list[Image]:
        """Keep old images that have no newer one of their alt."""
        return self.distinct_images(ctx, [*new, *(image for image in old if image not in new)])


class RecoversStateOnly(Rules):
    """A recovery changes the state and nothing besides."""

    def recovered_fields(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Change nothing."""


class RecoversSeverity(Rules):
    """After a recovery the severity is Ok too."""

    def recovered_fields(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Set the severity as well."""
        super().recovered_fields(ctx, alert, event)
        alert.alert_severity = event.status


class FirstSeverity(Rules):
    """The severity of an alert is the one with which it was opened."""

    def update_severity(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Leave it as it was."""


class RefusesUnknownRecovery(Rules):
    """A recovery for a key that was never seen is refused; a second recovery of a known one is not."""

    def recover_unknown(self, ctx: Exchange, event: Event) -> None:
        """Refuse an unknown key."""
        if not self.store.has_key(self.owner(ctx), self.match_form(event.key)):
            self.refuse_recovery(ctx, event)


class StoresUnknownRecovery(Rules):
    """A recovery for a key without an active alert is stored: an alert that is closed from the first."""

    def recover_unknown(self, ctx: Exchange, event: Event) -> None:
        """Store what came, as recovered; a known alert only learns when."""
        closed = self.find_closed(ctx, event)
        if closed is None:
            alert = self.new_alert(ctx, event)
            self.close_alert(ctx, alert, event)
            self.save_new(ctx, alert, "")
        else:
            self.update_times(ctx, closed)
            self.count_event(ctx, closed)
            self.save_changed(ctx, closed, "")
