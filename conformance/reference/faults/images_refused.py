"""Rows Payload/images and Image/src: events refused for images that are fine; must not know what is kept of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

IMAGES = "Payload/images"
SRC = "Image/src"


def _count_refused(when: Callable[[int], bool]) -> Callable[[Call], Any]:
    """Refuse some numbers of images."""

    def read(call: Call) -> Any:
        images = call.value.get("images")
        if isinstance(images, list) and when(len(images)):
            call.refuse("the number of images is not valid")
        return call.plain()

    return read


def _src_refused(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    """Refuse sources of some form."""

    def read(call: Call) -> Any:
        src = call.value.get("src")
        if isinstance(src, str) and when(src):
            call.refuse("src of an image is not valid")
        return call.plain()

    return read


def _long_src_alone_refused(call: Call) -> Any:
    """Find no image left where an over-long src was discarded, and refuse the event for that."""
    sent = call.ctx.document.get("images") or ()
    if not call.value and any(isinstance(item, dict) and len(str(item.get("src"))) > 256 for item in sent):
        call.refuse("images must not be empty")
    return call.plain()


# Payload/images

wrong(
    "images-several-refused",
    IMAGES,
    "An event with more than one image is refused.",
    read_images=_count_refused(lambda count: count > 1),
)
wrong(
    "images-single-refused",
    IMAGES,
    "An event with exactly one image is refused.",
    read_images=_count_refused(lambda count: count == 1),
)

# Image/src

wrong(
    "src-http-refused",
    SRC,
    "An event with a src of http: is refused, one with https: is not.",
    read_src=_src_refused(lambda src: src.lower().startswith("http:")),
)
wrong(
    "src-of-256-refused",
    SRC,
    "An event with a src of exactly 256 characters is refused.",
    hard=True,
    read_src=_src_refused(lambda src: len(src) == 256),
)
wrong(
    "src-with-capitals-refused",
    SRC,
    "An event with a src that holds a capital letter is refused.",
    hard=True,
    read_src=_src_refused(lambda src: src != src.lower()),
)
wrong(
    "src-too-long-alone-refused",
    SRC,
    "An event whose only image has an over-long src is refused.",
    distinct_images=_long_src_alone_refused,
)
