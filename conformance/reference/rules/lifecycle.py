"""What an event does to the alerts: trigger, update, recovery; must not know HTTP, nor how a field was validated."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.reference.records import Alert, Event, Exchange, Image, Refusal
from conformance.reference.rules.titles import TitleRules

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class LifecycleRules(TitleRules):
    """The rows Payload/event_status and Payload/alert_key, as far as they are about stored alerts."""

    # the frame

    def guard(self, ctx: Exchange) -> AbstractAsyncContextManager[Any]:
        """Give what keeps two pushes apart; nothing is needed while no rule waits between looking and storing."""
        return contextlib.nullcontext()

    async def before_store(self, ctx: Exchange) -> None:
        """Wait between looking for the alert and storing it: never (a fault may, and has its race)."""

    async def apply(self, ctx: Exchange, event: Event) -> None:
        """Do to the alerts what the event says."""
        event.key = event.alert_key if event.alert_key is not None else self.generated_key(ctx)
        active = self.find_active(ctx, event)
        if self.is_recovery(ctx, event.status):
            await self.before_store(ctx)
            if active is None:
                self.recover_unknown(ctx, event)
            else:
                self.recover(ctx, active, event)
            return
        closed = None if active else self.alert_to_reopen(ctx, event)
        await self.before_store(ctx)
        if active is not None:
            self.update(ctx, active, event)
        elif closed is not None:
            self.reopen(ctx, closed, event)
        else:
            self.open(ctx, event)

    # which alert

    def generated_key(self, ctx: Exchange) -> str:
        """Make up a key (22 characters, as in Example/success)."""
        return "".join(secrets.choice(BASE62) for _ in range(22))

    def match_form(self, key: str) -> str:
        """Give the form in which keys are compared: exactly as they are."""
        return key

    def owner(self, ctx: Exchange) -> str:
        """Give the integration whose alerts this push can reach."""
        return ctx.integration

    def find_active(self, ctx: Exchange, event: Event) -> Alert | None:
        """Find the active alert of the event's key."""
        if event.alert_key is None:
            return None
        return self.store.find(self.owner(ctx), self.match_form(event.key), active=True)

    def find_closed(self, ctx: Exchange, event: Event) -> Alert | None:
        """Find the latest recovered alert of the event's key."""
        return self.store.find(self.owner(ctx), self.match_form(event.key), active=False)

    def alert_to_reopen(self, ctx: Exchange, event: Event) -> Alert | None:
        """Give the recovered alert that the event reopens (open: none, another one of the same key is opened)."""
        return None

    # trigger

    def new_alert_id(self, ctx: Exchange) -> str:
        """Give the id of a new alert: 24 hexadecimal digits."""
        return self.random_hex(24)

    def new_alert(self, ctx: Exchange, event: Event) -> Alert:
        """Make an alert of an event; a field that was not sent is empty."""
        now = int(self.now())
        return Alert(
            alert_id=self.new_alert_id(ctx),
            integration=self.owner(ctx),
            match_key=self.match_form(event.key),
            alert_key=event.key,
            title=event.title,
            title_rule=event.title_rule,
            description=event.description or "",
            alert_severity=event.status,
            alert_status=event.status,
            start_time=now,
            last_time=now,
            labels=event.labels or {},
            images=event.images or [],
            event_cnt=1,
            created_at=now,
            updated_at=now,
        )

    def open(self, ctx: Exchange, event: Event) -> None:
        """Open a new alert."""
        self.save_new(ctx, self.new_alert(ctx, event), "a_new")

    def reopen(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Make a recovered alert active again."""
        alert.active = True
        alert.end_time = 0
        self.update(ctx, alert, event)

    # update

    def update(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Bring an active alert up to date, field by field."""
        repeated = self.is_repeat(ctx, alert, event)
        self.update_status(ctx, alert, event)
        self.update_severity(ctx, alert, event)
        self.update_fields(ctx, alert, event)
        if not repeated:
            self.count_event(ctx, alert)
        self.update_times(ctx, alert)
        self.save_changed(ctx, alert, "" if repeated else "a_update")

    def is_repeat(self, ctx: Exchange, alert: Alert, event: Event) -> bool:
        """Tell whether status, title and description are the alert's last (open; the vendor discards such an event)."""
        description = alert.description if event.description is None else event.description
        return (event.status, event.title, description) == (alert.alert_status, alert.title, alert.description)

    def update_fields(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Bring the fields up to date that are not the state."""
        self.update_title(ctx, alert, event)
        self.update_description(ctx, alert, event)
        self.update_labels(ctx, alert, event)
        self.update_images(ctx, alert, event)

    def update_status(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Follow the latest event's status."""
        alert.alert_status = event.status

    def update_severity(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Follow the latest status that is no recovery (open)."""
        alert.alert_severity = event.status

    def update_title(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take the title sent with an update (SHOULD)."""
        alert.title_rule = event.title_rule
        alert.title = event.title

    def update_description(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take a description sent with an update; keep the old one otherwise (open)."""
        if event.description is not None:
            alert.description = event.description

    def update_labels(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take the labels sent with an update (SHOULD); keep the old ones otherwise (open)."""
        if event.labels is not None:
            alert.labels = self.merged_labels(ctx, alert.labels, event.labels)

    def merged_labels(self, ctx: Exchange, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """Put new labels in place of the old (open)."""
        return new

    def update_images(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take the images sent with an update; keep the old ones otherwise (open)."""
        if event.images is not None:
            alert.images = self.merged_images(ctx, alert.images, event.images)

    def merged_images(self, ctx: Exchange, old: list[Image], new: list[Image]) -> list[Image]:
        """Put new images in place of the old (open)."""
        return new

    def update_times(self, ctx: Exchange, alert: Alert) -> None:
        """Note when the latest event came."""
        alert.last_time = alert.updated_at = int(self.now())

    def count_event(self, ctx: Exchange, alert: Alert) -> None:
        """Count an event that says something new."""
        alert.event_cnt += 1

    # recovery

    def recover(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Close the alert of a key; it stays visible."""
        self.close_alert(ctx, alert, event)
        self.recovered_fields(ctx, alert, event)
        self.count_event(ctx, alert)
        self.update_times(ctx, alert)
        self.save_changed(ctx, alert, "a_close")

    def close_alert(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Make an alert recovered: status Ok, an end, no longer active."""
        alert.alert_status = event.status
        alert.active = False
        alert.end_time = int(self.now())

    def recovered_fields(self, ctx: Exchange, alert: Alert, event: Event) -> None:
        """Take what a recovery says besides (open: as an update does)."""
        self.update_fields(ctx, alert, event)

    def recover_unknown(self, ctx: Exchange, event: Event) -> None:
        """Accept a recovery for which there is no active alert; nothing comes of it (open where the key is unknown)."""

    def refuse_recovery(self, ctx: Exchange, event: Event) -> NoReturn:
        """Refuse a recovery of an alert that there is not."""
        raise Refusal("InvalidParameter", "there is no alert of this alert_key")

    # storing

    def save_new(self, ctx: Exchange, alert: Alert, change: str) -> None:
        """Store a new alert, and tell of it."""
        self.store.insert(alert, self.visible_at(ctx, alert))
        self.changed(ctx, alert, change)

    def save_changed(self, ctx: Exchange, alert: Alert, change: str) -> None:
        """Store the new state of an alert, and tell of it."""
        self.store.update(alert, self.visible_at(ctx, alert))
        self.changed(ctx, alert, change)

    def visible_at(self, ctx: Exchange, alert: Alert) -> float | None:
        """Give the time from which the read-back shows this state, None for at once."""
        return self.now() + self.options.visible_after if self.options.visible_after else None

    def changed(self, ctx: Exchange, alert: Alert, change: str) -> None:
        """Hear of a change: a_new, a_update, a_close, or empty for one that is not told."""
