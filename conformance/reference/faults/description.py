"""Payload/description: descriptions cut, kept and required wrongly; must not know other fields, but for a few mixes."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from conformance.reference.faults import texts
from conformance.reference.faults.making import breaks, wrong
from conformance.reference.rules.titles import DOLLAR_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Payload/description"
DESCRIPTION = texts.Field("description", ROW, 2048, "cut_description", "description")

# Cut, never refused

wrong("description-cut-at-2047", ROW, "An over-long description is cut to 2,047 characters.", description_limit=2047)
wrong("description-cut-at-512", ROW, "A description is cut to 512 characters, as a title is.", description_limit=512)
DESCRIPTION.cut_wrong("cut-at-2048-bytes", "A {} is cut at 2,048 bytes of UTF-8.", texts.to_bytes)
DESCRIPTION.cut_wrong(
    "broken-character-at-the-cut",
    "The last character of an over-long {} becomes U+FFFD where it is no ASCII.",
    texts.to_bytes_broken,
    hard=True,
)
DESCRIPTION.cut_wrong("halves-a-pair", "An over-long {} is cut through a surrogate pair.", texts.halved_pair, hard=True)
DESCRIPTION.cut_wrong("dots-appended", "An over-long {} is cut and gets three dots on top.", texts.with_dots)
DESCRIPTION.cut_wrong("never-cut", "An over-long {} is stored whole.", texts.uncut)
DESCRIPTION.cut_wrong("2049-kept", "A {} of exactly 2,049 characters is stored whole.", texts.one_more, hard=True)
DESCRIPTION.cut_wrong(
    "full-loses-last", "A {} of exactly 2,048 characters loses its last one.", texts.full_is_too_long, hard=True
)
DESCRIPTION.cut_wrong(
    "cut-with-entities", "A {} is cut while `&`, `<` and `>` count as HTML entities.", texts.escaped_first, hard=True
)

# Stored as sent


def _reformatted(text: str) -> str:
    """Read a text that is JSON, and write it again."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(value, ensure_ascii=False)[:2048] if isinstance(value, dict | list) else text


def _empty_after_recovery(call: Call) -> Any:
    made = call.plain()
    if call.rules.find_closed(call.ctx, call.value) is not None:
        made.description = ""
    return made


def _expanded(call: Call) -> Any:
    """Put label values in place of `$name`, as in a title."""
    labels = call.ctx.document.get("labels")
    known = labels if isinstance(labels, dict) else {}
    return DOLLAR_NAME.sub(lambda match: str(known.get(match[1], match[0])), call.plain())[:2048]


def _if_like_title(call: Call) -> Any:
    return None if call.value.get("description") == call.value.get("title_rule") else call.plain()


def _when_absent(value: Callable[[Call], str]) -> Callable[[Call], Any]:
    return lambda call: call.plain() if "description" in call.value else value(call)


DESCRIPTION.kept_wrong("html-escaped", "A {} is stored with `&`, `<`, `>` and quotes as HTML entities.", html.escape)
DESCRIPTION.kept_wrong("line-feeds-lost", "Line feeds in a {} become blanks.", texts.one_line)
DESCRIPTION.kept_wrong("tab-expanded", "A TAB in a {} becomes four blanks.", texts.no_tab, hard=True)
DESCRIPTION.kept_wrong("composed", "A {} is normalised to NFC.", texts.nfc, hard=True)
DESCRIPTION.kept_wrong(
    "right-to-left-reversed", "Hebrew and Arabic words of a {} are stored reversed.", texts.reversed_rtl, hard=True
)
DESCRIPTION.kept_wrong("json-reformatted", "A {} that is JSON is stored in another layout.", _reformatted, hard=True)
DESCRIPTION.broken("emoji-500", "An emoji in a {} is answered with 500.", texts.beyond_bmp)
DESCRIPTION.kept_wrong(
    "ends-at-a-run-of-blanks",
    "A {} ends where two blanks follow each other.",
    lambda text: text.partition("  ")[0],
    hard=True,
)
wrong(
    "description-expands-labels",
    ROW,
    "`$name` in a description is replaced by the value of that label.",
    hard=True,
    cut_description=_expanded,
)
wrong(
    "description-like-the-title-lost",
    ROW,
    "A description that equals the title is not stored.",
    hard=True,
    read_description=_if_like_title,
)
wrong(
    "description-defaults-to-the-title",
    ROW,
    "An event without description is stored with its title as description.",
    read_description=_when_absent(lambda call: str(call.value.get("title_rule"))),
)

# Optional

wrong(
    "description-required",
    ROW,
    "An event without description is refused.",
    read_description=_when_absent(lambda call: str(call.refuse("description is required"))),
)
wrong(
    "description-null-500",
    ROW,
    "A description that is null is answered with 500.",
    no_value=lambda call: breaks(call) if call.value == "description" and "description" in call.args[0] else None,
)
wrong(
    "description-number-stored",
    ROW,
    "A description that is a number is accepted, and stored as text.",
    level="should",
    description_of_wrong_type=lambda call: str(call.value) if isinstance(call.value, int | float) else call.plain(),
)
DESCRIPTION.kept_wrong(
    "formula-guarded", "A quote is put before a {} that begins like a formula.", texts.not_a_formula, hard=True
)
DESCRIPTION.kept_wrong(
    "zero-lost", "A {} of `0` is taken as empty.", lambda text: "" if text == "0" else text, hard=True
)
DESCRIPTION.kept_wrong(
    "null-word-lost", "A {} of `null` is taken as empty.", lambda text: "" if text == "null" else text, hard=True
)
wrong(
    "description-lost-after-a-recovery",
    ROW,
    "The event that follows a recovery opens an alert without its description.",
    hard=True,
    new_alert=_empty_after_recovery,
)
DESCRIPTION.refused("with-line-feed-refused", "A {} with a line feed in it is refused.", lambda text, _: "\n" in text)
DESCRIPTION.refused(
    "of-2048-refused", "A {} of exactly 2,048 characters is refused.", lambda text, limit: len(text) == limit, hard=True
)
DESCRIPTION.refused("over-limit-refused", "An over-long {} is refused.", lambda text, limit: len(text) > limit)
DESCRIPTION.refused(
    "far-over-limit-refused",
    "A {} of more than 16,384 characters is refused.",
    lambda text, _: len(text) > 16384,
    hard=True,
)
wrong(
    "description-object-stored",
    ROW,
    "A description that is an object or an array is accepted, and stored as JSON.",
    level="should",
    description_of_wrong_type=lambda call: (
        json.dumps(call.value)[:2048] if isinstance(call.value, dict | list) else call.plain()
    ),
)
DESCRIPTION.kept_wrong(
    "blanks-made-usual", "No-break and ideographic blanks in a {} become plain ones.", texts.usual_blanks, hard=True
)
