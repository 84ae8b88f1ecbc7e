"""Other forms of the read-back: order, pages, absent fields; must show every alert that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Alert, Exchange, Image


class OldestFirst(Rules):
    """The read-back begins with the oldest."""

    order = "seq ASC"


class OrderedByKey(Rules):
    """The read-back is sorted by key and id."""

    order = "alert_key, alert_id"


class Shuffled(Rules):
    """The read-back has an order that nobody can tell, the same each time; images and labels turn round."""

    order = "(seq * 7919) % 1009, seq"

    def item_images(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the last image first."""
        return list(reversed(super().item_images(ctx, alert)))

    def item_labels(self, ctx: Exchange, alert: Alert) -> Any:
        """Show the last label first."""
        return dict(reversed(super().item_labels(ctx, alert).items()))


class ShortPages(Rules):
    """A page has 7 alerts at most, whatever the reader asks for."""

    highest_limit = 100

    def page_limit(self, ctx: Exchange, query: dict[str, Any]) -> int:
        """Cap it."""
        return min(7, super().page_limit(ctx, query))


class IgnoresPageNumber(Rules):
    """`p` is ignored, so that only the cursor leads on."""

    def start_of_page(self, ctx: Exchange, page: int, limit: int) -> int:
        """Begin at the beginning."""
        return 0


class IgnoresCursor(Rules):
    """`search_after_ctx` is ignored and not given out, so that only `p` leads on."""

    def page_start(self, ctx: Exchange, query: dict[str, Any], numbers: list[int], limit: int) -> int:
        """Count pages, whatever else is asked."""
        return super().page_start(ctx, {**query, "search_after_ctx": None}, numbers, limit)

    def cursor_after(self, ctx: Exchange, page: list[int], *, more: bool) -> str:
        """Give none out."""
        return ""


class LeavesOutEmpty(Rules):
    """A field that is empty is left out of the read-back, in images too."""

    def item(self, ctx: Exchange, alert: Alert) -> dict[str, Any]:
        """Show what there is."""
        return {name: value for name, value in super().item(ctx, alert).items() if value not in ("", {}, [])}

    def item_image(self, ctx: Exchange, image: Image) -> dict[str, Any]:
        """Show what there is."""
        return {name: value for name, value in super().item_image(ctx, image).items() if value}


class ShowsNull(Rules):
    """A field that is empty is shown as null, in images too."""

    def item(self, ctx: Exchange, alert: Alert) -> dict[str, Any]:
        """Put null in its place."""
        return {name: None if value in ("", {}, []) else value for name, value in super().item(ctx, alert).items()}

    def item_image(self, ctx: Exchange, image: Image) -> dict[str, Any]:
        """Put null in its place."""
        return {name: value or None for name, value in super().item_image(ctx, image).items()}


class HidesTitleRule(Rules):
    """The read-back shows the rendered title only."""

    def item(self, ctx: Exchange, alert: Alert) -> dict[str, Any]:
        """Leave the rule out."""
        item = super().item(ctx, alert)
        del item["title_rule"]
        return item
