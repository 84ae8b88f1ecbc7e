"""Judges the data of a reply: an object with the key that was sent or one made up (Response/data, Data/alert_key)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, CRASHED, REFUSED, Answer, read, sent_event
from conformance.checks.judge.varied import varied
from conformance.checks.verdicts import Finding
from conformance.model.scenario import Push
from conformance.wire.records import Exchange, Story


def told_finding(
    story: Story, push: Push, exchange: Exchange, expected: str, answer: Answer, sentence: str = ""
) -> Finding:
    """A finding on one push: what was sent, expected and got."""
    got = answer.told()
    message = answer.error.get("message") if answer.error is not None else None
    more = f" ({shown(message)})" if message else ""
    special = _special(story, push) if answer.kind == CRASHED else ""
    special = special or (f": {what}" if answer.kind != REFUSED and (what := varied(push)) else "")
    text = sentence or f"Expected {expected}, got {got}{more}{special}."
    sent, before = told(push, story.scenario), _led_to(story, exchange)
    return Finding(text, sent, expected, got + more, None, (exchange.n,), story.scenario.id, before)


def _special(story: Story, push: Push) -> str:
    """What is special about a request: its scenario, and what a push of a sequence varies."""
    varied = f", varying {push.varies}" if push.varies and len(story.scenario.pushes()) > 1 else ""
    return f" (the request of {story.scenario.id}{varied})"


def _led_to(story: Story, exchange: Exchange) -> tuple[int, ...]:
    """The pushes of the same key in the stages before, then this one; nothing where it came first."""
    done = list(pushes_of(story))
    own = next(((stage, push) for stage, push, one in done if one is exchange), None)
    if own is None:
        return ()
    key = (sent_event(own[1], exchange) or {}).get("alert_key")
    before = [
        one.n
        for stage, push, one in done
        if stage < own[0] and key and key in ((sent_event(push, one) or {}).get("alert_key"), read(one).key)
    ]
    return (*before, exchange.n) if before else ()


#: What stands for no data at all where it may be left out: some languages write an empty object as an empty array.
_NONE: tuple[Any, ...] = (None, "", [])


def judge_data(
    bench: Bench, story: Story, push: Push, exchange: Exchange, answer: Answer, event: Mapping[str, Any]
) -> None:
    """The reply's data: there, an object, with the key that was sent or one that was made up."""
    check, sent, limit = story.scenario.check, event.get("alert_key"), bench.contract.limits.alert_key
    recovery = event.get("event_status") == bench.contract.recovery
    if answer.data is None:
        left_out = answer.body is None or answer.body.get("data") in _NONE
        if recovery and left_out:
            bench.answer("reply.data-on-ok", "absent")
            return
        got = _member(answer.body, "data") if answer.body is not None else "a body that is no JSON object"
        sentence = f"The reply to an accepted event holds no data object: data is {got}."
        bench.fails("data.object", check, told_finding(story, push, exchange, "data, an object", answer, sentence))
        return
    bench.holds("data.object", check, (exchange.n,))
    if recovery and answer.key is None:
        bench.answer("reply.data-on-ok", "absent")
        return
    if recovery:
        bench.answer("reply.data-on-ok", "echoed")
    elif not isinstance(answer.key, str) or not 0 < len(answer.key) <= bench.contract.limits.alert_key:
        size = f", {len(answer.key)} characters" if isinstance(answer.key, str) else ""
        got = _member(answer.data, "alert_key")
        sentence = f"data.alert_key is {got}{size}; it must be a string of 1 to {limit} characters."
        bench.fails(
            "data.alert-key.present", check, told_finding(story, push, exchange, "a usable alert_key", answer, sentence)
        )
        return
    else:
        bench.holds("data.alert-key.present", check, (exchange.n,))
    if isinstance(sent, str) and sent:
        echo(bench, story, push, exchange, answer, sent)


def _member(whole: Mapping[str, Any], name: str) -> str:
    """A member of an object as it is shown; one that is not there is no null."""
    return shown(whole[name]) if name in whole else "absent"


def echo(bench: Bench, story: Story, push: Push, exchange: Exchange, answer: Answer, sent: str) -> None:
    """An alert_key that was sent comes back unchanged."""
    if answer.key == sent:
        bench.holds("data.alert-key.echo", story.scenario.check, (exchange.n,))
        return
    sentence = f"alert_key came back as {shown(answer.key)}, sent was {shown(sent)}."
    bench.fails(
        "data.alert-key.echo",
        story.scenario.check,
        told_finding(story, push, exchange, "the key as sent", answer, sentence),
    )


def generated_keys(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Keys made up for different alerts differ; events of one title and the same labels may be one alert."""
    first: dict[str, int] = {}
    sent = _sent_keys(stories)
    subjects: dict[str, set[str]] = {}
    for story, push, exchange, event, key in _told_keys(stories):
        if event.get("alert_key", "") != "":
            open_key = story.scenario.fact("loose")  # of two keys that may be one
            bench.keys_mixed_up |= key != event["alert_key"] and key in sent and not open_key
            continue
        subject = json.dumps([event.get("title_rule"), event.get("labels")], sort_keys=True)
        known, sentence = subjects.setdefault(key, set()), ""
        if key in sent:
            sentence = f"An event without a key got the key that exchange {sent[key]} had sent."
        elif key in first and subject not in known:
            both = f"exchanges {first[key]} and {exchange.n}"
            sentence = f"Two events got the same made-up key {shown(key)} ({both})."
        if sentence:
            expected = "a key of its own for each alert"
            finding = told_finding(story, push, exchange, expected, read(exchange), sentence)
            bench.fails("data.alert-key.generated-unique", story.scenario.check, finding)
        if key in sent or key in first:
            bench.shared_keys.add(key)
        known.add(subject)
        first.setdefault(key, exchange.n)
    if len(first) > 1:
        bench.holds("data.alert-key.generated-unique", "data", list(first.values())[:2])


def _told_keys(stories: Mapping[str, Story]) -> Iterator[tuple[Story, Push, Exchange, Mapping[str, Any], str]]:
    """Each accepted event whose reply carries a key."""
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            event, answer = sent_event(push, exchange), read(exchange)
            if event is not None and answer.kind == ACCEPTED and isinstance(answer.key, str) and answer.key:
                yield story, push, exchange, event, answer.key


def _sent_keys(stories: Mapping[str, Story]) -> dict[str, int]:
    """The keys of ours that were sent, each with its first exchange; those that a reply had made up are none."""
    found: dict[str, int] = {}
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            key = (sent_event(push, exchange) or {}).get("alert_key")
            if isinstance(key, str) and key and push.key_from is None:
                found.setdefault(key, exchange.n)
    return found
