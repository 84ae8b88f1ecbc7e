"""Judges what takes several pushes to tell: two integrations, many in flight, a kept-alive line, the rate, examples."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.checks.judge.bench import Bench, shown, told
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.lifecycle import UNSEEN, is_active
from conformance.checks.judge.reply import ACCEPTED, CRASHED, REFUSED, UNANSWERED, Answer, parse, read
from conformance.checks.verdicts import Finding
from conformance.wire.records import Exchange, Story


def judge(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Every story that carries one of these facts."""
    for story in stories.values():
        if story.scenario.fact("foreign"):
            _two_integrations(bench, story)
        if story.scenario.check == "keep-alive":
            plain = stories.get("plain")
            if plain is not None and any(read(exchange).kind == ACCEPTED for exchange in plain.all_exchanges()):
                _kept_alive(bench, story, regular=_cut_after_refusals(stories))
        if story.scenario.check == "together":
            _in_flight(bench, story, regular=_cut_in_bursts(stories) and not bench.info.flaky)
        if story.scenario.fact("rate"):
            _rate(bench, story, stories.get("plain"))
        if any(bench.is_shut(exchange) for exchange in story.all_exchanges()):
            continue
        if story.scenario.id == "example.success":
            _example_success(bench, story)
        if story.scenario.id == "key.unknown-0":
            _example_failure(bench, story)


def _two_integrations(bench: Bench, story: Story) -> None:
    """After each push of the second integration the alert of the first is as it was."""
    first = parse(story.all_exchanges()[0].sent.body) if story.exchanges else None
    if first is None or read(story.all_exchanges()[0]).kind != ACCEPTED:
        return
    if lost_for(bench, first) is not None:
        return
    for stage, seen in enumerate(story.observations):
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
            wrong = _harm(bench, own, first)
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


def _is_cut(story: Story) -> bool:
    """Whether the second request of a pair went out on the connection of the first, and that was cut."""
    done = story.all_exchanges()
    return len(done) == 2 and read(done[1]).kind == UNANSWERED and done[1].reused


def _cut_after_refusals(stories: Mapping[str, Story]) -> bool:
    """Whether connections are cut after refusals, again and again, and never after an accepted event."""
    pairs = [story for story in stories.values() if story.scenario.check == "keep-alive" and story.exchanges]
    control = stories.get("keep-alive.control")
    fine = (
        control is not None and len(control.all_exchanges()) == 2 and read(control.all_exchanges()[1]).kind == ACCEPTED
    )
    cut = sum(_is_cut(story) for story in pairs)
    return fine and cut > 1 and cut >= (len(pairs) - 1) / 2


def _kept_alive(bench: Bench, story: Story, *, regular: bool) -> None:
    """After a refusal the same connection, if it is still open, serves the next request properly."""
    done, check = story.all_exchanges(), story.scenario.check
    if len(done) != 2:
        return
    requirement = story.scenario.stages[0].pushes[1].varies
    answer = read(done[1])
    if answer.kind == ACCEPTED:
        bench.passes(requirement, check, [e.n for e in done])
    elif (
        answer.kind == UNANSWERED
        and not (regular and _is_cut(story))
        and not (done[1].problem is not None and done[1].problem.kind == "not-http")
    ):
        bench.blocked(
            requirement, check, "The connection was closed under the next request, which HTTP allows.", [done[1].n]
        )
    else:
        sent = told(story.scenario.stages[0].pushes[0], story.scenario)
        sentence = f"On a connection that carried a refusal, a proper event got {answer.told()}."
        finding = Finding(
            sentence,
            f"after {sent}, a plain event",
            "accepted",
            answer.told(),
            None,
            (done[1].n, done[0].n),
            story.scenario.id,
        )
        bench.fails(requirement, check, finding)
        if answer.kind == UNANSWERED:
            bench.fails("request-id.present", check, finding)


def _lost_in_bursts(story: Story) -> int:
    """How many pushes of a story's bursts were cut off without a reply, those sent again later included."""
    every = {e.n: e for e in (*story.all_exchanges(), *story.aside)}.values()
    return sum(e.problem is not None and e.problem.kind == "reset" for e in every)


def _cut_in_bursts(stories: Mapping[str, Story]) -> bool:
    """Whether pushes are cut off in one burst after the other, and nowhere else."""
    bursts = [s for s in stories.values() if s.scenario.check == "together"]
    others = [
        s
        for s in stories.values()
        if s.scenario.check not in ("together", "keep-alive") and not s.scenario.fact("rate")
    ]
    elsewhere = sum(e.reply is None for s in others for e in (*s.all_exchanges(), *s.aside))
    return sum(_lost_in_bursts(story) > 1 for story in bursts) > 1 and not elsewhere


