"""What the store must show of each alert after a stage: a small model, folded over the pushes that were accepted.

What is undecided is left out, never guessed.  Nothing is compared with the store here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import expectation, pushes_of
from conformance.checks.judge.reply import ACCEPTED, CRASHED, REFUSED, STRANGE, UNANSWERED, read, sent_event
from conformance.model.oracle import ACCEPT, EITHER, REFUSE
from conformance.model.scenario import SECOND, Push
from conformance.wire.records import Exchange, Story


@dataclass(frozen=True, slots=True)
class Expected:
    """What the store must show of one alert key after a stage."""

    push: Push
    exchange: Exchange
    change: str  # new | update | recovery | second-recovery | retrigger | unknown-recovery
    stage: int
    active: bool
    statuses: frozenset[str] = frozenset()
    event: Mapping[str, Any] = field(default_factory=dict)
    fields: bool = False  # whether the event's fields can be judged
    together: bool = False  # several events of this key arrived at once
    opened: bool = True
    descriptions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Applied:
    """One accepted event."""

    push: Push
    exchange: Exchange
    event: Mapping[str, Any]
    stage: int


def history(bench: Bench, story: Story) -> Iterator[tuple[dict[str, Expected], set[str]]]:
    """The model after each stage driven, and the keys about which nothing can be said any more.

    Both grow in place from stage to stage: each is to be looked at before the next one is asked for.
    """
    model: dict[str, Expected] = {}
    unsure: set[str] = set()
    for stage, pushes in enumerate(_of_stages(story)):
        arrived: dict[str, list[Applied]] = {}
        for push, exchange in pushes:
            event = sent_event(push, exchange) if push.credential != SECOND else None
            if event is not None:
                _collect(bench, story, Applied(push, exchange, event, stage), arrived, unsure)
        for key, events in arrived.items():
            for at_once in [[one] for one in events] if _are_in_order(events) else [events]:
                _apply(bench, model, key, at_once)
        yield model, unsure


def _of_stages(story: Story) -> list[list[tuple[Push, Exchange]]]:
    """The pushes of each stage that has been looked at, or that was driven without a look."""
    found: list[list[tuple[Push, Exchange]]] = [[] for _ in story.observations]
    for stage, push, exchange in pushes_of(story):
        if stage < len(found):
            found[stage].append((push, exchange))
    return found


def _are_in_order(events: list[Applied]) -> bool:
    """Whether each was answered before the next one was sent: those that share a connection."""
    return len({one.push.connection for one in events}) == 1 and bool(events[0].push.connection)


def _collect(bench: Bench, story: Story, one: Applied, arrived: dict[str, list[Applied]], unsure: set[str]) -> None:
    """Sort an event under its key, if it was accepted as it should be."""
    answer, expected = read(one.exchange), expectation(bench, story, one.push, one.exchange)
    sent = one.event.get("alert_key")
    key = sent if isinstance(sent, str) and sent else answer.key
    if not isinstance(key, str) or not key:
        return
    lost = answer.kind in (UNANSWERED, CRASHED) and expected.outcome != REFUSE
    denied = answer.kind in (REFUSED, STRANGE) and expected.outcome == ACCEPT
    made_up = sent is None or one.push.key_from is not None
    if lost or denied or key in bench.shared_keys or (made_up and bench.keys_mixed_up):
        unsure.add(key)  # it may have been done all the same
    elif answer.kind == ACCEPTED and expected.outcome in (ACCEPT, EITHER):
        arrived.setdefault(key, []).append(one)
    elif expected.outcome == REFUSE and answer.kind == ACCEPTED:
        unsure.add(key)


def _apply(bench: Bench, model: dict[str, Expected], key: str, events: list[Applied]) -> None:
    before, recovery, last = model.get(key), bench.contract.recovery, events[-1]
    recoveries = [e for e in events if e.event.get("event_status") == recovery]
    if recoveries and len(recoveries) < len(events):
        model.pop(key, None)  # a race between events and recoveries: any outcome is possible
        return
    together = len(events) > 1
    statuses = frozenset(str(e.event.get("event_status")) for e in events)
    texts = frozenset(d for e in events if isinstance(d := e.event.get("description"), str))
    made = Expected(
        last.push, last.exchange, "new", last.stage, True, statuses, last.event, True, together, True, texts
    )
    if recoveries:
        known = before is not None and before.opened
        # Of several recoveries at once one closes the alert, and the others are second ones.
        first = before is not None and before.active and not together
        change = "unknown-recovery" if not known else "recovery" if first else "second-recovery"
        model[key] = replace(made, change=change, active=False, fields=False, opened=known)
    elif before is None:
        model[key] = made
    elif not before.opened:
        model[key] = replace(made, fields=False)  # a recovery of nothing may have left a recovered alert behind
    elif before.active:
        model[key] = replace(made, change="update")
    else:
        model[key] = replace(made, change="retrigger", fields=False)
