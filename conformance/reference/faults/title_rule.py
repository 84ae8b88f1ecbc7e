"""Payload/title_rule: titles cut, kept and required wrongly; must not know how a title is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults import texts
from conformance.reference.faults.making import breaks, constant, wrong
from conformance.reference.faults.registry import fault
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

ROW = "Payload/title_rule"
TITLE = texts.Field("title", ROW, 512, "cut_title_rule", "title")
UNCUT: dict[str, Any] = {"cut_title": lambda call: call.value}  # the rendered title is as long as the rule


@fault("title-cut-at-511", row=ROW, summary="An over-long title is cut to 511 characters.")
class TitleCutAt511(Rules):
    """The limit is off by one."""

    title_limit = 511


def _cut_now(call: Call) -> Any:
    alert = call.plain()
    alert.title_rule, alert.title = alert.title_rule[:512], alert.title[:512]
    return alert


# Cut, never refused

wrong("title-cut-at-513", ROW, "An over-long title is cut to 513 characters.", title_limit=513)
wrong("title-cut-at-500", ROW, "An over-long title is cut to 500 characters.", title_limit=500)
TITLE.cut_wrong("cut-at-512-bytes", "A {} is cut at 512 bytes of UTF-8.", texts.to_bytes)
TITLE.cut_wrong(
    "halves-a-pair", "An over-long {} is cut through a surrogate pair.", texts.halved_pair, hard=True, **UNCUT
)
TITLE.cut_wrong("ends-in-ellipsis", "An over-long {} is cut to 511 characters and an ellipsis.", texts.with_ellipsis)
TITLE.cut_wrong("keeps-the-tail", "Of an over-long {} the last 512 characters are kept.", texts.tail)
TITLE.cut_wrong("never-cut", "An over-long {} is stored whole.", texts.uncut, **UNCUT)
TITLE.cut_wrong("513-kept", "A {} of exactly 513 characters is stored whole.", texts.one_more, hard=True, **UNCUT)
TITLE.cut_wrong(
    "full-loses-last", "A {} of exactly 512 characters loses its last one.", texts.full_is_too_long, hard=True
)
TITLE.cut_wrong("cut-at-a-word", "An over-long {} is cut at the last blank before the limit.", texts.at_a_word)
TITLE.cut_wrong("counts-wide-as-two", "Of a {}, each wide (CJK) character counts as two.", texts.by_width, hard=True)
TITLE.cut_wrong(
    "counts-graphemes",
    "Combining marks do not count towards the limit of a {}.",
    texts.by_graphemes,
    hard=True,
    **UNCUT,
)
TITLE.refused("too-long-refused", "An over-long {} is refused.", lambda text, limit: len(text) > limit)
TITLE.refused(
    "many-bytes-refused",
    "A {} of up to 512 characters is refused if it takes more than 1,024 bytes.",
    lambda text, _: len(text.encode()) > 1024 and len(text) <= 512,
    hard=True,
)
TITLE.refused("ten-times-refused", "A {} of more than 4,096 characters is refused.", lambda text, _: len(text) > 4096)
wrong(
    "title-of-an-update-not-cut",
    ROW,
    "An over-long title is cut on a new alert, and stored whole by an update.",
    hard=True,
    cut_title_rule=lambda call: call.value,
    cut_title=lambda call: call.value,
    new_alert=_cut_now,
)


# Stored as sent

TITLE.kept_wrong("emoji-stripped", "Characters outside the BMP are dropped from a {}.", texts.no_emoji)
TITLE.kept_wrong("line-feed-lost", "A line feed in a {} becomes a blank.", texts.one_line, hard=True)

# Required


def _on_recovery_only(call: Call) -> Any:
    return "" if call.ctx.document.get("event_status") == "Ok" else call.plain()


def _description_instead(call: Call) -> Any:
    description = call.ctx.document.get("description")
    return description[:512] if isinstance(description, str) else call.plain()


wrong("title-missing-accepted", ROW, "An event without title_rule is accepted.", missing_title=constant("untitled"))
wrong(
    "title-null-accepted",
    ROW,
    "A title_rule that is null is accepted.",
    missing_title=lambda call: "null" if "title_rule" in call.ctx.document else call.plain(),
)
wrong(
    "title-missing-accepted-on-recovery",
    ROW,
    "A recovery without title_rule is accepted.",
    hard=True,
    missing_title=_on_recovery_only,
)
wrong(
    "title-missing-description-instead",
    ROW,
    "An event without title_rule is accepted if it has a description.",
    hard=True,
    missing_title=_description_instead,
)
wrong(
    "title-number-accepted",
    ROW,
    "A title_rule that is a number is accepted.",
    title_of_wrong_type=lambda call: str(call.value) if isinstance(call.value, int | float) else call.plain(),
)
wrong(
    "title-wrong-type-500",
    ROW,
    "A title_rule that is an object or an array is answered with 500.",
    title_of_wrong_type=lambda call: breaks(call) if isinstance(call.value, dict | list) else call.plain(),
)

# Found in the wild

TITLE.kept_wrong(
    "dollars-halved", "Two dollar signs in a {} become one.", lambda text: text.replace("$$", "$"), hard=True
)
TITLE.kept_wrong(
    "percents-halved", "Two percent signs in a {} become one.", lambda text: text.replace("%%", "%"), hard=True
)
TITLE.kept_wrong("quotes-straightened", "Typographic quotes in a {} become plain ones.", texts.plain_quotes, hard=True)
TITLE.broken("of-64-kib-500", "A {} of more than 65,535 bytes is answered with 500.", texts.beyond_64_kib, hard=True)
TITLE.kept_wrong(
    "blanks-made-usual", "No-break and ideographic blanks in a {} become plain ones.", texts.usual_blanks, hard=True
)


def _as_before(call: Call) -> Any:
    made, closed = call.plain(), call.rules.find_closed(call.ctx, call.value)
    if closed is not None:
        made.title, made.title_rule = closed.title, closed.title_rule
    return made


wrong(
    "title-of-the-alert-before",
    ROW,
    "The alert that follows a recovery has the title of the one before.",
    hard=True,
    new_alert=_as_before,
)