def _in_flight(bench: Bench, story: Story, *, regular: bool) -> None:
    """Requests in flight at once are all served."""
    if regular and _lost_in_bursts(story):
        lost_ones = tuple(e.n for e in (*story.all_exchanges(), *story.aside) if e.reply is None)
        sentence = (
            f"With several requests in flight, {len(lost_ones)} were cut off without a reply; alone they are served."
        )
        finding = Finding(
            sentence, "requests in flight at once", "all served", "no reply", None, lost_ones, story.scenario.id
        )
        bench.fails("success.in-flight", story.scenario.check, finding)
        bench.fails("request-id.present", story.scenario.check, finding)
        return
    for stage in story.exchanges:
        answers = [read(exchange) for exchange in stage]
        lost = [e for e, answer in zip(stage, answers, strict=True) if answer.kind == UNANSWERED]
        if lost and len(lost) < len(stage):
            text = lost[0].problem.text if lost[0].problem is not None else "no reply"
            bench.blocked(
                "success.in-flight",
                story.scenario.check,
                f"{len(lost)} of {len(stage)} were not answered ({text}).",
                [e.n for e in lost],
            )
        elif not lost and all(answer.kind == ACCEPTED for answer in answers):
            bench.passes("success.in-flight", story.scenario.check, [e.n for e in stage][:3])


def _rate(bench: Bench, story: Story, plain: Story | None) -> None:
    """Over the rate: 429 RequestTooFrequently, and nothing else goes wrong."""
    requirement, check = "code.request-too-frequently", story.scenario.check
    done = list(pushes_of(story))
    if not done:
        return
    status = bench.contract.codes["RequestTooFrequently"]
    refused = [e for _, _, e in done if read(e).kind == REFUSED or (e.reply is not None and e.reply.status == status)]
    crashed = [e for _, _, e in done if read(e).kind == CRASHED and read(e).code not in bench.contract.exceptions]
    lost = [e for e in (*story.all_exchanges(), *story.aside) if e.problem is not None and e.problem.kind == "reset"]
    if not refused and not crashed and len(lost) > 1 and not bench.info.flaky:
        sentence = f"Over the rate {len(lost)} of {len(done)} pushes were cut off without a reply."
        numbers = tuple(e.n for e in lost)
        finding = Finding(
            sentence,
            "more pushes than the rate allows",
            f"{status} RequestTooFrequently",
            "no reply",
            None,
            numbers,
            story.scenario.id,
        )
        bench.fails(requirement, check, finding)
    elif not refused and not crashed:  # the document demands no limit, only how it is told
        bench.idle(requirement, check, f"{len(done)} pushes at once were all served: the rate was not reached")
    if refused and plain is not None and not any(read(e).kind == ACCEPTED for e in plain.all_exchanges()):
        bench.blocked(
            requirement, check, "The events of the burst were refused for another reason.", [e.n for e in refused][:3]
        )
        return
    if plain is not None and any(look is not None and look.alerts for look in plain.observations):
        _acknowledged(bench, story)
    right = any(read(e).code == "RequestTooFrequently" for e in refused)
    for exchange in (*refused, *crashed):
        answer = read(exchange)
        if right and answer.code == "InvalidParameter":  # refused as if it were not proper, which others show it is
            bench.fails("key.accepted", check, _over(story, exchange, status, answer))
            continue
        listed = isinstance(answer.code, str) and answer.code in bench.contract.codes
        if answer.code == "RequestTooFrequently" and answer.status == status:
            bench.passes(requirement, check, (exchange.n,))
        elif answer.status == status and answer.body is not None and not listed:
            # The status is right: an error without a code is Response/error's affair, another spelling Error/code's.
            if isinstance(answer.code, str) and not _is_spelling(answer.code, "RequestTooFrequently"):
                bench.fails(requirement, check, _over(story, exchange, status, answer))
        else:
            bench.fails(requirement, check, _over(story, exchange, status, answer))


def _is_spelling(code: str, of: str) -> bool:
    """Whether a code is a listed one but for letter case and signs."""
    return re.sub(r"[\W_]", "", code).lower() == of.lower()


def _over(story: Story, exchange: Exchange, status: int, answer: Answer) -> Finding:
    sentence = f"Over the rate the answer was {answer.told()}."
    wanted = f"{status} RequestTooFrequently"
    sent = "more pushes than the rate allows"
    return Finding(sentence, sent, wanted, answer.told(), None, (exchange.n,), story.scenario.id)


def _acknowledged(bench: Bench, story: Story) -> None:
    """What was acknowledged while the rate was exceeded is in the store."""
    lost, taken = acknowledged_and_lost(story)
    lost = [e for e in lost if lost_for(bench, parse(e.sent.body) or {}) is None]
    if lost:
        sentence = f"Over the rate {len(lost)} of {taken} pushes were acknowledged, yet not stored."
        numbers = tuple(e.n for e in lost)
        finding = Finding(
            sentence,
            "more pushes than the rate allows",
            "what is acknowledged is stored",
            "nothing stored",
            None,
            numbers,
            story.scenario.id,
        )
        bench.fails("code.request-too-frequently", story.scenario.check, finding)


def acknowledged_and_lost(story: Story) -> tuple[list[Exchange], int]:
    """The pushes of a burst that were accepted and that no look at the store has shown, and how many were accepted."""
    looks = [look for look in (*story.observations, story.final) if look is not None and look.state == "seen"]
    keys = {alert.get("alert_key") for look in looks for alert in look.alerts}
    taken = [e for _, _, e in pushes_of(story) if read(e).kind == ACCEPTED]
    return [e for e in taken if looks and (parse(e.sent.body) or {}).get("alert_key") not in keys], len(taken)


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
