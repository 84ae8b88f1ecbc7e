"""Scenarios that test all fields together: a covering array over their levels, and events drawn by Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

from conformance.checks.ground import QUICK, STANDARD, THOROUGH, Event, Ground, push, scenario, scenes
from conformance.checks.image_levels import image_levels
from conformance.checks.levels import Level, description_levels, key_levels, label_levels, title_levels
from conformance.contract import load
from conformance.model.covering import rows
from conformance.model.scenario import Scenario, Stage
from conformance.model.strategies import draw, events

#: How many levels of each factor a quick run takes, and a standard one; triples are covered at thorough.
COUNTS = {
    "title_rule": (3, 7, 8),
    "description": (3, 7, 8),
    "alert_key": (3, 7, 8),
    "labels": (4, 7, 8),
    "images": (5, 7, 8),
}
_FIRST_ROWS = 8  # as many as show each level of each field once, most of them twice
SERVED = [
    "title-rule.accepted",
    "title-rule.over-limit-accepted",
    "title-rule.kept",
    "title-rule.cut",
    "event-status.stored",
    "alert-key.accepted",
    "alert-key.optional",
    "alert-key.kept",
    "description.optional",
    "description.accepted",
    "description.over-limit-accepted",
    "description.kept",
    "description.cut",
    "description.absent-empty",
    "labels.optional",
    "labels.accepted",
    "labels.kept",
    "labels.case",
    "labels.strings",
    "labels.key-at-limit",
    "labels.value-over-limit-accepted",
    "labels.value-cut",
    "labels.fifty",
    "labels.absent-empty",
    "images.optional",
    "images.accepted",
    "images.kept",
    "images.absent-empty",
    "alt.optional",
    "alt.over-limit-accepted",
    "alt.kept",
    "alt.cut",
    "src.accepted",
    "src.over-limit-accepted",
    "src.kept",
    "src.over-limit-discarded",
    "href.optional",
    "href.over-limit-accepted",
    "href.kept",
    "href.cut",
    "event-status.critical",
    "event-status.warning",
    "event-status.info",
    "event-status.ok",
    "event-status.ok-closes",
    "data.alert-key.present",
    "data.alert-key.echo",
    "data.alert-key.generated-unique",
    "data.alert-key.generated-recovers",
    "success.status",
    "data.object",
]


def factors(ground: Ground) -> dict[str, list[Level]]:
    """Every factor with the levels that the run's budget allows; the recovery is one of them."""
    made = {
        "title_rule": title_levels(ground),
        "description": description_levels(ground),
        "alert_key": key_levels(ground),
        "labels": label_levels(ground),
        "images": image_levels(ground),
    }
    taken = {name: levels[: ground.size(*COUNTS[name])] for name, levels in made.items()}
    taken["event_status"] = [Level(s, partial(str, s), f"event-status.{s.lower()}") for s in ground.statuses]
    recoveries = [Level(name, partial(str, name), "event-status.ok") for name in ("bare", "full", "other", "none")]
    taken["recovery"] = recoveries[: ground.size(3, 4, 4)]
    return taken


def _covering(ground: Ground, strength: int) -> list[dict[str, Level]]:
    return rows(factors(ground), strength)


@scenes
def covering_array(ground: Ground) -> Iterator[Scenario]:
    """Each pair of levels stands in one push; each push is checked whole, then the alert is closed."""
    for number, row in enumerate(_covering(ground, 2)):
        worth = QUICK - 2 if ground.budget == "quick" and number < _FIRST_ROWS else QUICK + 8
        yield _row_scenario(ground, f"combination.pairs-{number}", row, worth)
    if ground.budget != "thorough":
        return
    narrowed = {name: levels[:6] for name, levels in factors(ground).items()}
    for number, row in enumerate(rows(narrowed, 3)):
        yield _row_scenario(ground, f"combination.triples-{number}", row, THOROUGH)


def _row_scenario(ground: Ground, name: str, row: dict[str, Level], worth: int) -> Scenario:
    values: dict[str, Any] = {field: level.make() for field, level in row.items() if field != "recovery"}
    event: Event = {field: value for field, value in values.items() if value is not None}
    if "alert_key" not in event and len(event["title_rule"]) > 3:  # a key may be made up from the title
        event["title_rule"] = name[-3:] + event["title_rule"][3:]
    told = {field: (level.name, level.blame) for field, level in row.items()}
    stages = [Stage((push(event, "content-type.json"),))]
    if row["recovery"].name != "none":
        recovery = ground.ok(event.get("alert_key"), **_recovery_extras(row["recovery"].name, event))
        stages.append(Stage((push(recovery, "event-status.ok", key_from=None if "alert_key" in event else 0),)))
    return scenario(name, SERVED, *stages, worth=worth, factors=tuple(sorted(told.items())))


def _recovery_extras(kind: str, event: Event) -> Event:
    """What a recovery carries beside its key: the event's own fields, as real clients do, or others than those."""
    if kind == "other":
        return {"description": "back to normal", "labels": {"state": "ok"}}
    if kind != "full":
        return {}
    return {name: value for name, value in event.items() if name in ("title_rule", "description", "labels", "images")}


@scenes
def drawn_events(ground: Ground) -> Iterator[Scenario]:
    """Whole events drawn from the strategies, boundaries first: what nobody thought of."""
    count = ground.size(0, 12, 300)
    for number, drawn in enumerate(drawn_from(count, ground.seed)):
        event = {
            **drawn,
            "alert_key": ground.names.key("drawn"),
            "event_status": _allowed(ground, drawn["event_status"]),
        }
        yield scenario(f"combination.drawn-{number}", SERVED, push(event, "content-type.json"), worth=STANDARD + 15)


@lru_cache(maxsize=4)  # the same for the same seed
def drawn_from(count: int, seed: int) -> tuple[Event, ...]:
    """``count`` events without alert_key."""
    return tuple(draw(events(load()), count, seed))


def _allowed(ground: Ground, status: str) -> str:
    return status if status in ground.statuses else ground.mild
