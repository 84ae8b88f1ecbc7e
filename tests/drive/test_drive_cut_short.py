"""Requests or time that run short, and interrupts: what is still sent and seen, and how the rest ends."""

from __future__ import annotations

import threading

from drive_fakes import Runner, World, event, one

from conformance.drive.acts import Act
from conformance.wire.records import Observation, Story


def test_waiting_leaves_requests_for_the_stages_to_come(run: Runner) -> None:
    """When the budget is short, what is unsettled is looked at once more when its time is up, and not in between."""
    world = World(alter=lambda alert: {**alert, "title_rule": "x"})
    plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}", "Ok")) for i in range(10)]
    done = run(world, *plan, limit=45)
    assert {s.ended for s in done.stories.values()} == {"settled-wrong"}
    assert len(world.reads) <= 5


def test_a_budget_that_runs_short_drops_the_least_worthy_and_keeps_the_look(run: Runner) -> None:
    """What comes first in the plan is sent and seen; only the rest ends for want of requests."""
    world = World()
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(20)), limit=20)
    ended = [s.ended for s in done.stories.values()]
    assert ended == [""] * ended.count("") + ["budget"] * ended.count("budget")
    assert ended.count("") >= 6
    assert all(s.observations[0].state == "seen" for s in done.stories.values() if not s.ended)


def test_the_last_requests_are_for_looking_without_a_control(run: Runner) -> None:
    """A recovery that pays for itself is still sent and seen when no control can be afforded any more."""
    world = World(delay=2.0)
    done = run(world, one("s", event("k"), event("k", "Ok")), limit=17)
    story = done.stories["s"]
    assert len(world.sent("control")) == 1
    assert [o.alerts[0]["alert_status"] for o in story.observations] == ["Info", "Ok"]
    assert story.ended == ""


def test_a_stop_ends_sending_at_once(run: Runner) -> None:
    """What was not sent ends as stopped; what was sent keeps its exchanges."""
    world, stop = World(latency=0.005), threading.Event()
    world.answer = lambda _push, _note: stop.set() if len(world.exchanges) >= 5 else None
    done = run(world, *(one(f"s{i}", event(f"k{i}")) for i in range(50)), stop=stop, workers=2)
    assert len(world.exchanges) < 10
    assert sum(s.ended == "stopped" for s in done.stories.values()) >= 40
    assert done.facts.halted == "stopped"


def test_ctrl_c_ends_the_driving_with_stories(run: Runner) -> None:
    """An interrupt is no exception to the caller: it gets its stories and cleans up."""
    world, stop = World(), threading.Event()

    def settled(_story: Story) -> bool:
        raise KeyboardInterrupt

    done = run(world, one("s", event("k"), event("k")), settled=settled, stop=stop)
    assert stop.is_set()
    assert done.stories["s"].ended == "stopped"
    assert len(done.stories["s"].exchanges) == 1


def test_the_deadline_leaves_time_for_clean_up(run: Runner) -> None:
    """Sending stops while there is time to recover what is open; the rest ends for want of time."""
    world = World()
    world.answer = lambda _push, _note: world.clock.sleep(0.1)
    plan = [one(f"s{i}", event(f"k{i}")) for i in range(200)]
    done = run(world, *plan, workers=1, deadline=world.clock() + 10)
    sent = len(world.sent())
    assert 40 < sent <= 50, "half of a hundred pushes at ten a second, the other half is for recoveries"
    assert sum(s.ended == "time" for s in done.stories.values()) == 200 - sent
    assert done.stories["s0"].observations[0].state == "seen"


def test_the_deadline_leaves_time_for_looks_as_well(run: Runner) -> None:
    """A look goes page after page: what it takes is left, and then what the recoveries take."""
    world = World(page=4, slow_look=0.1)
    world.answer = lambda _push, _note: world.clock.sleep(0.1)
    deadline = world.clock() + 20
    done = run(world, *[one(f"s{i}", event(f"k{i}")) for i in range(200)], workers=1, deadline=deadline)
    to_close = done.journal.to_close()
    assert to_close > 40
    assert world.clock() + 0.1 * to_close <= deadline
    assert done.stories["s0"].observations[0].state == "seen"


def test_what_was_seen_when_the_requests_ran_out_is_not_taken_for_the_last_word(run: Runner) -> None:
    """A store may still change while there is time: a look that settles nothing proves nothing, unless time is up."""
    act = Act(one("s", event("k")))
    act.exchanges.append(())
    act.seen = Observation("seen", ({"alert_key": "k"},))
    act.end("budget")
    assert (act.story().ended, act.story().observations) == ("budget", ())
    done = run(World(alter=lambda alert: {**alert, "title_rule": "x"}), one("s", event("k")), settled=lambda _: False)
    assert done.stories["s"].observations[0].alerts[0]["title_rule"] == "x"
