"""The vendor's read-back, POST /alert/list; must not change any alert."""

from __future__ import annotations

import base64
from typing import Any

from conformance.reference.records import Alert, Exchange, Image, Refusal, Reply
from conformance.reference.rules.lifecycle import LifecycleRules
from conformance.reference.store import Selection

DAYS_31 = 31 * 24 * 3600


class ReadbackRules(LifecycleRules):
    """Which alerts a reader gets, and how they are shown."""

    default_limit = 20
    highest_limit = 100
    order = "seq DESC"  # newest first; as SQL, for the store sorts

    def list_alerts(self, ctx: Exchange) -> Reply:
        """Answer a reader."""
        self.check_app_key(ctx)
        query = self.parse_body(ctx)
        wanted = self.selection(ctx, query)
        numbers = self.store.select(wanted)
        limit = self.page_limit(ctx, query)
        start = self.page_start(ctx, query, numbers, limit)
        page = numbers[start : start + limit]
        more = start + limit < len(numbers)
        alerts = [alert for alert in self.store.load(page, wanted) if self.is_shown(ctx, alert)]
        data = {
            "total": len(numbers),
            "has_next_page": more,
            "search_after_ctx": self.cursor_after(ctx, page, more=more),
            "items": [self.item(ctx, alert) for alert in alerts],
        }
        return self.reply(ctx, 200, {"request_id": ctx.request_id, "data": self.list_data(ctx, data)})

    def list_data(self, ctx: Exchange, data: dict[str, Any]) -> Any:
        """Give the `data` of a page."""
        return data

    def is_shown(self, ctx: Exchange, alert: Alert) -> bool:
        """Tell whether an alert of the page is shown at all."""
        return True

    # what is asked for

    def check_app_key(self, ctx: Exchange) -> None:
        """Refuse a reader without the app key."""
        given = [value for name, value in self.query_pairs(ctx) if name == "app_key"]
        if not given or given[0] != self.app_key:
            raise Refusal("Unauthorized", "app_key is missing or not a valid one")

    def selection(self, ctx: Exchange, query: dict[str, Any]) -> Selection:
        """Read the time window and the keys; both ends are required, 31 days at most."""
        start, end = self.whole_number(ctx, query, "start_time"), self.whole_number(ctx, query, "end_time")
        if start is None or end is None:
            self.invalid(ctx, "start_time and end_time are required")
        if end <= start or end - start > DAYS_31:
            self.invalid(ctx, "end_time must be after start_time, by 31 days at most")
        keys = query.get("alert_keys")
        if keys is not None and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
            self.invalid(ctx, "alert_keys must be an array of strings")
        forms = tuple(self.match_form(key) for key in keys) if keys else None
        return Selection(start, end, forms, self.order, self.seen_as_of(ctx))

    def seen_as_of(self, ctx: Exchange) -> float | None:
        """Give the time by the clock of visibility, None where everything is visible at once."""
        return self.now() if self.options.visible_after else None

    def whole_number(self, ctx: Exchange, query: dict[str, Any], name: str) -> int | None:
        """Read a whole number of the query, None if absent."""
        value = query.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**53) <= value <= 2**53:
            self.invalid(ctx, f"{name} must be a whole number")
        return value

    # pages

    def page_limit(self, ctx: Exchange, query: dict[str, Any]) -> int:
        """Give the length of a page."""
        limit = self.whole_number(ctx, query, "limit")
        if limit is None or limit == 0:
            return self.default_limit
        if not 0 < limit <= self.highest_limit:
            self.invalid(ctx, f"limit must be between 1 and {self.highest_limit}")
        return limit

    def page_start(self, ctx: Exchange, query: dict[str, Any], numbers: list[int], limit: int) -> int:
        """Give the place of the page's first alert: after the cursor, else by page number, from 1."""
        cursor = query.get("search_after_ctx")
        if isinstance(cursor, str) and cursor:
            return self.start_after(ctx, cursor, numbers)
        return self.start_of_page(ctx, self.whole_number(ctx, query, "p") or 1, limit)

    def start_of_page(self, ctx: Exchange, page: int, limit: int) -> int:
        """Give the place of a page's first alert."""
        if page < 1:
            self.invalid(ctx, "p must be 1 or more")
        return (page - 1) * limit

    def start_after(self, ctx: Exchange, cursor: str, numbers: list[int]) -> int:
        """Give the place after the cursor's alert."""
        try:
            last = int(base64.urlsafe_b64decode(cursor.encode()))
        except ValueError:
            self.invalid(ctx, "search_after_ctx is not one that was given out")
        return numbers.index(last) + 1 if last in numbers else len(numbers)

    def cursor_after(self, ctx: Exchange, page: list[int], *, more: bool) -> str:
        """Give the cursor after a page, empty at the end."""
        return base64.urlsafe_b64encode(str(page[-1]).encode()).decode() if page and more else ""

    # what is shown

    def item(self, ctx: Exchange, alert: Alert) -> dict[str, Any]:
        """Show an alert."""
        return {
            "alert_id": alert.alert_id,
            "integration_name": alert.integration,
            "alert_key": self.item_key(ctx, alert),
            "title": self.item_title(ctx, alert),
            "title_rule": self.item_title_rule(ctx, alert),
            "description": self.item_description(ctx, alert),
            "alert_severity": alert.alert_severity,
            "alert_status": self.item_status(ctx, alert),
            "start_time": alert.start_time,
            "last_time": alert.last_time,
            "end_time": alert.end_time,
            "labels": self.item_labels(ctx, alert),
            "images": self.item_images(ctx, alert),
            "event_cnt": alert.event_cnt,
            "created_at": alert.created_at,
            "updated_at": alert.updated_at,
        }

    def item_key(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the key."""
        return alert.alert_key

    def item_title(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the rendered title."""
        return alert.title

    def item_title_rule(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the title_rule."""
        return alert.title_rule

    def item_description(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the description."""
        return alert.description

    def item_status(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the latest event's status."""
        return alert.alert_status

    def item_labels(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the labels."""
        return alert.labels

    def item_images(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the images."""
        return [self.item_image(ctx, image) for image in alert.images]

    def item_image(self, ctx: Exchange, image: Image) -> dict[str, Any]:
        """Show one image."""
        return {"alt": image.alt, "src": image.src, "href": image.href}
