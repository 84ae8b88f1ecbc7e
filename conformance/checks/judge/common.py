"""What events that never became visible have in common, so that it is blamed once; emits no judgement itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, read, sent_event
from conformance.wire.records import Story

_ENOUGH, _MANY = 2, 3
_LIKE_ANOTHER = "the title, labels and description of an event of another key"


def traits(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What may make a careless server lose an event, each with the requirement that is broken then."""
    if not event.get("alert_key"):  # nothing is there under the key that the reply gives it
        yield "no alert_key of its own", "data.alert-key.generated-recovers"
    yield f"status {event.get('event_status')}", "event-status.stored"
    for name in ("labels", "description", "images"):
        if not event.get(name):
            yield f"no {name}", f"{name}.absent-empty"
    yield _LIKE_ANOTHER, "alert-key.exact"


def never_shown(bench: Bench, stories: Mapping[str, Story]) -> frozenset[str]:
    """Traits of accepted events that are nowhere in the store, while events without that trait are."""
    shown: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    events = list(_events(bench, stories))
    for event, there in events:
        (shown if there else hidden).update(trait for trait, _ in traits(event))
    lost = {trait for trait, count in hidden.items() if count >= _ENOUGH and not shown[trait]}
    alike = Counter(_content(event) for event, _ in events)
    copies = [alike[_content(event)] > 1 for event, there in events if not there]
    if len(copies) >= _MANY and all(copies):
        lost.add(_LIKE_ANOTHER)
    return frozenset(lost if shown else ())


def _content(event: Mapping[str, Any]) -> str:
    """What careless code may take for the identity of an event."""
    return json.dumps([event.get(name) or None for name in ("title_rule", "labels", "description")], sort_keys=True)


def lost_for(bench: Bench, event: Mapping[str, Any]) -> tuple[str, str] | None:
    """The trait for which an event was lost and the requirement that is broken, or None where it shares none."""
    return next(((trait, name) for trait, name in traits(event) if trait in bench.never_shown), None)


def _events(bench: Bench, stories: Mapping[str, Story]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Each accepted event that opens an alert, and whether the store showed it."""
    for story in stories.values():
        before: set[object] = set()  # keys of which an earlier event may have left an alert
        for stage, push, exchange in pushes_of(story):
            look = story.observations[stage] if stage < len(story.observations) else None
            if look is None or look.state != "seen" or push.credential != "main":
                continue
            event, answer = sent_event(push, exchange) or {}, read(exchange)
            status, sent = event.get("event_status"), event.get("alert_key")
            key = sent if isinstance(sent, str) and sent else answer.key
            if answer.kind != ACCEPTED or not isinstance(status, str) or not isinstance(key, str):
                continue
            if status == bench.contract.recovery or key in before:
                continue
            before.add(key)
            yield event, any(alert.get("alert_key") == key for alert in look.alerts)
