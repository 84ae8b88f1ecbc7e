"""Writes ``docs/open-points.md`` from ``spec/open-points.yaml``; a test says when the page is out of date."""
# ruff: noqa: INP001 - a file beside the documentation, not a package

from __future__ import annotations

from pathlib import Path

from conformance.contract import OpenPoint, load

PAGE = Path(__file__).resolve().parent / "open-points.md"
_HEAD = """\
# Open points and the fingerprint

Where the document is silent, every answer below conforms. A run exercises each question and records the answer seen:
that is the target's *fingerprint*. It never fails a run by itself. `--lock FILE` pins the answers, so that a change
between two releases fails the gate; `conformance compare` lists where two servers differ; `conformance explain ID`
shows one question.

The list is not complete: whatever the document does not say is open. This page is written from
`spec/open-points.yaml` by `python docs/write_open_points.py`.
"""


def page() -> str:
    """The page: the questions by row, each with its answers."""
    contract = load()
    parts = [_HEAD]
    for row in contract.rows:
        points = [point for point in contract.open_points.values() if point.row == row]
        if points:
            parts.append(f"## {row}\n")
            parts += [_question(point) for point in points]
    return "\n".join(parts)


def _question(point: OpenPoint) -> str:
    answers = [f"- `{answer}`: {meaning}" for answer, meaning in point.answers] or ["- any answer, as it was seen"]
    return "\n".join((f"**{point.question}** (`{point.id}`)\n", *answers)) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
