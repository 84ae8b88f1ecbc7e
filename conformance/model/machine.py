"""The life cycle of alerts as a Hypothesis state machine that writes programs instead of running them; pure.

Each run of the machine is one program: a sequence of steps over a few alerts.  The driver performs the programs in
lock-step and the oracle says what the store must show after each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from conformance.model.strategies import ALIKE

KEYED = 3  # alerts with a key of ours in each program


@dataclass(frozen=True, slots=True)
class Step:
    """One push of a program: to alert ``slot`` (keys of ours first, then made-up keys in order), as ``kind``.

    ``kind``: ``event`` (opens, updates or opens again), ``ok``, ``unknown-ok`` (a key never used), ``generated``.
    """

    kind: str
    slot: int
    status: int  # place among the statuses that open an alert
    text: bool  # whether a description is sent along


class _Machine(RuleBasedStateMachine):
    """Writes a program; a rule is enabled only where its step makes sense."""

    def __init__(self, programs: list[tuple[Step, ...]]) -> None:
        super().__init__()
        self._programs = programs
        self._steps: list[Step] = []
        self._opened: set[int] = set()
        self._generated = 0

    @rule(slot=st.integers(0, KEYED - 1), status=st.integers(0, 2), text=st.booleans())
    def event(self, slot: int, status: int, text: bool) -> None:
        """Trigger, update or trigger again."""
        self._opened.add(slot)
        self._steps.append(Step("event", slot, status, text))

    @precondition(lambda self: self._opened)
    @rule(data=st.data(), text=st.booleans())
    def ok(self, data: st.DataObject, text: bool) -> None:
        """Recover, perhaps once more."""
        self._steps.append(Step("ok", data.draw(st.sampled_from(sorted(self._opened))), 0, text))

    @rule(status=st.integers(0, 2))
    def generated(self, status: int) -> None:
        """Open an alert whose key the server makes up."""
        self._opened.add(KEYED + self._generated)
        self._steps.append(Step("generated", KEYED + self._generated, status, True))
        self._generated += 1

    @precondition(lambda self: self._generated > 0)
    @rule(data=st.data(), status=st.integers(0, 2))
    def update_generated(self, data: st.DataObject, status: int) -> None:
        """Update an alert by the key that the server made up."""
        slot = KEYED + data.draw(st.integers(0, self._generated - 1))
        self._steps.append(Step("event", slot, status, True))

    @rule()
    def unknown_ok(self) -> None:
        """Recover a key that was never used."""
        self._steps.append(Step("unknown-ok", -1 - len(self._steps), 0, False))

    @invariant()
    def few_made_up_keys(self) -> None:
        """A program stays small enough to read."""
        hypothesis.assume(self._generated <= 3)

    def teardown(self) -> None:
        """The program is what the machine did."""
        if self._steps:
            self._programs.append(tuple(self._steps))


@lru_cache(maxsize=8)  # the same for the same seed
def programs(count: int, length: int, seed: int) -> tuple[tuple[Step, ...], ...]:
    """``count`` programs of up to ``length`` steps, the richest in turns first, the same for the same seed."""
    if count <= 0:
        return ()
    written: list[tuple[Step, ...]] = []
    settings = hypothesis.settings(
        max_examples=count * 3,
        stateful_step_count=length,
        backend=ALIKE,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    seeded = hypothesis.seed(seed)
    run_state_machine_as_test(seeded(type("_Seeded", (_Machine,), {"__init__": _init(written)})), settings=settings)
    distinct = sorted(dict.fromkeys(written), key=lambda program: (_turns(program), len(program)), reverse=True)
    return tuple(distinct[:count])


def _turns(program: tuple[Step, ...]) -> int:
    """How many different turns the lives of a program's alerts take: updated, recovered, recovered again, and so on."""
    last: dict[int, str] = {}
    turns: set[tuple[str, str]] = set()
    for step in program:
        turns.add((last.get(step.slot, ""), step.kind))
        last[step.slot] = step.kind
    return len(turns)


def _init(written: list[tuple[Step, ...]]) -> object:
    def __init__(self: _Machine) -> None:  # noqa: N807 - it becomes the method of that name
        _Machine.__init__(self, written)

    return __init__
