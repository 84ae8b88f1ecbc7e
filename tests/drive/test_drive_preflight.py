"""Preflight of a target that answers: which are worth a run, what it costs, and what is warned about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drive_asking import FULL, MINIMAL, Place, ask, conforming
from drive_fakes import World, refusal

from conformance.drive.budget import Budget
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings, RunFacts
from conformance.drive.preflight import preflight, wait_for_target
from conformance.wire.records import Note, Problem, Reply

if TYPE_CHECKING:
    from conformance.model.scenario import Push


def test_a_conforming_target_takes_one_push_and_one_read() -> None:
    """Every step passes, and the positive control is seen."""
    world = World(conforming)
    found = ask(world=world)
    assert (found.ok, found.exit_code, found.accepted, found.observer_problem) == (True, 0, True, None)
    assert [name for name, ok, _ in found.steps if ok] == [
        "name resolution",
        "connection",
        "TLS",
        "HTTP",
        "JSON envelope",
        "key",
        "read-back",
    ]
    assert len(world.exchanges) == len(world.reads) == 1


def test_no_sentence_of_preflight_shows_the_query_of_the_target() -> None:
    """Keys stand in queries: of their parameters only the names are told."""
    found = ask(push_url="http://127.0.0.1:1/event/push/alert/standard?app_key=App%2Fkey&x")
    assert "app_key=…" in found.sentence
    assert "App%2Fkey" not in "".join(sentence for *_, sentence in found.steps) + found.sentence


def test_a_busy_target_is_obeyed() -> None:
    """A 429 with Retry-After is waited for."""
    waits = iter([1])
    world = World(
        lambda _push, _note: refusal("RequestTooFrequently", 429, Retry_After="1") if next(waits, None) else None
    )
    assert ask(world=world).ok
    assert world.pauses[0] == 1.0


def test_a_target_that_stays_busy_makes_the_run_incomplete() -> None:
    """It is this protocol, but nothing can be tested now."""
    found = ask(lambda _push, _note: refusal("RequestTooFrequently", 429))
    assert (found.ok, found.exit_code) == (False, 5)
    assert "--max-rate" in found.sentence


def test_an_event_that_does_not_show_is_a_warning() -> None:
    """The run goes on without what needs the read-back."""
    found = ask(world=World(conforming, delay=99))
    assert found.ok
    assert "did not show in the read-back within 10 s" in found.observer_problem
    assert found.steps[-1][:2] == ("read-back", False)


def test_how_long_an_alert_takes_to_show_is_handed_on() -> None:
    """The driver need not learn again what preflight has seen."""
    world, facts = World(conforming, delay=2.0), RunFacts()
    settings = DriveSettings(clock=world.clock, sleep=world.clock.sleep)
    preflight(
        world,
        Place(),
        world,
        minimal=MINIMAL,
        full=FULL,
        budget=Budget(99),
        journal=Journal(None, "r"),
        settings=settings,
        facts=facts,
    )
    assert facts.visible_after is not None
    assert 2.0 <= facts.visible_after < 4.0
    assert facts.observing == "on"


def test_a_broken_read_back_is_a_warning() -> None:
    """It is said to be broken, in the observer's words."""
    found = ask(world=World(conforming, problems=9))
    assert found.ok
    assert found.observer_problem.startswith("the read-back answered 500: what is stored cannot be judged")


def test_a_key_over_plain_http_to_another_machine_is_warned_about() -> None:
    """And so is that alerts page people; neither on this machine."""
    assert ask().warnings == ()
    told = ask(push_url="http://staging.example/push", is_loopback=False).warnings
    assert len(told) == 2
    assert "http://staging.example over plain HTTP" in told[1]


def test_waiting_for_a_target_ends_when_it_answers() -> None:
    """Any answer will do, and the probe opens nothing."""
    world, used, down = World(), [], iter([1, 1, 1])

    def answer(push: Push, _note: Note) -> Problem | Reply:
        used.append(push.credential)
        return Problem("connect", "refused") if next(down, None) else refusal()

    world.answer = answer
    assert wait_for_target(world, MINIMAL, 5, DriveSettings(clock=world.clock, sleep=world.clock.sleep)) == 4
    assert set(used) == {"unknown"}
