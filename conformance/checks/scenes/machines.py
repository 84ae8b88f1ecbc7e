"""Scenarios of the state machine: programs over several alerts at once; what they come to is the oracle's affair."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import STANDARD, Ground, push, scenario, scenes
from conformance.checks.scenes.lifecycle import SERVED
from conformance.model.machine import KEYED, Step, programs
from conformance.model.scenario import Push, Scenario


@scenes
def machine(ground: Ground) -> Iterator[Scenario]:
    """Programs over several alerts at once; after each step every alert is what the oracle says."""
    count, length = ground.size(0, 3, 40), ground.size(5, 14, 30)
    for number, program in enumerate(programs(count, length, ground.seed)):
        yield _scenario(ground, number, program)


def _scenario(ground: Ground, number: int, program: tuple[Step, ...]) -> Scenario:
    forms = (lambda: ground.names.digits(12), ground.names.uuid, lambda: ground.names.key(f"m{number}"))
    keys = [forms[(number + slot) % len(forms)]() for slot in range(KEYED)]
    made: list[Push] = []
    source: dict[int, int] = {}  # slot of a made-up key -> place of the push whose reply carries it
    active: set[int] = set()
    for place, step in enumerate(program):
        made.append(_push(ground, place, step, keys, source, again=step.slot not in active))
        (active.discard if step.kind == "ok" else active.add)(step.slot)
        if step.kind == "generated":
            source[step.slot] = place
    return scenario(f"machine.{number}", SERVED, *made, worth=STANDARD - 1, machine=True)


def _push(ground: Ground, place: int, step: Step, keys: list[str], source: dict[int, int], *, again: bool) -> Push:
    text = f"step {place}" if step.text or step.kind != "ok" else None
    status = ground.statuses[step.status % len(ground.statuses)]
    if step.kind == "unknown-ok":
        return push(ground.ok(ground.names.key("void")), "event-status.ok-unknown", role="refusal")
    if step.kind == "generated":
        event = ground.event(f"new {place}", alert_key=None, description=text, event_status=status)
        return push(event, "alert-key.optional")
    key = keys[step.slot] if step.slot < KEYED else None
    ok = "event-status.second-ok" if again else "event-status.ok"
    varies = ok if step.kind == "ok" else "alert-key.update"
    extra = {} if text is None else {"description": text}
    event = (
        ground.ok(key, **extra)
        if step.kind == "ok"
        else ground.event("m", **extra, event_status=status) | {"alert_key": key}
    )
    if key is None:
        event.pop("alert_key", None)
    return push(event, varies, key_from=None if key else source[step.slot])
