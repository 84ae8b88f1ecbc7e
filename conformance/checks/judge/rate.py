"""Judges a burst over the rate: what refuses it, and that what was acknowledged is stored."""

from __future__ import annotations

import re

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.common import lost_for
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, CRASHED, REFUSED, Answer, parse, read
from conformance.checks.verdicts import Finding
from conformance.wire.records import Exchange, Story


def judge_rate(bench: Bench, story: Story, plain: Story | None) -> None:
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
