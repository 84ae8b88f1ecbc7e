"""Clean-up at the end of a run."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from drive_cleaning import QUICK, active, paced_by
from drive_fakes import Runner, World, event, one, refusal, reply

from conformance.drive.budget import Budget
from conformance.drive.cleanup import close_all
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings
from conformance.model.scenario import Push
from conformance.wire.records import Note, Problem

if TYPE_CHECKING:
    from conformance.wire.records import Reply


def test_everything_a_run_opened_is_recovered_within_its_budget(run: Runner) -> None:
    """Keys sent, keys generated, controls: all are closed, paid from what was held back."""
    world = World()
    plan = [
        *(one(f"s{i}", event(f"k{i}")) for i in range(20)),
        one("g", event()),
        one("d", event("d"), event("d", "Ok")),
    ]
    done = run(world, *plan, limit=60)
    report = close_all(world, done.journal, done.budget, QUICK)
    assert report.ok
    assert len(report.closed) == 20 + 1 + 2
    assert active(world) == set()
    assert done.budget.held == 0
    assert world.requests() == done.budget.spent <= 60
    assert world.sent("cleanup")[0].sent.body.startswith(b'{"title_rule": "conformance run run1 is over"')


def test_each_alert_is_recovered_with_the_credential_that_opened_it(run: Runner) -> None:
    """An alert of the second integration is closed there."""
    world, used = World(), []
    done = run(world, one("s", Push(event("k").body, credential="second")), observed=False)
    world.answer = lambda push, _note: used.append(push.credential)
    close_all(world, done.journal, done.budget, QUICK)
    assert used == ["second"]


def test_a_recovery_that_is_lost_is_sent_again(run: Runner) -> None:
    """Recovering twice does no harm, so on a bad line it is tried a few times."""
    world, lost = World(), iter([1] * 5)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(4)), observed=False)
    world.answer = lambda _push, _note: Problem("reset", "") if next(lost, None) else None
    assert close_all(world, done.journal, done.budget, QUICK).ok
    assert active(world) == set()


@pytest.mark.parametrize(
    "no",
    [
        pytest.param(refusal("RequestTooFrequently", 429), id="429"),
        pytest.param(refusal("ServiceUnavailable", 503), id="503 in the envelope"),
        pytest.param(reply(503, []), id="503 of a proxy"),
        pytest.param(reply(502, []), id="502"),
        pytest.param(refusal("InternalError", 500), id="500"),
    ],
)
def test_a_recovery_that_is_refused_for_a_while_is_sent_again(run: Runner, no: Reply) -> None:
    """Too busy, or any 5xx: like one that is lost, it may be taken the next time."""
    world, nth = World(), itertools.count(1)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)), observed=False)
    world.answer = lambda _push, _note: no if next(nth) % 2 else None
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok
    assert active(world) == set()
    assert sum(world.pauses) < 10


def test_a_recovery_that_is_refused_for_good_is_sent_once(run: Runner) -> None:
    """The same push gets the same answer."""
    world = World()
    done = run(world, one("s", event("k")), observed=False)
    world.answer = lambda _push, _note: refusal()
    report = close_all(world, done.journal, done.budget, paced_by(world.clock))
    assert [left.reason for left in report.left] == ["refused: 400 InvalidParameter"]
    assert len(world.sent("cleanup")) == 1


def test_what_is_left_is_named_in_few_words(run: Runner) -> None:
    """A key of thousands of characters would push the next step out of sight."""
    world = World()
    done = run(world, one("s", event("k" * 5000)), observed=False)
    world.answer = lambda _push, _note: refusal()
    assert len(close_all(world, done.journal, done.budget, paced_by(world.clock)).sentence) < 200


@pytest.mark.parametrize("name", ["unknown", "main"])
def test_a_made_up_key_that_is_refused_has_opened_nothing(run: Runner, name: str) -> None:
    """A gateway lost the answer to a push with it; of the run's own key that says nothing."""
    world = World(lambda _push, _note: Problem("reset", ""))
    done = run(world, one("s", Push(event("k").body, credential=name)), observed=False)
    world.answer = lambda push, _note: refusal("Unauthorized", 401) if b'"k"' in push.body else None
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok == (name == "unknown")


