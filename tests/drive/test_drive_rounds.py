"""Rounds: what is looked at when, and how long anybody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drive_fakes import Runner, World, event, one

from conformance.model.scenario import Push, Stage
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_a_store_that_shows_at_once_costs_one_read_per_round(run: Runner) -> None:
    """Ten one-stage scenarios take ten pushes, one control, one read, and no waiting."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(10)))
    assert all(s.observations[0].state == "seen" and not s.ended for s in done.stories.values())
    assert [a["alert_key"] for a in done.stories["s3"].observations[0].alerts] == ["k3"]
    assert len(world.reads) == 1
    assert len(world.sent("control")) == 1
    assert done.seconds == 0


def test_the_control_is_pushed_after_all_subjects_of_its_round(run: Runner) -> None:
    """Whatever is visible before the control proves nothing, so it goes last."""
    world = World(latency=0.005)
    run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)))
    assert world.sent("control")[0].n > max(e.n for e in world.sent())


def test_a_late_store_is_waited_for_with_the_control_only(run: Runner) -> None:
    """While the control is invisible nobody reads the subjects; then all of them are read at once."""
    world = World(delay=2.0, page=3)
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(10)))
    assert all(s.observations[0].state == "seen" and not s.ended for s in done.stories.values())
    assert [len(keys) for keys in world.reads if keys != ("control-1",)] == [10]
    assert done.facts.visible_after is not None
    assert 2.0 <= done.facts.visible_after < 3.0


def test_later_rounds_wait_the_delay_learned_before(run: Runner) -> None:
    """A store known to show late is not asked before, so a second round needs fewer reads than the first."""
    world = World(delay=2.0)
    plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}", description="2"), event(f"k{i}", "Ok")) for i in range(5)]
    done = run(world, *plan)
    assert all(len(s.observations) == 3 and not s.ended for s in done.stories.values())
    first = next(i for i, keys in enumerate(world.reads) if "control-2" in keys)
    assert first > 2
    assert len(world.reads) - first <= 4
    assert done.seconds < 7


def test_a_store_that_keeps_wrongly_costs_one_timeout_in_all(run: Runner) -> None:
    """Thirty scenarios whose alerts never become right wait together, and stages that would follow are not sent."""
    world = World(alter=lambda alert: {**alert, "title_rule": "x"})
    plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}", "Ok")) for i in range(30)]
    done = run(world, *plan)
    assert {s.ended for s in done.stories.values()} == {"settled-wrong"}
    assert all(s.observations[0].alerts[0]["title_rule"] == "x" for s in done.stories.values())
    assert 10 <= done.seconds < 10.1
    assert len(world.sent()) == 30


def test_one_that_waits_holds_up_nobody(run: Runner) -> None:
    """Scenarios that are settled go through all their stages while another still waits."""
    world = World(alter=lambda alert: {**alert, "title_rule": "x"} if alert["alert_key"] == "bad" else alert)
    good = one("good", event("a"), event("a", description="2"), event("a", "Ok"))
    done = run(world, one("bad", event("bad"), event("bad", "Ok")), good)
    assert done.stories["bad"].ended == "settled-wrong"
    assert done.stories["good"].ended == ""
    assert len(done.stories["good"].observations) == 3
    assert done.seconds < 10.1


def test_an_alert_that_comes_after_the_control_is_waited_for(run: Runner) -> None:
    """Eventual visibility need not keep the order of pushes: what is late is read again."""
    world = World()
    start = world.clock()
    late = World.read

    def read(keys: Sequence[str]) -> Reading:
        reading = late(world, keys)
        hidden = "slow" if world.clock() - start < 1 else ""
        return type(reading)(tuple(a for a in reading.alerts if a["alert_key"] != hidden), None, reading.exchanges)

    world.read = read
    done = run(world, one("slow", event("slow")), one("fast", event("fast")))
    assert [a["alert_key"] for a in done.stories["slow"].observations[0].alerts] == ["slow"]


def test_stages_that_need_no_look_are_sent_within_one_round(run: Runner) -> None:
    """A stage with ``observe=False`` goes straight on, and its observation is None."""
    world = World()
    done = run(world, one("s", Stage((event("k"),), observe=False), event("k", "Ok")))
    assert [o and o.state for o in done.stories["s"].observations] == [None, "seen"]
    assert len(world.sent("control")) == 1


def test_what_was_refused_is_looked_for_at_the_end(run: Runner) -> None:
    """Refusals are not observed after their stage, but read once more behind a last control."""
    world = World()
    bad = event("bad")
    refused = one("r", Stage((Push(bad.body, role="refusal"),), observe=False))
    done = run(world, one("s", event("k")), refused)
    assert done.stories["r"].final.state == "seen"
    assert done.stories["r"].final.alerts == ()
    assert done.stories["s"].final is None


def test_keys_to_watch_are_read_too(run: Runner) -> None:
    """The fact ``watch`` names keys that belong to the scenario though it never sends them."""
    world = World()
    done = run(world, one("w", event("K"), watch=("k",)), one("s", event("k")))
    assert {a["alert_key"] for a in done.stories["w"].observations[0].alerts} == {"K", "k"}
