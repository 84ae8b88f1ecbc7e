"""Payload/images: the list of images, taken or kept wrongly; must not know the members of one image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, wrong
from conformance.reference.records import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Payload/images"


def _images(change: Callable[[list[Image]], list[Image]]) -> Callable[[Call], Any]:
    """Change the images that were read, if there are any."""

    def read(call: Call) -> Any:
        images = call.plain()
        return change(images) if images else images

    return read


def _sent(call: Call) -> Any:
    return call.ctx.document.get("images")


def _one_per(key: Callable[[Image], str]) -> Callable[[Call], Any]:
    return _images(lambda images: list({key(image): image for image in images}.values()))


def _texts_shifted(images: list[Image]) -> list[Image]:
    """Give each image the alt of the next."""
    return [
        Image(other.alt, image.src, image.href) for image, other in zip(images, images[1:] + images[:1], strict=True)
    ]


def _all_or_nothing(call: Call) -> Any:
    images, sent = call.plain(), _sent(call)
    return [] if images and len(images) < len(sent) else images


def _known_members(call: Call) -> Any:
    if isinstance(call.value, dict) and set(call.value) - {"alt", "src", "href"}:
        call.refuse("an image has a member that is not known")
    return call.plain()


def _when(condition: Callable[[dict[str, Any]], bool]) -> Callable[[Call], Any]:
    """Lose the images of some events."""
    return lambda call: [] if condition(call.ctx.document) else call.plain()


wrong(
    "images-first-only",
    ROW,
    "Of several images only the first is kept.",
    read_images=_images(lambda images: images[:1]),
)
wrong(
    "images-two-at-most",
    ROW,
    "Of several images only the first two are kept.",
    hard=True,
    read_images=_images(lambda images: images[:2]),
)
wrong(
    "images-empty-refused",
    ROW,
    "An event with an empty array of images is refused.",
    read_images=lambda call: call.refuse("images must not be empty") if _sent(call) == [] else call.plain(),
)
wrong(
    "images-required",
    ROW,
    "An event without images is refused.",
    read_images=lambda call: call.plain() if "images" in call.ctx.document else call.refuse("images is required"),
)
wrong(
    "images-object-500",
    ROW,
    "Images that are an object or a string are answered with 500.",
    images_of_wrong_type=breaks,
)
wrong("image-null-500", ROW, "An image that is null is answered with 500.", hard=True, image_of_wrong_type=breaks)
wrong(
    "images-single-object-taken",
    ROW,
    "An image that is sent without the array around it is taken.",
    level="should",
    images_of_wrong_type=lambda call: (
        call.rules.read_images(call.ctx, {"images": [call.value]}) if isinstance(call.value, dict) else call.plain()
    ),
)
wrong(
    "images-all-lost-with-a-bad-one",
    ROW,
    "If one image has no usable src, the good ones are dropped with it.",
    hard=True,
    distinct_images=_all_or_nothing,
)
wrong(
    "images-merged-across-case-of-alt",
    ROW,
    "Of images whose alt differs in case only one is kept.",
    hard=True,
    read_images=_one_per(lambda image: image.alt.lower()),
)
wrong(
    "images-get-each-others-alt",
    ROW,
    "Of several images each gets the alt of the next.",
    hard=True,
    read_images=_images(_texts_shifted),
)
wrong(
    "images-lost-without-labels",
    ROW,
    "The images of an event without labels are not stored.",
    hard=True,
    read_images=_when(lambda document: not document.get("labels")),
)
wrong(
    "images-lost-with-a-long-description",
    ROW,
    "The images of an event whose description is over-long are not stored.",
    hard=True,
    read_images=_when(lambda document: len(str(document.get("description", ""))) > 2048),
)
