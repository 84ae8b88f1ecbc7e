"""Finds the evidence behind a verdict in a recording: exchanges by number, what was stored, where both differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.verdicts import PASS, RequirementResult
from conformance.report.text import plural
from conformance.wire.records import Exchange, Observation, Recording, Story

_STATES = {
    "blind": "nothing was visible in time, not even the control",
    "broken": "the read-back failed",
    "none": "this run has no read-back",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field as sent and as stored; ``at`` is the length of their common beginning when they differ."""

    field: str
    sent: str
    stored: str
    same: bool
    at: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store showed for a push: a remark when there is nothing to compare, else the fields."""

    remark: str
    fields: tuple[Difference, ...] = ()


class Evidence:
    """A recording, indexed for readers."""

    def __init__(self, recording: Recording | None) -> None:
        self._exchanges: dict[int, Exchange] = {}
        self._places: dict[int, tuple[Story, int]] = {}
        if recording is None:
            return
        for exchange in recording.others:
            self._exchanges[exchange.n] = exchange
        for story in recording.stories:
            for stage, exchanges in enumerate(story.exchanges):
                for exchange in exchanges:
                    self._exchanges[exchange.n] = exchange
                    self._places[exchange.n] = (story, stage)

    def __getitem__(self, number: int) -> Exchange:
        return self._exchanges[number]

    def __contains__(self, number: object) -> bool:
        return number in self._exchanges

    def __len__(self) -> int:
        return len(self._exchanges)

    def all(self) -> list[Exchange]:
        """Every exchange in the order of sending."""
        return sorted(self._exchanges.values(), key=lambda exchange: exchange.n)

    def chosen(self, entry: RequirementResult, few: int = 3, many: int = 8) -> tuple[int, ...]:
        """The exchanges worth showing: those of findings first, then one for each scenario."""
        # The pushes that led to the first finding come along: the terminal sends its readers here for their lines.
        told = [(*f.exchanges, *(() if place else f.sequence)) for place, f in enumerate(entry.findings)]
        numbers = [n for its in told for n in its if n in self]
        picked = list(dict.fromkeys(numbers))[: max(many, len(told[0]) if told else 0)]
        limit = few if entry.verdict == PASS or not picked else max(few, len(picked))
        scenarios = {self[n].note.scenario for n in picked}
        for number in entry.exchanges:
            if len(picked) >= limit:
                break
            if number in self and number not in picked and self[number].note.scenario not in scenarios:
                picked.append(number)
                scenarios.add(self[number].note.scenario)
        return tuple(picked)

    def scenario(self, number: int) -> str:
        """The id of the scenario that an exchange belongs to."""
        return self[number].note.scenario

    def credential(self, number: int) -> str:
        """The name of the key with which a push was sent; empty for what belongs to no story."""
        if number not in self._places:
            return ""
        story, stage = self._places[number]
        pushes = story.scenario.stages[stage].pushes
        place = self[number].note.place
        return pushes[place].credential if place < len(pushes) else ""

    def stored(self, number: int) -> Stored | None:
        """What the store showed after the stage of a push, compared with what the push said."""
        if number not in self._places:
            return None
        story, stage = self._places[number]
        observation = _observation(story, stage)
        if observation is None:
            return None
        if observation.state != "seen":
            return Stored(observation.problem or _STATES.get(observation.state, observation.state))
        exchange = self[number]
        event, key = parsed(exchange.sent.body), alert_key(exchange)
        alerts = [alert for alert in observation.alerts if alert.get("alert_key") == key]
        if not alerts or not isinstance(event, dict):
            there = plural(len(observation.alerts), "alert")
            return Stored("no alert under this key" if key else f"{there} visible, none of this push")
        latest = next((alert for alert in alerts if not alert.get("end_time")), alerts[-1])
        also = f"{len(alerts)} alerts under this key; the active one is shown" if len(alerts) > 1 else ""
        return Stored(also, tuple(differences(event, latest)))


def _observation(story: Story, stage: int) -> Observation | None:
    """The look at the store that followed a stage: its own, a later one, or the last of the run."""
    later = [look for look in story.observations[stage:] if look is not None]
    return later[0] if later else story.final


def parsed(body: bytes) -> Any:
    """A body as JSON, or None."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def alert_key(exchange: Exchange) -> str | None:
    """The key of the alert that a push touched: the one sent, else the one that the reply gave."""
    event = parsed(exchange.sent.body)
    sent = event.get("alert_key") if isinstance(event, dict) else None
    if isinstance(sent, str) and sent:
        return sent
    reply = parsed(exchange.reply.body) if exchange.reply else None
    data = reply.get("data") if isinstance(reply, dict) else None
    found = data.get("alert_key") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


def error_code(exchange: Exchange) -> str | None:
    """The code in the error of a reply, if it has one."""
    reply = parsed(exchange.reply.body) if exchange.reply else None
    error = reply.get("error") if isinstance(reply, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


def differences(event: Mapping[str, Any], alert: Mapping[str, Any]) -> Iterator[Difference]:
    """Every field that was sent, beside what is stored of it."""
    for field, value in event.items():
        if field == "labels" and isinstance(value, dict):
            kept = alert.get("labels")
            labels = kept if isinstance(kept, dict) else {}
            for name in dict.fromkeys((*value, *labels)):
                yield _difference(f"labels.{name}", value.get(name), labels.get(name))
        elif field == "images" and isinstance(value, list):
            yield from _images(value, alert.get("images"))
        elif field == "event_status":
            yield _difference("event_status", value, alert.get("alert_status"))
        elif field in {"title_rule", "title", "description", "alert_key"}:
            yield _difference(field, value, alert.get(field, alert.get("title") if field == "title_rule" else None))


def _images(sent: list[Any], stored: Any) -> Iterator[Difference]:
    kept = stored if isinstance(stored, list) else []
    for place in range(max(len(sent), len(kept))):
        one = sent[place] if place < len(sent) and isinstance(sent[place], dict) else {}
        other = kept[place] if place < len(kept) and isinstance(kept[place], dict) else {}
        for field in dict.fromkeys((*one, *(name for name in other if other[name] not in ("", None)))):
            yield _difference(f"images[{place}].{field}", one.get(field), other.get(field))


def _difference(field: str, sent: Any, stored: Any) -> Difference:
    """Both sides as text, and how they relate."""
    one, other = _text(sent), _text(stored)
    if one == other:
        return Difference(field, one, other, same=True)
    at = next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    if stored is None:
        note = "not stored"
    elif sent is None:
        note = "stored, though not sent"
    elif at == len(other):
        note = f"the first {plural(at, 'character')} of {len(one):,}"
    elif at == len(one):
        note = f"{plural(len(other) - at, 'character')} added"
    else:
        note = f"differs from character {at + 1:,} on; {len(one):,} sent, {len(other):,} stored"
    return Difference(field, one, other, same=False, at=at, note=note)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
