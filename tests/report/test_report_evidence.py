"""The page shows its evidence: findings, exchanges, what differs, and when everything happened."""

import math
import re
from dataclasses import replace

import pytest
from report_outline import Outline, made
from report_samples import contract, failing, passing, push, story

from conformance.report.evidence import Evidence, differences
from conformance.report.timeline import timeline


def test_a_failure_has_its_finding_and_two_lines_to_copy() -> None:
    """Sent, expected, got, stored; one pytest line, one curl line; its row stands open."""
    told = made(failing())
    part = told[told.index('id="r-title-rule.cut"') :]
    text = Outline(f"<article {part[: part.index('</article>')]}</article>").text
    for words in (
        "title_rule of 514 characters (ascii)",
        "exactly the first 512 characters",
        "200, accepted",
        "511 characters",
    ):
        assert words in text
    assert "pytest --pyargs conformance.checks.test_payload::test_title_rule_cut --target-url" in text
    assert 'integration_key=\'"$CONFORMANCE_INTEGRATION_KEY"' in text
    assert "the first 511 characters of 514" in text
    assert re.search(r"<details open>\s*<summary>6 MUST and 3 SHOULD", told)


def test_passes_show_their_evidence_too() -> None:
    """A few exchanges for each requirement, each on the page once."""
    outline = Outline(made(passing()))
    shown = [value for value in outline.values("id") if re.fullmatch(r"x\d+", value)]
    assert len(shown) == len(set(shown)) == 3 * len(contract().requirements)


def test_an_exchange_is_shown_once_and_linked_elsewhere() -> None:
    """The second requirement that rests on it links to it."""
    result, recording = passing()
    one, other = result.requirements[:2]
    other = replace(other, exchanges=one.exchanges)
    told = made((replace(result, requirements=(one, other, *result.requirements[2:])), recording))
    assert told.count(f'id="x{one.exchanges[0]}"') == 1
    assert f'Rests on <a href="#x{one.exchanges[0]}">' in told


def test_a_thousand_exchanges_stay_light() -> None:
    """Long bodies are elided, and what finds no room is named."""
    result, recording = passing()
    heavy = [
        story(
            10_000 + n,
            {"title_rule": "<&\"'>" * 400, "labels": {f"k{i}": "<" * 400 for i in range(50)}},
            {"alert_key": "k"},
        )
        for n in range(1000)
    ]
    entries = tuple(
        replace(entry, exchanges=tuple(range(10_000 + 9 * n, 10_009 + 9 * n)))
        for n, entry in enumerate(result.requirements)
    )
    recording = replace(recording, stories=heavy)
    told = made((replace(result, requirements=entries), recording))
    assert len(told) < 3_000_000
    assert "left out here, see <code>exchanges.jsonl</code>" in told
    assert "characters left out" in told


def test_the_timeline_counts_every_exchange() -> None:
    """One mark for each, by kind, and the same in words."""
    _, recording = failing()
    drawn = timeline(Evidence(recording).all())
    assert drawn is not None
    counts = {kind: count for kind, _, _, count in drawn.paths}
    assert sum(counts.values()) == len(Evidence(recording))
    assert counts["limited"] == 1
    assert counts["broken"] == 2
    assert "1 over the rate (429)" in drawn.words
    assert "the slowest, #4, took 0.4 s" in drawn.words


@pytest.mark.parametrize("started", [0.0, 3.0, 100_000.0])
def test_a_timeline_of_one_exchange_can_be_drawn(started: float) -> None:
    """No division by nothing."""
    drawn = timeline([replace(push(1, b"{}"), started=started, seconds=0.0)])
    assert drawn is not None
    assert all(math.isfinite(y) for y, _ in drawn.up)
    assert timeline([]) is None


def test_differences_are_placed() -> None:
    """Cut, altered, dropped, added: each says what happened and where."""
    event = {
        "title_rule": "abcdef",
        "event_status": "Ok",
        "labels": {"a": "x", "b": "y"},
        "images": [{"alt": "one", "src": "s"}],
    }
    alert = {
        "title_rule": "abcd",
        "alert_status": "Ok",
        "labels": {"a": "z", "c": "new"},
        "images": [{"alt": "one", "src": "", "href": ""}],
    }
    told = {found.field: found.note for found in differences(event, alert) if not found.same}
    assert told == {
        "title_rule": "the first 4 characters of 6",
        "labels.a": "differs from character 1 on; 1 sent, 1 stored",
        "labels.b": "not stored",
        "labels.c": "stored, though not sent",
        "images[0].src": "the first 0 characters of 1",
    }