def test_a_redirected_push_whose_recovery_is_refused_has_opened_nothing(run: Runner) -> None:
    """A recovery is tried all the same, for nobody knows what happened where it was sent."""
    world = World(lambda _push, _note: reply(308, []))
    done = run(world, one("s", event("k")), observed=False)
    world.answer = lambda push, _note: refusal() if b'"k"' in push.body else None
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok
    assert len(world.sent("cleanup")) == 1


@pytest.mark.parametrize("other", ["main-encoded", "second"])
def test_an_alert_opened_by_two_forms_of_the_key_is_closed_once(run: Runner, other: str) -> None:
    """Some targets refuse the Ok that finds nothing; the alert of another integration is another one."""
    world, taken = World(), itertools.count(1)
    done = run(world, one("s", event("k")), one("o", Push(event("k").body, credential=other)), observed=False)
    world.answer = lambda _push, _note: None if next(taken) == 1 else refusal()
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok == (other == "main-encoded")


@pytest.mark.parametrize(("told", "waited"), [("2", 2.0), ("45", 45.0), ("86400", 60.0)])
def test_clean_up_obeys_a_retry_after_within_bounds(run: Runner, told: str, waited: float) -> None:
    """It waits as it is told, up to a minute, whatever it is told."""
    world, busy = World(), iter([refusal("RequestTooFrequently", 429, Retry_After=told)])
    done = run(world, one("s", event("k")), observed=False)
    world.answer = lambda _push, _note: next(busy, None)
    began = world.clock()
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok
    assert world.clock() - began == waited


def test_clean_up_waits_for_a_target_that_is_down_for_some_seconds(run: Runner) -> None:
    """Pauses grow, and one recovery alone asks whether it is back: the requests are kept for when it is."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)), observed=False)
    back = world.clock() + 3.0
    world.answer = lambda _push, _note: Problem("reset", "") if world.clock() < back else None
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok
    assert active(world) == set()
    assert len(world.sent("cleanup")) <= 20 + 4


def test_clean_up_does_not_wait_for_ever(run: Runner) -> None:
    """A target that is gone gets about five seconds of pauses, and a last try of some."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)), observed=False)
    world.answer = lambda _push, _note: Problem("reset", "")
    began = world.clock()
    assert len(close_all(world, done.journal, done.budget, paced_by(world.clock)).left) == 20
    assert 4 <= world.clock() - began <= 6


def test_one_key_that_the_target_does_not_bear_keeps_no_other_open(run: Runner) -> None:
    """It is asked about first and never answered; the others are recovered all the same."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(9)), observed=False, workers=1)
    world.answer = lambda push, _note: Problem("reset", "") if b'"k0"' in push.body else None
    report = close_all(world, done.journal, done.budget, paced_by(world.clock))
    assert [left.open.alert_key for left in report.left] == ["k0"]
    assert active(world) == {"k0"}


def test_a_target_that_never_answered_is_tried_once(run: Runner) -> None:
    """Whoever was silent all along is not waited for."""
    world = World(lambda _push, _note: Problem("timeout", "10 s"))
    done = run(world, one("s", event("k")), observed=False)
    began = world.clock()
    report = close_all(world, done.journal, done.budget, paced_by(world.clock), once=True)
    assert {left.reason for left in report.left} == {"no answer: timeout"}
    assert len(world.sent("cleanup")) == len(report.left)
    assert world.clock() == began


def test_a_rate_that_is_too_high_is_not_kept_up(run: Runner) -> None:
    """After some refusals in a row the round is over: the rest would be refused as well."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(100)), observed=False)
    taken: list[float] = []

    def limited(_push: Push, _note: Note) -> Reply | None:
        now = world.clock()
        if sum(at > now - 1 for at in taken) >= 20:
            return refusal("RequestTooFrequently", 429)
        taken.append(now)
        return None

    world.answer = limited
    assert close_all(world, done.journal, done.budget, paced_by(world.clock)).ok
    assert len(world.sent("cleanup")) < 200


