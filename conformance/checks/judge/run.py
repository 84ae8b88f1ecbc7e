"""Judges a whole recorded run: every story, every reply, then the verdict of each requirement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.checks.causes import CUT_SHORT
from conformance.checks.judge import (
    answers,
    connections,
    crowding,
    envelope,
    isolated,
    lifecycle,
    outcome,
    rate,
    reduced,
    special,
)
from conformance.checks.judge.bench import Bench, shown
from conformance.checks.judge.common import never_shown
from conformance.checks.judge.expecting import Line, pushes_of
from conformance.checks.judge.reply import ACCEPTED, read, sent_event
from conformance.checks.verdicts import FAIL, PASS, Finding
from conformance.contract import Contract, Requirement, load
from conformance.drive.replies import is_of_a_gateway
from conformance.wire.records import Exchange, RunInfo, Story


def judge(
    contract: Contract, info: RunInfo, stories: Sequence[Story], others: Sequence[Exchange], line: Line | None = None
) -> Bench:
    """Every judgement on a run; the same record gives the same judgements."""
    bench = Bench(contract, info)
    line = line or Line()
    named = connections.named_apart({story.scenario.id: story for story in isolated.explained(stories)})
    bench.crowd = crowding.crowd(named, others)
    crowding.tell(bench)
    outcome.judge(bench, named, line)
    bench.never_shown = never_shown(bench, named)
    for story in named.values():
        if any(story.scenario.fact(name) for name in _APART):
            continue
        lifecycle.judge_stages(bench, story)
    _explained_by_fields(bench)
    _not_stored(bench, named)
    _cut_short(bench, named)
    special.judge(bench, named)
    envelope.judge(bench, _judged_exchanges(named, others), contract.exception_body)
    answers.judge(bench, named)
    reduced.tell(bench, named)
    _stored_elsewhere(bench, others)
    return bench


def _judged_exchanges(stories: Mapping[str, Story], others: Sequence[Exchange]) -> list[Exchange]:
    """Every reply to a push, but for those to requests about which the document says nothing."""
    exempt = {name for name, story in stories.items() if story.scenario.fact("any")}
    own = [
        e
        for story in stories.values()
        if story.scenario.id not in exempt
        for e in (*story.all_exchanges(), *(e for e in story.aside if not is_of_a_gateway(e)))
    ]
    rest = [e for e in others if e.kind == "push" and e.note.scenario not in exempt and not is_of_a_gateway(e)]
    return sorted({e.n: e for e in (*own, *rest)}.values(), key=lambda e: e.n)


def _explained_by_fields(bench: Bench) -> None:
    """What an update brought is kept wrongly where new alerts keep it wrongly, too: the field's fault, no update's."""
    explained = {id(judgement) for judgement, fields in bench.altered if fields <= bench.wrong_when_new}
    for place, judgement in enumerate(bench.judgements):
        if id(judgement) in explained:
            bench.judgements[place] = replace(judgement, outcome=PASS, finding=None)


def _stored_elsewhere(bench: Bench, others: Sequence[Exchange]) -> None:
    """The first event was accepted, and is in the store under a key that nobody sent."""
    if not bench.info.stored_as:
        return
    sent, found = map(shown, bench.info.stored_as)
    sentence = f"The event pushed under the key {sent} is in the store under the key {found}."
    numbers = tuple(e.n for e in others if e.kind == "push" and e.note.role == "preflight")[:1]
    finding = Finding(
        sentence, f"alert_key {sent}", f"an alert of the key {sent}", f"one of the key {found}", None, numbers
    )
    bench.fails("alert-key.kept", "plain", finding)


def _cut_short(bench: Bench, stories: Mapping[str, Story]) -> None:
    """What could not be tried for a reason that lies with the target is blocked, not merely left out."""
    for story in stories.values():
        if story.ended in CUT_SHORT:
            for requirement in story.scenario.serves:
                bench.blocked(requirement, story.scenario.check, CUT_SHORT[story.ended])


def _not_stored(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Nothing refused is stored: blamed on the row varied when it is the only one, else on refusing as such."""
    found: dict[str, list[tuple[str, str, Finding]]] = defaultdict(list)
    of_accounts = {entry.row for entry in bench.contract.requirements.values() if _needs_account(entry)}
    taken = _accepted_keys(stories)
    for story in stories.values():
        for requirement, check, finding in lifecycle.judge_final(bench, story, taken):
            found[bench.contract.requirements[requirement].row].append((requirement, check, finding))
    for row, entries in found.items():
        for requirement, check, finding in entries:
            own = {_KEYS: "key.refused-not-stored"}.get(row)
            if _KEYS in found and row in of_accounts:
                continue  # so it is with every key that is refused
            if own or (row.startswith("Code/") and row != "Code/InvalidParameter"):
                bench.fails(own or requirement, check, finding)
                continue
            alone = len(found) == 1 and row.startswith("Header/")
            bench.fails("code.invalid-content-type" if alone else "code.invalid-parameter.not-stored", check, finding)
            if sum(name.startswith(("Payload/", "Image/", "Header/", "Code/InvalidP")) for name in found) == 1:
                bench.fails(requirement, check, finding)


def _needs_account(entry: Requirement) -> bool:
    return (entry.needs or "").startswith("account:")


def _accepted_keys(stories: Mapping[str, Story]) -> frozenset[str]:
    """The keys of all that was accepted, those in bodies that are no event among them."""
    found: set[str] = set()
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            if read(exchange).kind == ACCEPTED:
                event = sent_event(push, exchange) or {}
                found |= {
                    key for key in (event.get("alert_key"), *story.scenario.fact("watch", ())) if isinstance(key, str)
                }
    return frozenset(found)


def unmet(story: Story, contract: Contract | None = None, blind_to: Sequence[str] = ()) -> frozenset[str]:
    """What the store, as it showed after the last stage, breaks: with nothing, waiting for it is over."""
    bench = Bench(contract or load(), replace(_NOWHERE, blind_to=tuple(blind_to)))
    facts = story.scenario.facts
    if not story.observations or any(name in ("any", "loose") and value for name, value in facts):
        return frozenset()
    if story.scenario.fact("rate"):
        return frozenset({"code.request-too-frequently"} if rate.acknowledged_and_lost(story)[0] else ())
    if not any(story.scenario.fact(name) for name in ("foreign", "alike")):
        lifecycle.judge_stages(bench, story, since=len(story.observations) - 1)
    special.judge(bench, {story.scenario.id: replace(story)})
    return frozenset(judgement.requirement for judgement in bench.judgements if judgement.outcome == FAIL)


_KEYS = "Query/integration_key"
_NOWHERE = RunInfo("", "", "", "", "", 0, "")
#: Facts of scenarios whose store is not what the life cycle says: judged elsewhere, or not at all.
_APART = ("any", "rate", "loose", "foreign", "alike")
