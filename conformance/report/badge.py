"""Draws the badge of a result, as SVG and for shields.io; knows counts and colours only."""

from __future__ import annotations

import json
from pathlib import Path

from markupsafe import escape

from conformance.checks.verdicts import Result
from conformance.report.outcome import CONFORMS, FALLS, TITLES, chosen, fallen, known

_LABEL = "flashduty push"
_GREEN, _RED, _AMBER, _GREY = "#1a7f4b", "#b3261e", "#8a5a00", "#59636e"
#: Widths of Verdana 11 px in px, near enough: a badge must not load a font to measure itself.
_WIDE, _NARROW, _USUAL = "MWmw%@", "fijlrtI.,:;'|! ", 6.6


def message(result: Result) -> tuple[str, str]:
    """What the badge says, and its colour."""
    passed, total = chosen(result).counts("must")
    if result.verdict == CONFORMS:
        late = f", {len(known(result))} known" if known(result) else ""
        part = " selected" if result.partial else ""
        return f"conforms {passed}/{total}{part}{late}", _GREEN if passed == total and not part else _AMBER
    if result.verdict == FALLS:
        return f"does not conform, {len(fallen(result))} of {total} fell", _RED
    return TITLES.get(result.verdict, result.verdict).lower(), _GREY


def shields(result: Result) -> str:
    """The badge as JSON for the endpoint badge of shields.io."""
    text, colour = message(result)
    return json.dumps({"schemaVersion": 1, "label": _LABEL, "message": text, "color": colour.lstrip("#")}) + "\n"


def svg(result: Result) -> str:
    """The badge as an SVG image that needs nothing else."""
    text, colour = message(result)
    left, right = _width(_LABEL), _width(text)
    whole = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" '
        f'aria-label="{escape(_LABEL)}: {escape(text)}"><title>{escape(_LABEL)}: {escape(text)}</title>'
        f'<clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#3d444d"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14">{escape(_LABEL)}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(text)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    return round(12 + sum(10 if char in _WIDE else 4 if char in _NARROW else _USUAL for char in text))


def write(folder: Path, result: Result) -> tuple[Path, Path]:
    """Write ``badge.svg`` and ``badge.json`` into a report folder; returns where they are."""
    image, data = folder / "badge.svg", folder / "badge.json"
    image.write_text(svg(result), encoding="utf-8")
    data.write_text(shields(result), encoding="utf-8")
    return image, data
