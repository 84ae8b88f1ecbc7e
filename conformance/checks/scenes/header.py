"""Scenarios of the headers table: the media type in its forms, and the twin of most refusals."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import CORE, PLAIN, QUICK, STANDARD, Ground, push, refusal, refused, scenario, scenes
from conformance.model.scenario import Scenario, Stage

ROW = "Header/Content-Type"


@scenes
def plain(ground: Ground) -> Iterator[Scenario]:
    """The plainest proper event, and one that uses every field: what each refusal differs from in one place."""
    serves = ["content-type.json", "key.accepted", "success.status", "success.ok", "data.object", "data.alert-key.echo"]
    stored = ["alert-key.kept", "event-status.stored", "description.absent-empty", "labels.absent-empty"]
    yield scenario(
        PLAIN,
        [*serves, *stored, "images.absent-empty", "title-rule.kept"],
        push(ground.plain, "content-type.json"),
        worth=CORE - 5,
    )


@scenes
def accepted_forms(ground: Ground) -> Iterator[Scenario]:
    """Header names in any case, and the charset: the plain event again, for only the replies are judged."""
    event = ground.plain
    names = [("content-type", STANDARD), ("CONTENT-TYPE", QUICK - 3), ("cOnTeNt-TyPe", STANDARD + 4)]
    for place, (name, worth) in enumerate(names):
        sent = push(event, "content-type.header-case", headers=((name, "application/json"),))
        yield scenario(f"content-type.name-{place}", ["content-type.header-case"], Stage((sent,), False), worth=worth)
    values = [
        ("application/json; charset=utf-8", QUICK + 1),
        ("Application/JSON;charset=UTF-8", STANDARD + 4),
        ("Application/JSON", STANDARD),
        ("application/json;charset=UTF-8", STANDARD),
        ("APPLICATION/JSON; Charset=Utf-8", STANDARD + 4),
    ]
    for place, (value, worth) in enumerate(values):
        sent = push(event, "content-type.parameters", headers=(("Content-Type", value),))
        yield scenario(f"content-type.value-{place}", ["content-type.parameters"], Stage((sent,), False), worth=worth)
    told = ground.event("charset", description="ünïcode 日志 🔥 of a charset that is named")
    sent = push(told, "content-type.parameters", headers=(("Content-Type", values[1][0]),))
    yield scenario("content-type.text", ["content-type.parameters", "description.kept"], sent, worth=QUICK - 3)


@scenes
def refused_types(ground: Ground) -> Iterator[Scenario]:
    """Other media types, near and far, and none at all."""
    types = [
        ("text/plain", CORE),
        ("application/x-www-form-urlencoded", QUICK - 2),
        ("*/*", QUICK - 2),
        ("application/jsonp+json", QUICK - 2),
        ("application/xml", STANDARD),
        ("application/json-patch+json", STANDARD),
        ("application/vnd.api+json", STANDARD),
        ("application/x-json", STANDARD),
        ("application/octet-stream", QUICK - 3),
        ("text/html", STANDARD),
        ("application/javascript", STANDARD),
        ("application/x-ndjson", STANDARD + 1),
        ("application/yaml", STANDARD + 1),
        ("application/problem+json", STANDARD + 1),
        ("image/png", STANDARD + 4),
        ("text/plain; charset=utf-8", STANDARD + 4),
        ("multipart/form-data;application/json", QUICK - 2),
        ("multipart/form-data", STANDARD),
        ("text/json", STANDARD),
    ]
    for place, (value, worth) in enumerate(types):
        sent = refusal(ground.event("type"), "content-type.other-refused", headers=(("Content-Type", value),))
        made = refused(f"content-type.other-{place}", "content-type.other-refused", sent, worth=worth)
        yield scenario(
            made.id, [*made.serves, "code.invalid-content-type"], *made.stages, worth=worth, twin=PLAIN, final=True
        )
    event = ground.event("type of an Ok")
    closing = refusal(
        ground.ok(event["alert_key"]), "content-type.other-refused", headers=(("Content-Type", types[0][0]),)
    )
    steps = (push(event, "alert-key.accepted"), closing)
    serves = ["content-type.other-refused", "code.invalid-content-type"]
    unmoved = "content-type.other-refused"
    yield scenario("content-type.other-ok", serves, *steps, worth=STANDARD, twin=PLAIN, unmoved=unmoved)
    none = refusal(ground.event("type"), "content-type.missing-refused", headers=())
    yield refused("content-type.missing", "content-type.missing-refused", none, worth=CORE)
    bare = refusal(ground.event("type"), "content-type.missing-refused", headers=(("Content-Type", "json"),))
    yield refused("content-type.bare", "content-type.missing-refused", bare)
    empty = refusal(ground.event("type"), "content-type.missing-refused", headers=(("Content-Type", ""),))
    yield refused("content-type.empty", "content-type.missing-refused", empty, worth=QUICK - 2)
