"""A difference that the document asks for does not look like a fault."""

from __future__ import annotations

import pytest
from report_samples import contract, run, story

from conformance.checks.verdicts import FAIL, Finding
from conformance.report.evidence import Difference, differences
from conformance.report.page import summary_html
from conformance.report.weighing import ACCEPTED, ALLOWED, FAULT, UNSAID, Weighing

LIMITS = contract().limits
SRC = "https://example.com/" + "s" * LIMITS.src
SENT = {
    "title_rule": "t" * (LIMITS.title_rule + 2),
    "description": "d" * (LIMITS.description + 1),
    "alert_key": "k",
    "labels": {"cut": "v" * (LIMITS.label_value + 1), "gone": "x"},
    "images": [{"alt": "a" * (LIMITS.alt + 1), "src": SRC, "href": "h" * (LIMITS.href + 1)}],
}
KEPT = {
    "title_rule": "t" * (LIMITS.title_rule - 1),
    "description": "d" * LIMITS.description,
    "alert_key": "k",
    "labels": {"cut": "v" * LIMITS.label_value},
    "images": [{"alt": "a" * LIMITS.alt, "src": "", "href": "h" * (LIMITS.href - 1)}],
}
FINDING = Finding("cut to 511", exchanges=(1,))


def weighed(*fallen: str) -> Weighing:
    """The weighing of a run in which these requirements fell for exchange 1."""
    return Weighing(run(dict.fromkeys(fallen, FAIL), dict.fromkeys(fallen, (FINDING,)))[0], contract())


def marks(number: int, *fallen: str) -> dict[str, str]:
    """The mark of each difference."""
    weighing = weighed(*fallen)
    return {it.field: weighing.mark(number, it) for it in differences(SENT, KEPT) if not it.same}


def test_exact_cuts_and_discarded_links_are_as_the_document_says() -> None:
    """They are told apart from what a requirement fell for, and from what nothing fell for."""
    assert marks(1, "title-rule.cut", "labels.kept") == {
        "title_rule": FAULT,
        "description": ALLOWED,
        "labels.cut": ALLOWED,
        "labels.gone": FAULT,
        "images[0].alt": ALLOWED,
        "images[0].src": ALLOWED,
        "images[0].href": ACCEPTED,
    }


def test_what_fell_for_another_exchange_is_not_laid_at_this_ones_door() -> None:
    """Only some of the exchanges behind a failure are listed, so nothing is said."""
    assert marks(2, "title-rule.cut")["title_rule"] == UNSAID


@pytest.mark.parametrize("count", [256, 512], ids=["UTF-16", "code points"])
def test_both_ways_to_count_are_as_the_document_says(count: int) -> None:
    """What a character is, is open."""
    sent = "\U0001f300" * 600
    difference = Difference("title_rule", sent, sent[:count], same=False, at=count)
    assert weighed("title-rule.cut").mark(1, difference) == ALLOWED


def test_the_page_strikes_out_faults_alone() -> None:
    """Both stand in one table, each named."""
    result, recording = run({"title-rule.cut": FAIL}, {"title-rule.cut": (FINDING,)}, extra=(story(1, SENT, KEPT),))
    page = summary_html(result, recording, contract())
    table = page[page.index('<table class="diff">') :]
    rows = table[: table.index("</table>")].split("<tr ")[1:]
    told = {row[row.index('row">') + 5 : row.index("</th>")]: row for row in rows}
    assert told["title_rule"].startswith('class="faulty"')
    assert "<b>fault</b>: the first 511 characters of 514" in told["title_rule"]
    assert told["images[0].alt"].startswith('class="fine"')
    assert "<b>as the document says</b>: the first 128 characters of 129" in told["images[0].alt"]
