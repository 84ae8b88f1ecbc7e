"""The Jinja2 templates and the style sheet of the pages, and the environment that renders them safely."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.report import outcome
from conformance.report.telling import fields
from conformance.report.text import clean, elide, plural, seconds
from conformance.report.timeline import SHAPES

_FOLDER = Path(__file__).parent
STYLE = _FOLDER / "page.css"


def _harmless(value: Any) -> Any:
    """What every expression of a template passes through: text of unknown origin loses what browsers obey or hide."""
    return clean(value, lines=True) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Environment:
    """The environment of all pages: everything is escaped, nothing undefined is let pass."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"sign": lambda verdict: outcome.SIGNS.get(verdict, "?")}
    made.filters |= {
        "words": outcome.words,
        "fields": fields,
        "plural": plural,
        "seconds": seconds,
        "short": elide,
        "anchor": lambda row: row.replace("/", "-"),
        "field": lambda row: row.partition("/")[2],
        "shape": lambda kind: "M0 0" + SHAPES[kind],
    }
    return made


def stylesheet() -> Markup:
    """The style sheet, as it stands inside a page."""
    return Markup(STYLE.read_text(encoding="utf-8"))  # noqa: S704 - a file of this package
