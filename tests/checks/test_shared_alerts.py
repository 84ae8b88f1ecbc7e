"""Scenarios that share an alert: what one of them is refused must prove nothing about what another one stored."""

from __future__ import annotations

from collections import defaultdict

import pytest
from pretended import INFO, ground

from conformance.checks.ground import Ground, push, scenario
from conformance.checks.judge.bench import Bench
from conformance.checks.judge.lifecycle import judge_final
from conformance.checks.planning import plan
from conformance.contract import load
from conformance.drive.budget import sent_key
from conformance.model.oracle import ACCEPT, REFUSE, expect
from conformance.model.scenario import Scenario
from conformance.wire.records import Exchange, Note, Observation, Reply, Sent, Story

BUDGETS = ("quick", "standard", "thorough")


def _outcomes(entry: Scenario, key: str) -> set[str]:
    """What a conforming server answers to the pushes of a key in a scenario."""
    return {expect(one, load()).outcome for one in entry.pushes() if sent_key(one) == key}


@pytest.mark.parametrize("budget", BUDGETS)
def test_no_scenario_that_may_be_refused_is_judged_by_an_alert_of_another(budget: str) -> None:
    """Where one event of a key may be refused and another taken, nothing is concluded from the store."""
    given = frozenset({"second-key", "observer", "rate-limit:20"})
    sharing: dict[str, list[Scenario]] = defaultdict(list)
    for entry in plan(Ground(load(), ground().names, budget, 0, given)):
        for key in {key for one in entry.pushes() if (key := sent_key(one))}:
            sharing[key].append(entry)
    shared = {key: entries for key, entries in sharing.items() if len(entries) > 1}
    assert shared, "the plain event is shared at least"
    for key, entries in shared.items():
        for entry in entries:
            others_open_it = any(_outcomes(other, key) - {REFUSE} for other in entries if other is not entry)
            apart = any(entry.fact(name) for name in ("loose", "any"))
            assert apart or ACCEPT in _outcomes(entry, key) or not others_open_it, entry.id


@pytest.mark.parametrize(("loose", "findings"), [(True, 0), (False, 1)])
def test_a_refusal_says_nothing_of_the_store_where_the_alert_is_shared(loose: bool, findings: int) -> None:
    """An alert under a refused key is a finding of that scenario alone that owns the key."""
    event = {"title_rule": "t", "event_status": "Info", "alert_key": "shared", "description": "a\0b"}
    made = scenario(
        "body.odd-x", ["code.invalid-parameter.not-stored"], push(event, "description.accepted"), loose=loose
    )
    body = b'{"request_id": "1", "error": {"code": "InvalidParameter"}}'
    sent = Sent("POST", "http://127.0.0.1/push", (), made.pushes()[0].body)
    exchange = Exchange(1, "push", Note("body.odd-x"), sent, Reply(400, "", (), body), None, 0.0, 0.0)
    seen = Observation("seen", ({"alert_key": "shared", "alert_status": "Info"},))
    story = Story(made, ((exchange,),), (seen,), seen)
    assert len(list(judge_final(Bench(load(), INFO), story))) == findings
