"""Payload/labels: label values cut and kept wrongly; must not know how labels are named or counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults import texts
from conformance.reference.faults.making import breaks, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Payload/labels"
VALUE = texts.Field("label-value", ROW, 2048, "cut_label_value", "label value")

# Cut, never refused

wrong("label-value-cut-at-2047", ROW, "An over-long label value is cut to 2,047 characters.", label_value_limit=2047)
wrong("label-value-cut-at-255", ROW, "A label value is cut to 255 characters.", label_value_limit=255)
VALUE.cut_wrong("cut-at-2048-bytes", "A {} is cut at 2,048 bytes of UTF-8.", texts.to_bytes)
VALUE.cut_wrong("halves-a-pair", "An over-long {} is cut through a surrogate pair.", texts.halved_pair, hard=True)
VALUE.cut_wrong("never-cut", "An over-long {} is stored whole.", texts.uncut)
VALUE.cut_wrong(
    "full-loses-last", "A {} of exactly 2,048 characters loses its last one.", texts.full_is_too_long, hard=True
)
VALUE.refused("too-long-refused", "An over-long {} is refused.", lambda text, limit: len(text) > limit)
VALUE.refused(
    "far-too-long-refused", "A {} of more than 4,096 characters is refused.", lambda text, _: len(text) > 4096
)


def _labels(change: Callable[[Call, dict[str, Any]], dict[str, Any]]) -> Callable[[Call], Any]:
    """Change the labels that were read, if there are any."""

    def read(call: Call) -> Any:
        labels = call.plain()
        return change(call, labels) if labels else labels

    return read


def _sent(call: Call) -> dict[str, Any]:
    labels: dict[str, Any] = call.ctx.document["labels"]
    return labels


def _only_first_cut(call: Call, labels: dict[str, Any]) -> dict[str, Any]:
    sent, first = _sent(call), next(iter(labels))
    return {name: value if name == first else sent.get(name, value) for name, value in labels.items()}


def _long_ones_dropped(call: Call, labels: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in labels.items() if len(str(_sent(call).get(name, ""))) <= 2048}


wrong(
    "label-value-only-first-cut",
    ROW,
    "Of several over-long label values only the first is cut.",
    hard=True,
    read_labels=_labels(_only_first_cut),
)
wrong(
    "label-dropped-if-value-too-long",
    ROW,
    "A label whose value is over-long is dropped.",
    read_labels=_labels(_long_ones_dropped),
)

# Stored as sent

VALUE.kept_wrong("in-small-letters", "A {} is stored in small letters.", str.lower)
VALUE.kept_wrong("emoji-to-question-mark", "A question mark stands for each emoji in a {}.", texts.question_marks)
VALUE.kept_wrong("cut-at-a-comma", "A {} ends at its first comma.", lambda text: text.split(",")[0], hard=True)


def _typed(text: str) -> Any:
    """Read what looks like a number or a boolean, as a YAML reader does."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text


def _by_value(_: Call, labels: dict[str, Any]) -> dict[str, Any]:
    return {name: value for value, name in {value: name for name, value in labels.items()}.items()}


def _linked(text: str) -> str:
    return text.split("?", maxsplit=1)[0] if text.startswith(("http://", "https://")) else text


def _dated(text: str) -> str:
    return f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text


def _rounded(text: str) -> str:
    return str(float(text)) if re.fullmatch(r"\d{17,30}", text) else text


def _uncut_labels(call: Call) -> Any:
    alert, event = call.args
    call.plain()
    sent = call.ctx.document.get("labels")
    if event.labels and isinstance(sent, dict):
        alert.labels = {**alert.labels, **{name: sent[name] for name in event.labels if name in sent}}


def _as_it_came(call: Call) -> Any:
    name, value = call.args
    return (name, value) if isinstance(value, bool | int | float) else call.plain()


def _as_text(call: Call) -> Any:
    name, value = call.args
    return (name, str(value)) if isinstance(value, bool | int | float) else call.plain()


VALUE.kept_wrong("read-as-number", "A {} that looks like a number or a boolean is stored as one.", _typed)
wrong(
    "labels-of-equal-value-merged",
    ROW,
    "Of labels that have the same value only the last is kept.",
    hard=True,
    read_labels=_labels(_by_value),
)
wrong(
    "label-number-stored-as-number",
    ROW,
    "A label value that is sent as a number or a boolean is stored as one.",
    label_of_wrong_type=_as_it_came,
)
wrong(
    "label-number-stored-as-text",
    ROW,
    "A label value that is sent as a number or a boolean is accepted, and stored as text.",
    level="should",
    label_of_wrong_type=_as_text,
)
wrong(
    "label-object-500",
    ROW,
    "A label value that is an object or an array is answered with 500.",
    label_of_wrong_type=lambda call: breaks(call) if isinstance(call.value, dict | list) else call.plain(),
)
wrong("label-null-500", ROW, "A label value that is null is answered with 500.", null_label=breaks)
VALUE.kept_wrong("zero-lost", "A {} of `0` is taken as empty.", lambda text: "" if text == "0" else text, hard=True)
VALUE.kept_wrong("link-loses-its-query", "A {} that is a link ends at its question mark.", _linked, hard=True)
VALUE.kept_wrong("date-completed", "A {} that is a date gets a time of day.", _dated, hard=True)
VALUE.kept_wrong(
    "large-number-rounded", "A {} of many digits is stored as a floating-point number.", _rounded, hard=True
)
wrong(
    "label-values-of-an-update-not-cut",
    ROW,
    "An over-long label value is cut on a new alert, and stored whole by an update.",
    hard=True,
    update_labels=_uncut_labels,
)
VALUE.kept_wrong(
    "blanks-made-usual", "No-break and ideographic blanks in a {} become plain ones.", texts.usual_blanks, hard=True
)
