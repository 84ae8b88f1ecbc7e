"""Judges what connections do: one kept alive after a refusal, and many requests in flight at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance.checks.judge.bench import Bench, told
from conformance.checks.judge.refused import words_of
from conformance.checks.judge.reply import ACCEPTED, UNANSWERED, is_kept, read
from conformance.checks.verdicts import Finding
from conformance.drive.replies import is_of_a_gateway
from conformance.wire.records import Exchange, Story

IN_FLIGHT = 16  # requests that a target is to serve at once


def _is_cut(story: Story) -> bool:
    """Whether the second request of a pair went out on the connection of the first, and that was cut."""
    done = story.all_exchanges()
    return len(done) == 2 and read(done[1]).kind == UNANSWERED and done[1].reused and is_kept(done[1])


def cut_after_refusals(stories: Mapping[str, Story]) -> bool:
    """Whether connections are cut after refusals, again and again, and not after accepted events."""
    pairs = [story for story in stories.values() if story.scenario.check == "keep-alive" and story.exchanges]
    cut = sum(_is_cut(story) for story in pairs)
    # Elsewhere a connection is used again only after a success.
    others = [e for story in stories.values() if story not in pairs for e in story.all_exchanges() if e.reused]
    fine = sum(read(exchange).kind != UNANSWERED for exchange in others)
    return cut > 1 and cut >= (len(pairs) - 1) / 2 and fine > 9 * (len(others) - fine)


def _spoilt(story: Story) -> bool:
    done = story.all_exchanges()
    return len(done) == 2 and read(done[1]).kind != ACCEPTED


def named_apart(stories: dict[str, Story]) -> dict[str, Story]:
    """The stories; a good key refused after a bad one is no matter of keys where other refusals spoil as much."""
    pairs = [story for story in stories.values() if story.scenario.check == "keep-alive"]
    wire = next((story.scenario.serves[0] for story in pairs if _spoilt(story)), None)
    changed = dict(stories)
    for story in pairs:
        alike = [other for other in pairs if other is not story and _spoilt(other)]
        if wire is not None and alike:
            stage = story.scenario.stages[0]
            pushes = (stage.pushes[0], replace(stage.pushes[1], varies=wire))
            scenario = replace(story.scenario, stages=(replace(stage, pushes=pushes),), serves=(wire,))
            changed[story.scenario.id] = replace(story, scenario=scenario)
    return changed


#: What a refusal that alone spoils its connection is a matter of as well.
_OF_KIND = {
    "keep-alive.type": ("code.invalid-content-type", "content-type.other-refused"),
    "keep-alive.method": ("code.method-not-allowed",),
    "keep-alive.path": ("code.route-not-found",),
}


_KINDS = 3  # of refusals: fewer say nothing about the others


def only_spoilt(stories: Mapping[str, Story]) -> str:
    """The one story whose refusal spoils its connection, where those of other kinds do not; else nothing."""
    pairs = [story for story in stories.values() if story.scenario.check == "keep-alive" and story.exchanges]
    spoilt = [story.scenario.id for story in pairs if _spoilt(story)]
    return spoilt[0] if len(spoilt) == 1 and len(pairs) >= _KINDS else ""


_CLOSED = "The target closes a connection after a refusal, as it may: there is none for a next request."


def kept_alive(bench: Bench, story: Story, *, regular: bool, alone: bool) -> None:
    """After a refusal the same connection, if it is still open, serves the next request properly.

    ``regular``: connections are cut after refusals again and again; ``alone``: other refusals do no such thing.
    """
    done, check = story.all_exchanges(), story.scenario.check
    if len(done) != 2:
        return
    requirement = story.scenario.stages[0].pushes[1].varies
    answer = read(done[1])
    if answer.kind == ACCEPTED and requirement == story.scenario.serves[0] and not done[1].reused:
        bench.idle(requirement, check, _CLOSED)
    elif answer.kind == ACCEPTED:
        bench.passes(requirement, check, [e.n for e in done])
    elif (
        answer.kind == UNANSWERED
        and not (regular and _is_cut(story))
        and not (done[1].problem is not None and done[1].problem.kind == "not-http")
    ):
        bench.blocked(
            requirement, check, "The connection was closed under the next request, which HTTP allows.", [done[1].n]
        )
    else:
        sent = told(story.scenario.stages[0].pushes[0], story.scenario)
        before = read(done[0]).told()
        sentence = f"On a connection that carried a refusal ({before}), the proper event after it got {answer.told()}."
        finding = Finding(
            sentence,
            f"after {sent}, a plain event",
            "accepted",
            answer.told(),
            None,
            (done[1].n, done[0].n),
            story.scenario.id,
        )
        if words_of(answer) in bench.said_of_keys:  # the connection is not at fault
            requirement = "key.accepted"
        for name in (requirement, *(_OF_KIND.get(story.scenario.id, ()) if alone else ())):
            bench.fails(name, check, finding)
        if answer.kind == UNANSWERED:
            bench.fails("request-id.present", check, finding)


def _lost_in_bursts(story: Story, longest: float) -> list[Exchange]:
    """The pushes of a story's bursts that got no reply though alone they do, those sent again later included.

    They were cut off, or waited for longer than ``longest``, which so many requests one after the other never take.
    """
    every = {e.n: e for e in (*story.all_exchanges(), *story.aside)}.values()
    hung = [e for e in every if _is(e, "timeout") and 0 < longest < e.seconds]
    return hung + [e for e in every if _is(e, "reset") or is_of_a_gateway(e)]


def _is_lost(exchange: Exchange) -> bool:
    return exchange.reply is None or is_of_a_gateway(exchange)


def _is(exchange: Exchange, kind: str) -> bool:
    return exchange.problem is not None and exchange.problem.kind == kind


def _one_after_the_other(stories: Iterable[Story]) -> float:
    """Seconds that sixteen requests take at most when a target serves one at a time."""
    return IN_FLIGHT * max((e.seconds for s in stories for e in s.all_exchanges() if e.reply is not None), default=0.0)


def cut_in_bursts(stories: Mapping[str, Story]) -> bool:
    """Whether pushes are cut off in one burst after the other, and nowhere else."""
    # What goes over the rate, and what a connection does after a refusal, is judged for itself.
    judged = [s for s in stories.values() if s.scenario.check != "keep-alive" and not s.scenario.fact("rate")]
    longest = _one_after_the_other(judged)
    bursts = sum(_is_burst(story) and len(_lost_in_bursts(story, longest)) > 1 for story in judged)
    elsewhere = any(_is_lost(e) for s in judged if not _is_burst(s) for e in (*s.all_exchanges(), *s.aside))
    return bursts > 1 and not elsewhere


def _is_burst(story: Story) -> bool:
    """Whether pushes of a stage go out at once, each on a connection of its own."""
    return any(sum(not push.connection for push in stage.pushes) > 1 for stage in story.scenario.stages)


def in_flight(bench: Bench, story: Story, *, regular: bool) -> None:
    """Requests in flight at once are all served."""
    lost_ones = tuple(e.n for e in (*story.all_exchanges(), *story.aside) if _is_lost(e))
    if regular and lost_ones:
        sentence = f"With several requests in flight, {len(lost_ones)} got no reply at all; alone they are served."
        finding = Finding(
            sentence, "requests in flight at once", "all served", "no reply", None, lost_ones, story.scenario.id
        )
        bench.fails("success.in-flight", story.scenario.check, finding)
        bench.fails("request-id.present", story.scenario.check, finding)
        return
    for stage in story.exchanges:
        answers = [read(exchange) for exchange in stage]
        lost = [e for e, answer in zip(stage, answers, strict=True) if answer.kind == UNANSWERED]
        if lost and len(lost) < len(stage):
            text = lost[0].problem.text if lost[0].problem is not None else "no reply"
            bench.blocked(
                "success.in-flight",
                story.scenario.check,
                f"{len(lost)} of {len(stage)} were not answered ({text}).",
                [e.n for e in lost],
            )
        elif not lost and all(answer.kind == ACCEPTED for answer in answers):
            bench.passes("success.in-flight", story.scenario.check, [e.n for e in stage][:3])
