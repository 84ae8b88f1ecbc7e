"""Scenarios of bodies as such: what is no JSON, no object, or JSON at its edges; plain data and generated data."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

from conformance.checks.ground import CORE, QUICK, STANDARD, Ground, push, refusal, scenario, scenes
from conformance.checks.image_levels import link
from conformance.model.scenario import Scenario, Stage, encode, encode_escaped

NEVER = "code.invalid-parameter.never-5xx"
BODY = "code.invalid-parameter.body"


@scenes
def no_objects(ground: Ground) -> Iterator[Scenario]:
    """Bodies that every reader refuses: not JSON, or JSON but no object."""
    event = ground.event("body")
    whole, key = encode(event), str(event["alert_key"])
    cases = [
        ("empty", b"", CORE),
        ("truncated", whole[: len(whole) // 2], CORE),
        ("array", b"[" + whole + b"]", CORE),
        ("null", b"null", QUICK + 1),
        ("string", json.dumps(whole.decode()).encode(), STANDARD),
        ("number", b"1", STANDARD),
        ("true", b"true", STANDARD + 4),
        ("empty-array", b"[]", STANDARD),
        ("text", whole + b" hello", STANDARD),
        ("form", b"event_status=Info&title_rule=x", STANDARD),
        ("trailing-comma", whole[:-1] + b",}", QUICK - 1),
        ("raw-controls", whole[:-1] + b', "description": "one\n\ttwo"}', STANDARD),
        ("single-quotes", whole.replace(b'"', b"'"), QUICK - 1),
        ("no-end", whole[:-1], STANDARD),
        ("two", whole + b"\n" + whole, QUICK + 1),
        ("blanks", b"   \n", STANDARD),
        ("unclosed-string", b'{"title_rule": "x', STANDARD),
        ("comment", b"{/* a comment */" + whole[1:], STANDARD),
        ("bare-key", b'{title_rule: "x", event_status: "Info"}', STANDARD),
    ]
    for name, body, worth in cases:
        stage = Stage((refusal(body, BODY),), observe=False)
        serves = [BODY, NEVER, "code.invalid-parameter", "code.invalid-parameter.not-stored"]
        watched = (key,) if key.encode() in body else ()
        # A careless reader may find the event in it all the same: no alert of its key may be there at the end.
        yield scenario(f"body.{name}", serves, stage, worth=worth, twin="plain", final=True, watch=watched)
    nothing = Stage((refusal(b"{}", "title-rule.missing-refused"),), observe=False)
    yield scenario("body.no-fields", ["title-rule.missing-refused", NEVER], nothing, worth=STANDARD, twin="plain")


def _with(event: dict[str, object], raw: str) -> bytes:
    """An event with ``"description": RAW`` where RAW goes in as it is."""
    return encode(event)[:-1] + b', "description": ' + raw.encode() + b"}"


@scenes
def odd_objects(ground: Ground) -> Iterator[Scenario]:
    """Bodies on which readers differ: any answer in the envelope is fine, none may be a 5xx."""
    same = dict(ground.event("odd"))  # one alert for all of which the reply alone tells

    def event() -> dict[str, object]:
        return dict(ground.event("odd"))

    twice = encode(event())[:-1] + b', "description": "first", "description": "last"}'
    bad_bytes = encode(same)[:-1] + b', "description": "\xff\xfe\xc3"}'
    deep = 20000
    nul = {"title_rule": "a\0b", "labels": {"a": "a\0b"}, "images": [{"alt": "\0", "src": link(40)}]}
    many = json.dumps({**same, **nul, "description": 'é 🔥 \ud800 \0 "q"', "foo": True}).encode()[:-1]
    many += b', "event_time": ' + b"9" * 400 + b', "client": "first", "client": "last"}'
    cases = [
        ("many", many, "", QUICK - 4),
        ("duplicate-keys", twice, "body.duplicate-keys", STANDARD),
        ("not-utf8", bad_bytes, "body.not-utf8", QUICK - 1),
        ("byte-order-mark", b"\xef\xbb\xbf" + encode(same), "body.byte-order-mark", QUICK - 1),
        ("lone-surrogate", _with(same, '"x\\ud800y"'), "body.lone-surrogate", STANDARD),
        ("nul", _with(event(), '"a\\u0000b"'), "text.control", STANDARD),
        ("nul-title", encode(same | {"title_rule": "a\0b"}), "", STANDARD),
        ("nul-label", encode(same | {"labels": {"check": "a\0b"}}), "", STANDARD),
        ("nul-image", encode(same | {"images": [{"alt": "a\0", "src": link(40) + "\0", "href": "\0"}]}), "", STANDARD),
        ("controls", _with(event(), '"a\\u0001\\u0007\\u001bb"'), "text.control", STANDARD),
        ("nesting", _with(same, '{"a":' * 40 + "1" + "}" * 40), "body.nesting", STANDARD),
        ("deep-nesting", encode(same)[:-1] + b', "x": ' + b"[" * deep + b"]" * deep + b"}", "body.nesting", QUICK - 4),
        ("huge-number", encode(same)[:-1] + b', "event_time": ' + b"9" * 400 + b"}", "body.huge-number", STANDARD),
        ("very-huge-number", encode(same)[:-1] + b', "x": ' + b"9" * 9000 + b"}", "body.huge-number", STANDARD),
        ("huge-exponent", encode(same)[:-1] + b', "x": 1e999999}', "body.huge-number", STANDARD),
        ("huge-title", encode({**same, "title_rule": None}).replace(b"null", b"1e999"), "", STANDARD),
        ("nan", encode(same)[:-1] + b', "x": NaN}', "body.nan", STANDARD),
        ("deep-label", encode(same)[:-1] + b', "labels": {"a": {"b": {"c": []}}}}', "body.nesting", STANDARD),
        ("nul-key", encode(event() | {"alert_key": "a\0b" + str(event()["alert_key"])}), "text.control", STANDARD),
        ("surrogate-title", encode(same | {"title_rule": "\udc00 x"}), "body.lone-surrogate", STANDARD),
        ("surrogate-label", encode(same | {"labels": {"k": "\ud83d"}}), "body.lone-surrogate", STANDARD),
        ("empty-label-key", encode(event() | {"labels": {"": "x", "主机": "y"}}), "labels.key-naming", STANDARD),
        ("open-array", b"[" * 5000, "body.nesting", STANDARD),
    ]
    for name, body, point, worth in cases:
        yield scenario(
            f"body.odd-{name}", [NEVER, "request-id.present"], push(body, NEVER), worth=worth, open=point, loose=True
        )
    text = '主机 é 🔥 \t "q" <b> a/b & c'
    escaped = ground.event("escaped", description=text, labels={"check": "日志"})
    sent = push(encode_escaped(dict(reversed(escaped.items()))), NEVER)  # in whatever order
    yield scenario("body.escapes", [NEVER, "description.kept", "labels.kept"], sent, worth=STANDARD)
    lines = "\n".join(f"line {place}" for place in range(120))
    readable = {"labels": {"check": "a"}, "description": lines, **ground.event("readable")}
    spaced = json.dumps(readable, indent=2).replace("\n", "\r\n").encode() + b"\n"
    serves = [NEVER, "description.kept"]
    yield scenario("body.readable", serves, push(spaced, NEVER), worth=STANDARD - 1)
    indented = Stage((push(b"\r\n\t " + encode(ground.plain), NEVER),), observe=False)
    yield scenario("body.indented", [NEVER], indented, worth=STANDARD - 1)
    packed = push(
        gzip.compress(encode(same), mtime=0),
        NEVER,
        headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
    )
    yield scenario("body.odd-gzip", [NEVER], packed, open="body.gzip", loose=True)
    big = push(encode(event() | {"description": "x" * (ground.contract.exception_body + 10)}), NEVER)
    yield scenario("body.odd-mebibyte", [NEVER, "description.cut"], big, open="body.one-mebibyte")


@scenes
def generated(ground: Ground) -> Iterator[Scenario]:
    """Data that schemathesis makes from the OpenAPI document, proper and broken, judged by our own rules."""
    count = ground.size(0, 6, 200)
    if not count:
        return
    from conformance.checks.generated import bodies  # noqa: PLC0415 - it loads slowly and is not always needed

    for number, made in enumerate(bodies(count, ground.seed)):
        event = dict(made)
        if isinstance(event.get("alert_key"), str) and 0 < len(event["alert_key"]) <= ground.contract.limits.alert_key:
            event["alert_key"] = ground.names.key(f"g{number}")
        yield scenario(
            f"body.generated-{number}", [NEVER, "request-id.present"], push(encode(event), NEVER), worth=STANDARD + 2
        )
