"""Table Image: which images are kept, and how; must not know other fields."""

from __future__ import annotations

import re
from typing import Any

from conformance.reference.records import Exchange, Image
from conformance.reference.rules.labels import LabelRules

LINK = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)
SCHEME = re.compile(r"[^/?#]*:", re.DOTALL)
BLANK_OR_CONTROL = re.compile(r"[\s\x00-\x20\x7f]")


class ImageRules(LabelRules):
    """The images of an event."""

    alt_limit = 128
    src_limit = 256
    href_limit = 256

    def read_images(self, ctx: Exchange, document: dict[str, Any]) -> list[Image] | None:
        """Give the images as they are kept, None if they were not sent."""
        value = document.get("images")
        if value is None:
            self.no_value(ctx, document, "images")
            return None
        if not isinstance(value, list):
            return self.images_of_wrong_type(ctx, value)
        images = [image for place, item in enumerate(value) if (image := self.read_image(ctx, place, item))]
        return self.distinct_images(ctx, images)

    def images_of_wrong_type(self, ctx: Exchange, value: Any) -> list[Image] | None:
        """Refuse images that are not an array (SHOULD: refused or left out)."""
        return self.invalid(ctx, "images must be an array of objects")

    def distinct_images(self, ctx: Exchange, images: list[Image]) -> list[Image]:
        """Keep one image of each alt, the first (open; the vendor does)."""
        by_alt: dict[str, Image] = {}
        for image in images:
            by_alt.setdefault(image.alt, image)
        return list(by_alt.values())

    def read_image(self, ctx: Exchange, place: int, item: Any) -> Image | None:
        """Give one image as it is kept, None to leave it out."""
        if not isinstance(item, dict):
            return self.image_of_wrong_type(ctx, item)
        alt = self.read_alt(ctx, item)
        href = self.read_href(ctx, item)
        src = self.read_src(ctx, item)
        if src is None:
            return self.image_without_src(ctx, alt, href)
        return Image(alt, src, href)

    def image_of_wrong_type(self, ctx: Exchange, item: Any) -> Image | None:
        """Refuse an image that is not an object (SHOULD: refused or left out)."""
        return self.invalid(ctx, "each of images must be an object")

    # Image/alt and Image/href

    def read_alt(self, ctx: Exchange, item: dict[str, Any]) -> str:
        """Give the alternative text as it is kept, empty if there is none."""
        text = self.image_text(ctx, item, "alt")
        return self.cut_alt(ctx, self.tidy(ctx, "alt", text))

    def read_href(self, ctx: Exchange, item: dict[str, Any]) -> str:
        """Give the link as it is kept, empty if there is none."""
        text = self.image_text(ctx, item, "href")
        return self.cut_href(ctx, self.tidy(ctx, "href", text))

    def image_text(self, ctx: Exchange, item: dict[str, Any], field: str) -> str:
        """Give an optional text of an image; null counts as absent (open)."""
        value = item.get(field)
        if value is None:
            self.no_value(ctx, item, field)
            return ""
        return value if isinstance(value, str) else self.image_text_of_wrong_type(ctx, field, value)

    def image_text_of_wrong_type(self, ctx: Exchange, field: str, value: Any) -> str:
        """Refuse a text of an image that is not a string (SHOULD: refused or left out)."""
        return self.invalid(ctx, f"{field} of an image must be a string")

    def cut_alt(self, ctx: Exchange, text: str) -> str:
        """Cut the alternative text to its limit."""
        return self.cut(ctx, text, self.alt_limit)

    def cut_href(self, ctx: Exchange, text: str) -> str:
        """Cut the link to its limit."""
        return self.cut(ctx, text, self.href_limit)

    # Image/src

    def read_src(self, ctx: Exchange, item: dict[str, Any]) -> str | None:
        """Give the source as it is kept, None if there is none that may be."""
        value = item.get("src")
        if not isinstance(value, str) or value == "":
            return self.missing_src(ctx, value)
        if not self.src_fits(ctx, value):
            return self.src_too_long(ctx, value)
        if self.src_is_link(ctx, value):
            return value
        if self.src_has_scheme(ctx, value):
            return self.src_of_other_scheme(ctx, value)
        if self.src_is_unusual(ctx, value):
            return self.unusual_src(ctx, value)
        return self.image_key(ctx, value)

    def missing_src(self, ctx: Exchange, value: Any) -> str | None:
        """Do without a source that is absent, empty or not a string."""
        return None

    def src_fits(self, ctx: Exchange, src: str) -> bool:
        """Tell whether a source is within its limit."""
        return self.length(ctx, src) <= self.src_limit

    def src_too_long(self, ctx: Exchange, src: str) -> str | None:
        """Discard a source beyond its limit; the event is accepted all the same."""
        return None

    def src_is_link(self, ctx: Exchange, src: str) -> bool:
        """Tell whether a source is a plain http or https link."""
        return LINK.fullmatch(src) is not None

    def src_has_scheme(self, ctx: Exchange, src: str) -> bool:
        """Tell whether a source is a URL of a scheme; blanks and controls do not hide it from a browser, nor here."""
        return SCHEME.match(BLANK_OR_CONTROL.sub("", src)) is not None

    def src_of_other_scheme(self, ctx: Exchange, src: str) -> str | None:
        """Discard a source of a scheme other than http and https."""
        return None

    def src_is_unusual(self, ctx: Exchange, src: str) -> bool:
        """Tell whether a source looks like neither a link nor an image_key."""
        return BLANK_OR_CONTROL.search(src) is not None or src.startswith("/")

    def unusual_src(self, ctx: Exchange, src: str) -> str | None:
        """Discard a source of an unusual form (open)."""
        return None

    def image_key(self, ctx: Exchange, src: str) -> str | None:
        """Keep an image_key, whether or not somebody uploaded it (open)."""
        return src

    def image_without_src(self, ctx: Exchange, alt: str, href: str) -> Image | None:
        """Leave out an image that has no source."""
        return None