def test_with_few_requests_to_spare_the_first_refusal_for_rate_ends_a_round(run: Runner) -> None:
    """A window of requests that is full costs a request or two, not one for each recovery that was on its way."""
    world, served = World(), iter([None] * 5)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(40)), observed=False)
    first = world.clock()

    def window(_push: Push, _note: Note) -> Reply | None:
        full = world.clock() - first < 1.0 and next(served, "full") == "full"
        return refusal("RequestTooFrequently", 429) if full else None

    world.answer = window
    assert close_all(world, done.journal, Budget(46), paced_by(world.clock)).ok
    assert active(world) == set()


def test_clean_up_waits_for_a_limit_that_counts_by_the_minute(run: Runner) -> None:
    """What is refused for the rate alone is sent again for a minute; it costs few requests."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(30)), observed=False)
    until = world.clock() + 55
    world.answer = lambda _push, _note: refusal("RequestTooFrequently", 429) if world.clock() < until else None
    assert close_all(world, done.journal, Budget(45), paced_by(world.clock)).ok
    assert active(world) == set()


def test_clean_up_happens_after_a_stop_and_past_the_deadline(run: Runner) -> None:
    """What ends the driving does not end the clean-up."""
    world = World()
    done = run(world, one("s", event("k")), observed=False)
    settings = DriveSettings(deadline=0.0, clock=world.clock, sleep=world.clock.sleep)
    settings.stop.set()
    assert close_all(world, done.journal, done.budget, settings).ok
    assert active(world) == set()


def test_what_cannot_be_recovered_is_named_with_the_reason(run: Runner) -> None:
    """A refusal, or no answer, leaves the alert in the report and in the journal."""
    world = World()
    done = run(world, one("s", event("k")), observed=False)
    world.answer = lambda _push, _note: refusal("Unauthorized", 401)
    report = close_all(world, done.journal, done.budget, QUICK)
    assert not report.ok
    assert report.sentence == "0 alerts were recovered; 1 could not be: 'k' (refused: 401 Unauthorized)"
    world.answer = lambda _push, _note: Problem("connect", "refused")
    assert close_all(world, done.journal, None, QUICK).left[0].reason == "no answer: connect"
    assert [one.alert_key for one in done.journal.open_entries()] == ["k"]


def test_a_target_that_is_gone_is_not_asked_for_every_key(run: Runner) -> None:
    """After six recoveries without an answer the rest is left for later."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(50)), observed=False)
    world.answer = lambda _push, _note: Problem("timeout", "10 s")
    report = close_all(world, done.journal, done.budget, QUICK)
    assert len(report.left) == 50
    assert len(world.sent("cleanup")) < 20


def test_what_looks_overspent_is_taken_from_nobodys_recovery() -> None:
    """Where fewer requests are left than alerts are open, as many as can be paid are recovered."""
    world, journal, budget = World(), Journal(None, "r"), Budget(40)
    for number in range(10):
        push = event(f"k{number}")
        assert budget.take(1, keep=1)
        journal.after(journal.before(push), push, world.push(push, Note()), alone=True)
    budget.charge(24)  # endless pages
    report = close_all(world, journal, budget, QUICK)
    assert (len(report.closed), len(report.left)) == (6, 4)
    assert {left.reason for left in report.left} == {"no request was left in the budget"}
    assert budget.spent == 40


def test_a_second_try_takes_no_request_of_a_first(run: Runner) -> None:
    """With one request each, those that are refused for a while stay open, and nobody else."""
    world, busy = World(), iter([reply(503, [])] * 2)
    journal, budget = Journal(None, "r"), Budget(20)
    for number in range(10):
        push = event(f"k{number}")
        assert budget.take(1, keep=1)
        journal.after(journal.before(push), push, world.push(push, Note()), alone=True)
    world.answer = lambda _push, _note: next(busy, None)
    report = close_all(world, journal, budget, QUICK)
    assert len(report.closed) == 8
    assert {left.reason for left in report.left} == {"refused: 503, and no request was left in the budget"}


def test_clean_up_keeps_within_a_budget_that_is_nearly_spent() -> None:
    """What was held back is enough for one recovery each, and no request more is made."""
    world, journal, budget = World(), Journal(None, "r"), Budget(4)
    for key in ["a", "b"]:
        budget.take(1, keep=1)
        push = event(key)
        journal.after(journal.before(push), push, world.push(push, Note()), alone=True)
    assert close_all(world, journal, budget, QUICK).ok
    assert budget.spent == 4
