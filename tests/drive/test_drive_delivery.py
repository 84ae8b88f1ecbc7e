"""Pushes that are lost, refused for rate, or answered by nobody."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from drive_fakes import Answer, Runner, World, event, one, refusal, reply

from conformance.drive.breaker import BREAKER
from conformance.drive.throttle import Throttle
from conformance.model.scenario import Push, Stage
from conformance.wire.records import Note, Problem, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

RESET = Problem("reset", "closed")


def lose(first: int, scenario: str = "s") -> Answer:
    """Lose the first pushes of a scenario, twins not among them."""
    count = itertools.count()

    def answer(_push: Push, note: Note) -> Problem | None:
        return RESET if note.scenario == scenario and note.role == "subject" and next(count) < first else None

    return answer


def busy(status: int, first: int, *, code: str = "RequestTooFrequently", **headers: str) -> Answer:
    """Refuse the first pushes for rate."""
    count = itertools.count()

    def answer(_push: Push, _note: Note) -> Reply | None:
        return refusal(code, status, **headers) if next(count) < first else None

    return answer


def first_only(answer: Reply) -> Answer:
    """Give the first push this answer, and the others a good one."""
    count = itertools.count()
    return lambda _push, _note: answer if next(count) == 0 else None


def test_a_lost_push_is_repeated_and_then_with_a_twin_in_between(run: Runner) -> None:
    """The try that was answered counts, names the lost ones, and the loss is noted as irregular."""
    world = World(lose(2))
    done = run(world, one("s", event("k")))
    story = done.stories["s"]
    (counted,) = story.exchanges[0]
    assert counted.reply is not None
    tries = [("subject", True), ("subject", True), ("twin", False)]
    assert [(e.note.role, e.problem is not None) for e in story.aside] == tries
    assert counted.repeats == (story.aside[0].n, story.aside[1].n)
    assert (done.facts.irregular_losses, done.facts.regular_losses) == (1, 0)


def test_a_push_lost_three_times_is_given_up(run: Runner) -> None:
    """A twin was answered meanwhile: that is regular, and the last try stands with its problem."""
    world = World(lose(99))
    done = run(world, one("s", event("k"), event("k", "Ok")), one("other", event("l")))
    story = done.stories["s"]
    assert story.ended == "no-reply"
    (counted,) = story.exchanges[0]
    assert counted.problem == RESET
    assert len(counted.repeats) == 2
    assert [e.note.role for e in story.aside if e.reply is not None] == ["twin"]
    assert (done.facts.irregular_losses, done.facts.regular_losses) == (0, 1)


def test_a_push_that_is_cut_because_the_run_is_over_counts_for_nothing(run: Runner) -> None:
    """Its story ends for want of time, no loss is noted, and what it may have opened is closed."""
    world = World(lambda _push, note: Problem("out-of-time", "over") if note.scenario == "s" else None)
    done = run(world, one("s", event("k")))
    assert done.stories["s"].ended == "time"
    assert done.stories["s"].exchanges == ()
    assert (done.facts.lost_tries, done.facts.regular_losses) == (0, 0)
    assert [entry.alert_key for entry in done.journal.open_entries()] == ["k"]


def test_on_a_bad_line_a_push_is_tried_six_times(run: Runner) -> None:
    """A push lost three times is taken up again once another loss has proved irregular, even a later one."""
    first, second = lose(5), lose(1, "late")
    world = World(lambda push, note: first(push, note) or second(push, note))
    late = one("late", event("l"))
    done = run(world, one("s", event("k")), late, workers=1)
    (counted,) = done.stories["s"].exchanges[0]
    assert counted.reply is not None
    assert len(counted.repeats) == 5
    assert done.facts.irregular_losses == 2
    assert done.facts.regular_losses == 0


def test_five_percent_of_losses_leave_nothing_undecided(run: Runner) -> None:
    """Over many pushes on a line that resets one in twenty, each push is answered in the end."""
    for seed in range(10):
        chance = random.Random(seed)
        world = World(lambda _push, _note, chance=chance: RESET if chance.random() < 0.05 else None)
        done = run(world, *(one(f"s{i}", event(f"k{i}"), event(f"k{i}", "Ok")) for i in range(100)))
        assert {s.ended for s in done.stories.values()} == {""}
        assert all(e.reply is not None for s in done.stories.values() for e in s.all_exchanges())


def test_pushes_on_one_connection_are_repeated_together_on_a_fresh_one(run: Runner) -> None:
    """What is said about a connection needs all its pushes on it: the whole stage is sent again."""
    world, names = World(lose(1)), []
    original = world.answer
    world.answer = lambda push, note: (names.append(push.connection), original(push, note))[1]
    stage = tuple(Push(event(f"k{i}").body, connection="c") for i in range(3))
    done = run(world, one("s", stage))
    assert [e.reply is not None for e in done.stories["s"].exchanges[0]] == [True] * 3
    assert [name for name in names if name] == ["c"] * 3 + ["c#2"] * 3
    assert [len(e.repeats) for e in done.stories["s"].exchanges[0]] == [1, 1, 1]


def test_where_connections_are_closed_after_each_success_pushes_go_on_fresh_ones_in_order(run: Runner) -> None:
    """A target may close a connection unannounced: then the order of the pushes is kept, and no connection."""
    world, carried = World(), Counter[str]()

    def answer(push: Push, _note: Note) -> Problem | None:
        carried[push.connection] += 1
        return RESET if push.connection and carried[push.connection] > 1 else None

    world.answer = answer
    stage = tuple(Push(event(f"k{i}").body, connection="c") for i in range(3))
    done = run(world, one("s", stage))
    last = done.stories["s"].exchanges[0]
    assert [e.reply is not None for e in last] == [True] * 3
    assert [e.n for e in last] == sorted(e.n for e in last)
    assert not any(e.reused for e in last)


def test_what_a_burst_loses_is_repeated_after_it(run: Runner) -> None:
    """Nothing is repeated inside a burst; afterwards each lost push is sent by itself."""
    world = World(lose(2))
    done = run(world, one("s", tuple(event(f"k{i}") for i in range(4))))
    story = done.stories["s"]
    assert all(e.reply is not None for e in story.exchanges[0])
    assert Counter(len(e.repeats) for e in story.exchanges[0]) == {0: 2, 1: 2}
    assert done.facts.irregular_losses == 0


def test_after_many_regular_losses_pushes_are_tried_once(run: Runner) -> None:
    """A target that leaves a kind of push unanswered is not waited for forever."""
    world = World(lambda _push, note: Problem("timeout", "10 s") if note.role == "subject" else None)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(40)), workers=1, settled=lambda _: True)
    tries = Counter(e.note.scenario for e in world.sent())
    assert sorted(Counter(tries.values()).items()) == [(1, 32), (3, 8)]
    assert done.facts.regular_losses == 8


def test_a_target_that_hangs_on_subjects_only_is_not_gone(run: Runner) -> None:
    """As long as controls are answered the run goes on."""
    world = World(lambda _push, note: RESET if note.role == "subject" else None)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)))
    assert done.facts.halted == ""


def test_a_target_that_answers_who_comes_alone_is_not_gone(run: Runner) -> None:
    """Whether anybody is there is asked with nothing else in flight: it may be the crowd that is not borne."""
    inside = threading.Semaphore(2)  # and whoever comes then is cut off

    def answer(_push: Push, _note: Note) -> Problem | None:
        if not inside.acquire(blocking=False):
            return RESET
        time.sleep(0.01)
        inside.release()
        return None

    done = run(World(answer), *(one(f"s{i}", event(f"k{i}")) for i in range(60)), workers=8)
    assert done.facts.lost_tries > BREAKER
    assert done.facts.halted == ""


def test_a_target_that_answers_nobody_ends_the_run(run: Runner) -> None:
    """Six exchanges in a row without a reply, a control among them, and nothing more is sent."""
    count = itertools.count()
    world = World(lambda _push, _note: None if next(count) < 10 else Problem("connect", "refused"))
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(100)), workers=2)
    assert done.facts.halted == "gone"
    assert 16 <= len(world.exchanges) <= 18
    assert Counter(s.ended for s in done.stories.values())["gone"] >= 89


def test_retry_after_is_obeyed_by_everyone_and_the_push_sent_again(run: Runner) -> None:
    """The pacer is told, the push is answered in the end, and the refusal is kept beside the story."""
    world, told = World(busy(429, 1, Retry_After="3")), []
    done = run(world, one("s", event("k")), penalise=told.append)
    story = done.stories["s"]
    (counted,) = story.exchanges[0]
    assert counted.reply.status == 200
    assert [e.reply.status for e in story.aside] == [429]
    assert counted.repeats == (story.aside[0].n,)
    assert told == [3.0]
    assert done.facts.rate_refusals == 1


def test_waits_double_where_nothing_is_told(run: Runner) -> None:
    """429 without Retry-After is answered with exponential patience."""
    world, told = World(busy(429, 4)), []
    run(world, one("s", event("k")), penalise=told.append)
    assert told == [0.25, 0.5, 1.0, 2.0]


def test_patience_with_a_target_that_is_too_busy_ends(run: Runner) -> None:
    """At most thirty seconds are waited in all, the last refusal stands, and the story says rate."""
    world, told = World(busy(429, 999, Retry_After="86400")), []
    done = run(world, one("s", event("k"), event("k", "Ok")), observed=False, penalise=told.append)
    assert sum(told) <= 30
    assert done.stories["s"].ended == "rate"
    assert done.stories["s"].exchanges[0][0].reply.status == 429


def test_429_forever_ends_the_run(run: Runner) -> None:
    """When everything is refused for rate, the rest of the plan is not tried one by one."""
    world = World(busy(429, 9999))
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(200)), observed=False)
    assert {s.ended for s in done.stories.values()} == {"rate"}
    assert len(world.exchanges) < 60


def test_503_in_the_envelope_is_obeyed(run: Runner) -> None:
    """Overload said in the envelope is waited for."""
    world = World(busy(503, 1, code="ServiceUnavailable"))
    done = run(world, one("s", event("k")))
    assert done.stories["s"].exchanges[0][0].reply.status == 200


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_says_is_a_lost_reply(run: Runner, status: int) -> None:
    """It is sent again like any lost one; where it goes on, the last one is what is judged."""
    world = World(lambda _push, note: reply(status, {"oops": 1}) if note.scenario == "s" else None)
    done = run(world, one("s", event("k")), settled=lambda _: True)
    assert done.stories["s"].exchanges[0][0].reply.status == status
    assert [entry.note.role for entry in done.stories["s"].aside] == ["subject", "subject", "twin"]
    once = World(first_only(reply(status, {"oops": 1})))
    done = run(once, one("s", event("k")))
    assert done.stories["s"].exchanges[0][0].reply.status == 200
    assert done.facts.irregular_losses == 1


def test_an_unpublished_rate_limit_is_learned() -> None:
    """After the first refusal nobody sends faster than what was served in the second before."""
    throttle = Throttle()
    assert throttle.slot(0.0) == 0.0
    for index in range(20):
        throttle.answered(index / 100)
    throttle.refused(0.2)
    throttle.refused(0.21)
    assert 0.05 < throttle.gap < 0.06
    assert throttle.slot(1.0) == 0.0
    assert abs(throttle.slot(1.0) - throttle.gap) < 1e-9


def test_a_refusal_now_and_then_slows_nobody_down() -> None:
    """One in a hundred is chance: it is obeyed where it came, and the pace stays what it was."""
    throttle = Throttle()
    for number in range(600):
        now = number / 50
        throttle.refused(now) if number % 100 == 99 else throttle.answered(now)
    assert throttle.gap == 0.0


def test_budget_ends_stories_and_is_never_exceeded(run: Runner) -> None:
    """Whatever the target does, pushes, reads and the recoveries still owed stay within the limit."""
    for limit in (1, 2, 3, 5, 8, 13, 21, 34, 55):
        for name, world in _difficult().items():
            plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}", description="x")) for i in range(15)]
            plan.append(one("r", Stage((Push(event("no").body, role="refusal"),), observe=False)))
            done = run(world, *plan, limit=limit, observe_timeout=0.03)
            owed = len(done.journal.open_entries())
            assert done.budget.spent + owed <= limit, (limit, name)
            assert done.budget.held >= owed, (limit, name)


def _difficult() -> dict[str, World]:
    chance = random.Random(1)
    odd: dict[str, Callable[[dict], dict]] = {"wrong": lambda alert: {**alert, "title_rule": "x"}}
    return {
        "fine": World(),
        "wrong": World(alter=odd["wrong"]),
        "invisible": World(delay=9),
        "lossy": World(lambda _push, _note: RESET if chance.random() < 0.3 else None),
        "silent": World(lambda _push, _note: RESET),
        "busy": World(lambda _push, _note: refusal("RequestTooFrequently", 429) if chance.random() < 0.3 else None),
        "refusing": World(lambda _push, _note: refusal()),
        "accepting": World(lambda _push, _note: reply(200, {"data": {"alert_key": "other"}})),
        "small pages": World(page=2),
    }
