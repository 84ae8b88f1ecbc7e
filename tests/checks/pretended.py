"""A pretended server for tests of judging: tells the story of a scenario without any network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.followups import ROUNDS, follow_ups
from conformance.checks.ground import Ground
from conformance.checks.judge.bench import Bench
from conformance.checks.judge.run import judge
from conformance.contract import load
from conformance.model.names import Names
from conformance.model.scenario import Push, Scenario
from conformance.plugin.settling import Settling
from conformance.wire.records import Exchange, Note, Observation, Reply, RunInfo, Sent, Story

INFO = RunInfo("1f9c2e", "", "http://127.0.0.1/push", "openapi", "standard", 0, "must")
ALL = frozenset(load().requirements)
Event = Mapping[str, Any]
Alert = dict[str, Any]


def ground() -> Ground:
    """The ground of a run that always has the same name."""
    return Ground(load(), Names(INFO.id))


@dataclass
class Server:
    """Keeps alerts as the document says; ``refuses`` and the functions named after a step make it faulty."""

    refuses: Callable[[Event], bool] = lambda _: False
    stores: Callable[[Event, Alert], None] = lambda *_: None
    closes: Callable[[Event, Alert], bool] = lambda event, alert: alert["alert_key"] == event["alert_key"]
    updates: Callable[[Event, Alert], None] = lambda *_: None
    alerts: list[Alert] = field(default_factory=list)
    number: int = 0

    def answer(self, event: Event) -> tuple[int, dict[str, Any]]:
        """The status and the reply to an event, which is stored if it is accepted."""
        self.number += 1
        reply: dict[str, Any] = {"request_id": f"request {self.number}"}
        if self.refuses(event):
            return 400, {**reply, "error": {"code": "InvalidParameter", "message": "refused"}}
        key = event.get("alert_key") or f"made-up-{self.number}"
        self._take({**event, "alert_key": key})
        return 200, {**reply, "data": {"alert_key": key}}

    def _take(self, event: Event) -> None:
        if event["event_status"] == load().recovery:
            for alert in self.alerts:
                if self.closes(event, alert):
                    alert |= {"alert_status": load().recovery, "end_time": 1}
            return
        active = [a for a in self.alerts if a["alert_key"] == event["alert_key"] and not a.get("end_time")]
        if active:
            kept = {name: event[name] for name in ("title_rule", "description", "labels") if name in event}
            before = dict(active[0])
            active[0] |= {**kept, "alert_status": event["event_status"], "updates": before["updates"] + 1}
            self.updates(before, active[0])
            return
        limits = load().limits
        alert = {**event, "alert_status": event["event_status"], "updates": 0}
        alert["title_rule"] = event["title_rule"][: limits.title_rule]
        alert["description"] = event.get("description", "")[: limits.description]
        self.stores(event, alert)
        self.alerts.append(alert)


def told(scenario: Scenario, server: Server, first: int) -> Story:
    """What happens when a scenario is sent to a server; exchanges are numbered from ``first``."""
    done: list[tuple[Exchange, ...]] = []
    seen: list[Observation | None] = []
    keys: list[str] = []
    for stage in scenario.stages:
        now: list[Exchange] = []
        for push in stage.pushes:
            exchange = _exchanged(push if push.key_from is None else push.with_key(keys[push.key_from]), server, first)
            keys.append(json.loads(exchange.reply.body).get("data", {}).get("alert_key", "") if exchange.reply else "")
            now.append(exchange)
            first += 1
        done.append(tuple(now))
        own = tuple(dict(alert) for alert in server.alerts if alert["alert_key"] in keys)
        seen.append(Observation("seen", own) if stage.observe else None)
        if stage.observe and not Settling(load(), patience=0)(Story(scenario, tuple(done), tuple(seen))):
            return Story(scenario, tuple(done), tuple(seen), ended="settled-wrong")
    return Story(scenario, tuple(done), tuple(seen))


def _exchanged(push: Push, server: Server, number: int) -> Exchange:
    status, reply = server.answer(push.event() or {})
    body = Reply(status, "", (("Content-Type", "application/json"),), json.dumps(reply).encode())
    sent = Sent("POST", INFO.target, push.headers, push.body)
    return Exchange(number, "push", Note(), sent, body, None, 0.0, 0.0)


def judged(stories: list[Story]) -> Bench:
    """The stories judged as a run is."""
    return judge(load(), INFO, stories, [])


def followed(made: Ground, plan: list[Scenario], server: Server) -> tuple[list[Story], list[list[Scenario]]]:
    """The stories of a plan and of the follow-ups behind it, and what was asked for in each round."""
    stories: list[Story] = []
    rounds: list[list[Scenario]] = []
    wanted = plan
    for _ in range(ROUNDS + 1):
        for scenario in wanted:
            stories.append(told(scenario, server, 100 * len(stories) + 100))
        wanted = follow_ups(made, judged(stories), stories, ALL)
        if not wanted:
            break
        rounds.append(wanted)
    return stories, rounds
