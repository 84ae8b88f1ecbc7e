"""How stages are sent: in order, at once or alone, and with keys that the target made."""

from __future__ import annotations

import threading

from drive_fakes import Runner, World, event, one, refusal, reply

from conformance.model.scenario import Push
from conformance.wire.records import Note, Problem


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
