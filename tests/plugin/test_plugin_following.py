"""When a run asks for follow-ups at all, and how much they may cost."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.checks.ground import Ground, push, scenario
from conformance.checks.judge.run import judge
from conformance.contract import load
from conformance.drive.budget import Budget
from conformance.drive.ports import DriveSettings, RunFacts
from conformance.model.names import Names
from conformance.model.scenario import Scenario
from conformance.plugin.following import Following, follow_up
from conformance.wire.records import Exchange, Note, Observation, Reply, RunInfo, Sent, Story

INFO = RunInfo("1f9c2e", "", "http://127.0.0.1/push", "openapi", "standard", 0, "must")
GROUND = Ground(load(), Names(INFO.id))


def _story(made: Scenario, number: int, **stored: Any) -> Story:
    """A story of one push that was accepted, and stored as it was sent but for what is given."""
    event = made.pushes()[0].event() or {}
    body = b'{"request_id": "r%d", "data": {"alert_key": "%s"}}' % (number, event["alert_key"].encode())
    sent = Sent("POST", INFO.target, (), made.pushes()[0].body)
    exchange = Exchange(number, "push", Note(made.id), sent, Reply(200, "", (), body), None, 0.0, 0.0)
    return Story(made, ((exchange,),), (Observation("seen", ({**event, **stored},)),))


@dataclass
class Stage:
    """A run whose one combination failed, and the follow-ups that were driven."""

    limit: int = 1000
    facts: RunFacts = field(default_factory=RunFacts)
    settings: DriveSettings = field(default_factory=DriveSettings)
    driven: list[Scenario] = field(default_factory=list)
    rate: str = ""
    stop_after: int | None = None

    def stories(self) -> list[Story]:
        """What the plan showed: labels are lost."""
        odd = GROUND.event("combo", description="d", labels={"a": "1"}, event_status="Critical")
        plan = [
            scenario("plain", (), push(GROUND.event("p"), "content-type.json")),
            scenario("combination.one", (), push(odd, "content-type.json")),
        ]
        made = [_story(plan[0], 1), _story(plan[1], 2, labels={})]
        if self.rate:
            burst = push(GROUND.event("rate"), "code.request-too-frequently", credential=self.rate)
            made.append(_story(scenario("code.rate", (), burst, rate=True), 3))
        return made

    def play(self) -> list[Scenario]:
        """Ask for follow-ups, and return what was driven."""
        run = Following(
            GROUND,
            frozenset(load().requirements),
            Budget(self.limit),
            self.facts,
            self.settings,
            lambda _: 1,
            judge=lambda stories: judge(load(), INFO, stories, []),
            drive=self._drive,
        )
        before = self.stories()
        after = follow_up(run, before)
        assert [story.scenario.id for story in after] == [
            *(story.scenario.id for story in before),
            *(made.id for made in self.driven),
        ]
        return self.driven

    def _drive(self, chosen: list[Scenario], settings: DriveSettings) -> list[Story]:
        self.driven += chosen
        if self.stop_after is not None and len(self.driven) >= self.stop_after:
            settings.stop.set()
        return [_story(made, 100 + len(self.driven) + n, labels={}) for n, made in enumerate(chosen)]


def test_a_failed_combination_is_followed_up() -> None:
    """With time, room and a good line, follow-ups are driven, and their stories stand behind those of the plan."""
    assert [made.id for made in Stage().play()][:1] == ["followup.combination.one.labels"]


@pytest.mark.parametrize(
    "facts",
    [
        {"irregular_losses": 1},
        {"halted": "gone"},
        {"halted": "rate"},
        {"halted": "time"},
        {"observing": "broken"},
        {"observing": "blind"},
    ],
    ids=str,
)
def test_a_line_or_store_that_cannot_be_trusted_gets_none(facts: dict[str, Any]) -> None:
    """Where replies are lost, the target is gone or nothing can be read, a follow-up would prove nothing."""
    assert Stage(facts=RunFacts(**facts)).play() == []


def test_an_interrupted_run_sends_no_more() -> None:
    """Neither a run that was stopped before, nor one that is stopped between two rounds."""
    stop = threading.Event()
    stop.set()
    assert Stage(settings=DriveSettings(stop=stop)).play() == []
    stopped = Stage(stop_after=1).play()
    assert 0 < len(stopped) < len(Stage().play()) or len(stopped) == 1


def test_a_run_out_of_time_sends_no_more() -> None:
    """What fails is waited for as long as the observe timeout: where that is not left, nothing is asked."""

    def clock() -> float:
        return 100.0

    assert Stage(settings=DriveSettings(deadline=105.0, clock=clock)).play() == []
    assert Stage(settings=DriveSettings(deadline=120.0, clock=clock)).play()


@pytest.mark.parametrize(("limit", "some"), [(0, False), (8, False), (40, True)])
def test_follow_ups_fit_into_what_is_left(limit: int, some: bool) -> None:
    """Without room for a push, its recovery and a look, none is driven."""
    assert bool(Stage(limit=limit).play()) is some


@pytest.mark.parametrize(("credential", "some"), [("main", False), ("account:Limited", True)])
def test_a_key_that_was_taken_over_its_rate_is_left_alone(credential: str, some: bool) -> None:
    """After the probe of the rate the same key would refuse; where another key was probed, nothing is in the way."""
    assert bool(Stage(rate=credential).play()) is some
