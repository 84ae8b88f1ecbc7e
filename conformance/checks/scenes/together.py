"""Scenarios of concurrency: first pushes, updates and recoveries of one key at once, and many keys at once."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import CORE, QUICK, STANDARD, Ground, push, scenario, scenes
from conformance.model.scenario import Push, Scenario, Stage

IN_FLIGHT = 16
_SERVED = ["alert-key.one-active", "request-id.unique", "success.in-flight", "alert-key.kept"]


def _same(ground: Ground, key: str, count: int, text: str) -> tuple[Push, ...]:
    """``count`` pushes of one key whose descriptions tell them apart."""
    events = [ground.event(text, alert_key=key, description=f"{text} {n}") for n in range(count)]
    return tuple(push(event, "alert-key.one-active") for event in events)


@scenes
def one_key_at_once(ground: Ground) -> Iterator[Scenario]:
    """The first pushes of a key arrive together: one alert; so do updates; so do its recoveries."""
    rounds = ground.size(1, 2, 12)
    for number in range(rounds):
        key = ground.names.key("race")
        count = 2 if ground.budget == "quick" else IN_FLIGHT
        closing = tuple(push(ground.ok(key), "event-status.second-ok") for _ in range(2))
        steps = [_same(ground, key, count, "first"), _same(ground, key, 2 if ground.budget == "quick" else 6, "update")]
        worth = CORE + 5 if number == 0 else STANDARD + 4
        serves = [*_SERVED, "event-status.ok-closes", "alert-key.update"]
        again = () if ground.budget == "quick" else (_same(ground, key, 6, "again"),)
        yield scenario(f"together.one-key-{number}", serves, *steps, closing, *again, worth=worth, concurrent=True)


@scenes
def many_keys_at_once(ground: Ground) -> Iterator[Scenario]:
    """Sixteen events in flight at once are all served: with keys of ours, and with keys made up for them."""
    if ground.budget == "quick":
        return
    half = IN_FLIGHT // 2
    keyed = tuple(push(ground.event("flight", description=f"n {n}"), "success.in-flight") for n in range(half))
    made_up = tuple(
        push(ground.event(f"flight {n}", alert_key=None, description=f"n {n}"), "success.in-flight")
        for n in range(half)
    )
    serves = [*_SERVED, "data.alert-key.generated-unique", "data.alert-key.echo"]
    yield scenario("together.many-keys", serves, (*keyed, *made_up), worth=STANDARD - 2)


@scenes
def after_a_refusal(ground: Ground) -> Iterator[Scenario]:
    """On one kept-alive connection: a refusal of each kind, and the plain event right after it."""
    event, wire = ground.plain, "code.invalid-parameter.keep-alive"
    missing = {name: value for name, value in event.items() if name != "title_rule"}
    refusals = [
        ("status", push(event | {"event_status": "Nonsense"}, wire, role="refusal"), STANDARD),
        ("path", push(event, wire, role="refusal", path="{push}/elsewhere"), QUICK - 3),
        ("type", push(event, wire, role="refusal", headers=(("Content-Type", "text/plain"),)), STANDARD),
        ("json", push(b'{"title_rule": "x', wire, role="refusal"), STANDARD),
        ("key", push(event, wire, role="refusal", credential="unknown"), QUICK - 3),
        ("method", push(event, wire, role="refusal", method="PUT"), STANDARD),
        ("title", push(missing | {"description": "x" * 70000}, wire, role="refusal"), STANDARD),
    ]
    for name, refused, worth in refusals:
        line = f"line-{name}"
        after = "key.accepted" if name == "key" else wire  # a good key after a bad one
        pair = tuple(
            Push(p.body, p.method, p.headers, p.credential, p.path, p.query, line, None, p.role, p.varies)
            for p in (refused, push(event, after))
        )
        yield scenario(f"keep-alive.{name}", [wire, after], Stage(pair, observe=False), worth=worth, twin="plain")
