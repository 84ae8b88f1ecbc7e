"""Scenarios of the query table: the key missing, wrong, nearly right, encoded, beside others, and another one's."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import CORE, QUICK, STANDARD, Ground, push, refusal, refused, scenario, scenes
from conformance.checks.image_levels import link
from conformance.model.scenario import (
    ENCODED_TWICE,
    INHERITED,
    LONGER,
    MAIN_ENCODED_SMALL,
    MAIN_LAST,
    MAIN_NAME_ENCODED,
    NEAR,
    ODD,
    OTHER_CASE,
    OTHER_NAME,
    PATTERN,
    SECOND,
    SHORTER,
    Scenario,
    Stage,
    encode_escaped,
)


@scenes
def bad_keys(ground: Ground) -> Iterator[Scenario]:
    """No key, an empty one, an unknown one; each with another body too, since the key must be looked at for all."""
    full = {"description": "a full event", "labels": {"check": "key"}}
    for credential in ("absent", "empty", "unknown"):
        requirement = "key.missing-refused" if credential == "absent" else f"key.{credential}-refused"
        for place, fields in enumerate(({}, full)):
            sent = refusal(ground.event("badkey", **fields), requirement, credential=credential)
            made = refused(f"key.{credential}-{place}", requirement, sent, worth=STANDARD if place else CORE)
            example = ["example.failure"] if credential == "unknown" else []
            yield scenario(made.id, [*made.serves, *example], *made.stages, worth=made.worth, twin="plain", final=True)


@scenes
def near_keys(ground: Ground) -> Iterator[Scenario]:
    """Keys that were never handed out but resemble the good one, one with quotes in it, and a pattern."""
    near = [(NEAR, STANDARD), (LONGER, QUICK - 2), (SHORTER, STANDARD), (ODD, QUICK - 2)]
    near += [(OTHER_CASE, QUICK - 1), (ENCODED_TWICE, QUICK - 1), (INHERITED, STANDARD), (PATTERN, QUICK - 3)]
    for credential, worth in near:
        sent = refusal(ground.event("nearkey"), "key.unknown-refused", credential=credential)
        yield refused(f"key.{credential}", "key.unknown-refused", sent, worth=worth)
    named = refusal(ground.event("nearkey"), "key.missing-refused", credential=OTHER_NAME)
    yield refused(f"key.{OTHER_NAME}", "key.missing-refused", named)


@scenes
def recovery_with_a_bad_key(ground: Ground) -> Iterator[Scenario]:
    """An Ok with an unknown key closes nothing."""
    event = ground.event("badok")
    opened = push(event, "alert-key.accepted")
    closing = refusal(ground.ok(event["alert_key"]), "key.unknown-refused", credential="unknown")
    serves = ["key.unknown-refused", "key.refused-not-stored"]
    yield scenario("key.unknown-ok", serves, opened, closing, worth=QUICK + 2, twin="plain")


@scenes
def accepted_keys(ground: Ground) -> Iterator[Scenario]:
    """The good key percent-encoded whole, and other parameters before and after it."""
    event = ground.plain
    encoded = push(event, "key.percent-decoded", credential="main-encoded")
    yield scenario("key.encoded", ["key.percent-decoded"], Stage((encoded,), False), worth=STANDARD)
    small = push(event, "key.percent-decoded", credential=MAIN_ENCODED_SMALL)
    yield scenario("key.encoded-small", ["key.percent-decoded"], Stage((small,), False), worth=QUICK - 3)
    named = push(event, "key.percent-decoded", credential=MAIN_NAME_ENCODED)
    yield scenario("key.encoded-name", ["key.percent-decoded"], Stage((named,), False), worth=STANDARD)
    last = push(event, "key.query-extra", query=(("tenant", "dev"), ("debug", None)), credential=MAIN_LAST)
    yield scenario("key.extra-before", ["key.query-extra"], Stage((last,), False), worth=QUICK - 3)
    extras = [(("callback", "cb"),), (("utm", "a b&c=d"), ("x", "")), (("integration", "1"),)]
    for place, query in enumerate(extras):
        sent = push(event, "key.query-extra", query=query)
        yield scenario(f"key.extra-{place}", ["key.query-extra"], Stage((sent,), False), worth=STANDARD)


@scenes
def two_integrations(ground: Ground) -> Iterator[Scenario]:
    """The same alert_key sent to two integrations: neither changes nor closes the other's alert.

    Nor is what was sent to the first one a repetition when the other gets it, byte for byte.
    """
    if "second-key" not in ground.given:
        return
    event = ground.event("shared", description="of the first")
    other = {**event, "title_rule": ground.names.title("second"), "description": "of the second"}
    yield scenario(
        "key.two-close",
        ["key.separate"],
        push(event, "key.accepted"),
        push(ground.ok(event["alert_key"]), "key.separate", credential=SECOND),
        foreign=True,
    )
    event = ground.event("shared2", description="of the first")
    every = {"labels": {"check": "key"}, "images": [{"alt": "chart", "src": link(44, 3)}]}
    other = {**other, **every, "alert_key": event["alert_key"], "description": "a/b of the <second> & é 🔥"}
    yield scenario(
        "key.two-update",
        ["key.separate"],
        push(event, "key.accepted"),
        push(encode_escaped(other), "key.separate", credential=SECOND),  # as some clients write JSON
        push(ground.ok(event["alert_key"]), "key.separate", credential=SECOND),
        worth=QUICK - 3,
        foreign=True,
    )
    seen, same = ground.event("seen", description="of the second"), ground.event("same", description="of both")
    yield scenario(
        "key.two-same",
        ["key.separate"],
        push(seen, "key.accepted", credential=SECOND),
        push(same, "key.accepted"),
        push(same, "key.separate", credential=SECOND),
        alike=True,
    )
