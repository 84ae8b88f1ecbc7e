"""What events that never became visible have in common, so that it is blamed once; emits no judgement itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, read, sent_event
from conformance.wire.records import Story

_ENOUGH = 2


def never_shown(bench: Bench, stories: Mapping[str, Story]) -> frozenset[str]:
    """Statuses whose accepted events are nowhere in the store, while those of other statuses are."""
    shown: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
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
            there = any(alert.get("alert_key") == key for alert in look.alerts)
            (shown if there else hidden)[status] += 1
    lost = {status for status, count in hidden.items() if count >= _ENOUGH and not shown[status]}
    return frozenset(lost if shown else ())
