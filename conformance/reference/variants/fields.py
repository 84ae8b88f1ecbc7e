"""Other answers about single fields: refused, left out or taken; must not refuse what the document allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange, Image


class RefusesBlankTitle(Rules):
    """A title that is empty or white space only is refused."""

    def title_accepted(self, ctx: Exchange, text: str) -> bool:
        """Want something to read."""
        return text.strip() != ""


class TakesEmptyTitle(Rules):
    """An empty title is accepted."""

    def title_accepted(self, ctx: Exchange, text: str) -> bool:
        """Take any."""
        return True


class RefusesTitleInstead(Rules):
    """`title` does not stand in for `title_rule`."""

    def title_in_its_place(self, ctx: Exchange, document: dict[str, Any]) -> Any:
        """Take nothing instead."""
        return None


class RefusesEmptyKey(Rules):
    """An alert_key that is there must say something: empty and null are refused."""

    def empty_key(self, ctx: Exchange, document: dict[str, Any], value: str | None) -> str | None:
        """Refuse a key that is there and empty."""
        if "alert_key" in document:
            self.invalid(ctx, "alert_key must not be empty")
        return None


class RefusesNull(Rules):
    """Null in an optional field is refused, in a label too."""

    def null_value(self, ctx: Exchange, field: str) -> None:
        """Refuse null."""
        self.invalid(ctx, f"{field} must not be null")

    def null_label(self, ctx: Exchange, name: str) -> tuple[str, Any] | None:
        """Refuse a null label."""
        return self.invalid(ctx, f"label {name[:128]} must not be null")


class LeavesOutWrongTypes(Rules):
    """What has a wrong type in an optional field is left out, and the event accepted."""

    def key_of_wrong_type(self, ctx: Exchange, value: Any) -> str | None:
        """Do as if there was no key."""
        return None

    def description_of_wrong_type(self, ctx: Exchange, value: Any) -> str | None:
        """Do as if there was no description."""
        return None

    def labels_of_wrong_type(self, ctx: Exchange, value: Any) -> dict[str, Any] | None:
        """Do as if there were no labels."""
        return None

    def label_of_wrong_type(self, ctx: Exchange, name: str, value: Any) -> tuple[str, Any] | None:
        """Leave the label out."""
        return None

    def images_of_wrong_type(self, ctx: Exchange, value: Any) -> list[Image] | None:
        """Do as if there were no images."""
        return None

    def image_of_wrong_type(self, ctx: Exchange, item: Any) -> Image | None:
        """Leave the image out."""
        return None

    def image_text_of_wrong_type(self, ctx: Exchange, field: str, value: Any) -> str:
        """Leave the text out."""
        return ""


class LeavesOutAllLabels(Rules):
    """One label value of a wrong type costs all labels: the part that offends is the map."""

    def read_labels(self, ctx: Exchange, document: dict[str, Any]) -> dict[str, Any] | None:
        """Look at the values first."""
        value = document.get("labels")
        if isinstance(value, dict) and not all(isinstance(text, str | None) for text in value.values()):
            return {}
        return super().read_labels(ctx, document)
