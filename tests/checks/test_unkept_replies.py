"""What the suite had no room for: a reply that came, was large, and was not kept decides nothing against a target."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pretended import Server, ground, judged, told

from conformance.checks.judge.reply import parse
from conformance.checks.planning import plan
from conformance.checks.verdicts import BLOCKED, FAIL
from conformance.contract import load
from conformance.model.oracle import ACCEPT, expect
from conformance.wire.records import NOT_KEPT, Problem, Story


def _with(problem: Problem, *, reused: bool = False) -> list[Story]:
    """Stories of a quick run in which every second reply is lost to this problem."""
    proper = [entry for entry in plan(ground()) if all(expect(one, load()).outcome == ACCEPT for one in entry.pushes())]
    stories = [told(entry, Server(), 100 * number) for number, entry in enumerate(proper, 1)]
    assert len(stories) > 20
    return [
        replace(
            story,
            exchanges=tuple(
                tuple(replace(one, reply=None, problem=problem, reused=reused) if number % 2 else one for one in stage)
                for stage in story.exchanges
            ),
        )
        for number, story in enumerate(stories)
    ]


@pytest.mark.parametrize("reused", [False, True])
def test_a_large_reply_that_was_not_kept_is_blocked(reused: bool) -> None:
    """However often it happens, no requirement falls for it, and the sentence names the suite's own limit."""
    sentence = "the reply of 70000 bytes was not kept: a run keeps 64 MiB of large replies"
    found = judged(_with(Problem(NOT_KEPT, sentence), reused=reused)).judgements
    told_of = [one for one in found if one.finding is not None and "not kept" in str(one.finding)]
    assert {one.outcome for one in told_of} == {BLOCKED}
    assert any(one.finding is not None and one.finding.sentence == f"T{sentence[1:]}." for one in told_of)


def test_a_reply_that_is_too_large_is_a_finding() -> None:
    """A single reply beyond every bound is the target's own doing."""
    found = judged(_with(Problem("too-large", "Content-Length announces 3000000 bytes"))).judgements
    assert any(one.outcome == FAIL and "3000000" in str(one.finding) for one in found)


def test_what_a_large_reply_says_is_not_remembered_for_long() -> None:
    """Of megabytes of members only those of the last body are in memory; small ones are all kept."""
    large = [b'{"n": %d, "x": "%b"}' % (number, b"x" * 70_000) for number in range(3)]
    first = parse(large[0])
    assert parse(large[0]) is first
    for body in large[1:]:
        parse(body)
    assert parse(large[0]) is not first
    assert parse(large[0]) == first
    small = parse(b'{"small": 1}')
    parse(b'{"small": 2}')
    assert parse(b'{"small": 1}') is small
