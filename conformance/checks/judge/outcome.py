"""Judges whether each push was answered as the oracle says: accepted, refused with the right code, or either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.judge import broken
from conformance.checks.judge.bench import Bench, shown
from conformance.checks.judge.data import echo, generated_keys, judge_data, told_finding
from conformance.checks.judge.expecting import Line, blamed, expectation, pushes_of
from conformance.checks.judge.refused import common_trait, said_of_keys, words_of
from conformance.checks.judge.reply import (
    ACCEPTED,
    CRASHED,
    REFUSED,
    STRANGE,
    UNANSWERED,
    Answer,
    read,
    sent_event,
)
from conformance.checks.judge.unknown_keys import advice, unknown_keys
from conformance.checks.judge.wrong_codes import WrongCodes, code_at_stake, of_code, settle, wanted
from conformance.model.oracle import ACCEPT, REFUSE, Expectation
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Story


def judge(bench: Bench, stories: Mapping[str, Story], line: Line) -> None:
    """Every push of every story that is judged at all."""
    wrong = WrongCodes()
    bench.common = common_trait(bench, stories)
    bench.said_of_keys = said_of_keys(bench, stories)
    bench.unknown_keys = unknown_keys(bench, stories)
    every = [exchange for story in stories.values() for exchange in story.all_exchanges()]
    bench.redirects = _redirects(bench, stories)
    bench.unknown_crashes = broken.unknown_crashes(stories)
    bench.last_accepted = max((e.started for e in every if read(e).kind == ACCEPTED), default=0.0)
    for story in stories.values():
        if story.scenario.fact("any") or story.scenario.fact("rate"):
            continue
        for _, push, exchange in pushes_of(story):
            # What follows a refusal on its connection is told where connections are judged.
            if story.scenario.check != "keep-alive" or push.role == "refusal" or exchange.reply is None:
                _judge_push(bench, story, push, exchange, stories, line, wrong)
    settle(bench, wrong)
    generated_keys(bench, stories)


def _redirects(bench: Bench, stories: Mapping[str, Story]) -> bool:
    """Whether most proper events are answered by a status that is neither success nor failure."""
    kinds = [
        read(exchange).kind
        for story in stories.values()
        for _, push, exchange in pushes_of(story)
        if expectation(bench, story, push, exchange).outcome == ACCEPT
    ]
    return 2 * kinds.count(STRANGE) > len(kinds)


def _judge_push(
    bench: Bench,
    story: Story,
    push: Push,
    exchange: Exchange,
    stories: Mapping[str, Story],
    line: Line,
    wrong: WrongCodes,
) -> None:
    expected = expectation(bench, story, push, exchange)
    answer = read(exchange)
    check, blame = story.scenario.check, expected.requirement
    if expected.outcome == ACCEPT and push.varies:
        blame = push.varies
    if answer.kind == UNANSWERED:
        broken.unanswered(bench, story, push, exchange, blame, line)
    elif answer.code not in expected.codes and (bench.is_shut(exchange) or bench.is_busy(exchange, answer.code)):
        for requirement in story.scenario.serves:
            bench.blocked(
                requirement, check, "The target refused it for its rate or load, each time it was sent.", (exchange.n,)
            )
    elif push.credential in bench.unknown_keys and answer.code not in expected.codes:
        for requirement in story.scenario.serves:
            bench.blocked(requirement, check, advice(push.credential), (exchange.n,))
    elif push.method == "HEAD":
        _head(bench, story, exchange, answer, blame)
    elif broken.is_crash(bench, expected, answer):
        broken.crashed(bench, story, push, exchange, expected, blame)
    elif expected.outcome == ACCEPT:
        _accept(bench, story, push, exchange, answer, blame)
    elif expected.outcome == REFUSE:
        _refuse(bench, story, push, exchange, answer, expected, stories, wrong)
    else:
        _either(bench, story, push, exchange, answer, expected)


def _head(bench: Bench, story: Story, exchange: Exchange, answer: Answer, blame: str) -> None:
    """HEAD carries no body: its status alone says whether it was refused."""
    statuses = {bench.contract.codes[code] for code in ("MethodNotAllowed", "RouteNotFound")}
    if answer.status in statuses:
        bench.holds(blame, story.scenario.check, (exchange.n,))
    else:
        finding = told_finding(story, story.scenario.pushes()[0], exchange, "refused by status", answer)
        bench.fails(blame, story.scenario.check, finding)


def _accept(bench: Bench, story: Story, push: Push, exchange: Exchange, answer: Answer, blame: str) -> None:
    check = story.scenario.check
    if answer.kind != ACCEPTED:
        if answer.error is None and isinstance(answer.key, str):  # a success in all but its status
            bench.fails("success.status", check, told_finding(story, push, exchange, "a status 2xx", answer))
            return
        finding = told_finding(story, push, exchange, "accepted", answer)
        if bench.redirects and answer.kind == STRANGE:
            bench.fails("success.status", check, finding)
            return
        of_key = words_of(answer) in bench.said_of_keys and not blame.startswith("key.")
        for requirement in ["key.accepted"] if of_key else blamed(bench, story, push, blame):
            bench.fails(requirement, check, finding)
        return
    bench.holds(blame, check, (exchange.n,))
    event = sent_event(push, exchange) or {}
    for requirement in _also_accepted(bench, story, event):
        bench.holds(requirement, check, (exchange.n,))
    bench.holds("success.status", check, (exchange.n,))
    if answer.status == 200:
        bench.holds("success.ok", check, (exchange.n,))
    else:
        bench.fails("success.ok", check, told_finding(story, push, exchange, "status 200", answer))
    judge_data(bench, story, push, exchange, answer, event)


def _also_accepted(bench: Bench, story: Story, event: Mapping[str, Any]) -> Iterator[str]:
    """What else an accepted event shows: its status is accepted, and every level of a combination."""
    status = event.get("event_status")
    if isinstance(status, str) and f"event-status.{status.lower()}" in bench.contract.requirements:
        yield f"event-status.{status.lower()}"
    yield "key.accepted"
    for name, (_, requirement) in story.scenario.fact("factors", ()):
        if name != "recovery":
            yield requirement
    for name in ("description", "labels", "images"):
        if name not in event:
            yield f"{name}.optional"
    for image in event.get("images") or ():
        if isinstance(image, dict):
            yield from ("images.accepted", "src.accepted")
            yield from (f"{name}.optional" for name in ("alt", "href") if name not in image)


def _refuse(
    bench: Bench,
    story: Story,
    push: Push,
    exchange: Exchange,
    answer: Answer,
    expected: Expectation,
    stories: Mapping[str, Story],
    wrong: WrongCodes,
) -> None:
    check, requirement = story.scenario.check, expected.requirement
    if answer.kind not in (REFUSED, CRASHED) and answer.code not in expected.codes:
        for entry in dict.fromkeys([requirement, *of_code(bench, story, expected)]):
            bench.fails(entry, check, told_finding(story, push, exchange, wanted(expected), answer))
        return
    if not _twin_accepted(story, stories):
        sentence = "Its twin, a proper event, was not accepted either, so the refusal shows nothing."
        for entry in {requirement, *story.scenario.serves}:
            bench.blocked(entry, check, sentence, (exchange.n,))
        return
    if answer.code in expected.codes:
        bench.holds(requirement, check, (exchange.n,))
        wrong.right[answer.code].add(requirement)
        if push.varies:
            bench.holds(bench.code_requirement(answer.code), check, (exchange.n,))
        return
    listed = isinstance(answer.code, str) and answer.code in bench.contract.codes
    if answer.body is not None and answer.error is None:
        bench.holds(requirement, check, (exchange.n,))  # refused; that it holds no error is Response/error's affair
        return
    finding = told_finding(story, push, exchange, wanted(expected), answer)
    if len(expected.codes) > 1 and listed:
        bench.fails(requirement, check, finding)
    else:
        wrong.found.append((code_at_stake(bench, expected), requirement, check, finding))
        wrong.given.add(answer.code if isinstance(answer.code, str) else None)


def _twin_accepted(story: Story, stories: Mapping[str, Story]) -> bool:
    if story.scenario.twin is None:
        return True
    twin = stories.get(story.scenario.twin)
    return twin is not None and any(read(exchange).kind == ACCEPTED for exchange in twin.all_exchanges())


def _is_of_fields(bench: Bench, story: Story, requirement: str) -> bool:
    """Whether a refusal is for what one field holds, and for nothing else that a server may see in the request."""
    row = bench.contract.requirements[requirement].row
    apart = any(story.scenario.fact(name) for name in ("open", "loose"))
    return row.startswith(("Payload/", "Image/")) and not apart and requirement not in _NOT_OF_FIELDS


_NOT_OF_FIELDS = ("event-status.ok-unknown", "event-status.second-ok")


def _either(bench: Bench, story: Story, push: Push, exchange: Exchange, answer: Answer, expected: Expectation) -> None:
    """Any answer but a 5xx; a refusal is judged by its envelope, an acceptance by what is stored and echoed."""
    check, blame = story.scenario.check, expected.requirement
    bench.holds("code.invalid-parameter.never-5xx", check, (exchange.n,))
    if answer.kind == REFUSED:
        # refused, so nothing is stored: a run that can read the store counts that for what is stored, too
        (bench.holds if bench.info.observer == "none" else bench.passes)(blame, check, (exchange.n,))
        code = answer.code if isinstance(answer.code, str) else ""
        listed = code in bench.contract.codes and expected.codes != ()
        if listed and code not in expected.codes and _is_of_fields(bench, story, blame):
            finding = told_finding(story, push, exchange, f"refused with {' or '.join(expected.codes)}", answer)
            bench.fails(bench.code_requirement(expected.codes[0]), check, finding)
    elif answer.kind == ACCEPTED:
        event = sent_event(push, exchange) or {}
        sent = event.get("alert_key")
        if sent == "":  # taken as absent
            judge_data(bench, story, push, exchange, answer, event)
        elif isinstance(sent, str) and sent.strip() == sent and answer.data is not None and answer.key is not None:
            plain = re.fullmatch(r"[\x20-\x7e]+", sent)
            if plain and len(sent) <= bench.contract.limits.alert_key:
                echo(bench, story, push, exchange, answer, sent)
        if not isinstance(sent, str) and "alert_key" in event and _is_its_text(answer.key, sent):
            sentence = f"An alert_key of {shown(sent)} was accepted, and taken as the text {shown(answer.key)}."
            wrong = "data.alert-key.generated-unique" if sent is None else "alert-key.type"
            bench.fails(wrong, check, told_finding(story, push, exchange, "refused, or left out", answer, sentence))
        elif blame.endswith(".type") and blame != "alert-key.type":
            if bench.info.observer == "none":
                bench.unseen(blame, check)  # whether the offending part was left out shows in the store alone
        else:
            bench.holds(blame, check, (exchange.n,))


#: What languages make of a value that is no text, besides its notation.
_NOTHING = ("None", "null", "nil", "<nil>", "undefined")
_WORDS: dict[type, tuple[str, ...]] = {
    dict: ("[object Object]", "map[]", "Array"),
    list: ("[]", "Array", "[object Array]"),
    type(None): _NOTHING,
}


def _is_its_text(key: Any, sent: Any) -> bool:
    """Whether a key is what some language makes of the value that was sent as one."""
    return isinstance(key, str) and key in (json.dumps(sent), str(sent), *_WORDS.get(type(sent), ()))
