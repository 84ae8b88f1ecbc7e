"""Looks that show nothing: a store or a control that stays out of sight, a broken read-back, no observer at all."""

from __future__ import annotations

from drive_fakes import Runner, World, event, one, refusal, reply


def test_a_store_that_shows_nothing_is_blind_and_asked_no_more(run: Runner) -> None:
    """Not even controls show: the stages are still driven, and two timeouts are all that is spent on looking."""
    world = World(delay=100)
    plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}"), event(f"k{i}"), event(f"k{i}", "Ok")) for i in range(4)]
    done = run(world, *plan)
    assert all({o.state for o in s.observations} == {"blind"} for s in done.stories.values())
    assert all(len(s.exchanges) == 4 and not s.ended for s in done.stories.values())
    assert done.facts.observing == "blind"
    assert done.seconds < 20.1


def test_an_alert_that_shows_though_the_control_does_not_is_seen(run: Runner) -> None:
    """A target that loses the control only is not blind for what does show."""
    world = World()
    world.answer = lambda _push, note: reply(value={"data": {}}) if note.role == "control" else None
    done = run(world, one("s", event("k")), one("empty", event("gone"), settled_by="nothing"), settled=lambda _: True)
    assert done.stories["s"].observations[0].state == "seen"


def test_a_target_that_refuses_the_control_is_still_observed(run: Runner) -> None:
    """Where no control is taken, subjects that show prove that the store is read."""
    world = World()
    world.answer = lambda _push, note: refusal() if note.role == "control" else None
    done = run(world, one("s", event("k")))
    assert done.stories["s"].observations[0].state == "seen"
    assert done.seconds == 0


def test_a_read_back_that_stumbles_is_asked_again(run: Runner) -> None:
    """Two broken reads in a row are not the end of observing."""
    world = World(problems=2)
    done = run(world, one("s", event("k")))
    assert done.stories["s"].observations[0].state == "seen"


def test_a_broken_read_back_is_given_up_after_three_reads(run: Runner) -> None:
    """Everything is driven on, each observation says broken and why."""
    world = World(problems=99)
    done = run(world, one("s", event("k"), event("k", "Ok")), one("f", event("l"), final=True))
    assert [o.state for o in done.stories["s"].observations] == ["broken", "broken"]
    assert done.stories["f"].final.state == "broken"
    assert done.stories["s"].observations[0].problem == "the read-back answered 500"
    assert len(world.reads) == 3


def test_without_an_observer_every_stage_is_driven(run: Runner) -> None:
    """The replies of a life cycle matter even where nothing can be read, and no controls are sent."""
    world = World()
    done = run(world, one("s", event("k"), event("k", "Ok")), one("r", event("l"), final=True), observed=False)
    assert [o.state for o in done.stories["s"].observations] == ["none", "none"]
    assert done.stories["r"].final.state == "none"
    assert not world.sent("control")
    assert not world.reads
