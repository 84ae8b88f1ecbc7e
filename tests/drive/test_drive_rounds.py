"""Rounds: who is sent when, what is looked at, how long anybody waits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from drive_fakes import Runner, World, event, one, refusal, reply

from conformance.drive.acts import Act
from conformance.model.scenario import Push, Stage
from conformance.wire.records import Note, Observation, Problem, Reading, Story

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


def test_stages_that_need_no_look_are_sent_within_one_round(run: Runner) -> None:
    """A stage with ``observe=False`` goes straight on, and its observation is None."""
    world = World()
    done = run(world, one("s", Stage((event("k"),), observe=False), event("k", "Ok")))
    assert [o and o.state for o in done.stories["s"].observations] == [None, "seen"]
    assert len(world.sent("control")) == 1


def test_a_generated_key_is_put_into_later_pushes_and_read(run: Runner) -> None:
    """``key_from`` takes the key of an earlier reply; the alert under it belongs to the scenario."""
    world = World()
    done = run(world, one("s", event(), _from(0, "Ok")))
    story = done.stories["s"]
    assert story.observations[1].alerts[0]["alert_key"] == "gen-0"
    assert b'"alert_key": "gen-0"' in story.exchanges[1][0].sent.body
    assert story.observations[1].alerts[0]["alert_status"] == "Ok"


def test_without_a_generated_key_the_story_ends(run: Runner) -> None:
    """When the reply carried none, the stages that need it are not sent."""
    world = World()
    world.answer = lambda _push, note: reply() if note.scenario == "s" else None
    done = run(world, one("s", event(), _from(0, "Ok")), settled=lambda _: True)
    assert done.stories["s"].ended == "no-key"
    assert len(done.stories["s"].exchanges) == 1


def test_a_stage_of_several_pushes_is_sent_simultaneously(run: Runner) -> None:
    """All pushes of a burst are under way at once, and nothing else is."""
    world, gate, others = World(), threading.Barrier(4, timeout=2), []

    def answer(_push: Push, note: Note) -> None:
        if note.scenario == "burst":
            others.append(world.in_flight)
            gate.wait()

    world.answer = answer
    done = run(
        world, one("burst", tuple(event(f"k{i}") for i in range(4))), *(one(f"s{i}", event(f"q{i}")) for i in range(9))
    )
    assert [e.note.place for e in done.stories["burst"].exchanges[0]] == [0, 1, 2, 3]
    assert max(others) <= 4
    assert not done.stories["burst"].ended


def test_pushes_on_one_connection_go_in_order(run: Runner) -> None:
    """Pushes that name a connection are sent one after the other."""
    world = World(latency=0.005)
    pushes = tuple(_on("a", event(f"k{i}")) for i in range(5))
    done = run(world, one("s", pushes))
    numbers = [e.n for e in done.stories["s"].exchanges[0]]
    assert numbers == sorted(numbers)
    assert world.most_in_flight == 1


def test_independent_pushes_go_out_concurrently_but_exclusive_ones_alone(run: Runner) -> None:
    """Up to ``workers`` pushes are under way; an exclusive scenario has the target to itself."""
    world, seen = World(latency=0.01), []
    world.answer = lambda _push, note: seen.append(world.in_flight) if note.scenario == "lone" else None
    run(world, one("lone", event("x"), exclusive=True), *(one(f"s{i}", event(f"k{i}")) for i in range(20)), workers=4)
    assert world.most_in_flight == 4
    assert seen == [1]


def test_the_rate_limit_is_provoked_after_everything_else(run: Runner) -> None:
    """A scenario that provokes 429 comes last and its refusals are kept, not obeyed."""
    world = World()
    count = iter(range(100))
    world.answer = lambda _push, note: (
        refusal("RequestTooFrequently", 429) if note.scenario == "rate" and next(count) > 3 else None
    )
    probe = one("rate", tuple(event(f"r{i}") for i in range(8)), rate=True, last=True, exclusive=True, final=True)
    done = run(world, probe, one("s", event("k"), event("k", "Ok")), settled=lambda _: True)
    story = done.stories["rate"]
    assert [e.reply.status for e in story.exchanges[0]].count(429) == 4
    assert not story.aside
    assert not story.ended
    assert min(e.n for e in story.exchanges[0]) > max(e.n for e in done.stories["s"].all_exchanges())
    assert len(story.final.alerts) == 4


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


def test_an_unanswered_push_ends_its_story(run: Runner) -> None:
    """Stages after a push that was never answered prove nothing and are not sent."""
    world = World()
    world.answer = lambda _push, note: Problem("not-http", "garbage") if note.scenario == "s" else None
    done = run(world, one("s", event("k"), event("k", "Ok")), settled=lambda _: True)
    assert done.stories["s"].ended == "no-reply"
    assert len(done.stories["s"].exchanges) == 1


def _from(index: int, status: str) -> Push:
    push = event("x", status)
    return Push(push.body, key_from=index)


def _on(connection: str, push: Push) -> Push:
    return Push(push.body, connection=connection)


def test_what_was_seen_when_the_requests_ran_out_is_not_taken_for_the_last_word(run: Runner) -> None:
    """A store may still change while there is time: a look that settles nothing proves nothing, unless time is up."""
    act = Act(one("s", event("k")))
    act.exchanges.append(())
    act.seen = Observation("seen", ({"alert_key": "k"},))
    act.end("budget")
    assert (act.story().ended, act.story().observations) == ("budget", ())
    done = run(World(alter=lambda alert: {**alert, "title_rule": "x"}), one("s", event("k")), settled=lambda _: False)
    assert done.stories["s"].observations[0].alerts[0]["title_rule"] == "x"
