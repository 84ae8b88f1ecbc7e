"""Judges pushes that were left unanswered, or answered with a 5xx: whom to blame, and when that is undecided."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.data import told_finding
from conformance.checks.judge.expecting import Line, blamed, may_find_nothing, pushes_of
from conformance.checks.judge.reply import CRASHED, Answer, is_kept, read, sent_event
from conformance.checks.judge.wrong_codes import of_code, wanted
from conformance.model.oracle import EITHER, Expectation
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Story

_ENOUGH_TRIES = 3
_TRIES_ON_A_FLAKY_LINE = 6
_UNKNOWN_OK = "event-status.ok-unknown"


def unknown_crashes(stories: Mapping[str, Story]) -> bool:
    """Whether each Ok for a key that was never used ended in a crash, where nothing else was the question."""
    kinds = [
        read(exchange).kind
        for story in stories.values()
        for _, push, exchange in pushes_of(story)
        if push.varies == _UNKNOWN_OK
    ]
    return bool(kinds) and all(kind == CRASHED for kind in kinds)


def is_crash(bench: Bench, expected: Expectation, answer: Answer) -> bool:
    """Whether it is a 5xx that was not to come; where that very status was, under a code that is none, the code is."""
    if answer.kind != CRASHED or answer.code in expected.codes:
        return False
    unlisted = answer.code not in bench.contract.codes if isinstance(answer.code, str) else True
    statuses = [bench.contract.codes.get(code) for code in expected.codes]
    return not (unlisted and answer.body is not None and answer.status in statuses)


def crashed(bench: Bench, story: Story, push: Push, exchange: Exchange, expected: Expectation, blame: str) -> None:
    """A 5xx where none may be: what was varied is to blame, the code that was to come, or recovering nothing."""
    check = story.scenario.check
    finding = told_finding(story, push, exchange, wanted(expected), read(exchange))
    if bench.unknown_crashes and may_find_nothing(bench, story, push, sent_event(push, exchange)):
        blame = _UNKNOWN_OK
    as_such = ["code.invalid-parameter.never-5xx"] if check == "body" and expected.outcome == EITHER else []
    at_fault = [*blamed(bench, story, push, bench.crash_requirement(blame)), *of_code(bench, story, expected)]
    for requirement in dict.fromkeys([*at_fault, *as_such]):
        bench.fails(requirement, check, finding)


def unanswered(bench: Bench, story: Story, push: Push, exchange: Exchange, blame: str, line: Line) -> None:
    """The same request left unanswered while its twin is answered is a fault; anything less regular is undecided."""
    tries = len(exchange.repeats) + 1
    kind = exchange.problem.kind if exchange.problem is not None else "reset"
    regular = story.scenario.id in line.twins_answered and tries >= (
        _TRIES_ON_A_FLAKY_LINE if line.flaky else _ENOUGH_TRIES
    )
    what = exchange.problem.text if exchange.problem is not None else "no reply"
    if bench.crowd is not None and kind == "reset":
        for requirement in story.scenario.serves:
            bench.blocked(requirement, story.scenario.check, "It was cut off beside other requests.", (exchange.n,))
        return
    definite = kind in ("not-http", "too-large", "encoding")
    if (regular or definite) and is_kept(exchange):
        sentence = f"The request was left without a usable answer {_times(tries)} ({what}); its twin was answered."
        finding = told_finding(story, push, exchange, "an answer", read(exchange), sentence)
        for requirement in blamed(bench, story, push, bench.crash_requirement(blame)):
            bench.fails(requirement, story.scenario.check, finding)
        return
    sentence = f"The target left it unanswered, irregularly ({what})." if is_kept(exchange) else f"{_upper(what)}."
    for requirement in story.scenario.serves:
        bench.blocked(requirement, story.scenario.check, sentence, (exchange.n,))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
