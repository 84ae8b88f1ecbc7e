"""Reads answers to open points from whatever story shows them: codes, forms of identifiers, what updates leave."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.case import is_active
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, parse, read
from conformance.wire.records import Exchange, Story


def _codes(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Which of several codes a refusal got."""
    for prefix, point in (("key.unknown-0", "key.bad-code"), ("content-type.missing", "content-type.missing")):
        if prefix in stories and stories[prefix].exchanges:
            answer = read(stories[prefix].exchanges[0][0])
            if isinstance(answer.code, str) and answer.code in bench.contract.codes:
                bench.answer(point, answer.code)
    methods = {
        read(story.exchanges[0][0]).code
        for name, story in stories.items()
        if name.startswith("code.method-") and story.exchanges and not story.scenario.fact("any")
    } & {"MethodNotAllowed", "RouteNotFound"}
    if methods:
        bench.answer("method.wrong", "mixed" if len(methods) > 1 else str(methods.pop()))


def _form(text: str) -> str:
    """The shape of an identifier: what it is made of, and how long it is."""
    for name, pattern in (
        ("UUID", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), ("digits", r"\d+"), ("hex", r"[0-9a-f]+"),
        ("HEX", r"[0-9A-F]+"), ("letters and digits", r"[A-Za-z0-9]+"),
    ):  # fmt: skip
        if re.fullmatch(pattern, text, re.ASCII):
            return f"{name}, {len(text)} characters"
    return f"text of about {max(10, round(len(text), -1))} characters"


def tell(bench: Bench, stories: Mapping[str, Story]) -> None:
    """Codes, the forms of identifiers, how absent fields are shown, what updates and a recovery leave."""
    _codes(bench, stories)
    plain = stories.get("plain")
    for story in stories.values():
        for _, _, exchange in pushes_of(story):
            _identifier_forms(bench, exchange)
    if plain is not None and plain.observations and plain.observations[0] is not None:
        for alert in plain.observations[0].alerts[:1]:
            value = alert.get("description", _MISSING)
            bench.answer(
                "store.absent-fields", "left-out" if value is _MISSING else "null" if value is None else "empty"
            )
    _updates(bench, stories.get("open.update"))
    life = stories.get("lifecycle.one")
    if life is not None and len(life.observations) > 2:
        _severity(bench, life)


def _updates(bench: Bench, story: Story | None) -> None:
    """What an update with other images leaves of the first, and one without labels of them."""
    if story is None:
        return
    shown_after = []
    for (_, push, _), seen in zip(pushes_of(story), story.observations, strict=False):
        status = (push.event() or {}).get("event_status")
        alerts = seen.alerts if seen is not None and seen.state == "seen" else ()
        shown_after.append(next((a for a in alerts if a.get("alert_status") == status), None))
    pictured, bare = (shown_after + [None] * 3)[1:3]
    if bare is not None:
        bench.answer("alert-key.update-absent-labels", "kept" if bare.get("labels") else "emptied")
    images = pictured.get("images") if pictured is not None else None
    if isinstance(images, list) and images:
        alts = {str(image.get("alt")) for image in images if isinstance(image, dict)}
        answer = {frozenset({"first"}): "kept", frozenset({"second"}): "replaced"}.get(frozenset(alts), "merged")
        bench.answer("alert-key.update-images", answer)


_MISSING = object()


def _identifier_forms(bench: Bench, exchange: Exchange) -> None:
    answer = read(exchange)
    value = answer.body.get("request_id") if answer.body is not None else None
    if isinstance(value, str) and not bench.answers.get("reply.request-id"):
        bench.answer("reply.request-id", _form(value))
    event = parse(exchange.sent.body)
    made_up = event is not None and "alert_key" not in event and answer.kind == ACCEPTED and isinstance(answer.key, str)
    if made_up and not bench.answers.get("reply.generated-key"):
        bench.answer("reply.generated-key", _form(str(answer.key)))


def _severity(bench: Bench, life: Story) -> None:
    seen, statuses = life.observations[2], bench.contract.statuses
    closed = [a for a in seen.alerts if not is_active(a, bench.contract.recovery)] if seen is not None else []
    if not closed:
        return
    severity = closed[-1].get("alert_severity")
    known = {bench.info.max_severity or statuses[0]: "last", bench.contract.recovery: "ok"}
    answer = known.get(str(severity), "other" if severity else "unknown")
    bench.answer("alert-key.after-recovery-severity", answer)
