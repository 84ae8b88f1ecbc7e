"""Clean-up where keys were lost, after a crash, and by prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from drive_cleaning import QUICK, Listing, active, paced_by
from drive_fakes import Runner, World, event, one, refusal

from conformance.drive.budget import Budget
from conformance.drive.cleanup import cleanup, close_all, close_lost, sweep
from conformance.drive.journal import Journal, unfinished
from conformance.model.scenario import Push
from conformance.wire.records import Note, Problem, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from drive_fakes import Run


def _lost(world: World, run: Runner) -> Run:
    """A run that lost the reply to an event without a key, which the store has."""

    def late(push: Push, note: Note) -> Problem | None:
        if note.role != "subject":
            return None
        world.keep(push)
        return Problem("reset", "")

    world.answer = late
    done = run(world, one("s", event(None, title_rule="conformance run1 lost")))
    world.answer = lambda _push, _note: None
    return done


def test_a_run_recovers_what_its_observer_lists_under_lost_keys(run: Runner) -> None:
    """They carry the run's title; then nothing is possibly open."""
    world = Listing()
    done = _lost(world, run)
    settings = paced_by(world.clock)
    report = close_all(world, done.journal, done.budget, settings)
    assert report.unnamed
    assert active(world)
    after = close_lost(report, world, done.journal, world, done.budget, settings, visible_after=0.0)
    assert after.ok
    assert after.unnamed == ()
    assert active(world) == set()
    assert done.journal.open_entries() == []


def test_what_may_not_show_yet_stays_possibly_open(run: Runner) -> None:
    """Nobody knows how long this store takes: what it does not list may come."""
    world = Listing()
    done = _lost(world, run)
    report = close_all(world, done.journal, done.budget, paced_by(world.clock))
    after = close_lost(report, world, done.journal, world, done.budget, paced_by(world.clock), visible_after=None)
    assert active(world) == set()
    assert after.unnamed == report.unnamed


def test_without_requests_nothing_is_looked_for(run: Runner) -> None:
    """A look that cannot lead to a recovery is not made."""
    world = Listing()
    done = _lost(world, run)
    report = close_all(world, done.journal, done.budget, paced_by(world.clock))
    reads = world.read_requests
    assert close_lost(report, world, done.journal, world, Budget(1), QUICK, visible_after=0.0) is report
    assert world.read_requests == reads


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
