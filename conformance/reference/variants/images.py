"""Other answers about images; must keep plain links, and never a source that is over-long or of another scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.records import Image
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange


class KeepsEqualAlt(Rules):
    """Images of equal alt are all kept."""

    def distinct_images(self, ctx: Exchange, images: list[Image]) -> list[Image]:
        """Keep all."""
        return images


class KeepsLastOfEqualAlt(Rules):
    """Of images of equal alt the last is kept."""

    def distinct_images(self, ctx: Exchange, images: list[Image]) -> list[Image]:
        """Let the later one take the place."""
        return list({image.alt: image for image in images}.values())


class DropsImageKeys(Rules):
    """An image_key that nobody uploaded is dropped with its image."""

    def image_key(self, ctx: Exchange, src: str) -> str | None:
        """Nobody uploads anything here."""
        return None


class RefusesImageKeys(Rules):
    """An image_key that nobody uploaded, and a source of an unusual form, are refused."""

    def image_key(self, ctx: Exchange, src: str) -> str | None:
        """Refuse a key that is not known."""
        return self.invalid(ctx, "src is not the key of an uploaded image")

    def unusual_src(self, ctx: Exchange, src: str) -> str | None:
        """Refuse an unusual form."""
        return self.invalid(ctx, "src is not a link")


class KeepsUnusualSources(Rules):
    """A source of an unusual form that hides no scheme is kept as it is."""

    def unusual_src(self, ctx: Exchange, src: str) -> str | None:
        """Keep it."""
        return src


class KeepsImageWithoutSrc(Rules):
    """An image without a usable source is kept, its src empty."""

    def image_without_src(self, ctx: Exchange, alt: str, href: str) -> Image | None:
        """Keep the rest of it."""
        return Image(alt, "", href)


class RefusesImageWithoutSrc(Rules):
    """An image without a source, or with one of another scheme, is refused; an over-long one is left out."""

    def missing_src(self, ctx: Exchange, value: Any) -> str | None:
        """Refuse an image that has no source."""
        return self.invalid(ctx, "src of an image is required")

    def src_of_other_scheme(self, ctx: Exchange, src: str) -> str | None:
        """Refuse another scheme."""
        return self.invalid(ctx, "src of an image must begin with http or https")
