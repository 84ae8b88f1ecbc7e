"""The lines of a recording: records as JSON objects, and recordings put together from them again; no file is opened."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.model.scenario import JSON_TYPE, Push, Scenario, Stage
from conformance.wire.body import elided
from conformance.wire.codec import (
    body_from_plain,
    body_to_plain,
    changed_fields,
    original,
    pairs_from_plain,
    pairs_to_plain,
    plain,
)
from conformance.wire.records import Exchange, Note, Observation, Problem, Recording, Reply, RunInfo, Sent, Story

if TYPE_CHECKING:
    from collections.abc import Callable

Line = dict[str, Any]
Message = TypeVar("Message", Sent, Reply)
_SPELLED = {"n", "kind", "note", "sent", "reply", "problem", "repeats"}
_LISTS = ("alerts", "exchanges")


def run_line(info: RunInfo) -> Line:
    """Return the first line: the facts of the run."""
    return {"type": "run", "format": 1, **{name: plain(value) for name, value in changed_fields(info).items()}}


def scenario_line(scenario: Scenario) -> Line:
    """Return the line of a scenario, with every push in it."""
    line = {name: plain(value) for name, value in changed_fields(replace(scenario, stages=())).items()}
    del line["stages"]
    line["stages"] = [
        {"observe": stage.observe, "pushes": [_push(push) for push in stage.pushes]} for stage in scenario.stages
    ]
    return {"type": "scenario", **line}


def exchange_line(exchange: Exchange) -> Line:
    """Return the line of an exchange; a read keeps the beginning of its bodies, its alerts stand in observations."""
    line: Line = {"type": "exchange", "n": exchange.n, "kind": exchange.kind, **_more(exchange.note)}
    line["sent"] = _message(exchange.sent, exchange.kind)
    if exchange.reply is not None:
        line["reply"] = _message(exchange.reply, exchange.kind)
    if exchange.problem is not None:
        line["problem"] = _more(exchange.problem)
    if exchange.repeats:
        line["repeats"] = list(exchange.repeats)
    return line | _more(exchange, *_SPELLED)


def observation_line(scenario: str, stage: int | str, observation: Observation) -> Line:
    """Return the line of what the store showed."""
    line: Line = {"type": "observation", "scenario": scenario, "stage": stage, **_more(observation, *_LISTS)}
    line["alerts"] = [plain(alert) for alert in observation.alerts]
    return line | {"exchanges": list(observation.exchanges)}


def story_line(story: Story) -> Line:
    """Return the line that closes a scenario."""
    return {
        "type": "story",
        "scenario": story.scenario.id,
        "exchanges": [[exchange.n for exchange in stage] for stage in story.exchanges],
        "observations": [observation is not None for observation in story.observations],
        "final": story.final is not None,
        "aside": [exchange.n for exchange in story.aside],
        "ended": plain(story.ended),
    }


class Assembly:
    """Takes the lines of a recording in turn and puts the recording together."""

    def __init__(self) -> None:
        self._info: RunInfo | None = None
        self._scenarios: dict[str, Scenario] = {}
        self._exchanges: dict[int, Exchange] = {}
        self._observations: dict[tuple[str, Any], Observation] = {}
        self._stories: dict[str, Line] = {}

    def add(self, line: Line) -> None:
        """Take one line; any exception means that it is none of a recording."""
        kind = line.pop("type")
        if kind == "run":
            version = line.pop("format")
            if version != 1:
                raise ValueError(f"format {version!r} is not one that this version reads")
            self._info = RunInfo(**_fields(line))
        elif kind == "scenario":
            scenario = _scenario(line)
            self._scenarios[scenario.id] = scenario
        elif kind == "exchange":
            exchange = _exchange(line)
            self._exchanges[exchange.n] = exchange
        elif kind == "observation":
            self._observations[line["scenario"], line["stage"]] = _observation(line)
        elif kind == "story":
            missing = {n for stage in (*line["exchanges"], line["aside"]) for n in stage} - self._exchanges.keys()
            if missing:
                raise ValueError(f"it names exchange {min(missing)}, which did not come before it")
            self._stories[line["scenario"]] = line
        elif kind != "end":
            raise ValueError(f"{kind!r} is no type of line")

    def recording(self) -> Recording:
        """Return the whole; what belongs to no story stands among the others."""
        if self._info is None:
            raise ValueError("no run line: this is not a recording")
        stories = [self._story(scenario) for scenario in self._scenarios.values()]
        told = {exchange.n for story in stories for exchange in (*story.all_exchanges(), *story.aside)}
        return Recording(self._info, stories, [it for it in self._exchanges.values() if it.n not in told])

    def _story(self, scenario: Scenario) -> Story:
        line = self._stories.get(scenario.id) or self._unfinished(scenario)
        exchanges = tuple(tuple(self._exchanges[n] for n in stage) for stage in line["exchanges"])
        observations = tuple(
            self._seen(scenario.id, stage) if made else None for stage, made in enumerate(line["observations"])
        )
        final = self._seen(scenario.id, "final") if line["final"] else None
        aside = tuple(self._exchanges[n] for n in line["aside"])
        return Story(scenario, exchanges, observations, final, original(line["ended"]), aside)

    def _seen(self, scenario: str, stage: int | str) -> Observation:
        """Return a look that a story names; one that is not there was taken out."""
        if (scenario, stage) not in self._observations:
            raise ValueError(f"the story of {scenario} names a look at its stage {stage}, which is missing")
        return self._observations[scenario, stage]

    def _unfinished(self, scenario: Scenario) -> Line:
        """Return what the closing line of a scenario would say, had the run lived to write it."""
        driven: list[list[int]] = [[] for _ in scenario.stages]
        aside: list[int] = []
        for exchange in self._exchanges.values():
            note = exchange.note
            if exchange.kind == "push" and note.scenario == scenario.id and note.stage < len(driven):
                (aside if note.role == "twin" else driven[note.stage]).append(exchange.n)
        while driven and not driven[-1]:
            driven.pop()
        made = [(scenario.id, stage) in self._observations for stage in range(len(driven))]
        final = (scenario.id, "final") in self._observations
        return {"exchanges": driven, "observations": made, "final": final, "aside": aside, "ended": "interrupted"}


def _push(push: Push) -> Line:
    line: Line = {"body": body_to_plain(push.body)}
    for name, value in changed_fields(push).items():
        if name in {"headers", "query"}:
            line[name] = pairs_to_plain(value)
        elif name != "body":
            line[name] = plain(value)
    return line


def _fields(line: Line) -> Line:
    return {name: original(value) for name, value in line.items() if name not in {"i", "h"}}


def _scenario(line: Line) -> Scenario:
    stages = tuple(
        Stage(tuple(_push_from(push) for push in stage["pushes"]), stage["observe"]) for stage in line.pop("stages")
    )
    return Scenario(stages=stages, **_fields(line))


def _push_from(line: Line) -> Push:
    body, headers, query = line.pop("body"), line.pop("headers", None), line.pop("query", [])
    return Push(
        body_from_plain(body),
        headers=JSON_TYPE if headers is None else pairs_from_plain(headers),
        query=pairs_from_plain(query),
        **_fields(line),
    )


def _exchange(line: Line) -> Exchange:
    reply, problem = line.get("reply"), line.get("problem")
    return Exchange(
        note=Note(**_rest(Note, line)),
        sent=_message_from(Sent, line["sent"]),
        reply=None if reply is None else _message_from(Reply.of, reply),
        problem=None if problem is None else Problem(**_rest(Problem, problem)),
        repeats=tuple(line.get("repeats", ())),
        **_rest(Exchange, line, *_SPELLED - {"n", "kind"}),
    )


def _message(message: Sent | Reply, kind: str) -> Line:
    body = elided(message.body) if kind == "read" else message.body
    line = _more(message, "headers", "body", "content", "packed")
    return line | {"headers": pairs_to_plain(message.headers), "body": body_to_plain(body)}


def _message_from(kind: Callable[..., Message], line: Line) -> Message:
    rest = _fields({name: value for name, value in line.items() if name not in {"headers", "body"}})
    return kind(headers=pairs_from_plain(line["headers"]), body=body_from_plain(line["body"]), **rest)


def _observation(line: Line) -> Observation:
    alerts = tuple(original(alert) for alert in line["alerts"])
    return Observation(alerts=alerts, exchanges=tuple(line["exchanges"]), **_rest(Observation, line, *_LISTS))


def _more(value: Any, *spelled: str) -> Line:
    """Return the fields that are not spelled out elsewhere, so that a field added to a record is recorded as well."""
    return {name: plain(item) for name, item in changed_fields(value).items() if name not in spelled}


def _rest(kind: type, line: Line, *spelled: str) -> Line:
    """Undo ``_more``: the fields of this kind of record in a line."""
    names = {field.name for field in fields(kind)} - set(spelled)
    return {name: original(value) for name, value in line.items() if name in names}
