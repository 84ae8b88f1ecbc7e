"""Takes a failed combination apart: each unusual field alone, each left out, then those that matter together.

It makes scenarios from what the trials so far have shown.  It sends and judges nothing; what the trials come to is told
by ``judge.reduced``, from the facts that stand in each scenario made here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from conformance.checks.ground import Event, Ground, push, scenario
from conformance.checks.image_levels import link
from conformance.checks.judge.reduced import Trials
from conformance.checks.verdicts import FOLLOW_UP, Finding
from conformance.model.names import PREFIX
from conformance.model.scenario import Push, Scenario
from conformance.wire.records import Story

FIELDS = ("title_rule", "event_status", "alert_key", "description", "labels", "images")
_REQUIRED = ("title_rule", "event_status", "alert_key")  # what the plainest event holds
_SHORT = 80
#: What is sent beside the fields that matter to see whether their fault shows only where others are left out.
PLAIN_FIELDS: dict[str, Any] = {
    "description": "plain",
    "labels": {"check": "plain"},
    "images": [{"alt": "plain", "src": link(40), "href": link(41)}],
}


def unusual(ground: Ground, event: Event) -> tuple[str, ...]:
    """The fields in which an event differs from the plainest one, in the order of the document."""
    return tuple(name for name in FIELDS if _is_unusual(ground, event, name))


def _is_unusual(ground: Ground, event: Event, name: str) -> bool:
    value = event.get(name)
    if name == "event_status":
        return value != ground.mild
    if name not in _REQUIRED:
        return name in event
    plain = re.escape(ground.names.title()) + ".*" if name == "title_rule" else rf"{PREFIX}[0-9a-z-]*"
    return not (isinstance(value, str) and len(value) < _SHORT and re.fullmatch(plain, value))


def size(ground: Ground, story: Story) -> tuple[int, int]:
    """How much there is to leave out of a story: the less, the sooner it is reduced."""
    first = story.scenario.pushes()[0]
    return len(unusual(ground, first.event() or {})), len(first.body)


def next_round(
    ground: Ground,
    requirement: str,
    story: Story,
    finding: Finding,
    trials: Trials,
    suspected: Collection[str] = (),
) -> list[Scenario]:
    """The next trials of a failed combination; fields whose level stands for a ``suspected`` requirement go first."""
    made = _Maker(ground, story, closing=_is_of_recovery(story, finding))
    levels = dict(story.scenario.fact("factors") or ())
    fields = sorted(made.fields, key=lambda name: levels.get(name, ("", ""))[1] not in suspected)

    def untried(wanted: Iterable[Sequence[str]], added: Sequence[str] = ()) -> list[Scenario]:
        names = list(dict.fromkeys(made.ordered(kept) for kept in wanted))
        return [made.trial(requirement, kept, added) for kept in names if made.name(kept, added) not in trials]

    def fails(kept: Collection[str]) -> bool:
        return trials.fails(requirement, made.name(made.ordered(kept)))

    own = _field_of(ground, requirement)
    # what is stored of a field takes that field; who refuses an event may have been blamed on the wrong one
    alone = [[own]] if own in fields and finding.stored is not None and not made.closing else [[n] for n in fields]
    first = untried([[], *alone] if made.closing else alone)
    if first or fails([]):
        return first
    guilty = [kept for kept in alone if fails(kept)]
    if not guilty:
        left_out = {name: [other for other in fields if other != name] for name in fields}
        if second := untried(left_out.values()):
            return second
        heals = [n for n, rest in left_out.items() if trials.holds(requirement, made.name(made.ordered(rest)))]
        # where one field alone heals, it does so together with whichever other
        guilty = [heals] if len(heals) > 1 else [[heals[0], n] for n in fields if n != heals[0]] if heals else []
        if third := untried(guilty):
            return third
        guilty = [kept for kept in guilty if fails(kept)]
    absent = [name for name in PLAIN_FIELDS if name not in made.event]
    return [entry for name in absent if guilty for entry in untried(guilty[:1], [name])]


def _is_of_recovery(story: Story, finding: Finding) -> bool:
    """Whether it is the recovery of the combination that went wrong."""
    return any(one.n in finding.exchanges[:1] for stage in story.exchanges[1:] for one in stage)


def _field_of(ground: Ground, requirement: str) -> str:
    """The field that a requirement is about, as its row names it."""
    table, _, name = ground.contract.requirements[requirement].row.partition("/")
    return "images" if table == "Image" else name


class _Maker:
    """Makes the trials of one story: its event with some unusual fields kept and all others plain."""

    def __init__(self, ground: Ground, story: Story, *, closing: bool) -> None:
        self._ground, self._origin, self.closing = ground, story.scenario, closing
        self.event: Event = self._origin.pushes()[0].event() or {}
        self.fields = unusual(ground, self.event)

    def ordered(self, kept: Collection[str]) -> tuple[str, ...]:
        """These fields in the order of the document."""
        return tuple(name for name in self.fields if name in kept)

    def name(self, kept: Sequence[str], added: Sequence[str] = ()) -> str:
        """The id of a trial."""
        parts = ["+".join(kept) or "plain", *(f"beside-{name}" for name in added), *(["ok"] if self.closing else [])]
        return FOLLOW_UP + ".".join([self._origin.id, *parts])

    def trial(self, requirement: str, kept: Sequence[str], added: Sequence[str]) -> Scenario:
        """One trial: a scenario of its own, judged as any other."""
        event = self._event(kept, added)
        stages = [push(event, self._origin.pushes()[0].varies)]
        if self.closing:
            stages.append(self._recovery(event))
        made = scenario(
            self.name(kept, added), (), *stages, follows=self._origin.id, kept=tuple(kept), added=tuple(added),
            **self._blame(requirement, kept),
        )  # fmt: skip
        return replace(made, check=self._origin.check)  # judged by the same rules as the one that it follows

    def _event(self, kept: Sequence[str], added: Sequence[str]) -> Event:
        names, title = self._ground.names, f"{self._origin.id} {' '.join(kept)}"
        event = self._ground.event("reduced", title_rule=names.title(title))
        number = event["alert_key"].split("-")[2]
        for name in kept:
            if name == "alert_key" and name not in self.event:
                del event[name]
            elif name == "alert_key":
                key = self.event[name]
                event[name] = names.renewed([key]).get(key) or names.long_key(len(key))
            else:
                event[name] = self.event[name]
        if "alert_key" not in event and len(event["title_rule"]) > 3:  # a key may be made up from the title
            event["title_rule"] = number[-3:] + event["title_rule"][3:]
        return event | {name: PLAIN_FIELDS[name] for name in added}

    def _recovery(self, event: Event) -> Push:
        """The recovery of a trial: what the one that failed repeated of its event, this one repeats too."""
        sent = self._origin.pushes()[1]
        before = sent.event() or {}
        alike = [name for name in FIELDS if name not in ("event_status", "alert_key") and name in before]
        alike = [name for name in alike if before[name] == self.event.get(name) and name in event]
        ok = self._ground.ok(event.get("alert_key"), **{name: event[name] for name in alike})
        return push(ok, sent.varies, key_from=None if "alert_key" in event else 0)

    def _requirement_of(self, name: str) -> str:
        """What falls when a field is refused of which no level is told."""
        if name == "event_status":
            return f"event-status.{str(self.event[name]).lower()}"
        return f"{name.replace('_', '-')}.{'accepted' if name in self.event else 'optional'}"

    def _blame(self, requirement: str, kept: Sequence[str]) -> dict[str, Any]:
        """What a refusal is blamed on: the levels in it, so that trials tell the innocent from the guilty as rows do.

        Where that cannot be told, it is what the trial is made for: a trial fells no requirement but that one.
        """
        levels = dict(self._origin.fact("factors") or ())
        if not levels or self.closing:
            return {"culprits": (requirement,), "culprits_later": (requirement,)}
        told = {name: levels.get(name) or ("unusual", self._requirement_of(name)) for name in kept}
        return {"factors": tuple(sorted(told.items()))}
