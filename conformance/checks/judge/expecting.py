"""What each push of a story was to be answered, and whom to blame when it was not; emits no judgement itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.reply import ACCEPTED, CRASHED, REFUSED, read, sent_event
from conformance.model.oracle import ACCEPT, EITHER, Expectation, expect
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Story


@dataclass(frozen=True)
class Line:
    """What is known of the line to the target: whether requests were lost that were answered when repeated."""

    flaky: bool = False
    twins_answered: frozenset[str] = frozenset()  # scenarios beside whose lost tries a twin was answered


def pushes_of(story: Story) -> Iterator[tuple[int, Push, Exchange]]:
    """Each push of a story with its stage and the exchange that counts."""
    for stage, (planned, done) in enumerate(zip(story.scenario.stages, story.exchanges, strict=False)):
        for push, exchange in zip(planned.pushes, done, strict=False):
            yield stage, push, exchange


def expectation(bench: Bench, story: Story, push: Push, exchange: Exchange) -> Expectation:
    """What the oracle says of a push as it was sent; a scenario of an open point takes any answer."""
    event = sent_event(push, exchange)
    expected = expect(push, bench.contract, event)
    if expected.outcome == ACCEPT and may_find_nothing(bench, story, push, event):
        return Expectation(EITHER, push.varies, expected.codes)
    point = story.scenario.fact("open")
    if point and expected.outcome != EITHER and not (expected.outcome == ACCEPT and _is_sequence(story)):
        return Expectation(EITHER, _of_point(bench, point) or expected.requirement, expected.codes)
    return expected


def _of_point(bench: Bench, point: str) -> str:
    """The MUST that a 5xx breaks where the answer is open: a plain one of the row that the question is about."""
    if point not in bench.contract.open_points:
        return ""
    row = bench.contract.of_row(bench.contract.open_points[point].row)
    return next((r.id for r in row if r.level == "must" and r.observed_in == "response" and not r.accepts), "")


#: An Ok that finds no active alert may be refused: what is demanded is that it opens and changes nothing.
_MAY_BE_REFUSED = ("event-status.ok-unknown", "event-status.second-ok", "key.separate")


def may_find_nothing(bench: Bench, story: Story, push: Push, event: Mapping[str, Any] | None) -> bool:
    """Whether an Ok may find no active alert of its key, by what was sent and accepted before."""
    if event is None or event.get("event_status") != bench.contract.recovery:
        return False
    return push.varies in _MAY_BE_REFUSED or _nothing_to_recover(story, event)


def _nothing_to_recover(story: Story, event: Mapping[str, Any]) -> bool:
    """Whether an Ok comes after events of its key none of which was accepted: then it may be refused."""
    key, opened = event.get("alert_key"), False
    for _, push, exchange in pushes_of(story):
        answer, sent = read(exchange), sent_event(push, exchange) or {}
        if answer.kind != ACCEPTED or sent.get("event_status") == event["event_status"]:
            continue
        opened = opened or key in (sent.get("alert_key"), answer.key)
    return not opened


def _is_sequence(story: Story) -> bool:
    """Whether a scenario's openness lies in what the store shows, so that its pushes are proper ones."""
    return (
        len(story.scenario.stages) > 1
        and not story.scenario.fact("loose")
        and story.scenario.fact("open") != "key.twice"
    )


def blamed(bench: Bench, story: Story, push: Push, blame: str) -> list[str]:
    """Whom to blame for a proper event refused: the levels that matter, where the combination was taken apart."""
    event = push.event()
    if bench.common is not None and event is not None and bench.common.has(event):
        return [bench.common.requirement]
    before = _failed_before(story, push)
    if before is not None:  # the same key fared no better in an event before
        return list(story.scenario.fact("culprits", ())) or [before.varies]
    later = push is not story.scenario.pushes()[0]
    names = list(story.scenario.fact("culprits_later" if later else "culprits", ())) or [blame]
    # An event without a key was accepted: it is the key made up for it that its recovery is refused for.
    return [_RECOVERS if later and push.key_from is not None and name == _OPTIONAL else name for name in names]


_OPTIONAL, _RECOVERS = "alert-key.optional", "data.alert-key.generated-recovers"


def _failed_before(story: Story, push: Push) -> Push | None:
    """An earlier push of the story with the same key that was not accepted."""
    key = (push.event() or {}).get("alert_key")
    for _, earlier, exchange in pushes_of(story):
        if earlier is push:
            return None
        same = key is not None and (earlier.event() or {}).get("alert_key") == key and earlier.credential == "main"
        if same and earlier.varies and read(exchange).kind in (REFUSED, CRASHED) and earlier.role != "refusal":
            return earlier
    return None
