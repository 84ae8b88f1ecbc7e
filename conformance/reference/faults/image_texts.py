"""Rows Image/alt and Image/href: texts of images cut, kept and required wrongly; must not know how src is judged."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.reference.faults import texts
from conformance.reference.faults.making import breaks, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call


def _full_href_cut_without_alt(call: Call) -> Any:
    image = call.plain()
    if image is not None and not image.alt and len(image.href) == 256:
        return replace(image, href=image.href[:-1])
    return image


ALT = texts.Field("alt", "Image/alt", 128, "cut_alt", "alt")
HREF = texts.Field("href", "Image/href", 256, "cut_href", "href")


def _image_dropped(field: str, limit: int) -> Callable[[Call], Any]:
    """Drop an image one of whose texts is over-long."""

    def read(call: Call) -> Any:
        text = call.value.get(field) if isinstance(call.value, dict) else None
        return None if isinstance(text, str) and len(text) > limit else call.plain()

    return read


def _required(field: str) -> Callable[[Call], Any]:
    def read(call: Call) -> Any:
        if isinstance(call.value, dict) and field not in call.value:
            call.refuse(f"{field} of an image is required")
        return call.plain()

    return read


def _broken_without(field: str) -> Callable[[Call], Any]:
    return lambda call: breaks(call) if isinstance(call.value, dict) and field not in call.value else call.plain()


def _number_as_text(field: str) -> Callable[[Call], Any]:
    def read(call: Call) -> Any:
        name, value = call.args
        return str(value) if name == field and isinstance(value, int | float) else call.plain()

    return read


def _only_first_cut(field: str) -> Callable[[Call], Any]:
    """Cut a text of the first image only."""

    def read(call: Call) -> Any:
        place, item = call.args
        image = call.plain()
        if image is not None and place > 0 and isinstance(item.get(field), str):
            setattr(image, field, item[field])
        return image

    return read


def _file_name(call: Call) -> Any:
    image = call.plain()
    if image is not None and not image.alt:
        image.alt = image.src.rsplit("/", 1)[-1][:128]
    return image


# Image/alt

wrong("alt-cut-at-127", ALT.row, "An over-long alt is cut to 127 characters.", alt_limit=127)
ALT.cut_wrong("cut-at-128-bytes", "An {} is cut at 128 bytes of UTF-8.", texts.to_bytes)
ALT.cut_wrong("halves-a-pair", "An over-long {} is cut through a surrogate pair.", texts.halved_pair, hard=True)
ALT.cut_wrong("ends-in-ellipsis", "An over-long {} is cut to 127 characters and an ellipsis.", texts.with_ellipsis)
ALT.cut_wrong(
    "full-loses-last", "An {} of exactly 128 characters loses its last one.", texts.full_is_too_long, hard=True
)
ALT.refused("too-long-refused", "An event with an over-long {} is refused.", lambda text, limit: len(text) > limit)
ALT.kept_wrong("html-escaped", "An {} is stored with `&`, `<`, `>` and quotes as HTML entities.", html.escape)
ALT.kept_wrong(
    "joiners-stripped", "Joiners are dropped from an {}, so that emoji fall apart.", texts.no_joiner, hard=True
)
wrong(
    "alt-too-long-drops-the-image",
    ALT.row,
    "An image whose alt is over-long is dropped.",
    read_image=_image_dropped("alt", 128),
)
wrong(
    "alt-only-first-cut",
    ALT.row,
    "Of several over-long alts only the first is cut.",
    hard=True,
    read_image=_only_first_cut("alt"),
)
wrong("alt-required", ALT.row, "An event with an image without alt is refused.", read_image=_required("alt"))
wrong(
    "alt-is-the-file-name",
    ALT.row,
    "An image without alt gets the file name of its src.",
    hard=True,
    read_image=_file_name,
)

# Image/href


def _absolute(text: str) -> str:
    return text if "://" in text else ""


wrong("href-cut-at-255", HREF.row, "An over-long href is cut to 255 characters.", href_limit=255)
wrong("href-cut-at-257", HREF.row, "An over-long href is cut to 257 characters.", href_limit=257)
HREF.cut_wrong("never-cut", "An over-long {} is stored whole.", texts.uncut)
HREF.cut_wrong("dropped-if-too-long", "An over-long {} is dropped, as a src would be.", texts.emptied)
HREF.cut_wrong(
    "full-loses-last", "An {} of exactly 256 characters loses its last one.", texts.full_is_too_long, hard=True
)
HREF.refused("too-long-refused", "An event with an over-long {} is refused.", lambda text, limit: len(text) > limit)
HREF.kept_wrong("ampersand-escaped", "`&` in an {} is stored as `&amp;`.", lambda text: text.replace("&", "&amp;"))
HREF.kept_wrong("percent-decoded", "Percent-encoding in an {} is decoded.", unquote, hard=True)
HREF.kept_wrong("query-lost", "An {} ends at its question mark.", lambda text: text.split("?")[0])
HREF.kept_wrong("relative-dropped", "An {} without scheme and host is dropped.", _absolute, hard=True)
wrong(
    "href-too-long-drops-the-image",
    HREF.row,
    "An image whose href is over-long is dropped.",
    read_image=_image_dropped("href", 256),
)
wrong("href-required", HREF.row, "An event with an image without href is refused.", read_image=_required("href"))
HREF.kept_wrong(
    "slash-at-its-end-lost", "A slash at the end of an {} is dropped.", lambda text: text.rstrip("/"), hard=True
)
HREF.kept_wrong(
    "made-https", "An {} of http is stored as https.", lambda text: text.replace("http://", "https://", 1), hard=True
)
ALT.kept_wrong(
    "brackets-lost", "Square brackets are dropped from an {}.", lambda text: re.sub(r"[\[\]]", "", text), hard=True
)
wrong(
    "href-full-loses-last-without-alt",
    HREF.row,
    "An href of exactly 256 characters loses its last one if the image has no alt.",
    hard=True,
    read_image=_full_href_cut_without_alt,
)
ALT.broken("too-long-500", "An over-long {} is answered with 500.", lambda text: len(text) > 128)
wrong("alt-missing-500", ALT.row, "An image without alt is answered with 500.", read_image=_broken_without("alt"))
wrong(
    "alt-number-stored",
    ALT.row,
    "An alt that is a number is accepted, and stored as text.",
    level="should",
    image_text_of_wrong_type=_number_as_text("alt"),
)
HREF.broken("too-long-500", "An over-long {} is answered with 500.", lambda text: len(text) > 256)
HREF.refused(
    "beyond-1024-refused",
    "An event with an {} of more than 1,024 characters is refused.",
    lambda text, _: len(text) > 1024,
)
wrong("href-missing-500", HREF.row, "An image without href is answered with 500.", read_image=_broken_without("href"))
wrong(
    "href-number-stored",
    HREF.row,
    "An href that is a number is accepted, and stored as text.",
    level="should",
    image_text_of_wrong_type=_number_as_text("href"),
)
