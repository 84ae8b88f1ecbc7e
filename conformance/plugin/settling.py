"""Tells the driver when a look at the store is enough: what the requirements say of it, and how long that may take.

It sends nothing and reads nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.checks.judge.run import unmet
from conformance.contract import Contract
from conformance.wire.records import Story

#: Seconds in all that a run waits for one SHOULD to be met: a title may be rendered a little after it is stored.
PATIENCE = 3.0


@dataclass
class Settling:
    """Whether what the store showed agrees with the oracle, so that waiting is over.

    What breaks a MUST is waited for until the driver's own time is up.  For what breaks a SHOULD a run waits once;
    where that was not for nothing, it waits for each stage.
    """

    contract: Contract
    blind_to: Sequence[str] = ()
    patience: float = PATIENCE
    clock: Callable[[], float] = time.monotonic
    _since: dict[tuple[str, ...], float] = field(default_factory=dict)
    _broken: dict[str, frozenset[str]] = field(default_factory=dict)  # scenario -> what it broke when last looked at
    _late: set[str] = field(default_factory=set)  # requirements that were met a little later

    def __call__(self, story: Story) -> bool:
        """Whether the last stage of the story needs no further look."""
        scenario, stage = story.scenario.id, str(len(story.observations))
        broken = unmet(story, self.contract, self.blind_to)
        self._late |= self._broken.get(f"{scenario} {stage}", frozenset()) - broken
        self._broken[f"{scenario} {stage}"] = broken
        if any(self.contract.requirements[name].level == "must" for name in broken):
            return False
        now = self.clock()
        waits = [(name, scenario, stage) if name in self._late else (name,) for name in broken]
        return all(now - self._since.setdefault(wait, now) >= self.patience for wait in waits)
