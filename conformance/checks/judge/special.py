"""Judges what takes several pushes to tell, each by its own judge; here are two integrations and the examples."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.case import UNSEEN, is_active
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.connections import cut_after_refusals, cut_in_bursts, in_flight, kept_alive, only_spoilt
from conformance.checks.judge.rate import judge_rate
from conformance.checks.judge.reply import ACCEPTED, parse, read
from conformance.checks.verdicts import Finding
from conformance.wire.records import Story


def judge(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Every story that carries one of these facts."""
    for story in stories.values():
        if story.scenario.fact("foreign"):
            _two_integrations(bench, story)
        if story.scenario.fact("alike") and not is_out_of_sight(story):
            _sent_to_both(bench, story)
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


def is_out_of_sight(story: Story) -> bool:
    """Whether this is about the other integration's alerts, and the store does not show the first of them."""
    if not any(story.scenario.fact(name) for name in ("other", "alike")) or not story.observations:
        return False
    seen, event = story.observations[0], parse(story.all_exchanges()[0].sent.body)
    if seen is None or seen.state != "seen" or event is None:
        return True
    return not any(alert.get("alert_key") == event["alert_key"] for alert in seen.alerts)


_BOTH = 2


def _sent_to_both(bench: Bench, story: Story) -> None:
    """One event sent to two integrations, byte for byte, is an alert of each."""
    looks = story.observations[1:]
    if len(looks) < _BOTH or any(seen is None or seen.state != "seen" for seen in looks):
        return
    exchange = story.exchanges[_BOTH][-1]
    event = parse(exchange.sent.body) or {}
    first, both = ([a for a in seen.alerts if a.get("alert_key") == event["alert_key"]] for seen in looks if seen)
    if read(exchange).kind != ACCEPTED or not first or not all(alert.get("alert_id") for alert in both):
        return  # without ids two alerts that are alike cannot be told apart
    numbers = (exchange.n, *(looks[-1].exchanges[-1:] if looks[-1] is not None else ()))
    if len(both) >= _BOTH:
        bench.passes("key.separate", story.scenario.check, numbers)
        return
    wrong = "Of an event that was sent to one integration, and then to another, one alert alone is in the store."
    sent = told(story.scenario.stages[_BOTH].pushes[0], story.scenario)
    finding = Finding(wrong, sent, "an alert of each integration", wrong, None, numbers, story.scenario.id)
    bench.fails("key.separate", story.scenario.check, finding)


def _two_integrations(bench: Bench, story: Story) -> None:
    """After each push of the second integration the alert of the first is as it was."""
    first = parse(story.all_exchanges()[0].sent.body) if story.exchanges else None
    if first is None or read(story.all_exchanges()[0]).kind != ACCEPTED:
        return
    if lost_for(bench, first) is not None:
        return
    before = first  # as the store showed it before the other integration came
    for stage, seen in enumerate(story.observations):
        if seen is not None and stage == 0 and seen.state == "seen":
            shown_then = [a for a in seen.alerts if a.get("alert_key") == first["alert_key"]]
            before = {**first, "description": shown_then[0].get("description")} if shown_then else first
        if seen is None or stage == 0:
            continue
        numbers = (story.exchanges[stage][-1].n, *seen.exchanges[-1:])
        if seen.state == "none":
            bench.unseen("key.separate", story.scenario.check)
        elif seen.state != "seen":
            bench.blocked(
                "key.separate", story.scenario.check, f"The store could not be read: {seen.problem or UNSEEN}", numbers
            )
        else:
            own = [a for a in seen.alerts if a.get("alert_key") == first["alert_key"] and _is_of(a, first)]
            wrong = _harm(bench, own, before)
            if wrong is None:
                bench.passes("key.separate", story.scenario.check, numbers)
                continue
            sent = told(story.scenario.stages[stage].pushes[0], story.scenario)
            finding = Finding(
                wrong,
                sent,
                "the first integration's alert as it was",
                wrong,
                shown(len(own)),
                numbers,
                story.scenario.id,
            )
            bench.fails("key.separate", story.scenario.check, finding)


def _is_of(alert: Mapping[str, object], event: Mapping[str, object]) -> bool:
    return event["title_rule"] in (alert.get("title_rule"), alert.get("title"))


def _harm(bench: Bench, own: list[Mapping[str, object]], event: Mapping[str, object]) -> str | None:
    """What another integration did to the alert, or None."""
    if not own:
        return "After a push with another integration's key the alert is gone, or carries the other's title."
    if not any(is_active(alert, bench.contract.recovery) for alert in own):
        return "A push with another integration's key closed the alert."
    if event["description"] not in [alert.get("description") for alert in own]:
        return "A push with another integration's key changed the description."
    return None


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
