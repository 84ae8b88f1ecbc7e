"""Reads the answers to open points from what was seen: the fingerprint of a target; judges nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.case import is_active
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.reply import ACCEPTED, REFUSED, Answer, parse, read
from conformance.model.text import cut_code_points, cut_utf16, squeezed
from conformance.wire.records import Exchange, Story

Alerts = list[Mapping[str, Any]]


def judge(bench: Bench, stories: Mapping[str, Story]) -> None:
    """The answers that every story with an open point gives, and those that any reply shows."""
    for story in stories.values():
        point = story.scenario.fact("open")
        if point and story.exchanges:
            answer = _answer(bench, story, point)
            if answer is not None:
                bench.answer(point, answer)
    _codes(bench, stories)
    _forms(bench, stories)


def _answer(bench: Bench, story: Story, point: str) -> str | None:
    stage = story.scenario.fact("open_stage", len(story.exchanges) - 1)
    exchange = story.exchanges[min(stage, len(story.exchanges) - 1)][0]
    answer = read(exchange)
    known = (
        [name for name, _ in bench.contract.open_points[point].answers] if point in bench.contract.open_points else []
    )
    if point in _TOLD_BY_REPLIES:
        return _TOLD_BY_REPLIES[point](story, answer)
    if point == "body.one-mebibyte" and answer.code == "EntityTooLarge":
        return "too-large"
    if answer.kind != ACCEPTED:
        redirected = 300 <= answer.status < 400
        name = "refused" if answer.kind == REFUSED else "redirect" if redirected else ""
        return name if name in known else None
    reader = _READERS.get(point)
    if reader is None:
        return next((name for name in ("accepted", "absent", "taken") if name in known), None)
    event = parse(exchange.sent.body) or {}
    alerts = _alerts(story, event, answer)
    blind = reader in (_equal_alts, _source, _dropped) and "images" in bench.info.blind_to
    return reader(event, alerts, answer, story) if not blind and (alerts or point in _WITHOUT_STORE) else None


def _alerts(story: Story, event: Mapping[str, Any], answer: Answer) -> Alerts:
    seen = next((entry for entry in reversed(story.observations) if entry is not None and entry.state == "seen"), None)
    if seen is None:
        return []
    sent = event.get("alert_key")
    keys = [sent if isinstance(sent, str) and sent else answer.key]
    return [alert for alert in seen.alerts if alert.get("alert_key") in keys]


def _twice(story: Story) -> str | None:
    kinds = [read(stage[0]).kind == ACCEPTED for stage in story.exchanges]
    if len(kinds) < 2:
        return None
    return {(True, False): "first", (False, True): "last", (False, False): "refused"}.get(
        (kinds[0], kinds[1]), "either"
    )


def _labels(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    kept = alerts[-1].get("labels")
    return event["labels"], kept if isinstance(kept, dict) else {}


def _fifty(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    sent, kept = _labels(event, alerts)
    names, size = list(sent), len(kept)
    ways = (("first", names[:size]), ("last", names[-size:]), ("sorted", sorted(names)[:size]))
    return next((way for way, chosen in ways if size and set(chosen) == set(kept)), "some")


def _odd_label(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    sent, kept = _labels(event, alerts)
    odd = [name for name in sent if name != "good"]
    if all(name in kept for name in odd):
        return "kept"
    return "dropped" if set(kept) <= {"good"} else "cut" if any(odd[0].startswith(name) for name in kept) else "changed"


def _changed_label(event: Mapping[str, Any], alerts: Alerts, *rest: Any) -> str:
    answer = _odd_label(event, alerts, *rest)
    return "changed" if answer == "cut" else answer


def _key(event: Mapping[str, Any], alerts: Alerts, answer: Answer, *_: Any) -> str:
    return "echoed" if answer.key == "" else "absent"


def _template(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    title = alerts[-1].get("title")
    return "rendered" if title == event["labels"]["good"] else "as-is" if title == event["title_rule"] else "other"


def _text(name: str, other: str, change: Callable[[str], str]) -> Callable[..., str]:
    def reader(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
        sent, kept = (
            event.get(name),
            alerts[-1].get(name) or alerts[-1].get("title" if name == "title_rule" else name) or "",
        )
        if not isinstance(sent, str) or not isinstance(kept, str):
            return "changed"
        return "kept" if kept == sent else other if kept == change(sent) else "changed"

    return reader


def _control_free(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", text)


def _width(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str | None:
    sent, kept = event["title_rule"], alerts[-1].get("title_rule") or alerts[-1].get("title") or ""
    limit = len(sent)
    return "one" if kept == cut_code_points(sent, limit) else "two" if kept == cut_utf16(sent, limit) else None


def _images(alerts: Alerts) -> list[Mapping[str, Any]]:
    kept = alerts[-1].get("images")
    return [entry for entry in kept if isinstance(entry, dict)] if isinstance(kept, list) else []


def _equal_alts(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    return {0: "none", 1: "one"}.get(len(_images(alerts)), "both")


def _source(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    kept = [image.get("src") for image in _images(alerts) if image.get("src")]
    return "dropped" if not kept else "kept" if kept[0] == event["images"][0]["src"] else "changed"


def _dropped(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str | None:
    kept = _images(alerts)
    return "dropped" if not kept else None if kept[0].get("src") else "emptied"


def _update(event: Mapping[str, Any], alerts: Alerts, answer: Answer, story: Story) -> str:
    return "kept" if alerts[-1].get("description") else "emptied"


def _retrigger(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    return "another" if len(alerts) > 1 else "reopens"


def _count(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    count = alerts[-1].get("event_cnt")
    return "unknown" if not isinstance(count, int) else "counted" if count > 1 else "discarded"


def _same(event: Mapping[str, Any], alerts: Alerts, answer: Answer, story: Story) -> str:
    seen = story.observations[-1]
    return "same" if seen is not None and len({str(a.get("alert_id")) for a in seen.alerts}) < 2 else "different"


def _twice_given(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    return {"first": "first", "last": "last"}.get(str(alerts[-1].get("description")), "accepted")


_TOLD_BY_REPLIES: dict[str, Callable[[Story, Answer], str | None]] = {
    "key.twice": lambda story, _: _twice(story),
    "method.unusual": lambda _, answer: answer.told()[:60],
}
_WITHOUT_STORE = ("alert-key.empty", "alert-key.null")
_READERS: dict[str, Callable[..., str | None]] = {
    "labels.more-than-fifty": _fifty,
    "labels.key-over-limit": _odd_label,
    "labels.key-naming": _changed_label,
    "labels.empty-value": lambda e, a, *_: "kept" if "empty" in _labels(e, a)[1] else "dropped",
    "title-rule.go-template": _template,
    "alert-key.empty": _key,
    "alert-key.null": _key,
    "alert-key.retrigger": _retrigger,
    "alert-key.identical-event": _count,
    "alert-key.update-absent-description": _update,
    "alert-key.normalisation": _same,
    "alert-key.trailing-blank": _same,
    "character.width": _width,
    "text.edges": _text("title_rule", "trimmed", str.strip),
    "text.blank-runs": _text("description", "collapsed", squeezed),
    "text.crlf": _text("description", "lf", lambda text: text.replace("\r\n", "\n")),
    "text.control": _text("description", "removed", _control_free),
    "images.equal-alt": _equal_alts,
    "images.unknown-key": _source,
    "images.unusual-src": _source,
    "images.bad-src": _dropped,
    "images.over-long-src": _dropped,
    "body.duplicate-keys": _twice_given,
}


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
        ("UUID", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), ("hex", r"[0-9a-f]+"), ("HEX", r"[0-9A-F]+"),
        ("digits", r"\d+"), ("letters and digits", r"[A-Za-z0-9]+"),
    ):  # fmt: skip
        if re.fullmatch(pattern, text, re.ASCII):
            return f"{name}, {len(text)} characters"
    return f"text of about {max(10, round(len(text), -1))} characters"


def _forms(bench: Bench, stories: Mapping[str, Story]) -> None:
    """The forms of identifiers, how absent fields are shown, and what a recovery leaves of the severity."""
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
    life = stories.get("lifecycle.one")
    if life is not None and len(life.observations) > 2:
        _severity(bench, life)


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
    bench.answer(
        "alert-key.after-recovery-severity", known.get(str(severity), "unknown" if not severity else "highest")
    )


def fingerprint(bench: Bench) -> dict[str, str]:
    """One answer for each open point: where several were seen, all of them, in a fixed order."""
    return {
        point: " / ".join(sorted(set(bench.answers[point]))[:3])
        for point in bench.contract.open_points
        if bench.answers.get(point)
    }
