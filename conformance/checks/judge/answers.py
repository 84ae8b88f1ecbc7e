"""Reads the answers to open points from what was seen: the fingerprint of a target; judges nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.checks.judge import forms
from conformance.checks.judge.bench import Bench
from conformance.checks.judge.reply import ACCEPTED, REFUSED, Answer, parse, read
from conformance.contract import load
from conformance.model.text import cut_code_points, cut_utf16, squeezed
from conformance.wire.records import Story

Alerts = list[Mapping[str, Any]]


def judge(bench: Bench, stories: Mapping[str, Story]) -> None:
    """The answers that every story with an open point gives, and those that any reply shows."""
    for story in stories.values():
        point = story.scenario.fact("open")
        if point and story.exchanges:
            answer = _answer(bench, story, point)
            if answer is not None:
                bench.answer(point, answer)
    forms.tell(bench, stories)


def _answer(bench: Bench, story: Story, point: str) -> str | None:
    stage = story.scenario.fact("open_stage", len(story.exchanges) - 1)
    exchange = story.exchanges[min(stage, len(story.exchanges) - 1)][0]
    answer = read(exchange)
    known = (
        [name for name, _ in bench.contract.open_points[point].answers] if point in bench.contract.open_points else []
    )
    if point in _TOLD_BY_REPLIES:
        return _TOLD_BY_REPLIES[point](story, answer)
    if "open_stage" not in dict(story.scenario.facts) and len(story.exchanges) < len(story.scenario.stages):
        return None  # the push that asks was never sent
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
    looks = zip(story.scenario.stages, story.observations, strict=False)
    seen = next((look for stage, look in reversed(list(looks)) if stage.observe), None)
    if seen is None or seen.state != "seen":
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
    full = size == load().limits.labels
    return next((way for way, chosen in ways if full and set(chosen) == set(kept)), "some")


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


def _template(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str | None:
    title = alerts[-1].get("title")
    if not title:  # this store shows the rule alone
        return None
    return "rendered" if title == event["labels"]["good"] else "as-is" if title == event["title_rule"] else "other"


def _text(name: str, other: str, change: Callable[[str], str]) -> Callable[..., str | None]:
    def reader(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str | None:
        sent, kept = (
            event.get(name),
            alerts[-1].get(name) or alerts[-1].get("title" if name == "title_rule" else name) or "",
        )
        if sent is None:  # the oddity is elsewhere
            return None
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


def _count(event: Mapping[str, Any], alerts: Alerts, answer: Answer, story: Story) -> str | None:
    """Of an event, the same once more, and another: three where the second was counted."""
    count, sent = alerts[-1].get("event_cnt"), len(story.exchanges)
    if sent < _WITH_ANOTHER or alerts[-1].get("description") != event.get("description"):
        return None
    return "unknown" if not isinstance(count, int) else "counted" if count >= sent else "discarded"


def _same(event: Mapping[str, Any], alerts: Alerts, answer: Answer, story: Story) -> str | None:
    seen = story.observations[-1] if story.observations else None
    if seen is None or seen.state != "seen" or not seen.alerts or len(story.exchanges) < _TWINS:
        return None
    # A store that shows no ids shows two alerts under two keys.
    if len({str(alert.get("alert_id") or alert.get("alert_key")) for alert in seen.alerts}) > 1:
        return "different"
    # One alert alone may be the first: where the other's title shows, it is of both.
    first, alert = story.scenario.pushes()[0].event() or {}, seen.alerts[0]
    return None if first.get("title_rule") in (alert.get("title_rule"), alert.get("title")) else "same"


def _twice_given(event: Mapping[str, Any], alerts: Alerts, *_: Any) -> str:
    return {"first": "first", "last": "last"}.get(str(alerts[-1].get("description")), "accepted")


_TOLD_BY_REPLIES: dict[str, Callable[[Story, Answer], str | None]] = {
    "key.twice": lambda story, _: _twice(story),
    "method.unusual": lambda _, answer: answer.told()[:60],
}
_WITH_ANOTHER, _TWINS = 3, 2  # pushes of such a story
_WITHOUT_STORE = ("alert-key.empty", "alert-key.null", "alert-key.normalisation", "alert-key.trailing-blank")
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


def _together(seen: set[str], known: set[str]) -> str:
    """Several answers as one: the word for that where the point has one."""
    return "mixed" if len(seen) > 1 and "mixed" in known else " / ".join(sorted(seen)[:3])


def fingerprint(bench: Bench) -> dict[str, str]:
    """One answer for each open point: where several were seen, all of them, in a fixed order."""
    return {
        point: _together(set(bench.answers[point]), {name for name, _ in bench.contract.open_points[point].answers})
        for point in bench.contract.open_points
        if bench.answers.get(point)
    }
