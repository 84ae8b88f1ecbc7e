"""Judges what takes several pushes to tell, each by its own judge; here are the document's examples."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks.judge import two_integrations
from conformance.checks.judge.bench import Bench, told
from conformance.checks.judge.connections import cut_after_refusals, cut_in_bursts, in_flight, kept_alive, only_spoilt
from conformance.checks.judge.rate import judge_rate
from conformance.checks.judge.reply import ACCEPTED, read
from conformance.checks.verdicts import Finding
from conformance.wire.records import Story


def judge(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Every story that carries one of these facts."""
    for story in stories.values():
        if story.scenario.fact("foreign") or story.scenario.fact("alike"):
            two_integrations.judge(bench, story)
        if story.scenario.check == "keep-alive":
            plain = stories.get("plain")
            if plain is not None and any(read(exchange).kind == ACCEPTED for exchange in plain.all_exchanges()):
                kept_alive(
                    bench, story, regular=cut_after_refusals(stories), alone=only_spoilt(stories) == story.scenario.id
                )
        if story.scenario.check == "together":
            in_flight(bench, story, regular=cut_in_bursts(stories) and not bench.info.flaky)
        if story.scenario.fact("rate"):
            judge_rate(bench, story, stories.get("plain"))
        if any(bench.is_shut(exchange) for exchange in story.all_exchanges()):
            continue
        if story.scenario.id == "example.success":
            _example_success(bench, story)
        if story.scenario.id == "key.unknown-0":
            _example_failure(bench, story)


def _example_success(bench: Bench, story: Story) -> None:
    """The document's first example: request_id and data.alert_key, both strings."""
    exchange = story.all_exchanges()[0] if story.exchanges else None
    if exchange is None or exchange.reply is None:
        return
    answer = read(exchange)
    body = answer.body or {}
    fine = isinstance(body.get("request_id"), str) and isinstance(answer.key, str) and answer.key
    _say_example(bench, story, "example.success", bool(fine), answer.told(), exchange.n, exchange.reply.body)


def _example_failure(bench: Bench, story: Story) -> None:
    """The document's second example: request_id, error.code, and error.message where there is one."""
    exchange = story.all_exchanges()[0] if story.exchanges else None
    if exchange is None or exchange.reply is None:
        return
    answer = read(exchange)
    body, error = answer.body or {}, answer.error or {}
    fine = isinstance(body.get("request_id"), str) and isinstance(answer.code, str)
    fine = fine and answer.code in bench.contract.codes and isinstance(error.get("message", ""), str | None)
    _say_example(bench, story, "example.failure", bool(fine), answer.told(), exchange.n, exchange.reply.body)


def _say_example(bench: Bench, story: Story, requirement: str, fine: bool, got: str, number: int, body: bytes) -> None:
    if fine:
        bench.passes(requirement, story.scenario.check, (number,))
        return
    sentence = f"The reply has not the shape of the document's example: {body[:120]!a}."
    finding = Finding(
        sentence,
        told(story.scenario.pushes()[0], story.scenario),
        "the shape of the example",
        got,
        None,
        (number,),
        story.scenario.id,
    )
    bench.fails(requirement, story.scenario.check, finding)
