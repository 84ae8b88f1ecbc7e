"""Clean-up: at the end of a run, after a crash, and by prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from drive_fakes import Clock, Runner, World, event, one, refusal

from conformance.drive.budget import Budget
from conformance.drive.cleanup import cleanup, close_all, sweep
from conformance.drive.journal import Journal, unfinished
from conformance.drive.ports import DriveSettings
from conformance.model.scenario import Push
from conformance.wire.records import Note, Problem, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_CLOCK = Clock()
QUICK = DriveSettings(clock=_CLOCK, sleep=_CLOCK.sleep)


def active(world: World) -> set[str]:
    """Return the keys whose latest event is no recovery."""
    return {key for key, events in world.store.items() if events[-1][1]["alert_status"] != "Ok"}


class Listing(World):
    """A world whose observer can list everything."""

    def recent(self) -> Reading:
        """Show every alert."""
        return self.read(list(self.store))


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


@pytest.fixture
def crashed(tmp_path: Path) -> Callable[[World], Path]:
    """Leave a folder behind as a killed run does: some alerts open, one generated key lost."""

    def _crashed(world: World) -> Path:
        journal = Journal(tmp_path / "journal.jsonl", "abc123")
        for push in [event("a"), event("b"), event(None, title_rule="conformance abc123 lost")]:
            entry = journal.before(push)
            exchange = world.push(push, Note())
            if push.event().get("alert_key") == "a":
                journal.after(entry, push, exchange, alone=True)
        return tmp_path

    return _crashed


def test_cleanup_recovers_what_a_killed_run_left(crashed: Callable[[World], Path]) -> None:
    """From the journal alone; a generated key whose reply was lost is said to be possibly open."""
    world = World()
    folder = crashed(world)
    report = cleanup(folder, world, None, QUICK)
    assert {one.alert_key for one in report.closed} == {"a", "b"}
    assert len(report.unnamed) == 1
    assert "1 may be open under generated keys" in report.sentence
    assert active(world) == {"gen-2"}


def test_cleanup_may_be_repeated_and_goes_on_where_it_was_cut_off(crashed: Callable[[World], Path]) -> None:
    """What is closed is written down, so that the second time only the rest is sent."""
    world = World()
    folder = crashed(world)
    world.answer = lambda push, _note: refusal() if b'"b"' in push.body else None
    assert not cleanup(folder, world, None, QUICK).ok
    world.answer = lambda _push, _note: None
    before = len(world.sent("cleanup"))
    assert cleanup(folder, world, None, QUICK).ok
    assert len(world.sent("cleanup")) == before + 1
    assert len(cleanup(folder, world, None, QUICK).closed) == 0


def test_an_observer_finds_the_alert_whose_key_was_lost(crashed: Callable[[World], Path]) -> None:
    """It carries the run's title, so it is recovered too, and nothing is possibly open any more."""
    world = Listing()
    folder = crashed(world)
    world.push(event("stranger", title_rule="disk full"), Note())
    report = cleanup(folder, world, world, QUICK)
    assert report.ok
    assert report.unnamed == ()
    assert active(world) == {"stranger"}
    assert unfinished(folder / "journal.jsonl") == []


def test_a_recovery_that_the_store_does_not_show_is_reported(crashed: Callable[[World], Path]) -> None:
    """Accepted is not yet recovered: with an observer the report says what is still active."""

    def never_ok(alert: dict[str, Any]) -> dict[str, Any]:
        return {**alert, "alert_status": "Info"}

    world = World(alter=lambda alert: never_ok(alert) if alert["alert_key"] == "a" else alert)
    report = cleanup(crashed(world), world, world, QUICK)
    assert [(one.open.alert_key, one.reason) for one in report.left] == [("a", "accepted, but still shown as active")]


def test_a_refused_recovery_of_an_alert_that_never_was_is_no_failure(crashed: Callable[[World], Path]) -> None:
    """The process died between the journal and the push: the store shows nothing, so nothing is left."""
    world = World()
    folder = crashed(world)
    del world.store["b"]
    world.answer = lambda push, _note: refusal() if b'"b"' in push.body else None
    assert cleanup(folder, world, world, QUICK).ok
    assert [one.alert_key for one in unfinished(folder / "journal.jsonl")] == [None]


def test_journals_of_several_runs_are_all_settled(crashed: Callable[[World], Path]) -> None:
    """A journal that was kept when a later run reused the folder is cleaned up with it."""
    world = World()
    folder = crashed(world)
    other = Journal(folder / "journal-old.jsonl", "old")
    other.before(event("x"))
    world.push(event("x"), Note())
    assert {one.alert_key for one in cleanup(folder, world, None, QUICK).closed} == {"a", "b", "x"}


def test_an_empty_folder_has_nothing_to_clean(tmp_path: Path) -> None:
    """No journal, no requests."""
    world = World()
    assert cleanup(tmp_path, world, None, QUICK).sentence == "0 alerts were recovered"
    assert world.requests() == 0


def test_a_sweep_recovers_active_alerts_of_the_prefix_only() -> None:
    """Older runs of the suite are closed, other people's alerts are not touched."""
    world = Listing()
    for key, status in [("cfm-1-a", "Info"), ("cfm-2-b", "Critical"), ("cfm-3-c", "Ok"), ("other", "Info")]:
        world.push(event(key, status), Note())
    report = sweep("cfm-", world, world, QUICK)
    assert {one.alert_key for one in report.closed} == {"cfm-1-a", "cfm-2-b"}
    assert active(world) == {"other"}
    assert sweep("", world, world, QUICK).closed == ()


def test_a_sweep_needs_an_observer_that_can_list() -> None:
    """Without one the report says what to give."""

    class Blind:
        def read(self, alert_keys: Sequence[str]) -> Reading:
            """Show nothing."""
            return Reading()

    report = sweep("cfm-", World(), Blind(), QUICK)
    assert not report.ok
    assert "--app-key" in report.sentence


def test_clean_up_keeps_within_a_budget_that_is_nearly_spent() -> None:
    """What was held back is enough for one recovery each, and no request more is made."""
    world, journal, budget = World(), Journal(None, "r"), Budget(4)
    for key in ["a", "b"]:
        budget.take(1, keep=1)
        push = event(key)
        journal.after(journal.before(push), push, world.push(push, Note()), alone=True)
    assert close_all(world, journal, budget, QUICK).ok
    assert budget.spent == 4
