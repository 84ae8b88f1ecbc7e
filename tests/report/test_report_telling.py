"""A finding says each thing once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import contract, failing, run, story

from conformance.checks.verdicts import FAIL, Finding
from conformance.report.page import summary_html
from conformance.report.telling import fields
from conformance.report.terminal import render

SAME = Finding("The alert is gone.", "an Ok", "It stays.", "the alert is gone", "0", (1,))


def test_what_repeats_is_not_told_again() -> None:
    """Neither the sentence as what was got, nor the statement as what was expected; a reduced one goes on behind it."""
    assert dict(fields(SAME, "It stays.")) == {"sent": "an Ok", "stored": "no alert of the key"}
    reduced = replace(SAME, sentence="The alert is gone: description alone does it.")
    assert "got" not in dict(fields(reduced))


def test_what_does_not_repeat_is_told() -> None:
    """What was got is more than a word that the sentence holds as well."""
    finding = replace(SAME, sentence="An event was refused.", got="400 InvalidParameter", expected="accepted")
    assert {"got": "400 InvalidParameter", "expected": "accepted"}.items() <= dict(fields(finding, "It stays.")).items()


@pytest.mark.parametrize(
    ("stored", "told"),
    [("0", "no alert of the key"), ("[]", "no alert of the key"), ("1", "1 alert of the key"), ("²", "²"), ("", "")],
)
def test_a_number_alone_says_of_what(stored: str, told: str) -> None:
    """A bare 0 could be anything."""
    assert dict(fields(replace(SAME, stored=stored)))["stored"] == told


def test_terminal_and_page_tell_it_once() -> None:
    """Both leave out the same."""
    statement = contract().requirements["key.separate"].statement
    finding = replace(SAME, expected=statement, exchanges=(1,))
    result, recording = run({"key.separate": FAIL}, {"key.separate": (finding,)}, extra=(story(1, {"a": 1}),))
    told = render(result, recording, contract(), width=120).split("\n\n")[0]
    assert told.count("lert is gone") == 1
    assert told.count(statement[:40]) == 1
    assert "no alert of the key" in told
    page = summary_html(result, recording, contract())
    part = page[page.index('id="r-key.separate"') :]
    part = part[: part.index("</article>")]
    assert part.count("lert is gone") == 1
    assert part.count("no alert of the key") == 1


def test_a_long_shell_line_is_left_to_the_page() -> None:
    """More than a few lines of base64 hide what stands around them; the page has the line."""
    result, recording = failing()
    text = "".join(chr(0x4E00 + place * 37 % 20000) for place in range(300))
    long = story(1, {"title_rule": text, "event_status": "Info"})
    recording.stories = [long if made.exchanges[0][0].n == 1 else made for made in recording.stories]
    told = render(result, recording, contract(), width=80)
    assert "curl     see #1 in conformance.html: the line is long" in told
    assert all(len(line) < 500 for line in told.splitlines() if line.lstrip().startswith("curl "))
    page = summary_html(result, recording, contract())
    line = page[page.index('<span class="copy-label">curl', page.index('id="r-title-rule.cut"')) :]
    assert text in line[: line.index("</p>")]


def test_every_push_that_led_to_a_finding_is_on_the_page() -> None:
    """The terminal points to the page for lines that are long, whichever push of the sequence they send."""
    text = "".join(chr(0x4E00 + place * 37 % 20000) for place in range(300))
    led = tuple(range(1, 13))
    stories = [story(n, {"title_rule": text, "event_status": "Info"}) for n in led]
    finding = replace(SAME, exchanges=(12,), sequence=led)
    result, recording = run({"event-status.second-ok": FAIL}, {"event-status.second-ok": (finding,)}, extra=stories)
    told, page = render(result, recording, contract()), summary_html(result, recording, contract())
    assert [n for n in led if f"see #{n} in conformance.html" in told] == list(led)
    assert [n for n in led if f'id="x{n}"' in page] == list(led)
