"""Payload/title_rule: titles rendered wrongly (SHOULD); must not know how a title is cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import constant, wrong
from conformance.reference.rules.titles import DOLLAR_NAME

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

ROW = "Payload/title_rule"


def _by_replace(call: Call) -> Any:
    part, labels = call.args
    for name, value in sorted(labels.items(), key=lambda pair: len(pair[0])):
        part = part.replace(f"${name}", str(value))
    return part


def _any_case(call: Call) -> Any:
    part, labels = call.args
    return call.plain(re.sub(r"\$\w+", lambda match: match[0].lower(), part), labels)


wrong(
    "title-not-rendered",
    ROW,
    "`$name` in a title is not replaced by the label's value.",
    level="should",
    render_parts=lambda call: call.args[0],
)
wrong(
    "title-parts-joined-by-dash",
    ROW,
    "The parts of a rendered title are joined by ` - `.",
    level="should",
    joint=constant(" - "),
)
wrong(
    "title-name-replaced-in-longer-name",
    ROW,
    "In a title, `$host` is replaced inside `$hostname` too.",
    hard=True,
    level="should",
    render_part=_by_replace,
)
wrong(
    "title-missing-label-empty",
    ROW,
    "`$name` in a title is replaced by nothing where the label is missing.",
    level="should",
    render_part=lambda call: DOLLAR_NAME.sub(lambda match: str(call.value.get(match[1], "")), call.args[0]),
)
wrong(
    "title-template-missing-label-empty",
    ROW,
    "A hole in a template is replaced by nothing where the label is missing.",
    level="should",
    no_value_mark=constant(""),
)
wrong(
    "title-template-not-rendered",
    ROW,
    "A title that begins with `[TPL]` is not rendered.",
    level="should",
    render_template=lambda call: call.args[0],
)
