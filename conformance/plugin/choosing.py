"""Chooses what a run sends: the plan, cut to its budget, and more where the answers left room; sends nothing itself.

It knows of verdicts only whether a MUST has fallen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.checks.ground import Ground
from conformance.checks.planning import plan
from conformance.checks.verdicts import FAIL, Judgement
from conformance.model.scenario import Scenario
from conformance.plugin.fitting import Price, fit, top_up
from conformance.wire.records import Story

_PREFLIGHT = 4
#: That part of a large budget is spare: a store with short pages, or a lost reply, costs no requirement.
_SPARE, _LARGE = 50, 500
_SPARE_OF_PARTS = 14  # for follow-ups in a run of some rows; where nothing falls it is spent on what was left out
_SPARE_OF_PROBING = 10  # for recoveries that are refused because the rate has just been exceeded


@dataclass
class Choosing:
    """What scenarios are drawn from, and what they have to fit into.

    ``limit`` is the whole budget in requests, ``price`` what reading costs; ``probing``: whether the rate of a target
    that outlives the run is exceeded at the end.
    """

    ground: Ground
    selected: frozenset[str]
    limit: int
    price: Price
    probing: bool
    _left_out: list[Scenario] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is left out by a selection."""
        return self.selected == frozenset(self.ground.contract.requirements)

    def first(self, asked: int) -> list[Scenario]:
        """The scenarios of the run; ``asked`` pushes were made before, to try the target."""
        made = plan(self.ground, None if self.whole else self.selected)
        spare = self.limit // _SPARE if self.limit >= _LARGE else _SPARE_OF_PROBING if self.probing else 0
        spare = spare if self.whole else max(spare, _SPARE_OF_PARTS)
        chosen, self._left_out = fit(made, self.limit - spare, self.price, min(_PREFLIGHT, asked + 2))
        return chosen

    def more(self, stories: Sequence[Story], found: Iterable[Judgement], room: int) -> list[Scenario]:
        """What the answers so far have left room for; where a MUST fell, that is kept for follow-ups."""
        must = {name for name, entry in self.ground.contract.requirements.items() if entry.level == "must"}
        if any(judgement.outcome == FAIL and judgement.requirement in must for judgement in found):
            return []
        chosen, self._left_out = top_up(self._left_out, stories, room, self.price)
        return chosen
