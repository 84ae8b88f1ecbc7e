"""Why a run was cut short is drawn from its recording, and stands first in its sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pretended import ALL, INFO

from conformance.checks.causes import cause
from conformance.contract import load
from conformance.model.scenario import Push, Scenario, Stage
from conformance.plugin.judging import judged
from conformance.plugin.replaying import tally
from conformance.wire.records import Exchange, Note, Observation, Problem, Recording, Reply, RunInfo, Sent, Story

_EVENT = json.dumps({"title_rule": "t", "event_status": "Info", "alert_key": "k"}).encode()
_GOOD = {"request_id": "r", "data": {"alert_key": "k"}}
_BUSY = {"request_id": "r", "error": {"code": "RequestTooFrequently"}}


def exchange(n: int, status: int = 200, role: str = "subject") -> Exchange:
    """A push with its answer; status 0 for one that got none."""
    body = json.dumps(_GOOD if status == 200 else _BUSY).encode()
    reply = Reply(status, "", (), body) if status else None
    problem = None if status else Problem("timeout", "no reply within 10 s")
    sent = Sent("POST", INFO.target, (), _EVENT)
    return Exchange(n, "push", Note(role=role), sent, reply, problem, float(n), 0.1)


def recorded(ended: str, *exchanges: Exchange, look: Observation | None = None, info: RunInfo = INFO) -> Recording:
    """A run of one story that was driven and one that was not, which ended for this reason."""
    stage = (Stage((Push(_EVENT),)),)
    done = Story(Scenario("a", "check", ("title-rule.kept",), stage), ((exchanges[0],),), (look,))
    left = Story(Scenario("b", "check", ("title-rule.cut",), stage), ended=ended)
    return Recording(info, [done, left], list(exchanges[1:]))


@pytest.mark.parametrize(
    ("ended", "exchanges", "told"),
    [
        ("gone", [exchange(1), exchange(2), exchange(3, 0)], "the target answered no more after 2 requests"),
        ("gone", [exchange(1), exchange(2, 0), exchange(3, role="cleanup")], "answered no more after 1 request"),
        ("rate", [exchange(1), exchange(2, 429)], "kept refusing for its rate after it had served 1 request"),
        ("time", [exchange(1), exchange(2)], "the time of --max-seconds was over after 2 requests"),
        ("", [exchange(1)], ""),
        ("settled-wrong", [exchange(1)], ""),
    ],
)
def test_the_cause_is_what_ended_the_stories(ended: str, exchanges: list[Exchange], told: str) -> None:
    """With the number of requests that were answered before; the clean-up counts for nothing."""
    found = cause(load(), recorded(ended, *exchanges))
    assert found.endswith(told)
    assert bool(found) == bool(told)


def test_a_read_back_that_broke_is_named() -> None:
    """From the first look on, or from a later one; a run without a read-back has none that could break."""
    look = Observation("broken", problem="it answers 500.")
    assert cause(load(), recorded("", exchange(1), look=look)) == "the read-back broke: it answers 500"
    info = replace(INFO, read_problem="the read-back at /alert/list answers 404")
    assert cause(load(), recorded("", exchange(1), info=info)) == "the read-back at /alert/list answers 404"
    assert not cause(load(), recorded("", exchange(1), look=Observation("none"), info=replace(INFO, observer="none")))


def test_a_target_that_is_gone_is_the_first_thing_said() -> None:
    """Then how many MUST were not decided, and no more than five of them."""
    recording = recorded("gone", exchange(1), exchange(2, 0))
    result = judged(load(), recording, tally(recording), {}, ALL, flaky=False)
    assert (result.exit_code, result.cause) == (5, "the target answered no more after 1 request")
    left = len(result.undecided())
    assert result.sentence.startswith(f"incomplete: {result.cause}; {left} MUST were not decided: ")
    assert result.sentence.partition(" decided: ")[2].partition(" …;")[0].count(",") == 4
