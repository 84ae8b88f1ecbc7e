"""A run of a part shows that part and counts in it; files for machines hold everything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import contract, run

from conformance.checks.verdicts import FAIL, NOT_REACHED, NOT_SELECTED, PASS, Result
from conformance.report import badge, github, machine, outcome
from conformance.report.page import summary_html
from conformance.report.terminal import render
from conformance.wire.records import Recording

ONE = "title-rule.cut"


def selected(*ids: str, verdict: str = PASS) -> tuple[Result, Recording]:
    """A run of these requirements alone, all with one verdict."""
    left_out = {name: NOT_REACHED for name in contract().requirements if name not in ids}
    result, recording = run({**left_out, **dict.fromkeys(ids, verdict)})
    entries = tuple(replace(e, reason=NOT_SELECTED) if e.id in left_out else e for e in result.requirements)
    return replace(result, requirements=entries, partial=True), recording


def test_the_terminal_shows_the_rows_of_what_was_selected() -> None:
    """Not 28 others that nobody asked for, and the row by what was asked of it."""
    told = render(*selected(ONE), contract(), width=80)
    assert [line.split() for line in told.splitlines() if "Payload/" in line] == [
        ["Payload/title_rule", "✓", "pass", "1/1"]
    ]
    assert "Image/" not in told
    assert "Error codes" not in told
    assert told.count("not reached") == 1  # what to do about the others


@pytest.mark.parametrize("verdict", [PASS, FAIL])
def test_counts_are_of_what_was_selected(verdict: str) -> None:
    """1 of 105 looks like a disaster, or like hardly anything; it was 1 of 1."""
    last = render(*selected(ONE, verdict=verdict), contract()).splitlines()[-1]
    assert "1 of 1 selected MUST" in last
    assert "SHOULD" not in last
    assert "partial: a selection was run" in last
    assert "of 57 open points" not in last  # a selection was never to answer them all


def test_a_selection_of_should_alone_counts_no_must() -> None:
    """0 of 0 says nothing."""
    last = render(*selected("title-rule.extra-ignored"), contract()).splitlines()[-1]
    assert last.startswith("conforms (partial: a selection was run): 1 of 1 selected SHOULD; ")


def test_the_page_counts_what_was_selected() -> None:
    """The row that was asked for has its verdict, the others stay unreached."""
    page = summary_html(*selected(ONE), contract())
    text = " ".join(page.split())
    assert "<dt>MUST</dt><dd>1 <span>of 1 selected passed</span>" in text
    assert "<dt>Rows</dt><dd>1 <span>of 1 selected passed</span>" in text
    assert '<tbody role="rowgroup" class="pass" id="row-Payload-title_rule">' in page
    assert '<tbody role="rowgroup" class="not-reached" id="row-Image-src">' in page


def test_summary_and_badge_count_what_was_selected() -> None:
    """The badge of a part is never green."""
    result = selected(ONE)[0]
    summary = github.summary(result, contract())
    assert "| Request payload | 1 | 1 pass |" in summary
    assert "| Image |" not in summary
    text, colour = badge.message(result)
    assert text == "conforms 1/1 selected"
    assert colour != badge.message(run()[0])[1]


def test_the_file_for_machines_holds_everything() -> None:
    """Rows and requirements as ever: a row is the worst of all its requirements."""
    written = machine.document(selected(ONE)[0], contract(), "0.1.0")
    assert len(written["requirements"]) == len(contract().requirements)
    assert {"row": "Payload/title_rule", "verdict": "not-reached"} in written["rows"]


def test_a_whole_run_is_shown_whole() -> None:
    """Nothing was left out, so nothing changes."""
    result = run()[0]
    assert outcome.chosen(result) is result
