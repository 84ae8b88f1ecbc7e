"""Image/src: sources kept that should be discarded, and discarded that should be kept; must not know alt and href."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, constant, wrong
from conformance.reference.records import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Image/src"


def _scheme(call: Call) -> str:
    return str(call.value).split(":", 1)[0].strip().lower()


def _keeps(*schemes: str) -> Callable[[Call], Any]:
    return lambda call: call.value if _scheme(call) in schemes else call.plain()


def _link_unless(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    """Discard links of some form."""
    return lambda call: None if _sent(call) and when(_sent(call)) else call.plain()


def _sent(call: Call) -> str:
    value = call.value.get("src")
    return value if isinstance(value, str) else ""


def _is_long_link(item: dict[str, Any]) -> bool:
    src = item.get("src")
    return isinstance(src, str) and len(src) > 256 and src.startswith("http")


def _long_src_kept_unless_first(call: Call) -> Any:
    place, item = call.args
    if place and isinstance(item, dict) and _is_long_link(item):
        return Image(item.get("alt") or "", item["src"], item.get("href") or "")
    return call.plain()


def _changed(change: Callable[[str], str]) -> Callable[[Call], Any]:
    """Keep another source than the one sent."""

    def read(call: Call) -> Any:
        src = call.plain()
        return None if src is None else change(src)

    return read


def _only_small_letters(call: Call) -> Any:
    """Look for bad schemes in small letters only."""
    return call.plain() if re.match(r"[a-z]+:", call.value) else call.value


def _all_discarded(call: Call) -> Any:
    sent = call.ctx.document.get("images")
    long = any(isinstance(item, dict) and len(str(item.get("src"))) > 256 for item in sent or ())
    return [] if long else call.plain()


# Over-long

wrong("src-cut-at-256", ROW, "An over-long src is cut to 256 characters.", src_too_long=lambda call: call.value[:256])
wrong(
    "src-too-long-refused",
    ROW,
    "An event with an over-long src is refused.",
    src_too_long=lambda call: call.refuse("src is too long"),
)
wrong("src-never-too-long", ROW, "A src of any length is kept.", src_fits=constant(value=True))
wrong("src-of-257-kept", ROW, "A src of exactly 257 characters is kept.", hard=True, src_limit=257)
wrong("src-of-256-discarded", ROW, "A src of exactly 256 characters is discarded.", hard=True, src_limit=255)
wrong(
    "src-too-long-discards-all-images",
    ROW,
    "If one src is over-long, all images are discarded.",
    hard=True,
    distinct_images=_all_discarded,
)

# Schemes

wrong("src-javascript-kept", ROW, "A src with javascript: is kept.", src_of_other_scheme=_keeps("javascript"))
wrong("src-data-kept", ROW, "A src with data: is kept.", src_of_other_scheme=_keeps("data"))
wrong(
    "src-scheme-in-capitals-kept",
    ROW,
    "A src with a scheme such as JavaScript: is kept, for only small letters are looked for.",
    hard=True,
    src_of_other_scheme=_only_small_letters,
)
wrong(
    "src-http-discarded",
    ROW,
    "A src with http: is discarded, one with https: is kept.",
    read_src=_link_unless(lambda src: src.startswith("http:")),
)

# Links

wrong(
    "src-without-image-suffix-discarded",
    ROW,
    "A link whose path does not end in .png, .jpg, .jpeg or .gif is discarded.",
    read_src=_link_unless(lambda src: not re.search(r"\.(png|jpe?g|gif)(\?|$)", src)),
)
wrong("src-query-lost", ROW, "A src ends at its question mark.", read_src=_changed(lambda src: src.split("?")[0]))
wrong("src-in-small-letters", ROW, "A src is stored in small letters.", read_src=_changed(str.lower))
# No src

wrong("src-missing-500", ROW, "An image without src is answered with 500.", missing_src=breaks)
wrong(
    "src-missing-gets-a-placeholder",
    ROW,
    "An image without src gets the address of a placeholder.",
    image_without_src=lambda call: Image(call.args[0], "https://static.example.com/no-image.png", call.args[1]),
)
wrong(
    "src-missing-is-href",
    ROW,
    "An image without src is stored with its href as src.",
    hard=True,
    image_without_src=lambda call: Image(call.args[0], call.args[1], call.args[1]) if call.args[1] else None,
)
wrong(
    "src-too-long-kept-beside-others",
    ROW,
    "A src of more than 256 characters is kept if the image is not the first.",
    hard=True,
    read_image=_long_src_kept_unless_first,
)
wrong(
    "src-too-long-kept-without-alt",
    ROW,
    "A src of more than 256 characters is kept if the image has no alt.",
    hard=True,
    read_src=lambda call: (
        call.value["src"] if _is_long_link(call.value) and not call.value.get("alt") else call.plain()
    ),
)
