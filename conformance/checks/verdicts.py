"""What judging yields: judgements, findings, verdicts of requirements and rows, and the result of a run.

Only values and their arithmetic stand here: nothing sends, reads files or formats for a reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.wire.records import RunInfo

PASS, FAIL, BLOCKED, ERROR = "pass", "fail", "blocked", "error"
NOT_OBSERVED, NOT_APPLICABLE, NOT_REACHED, WARNING = "not-observed", "not-applicable", "not-reached", "warning"

#: Verdicts of a requirement from worst to best: the worst of its judgements counts, a pass needs at least one.
WORST_FIRST = (ERROR, FAIL, BLOCKED, NOT_OBSERVED, NOT_REACHED, NOT_APPLICABLE, PASS)

#: The reason of what was left out by a selection.
NOT_SELECTED = "not selected"

#: What the ids of follow-ups begin with: scenarios made during a run to show less of what failed.
FOLLOW_UP = "followup."


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a requirement fell, as data: every reader renders its own text from these fields.

    ``sent`` names what was sent in a few words, ``expected`` and ``got`` are short phrases, ``stored`` is what the
    store shows (or None where it plays no part).  ``exchanges`` are numbers, the decisive one first.
    """

    sentence: str
    sent: str = ""
    expected: str = ""
    got: str = ""
    stored: str | None = None
    exchanges: tuple[int, ...] = ()
    scenario: str = ""
    #: For a life cycle: every push that led there, in order, so that a reader can repeat the sequence by hand.
    sequence: tuple[int, ...] = ()
    #: Whether a follow-up showed it with nothing but what matters; such a finding is shown first.
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """One statement about one requirement, drawn from one story."""

    requirement: str
    outcome: str  # pass | fail | blocked | not-observed
    check: str
    exchanges: tuple[int, ...] = ()
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """The verdict on a requirement, the checks (pytest node ids) that gave it, and the evidence."""

    id: str
    row: str
    level: str
    verdict: str
    checks: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    exchanges: tuple[int, ...] = ()
    known: bool = False
    reason: str = ""  # why it is not judged, or the reason of the baseline


@dataclass(frozen=True, slots=True)
class RowResult:
    """The verdict on a row of the document: the worst of its requirements, a failed SHOULD being a warning."""

    row: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What the run cost."""

    seconds: float = 0.0
    requests: int = 0
    pushes: int = 0
    reads: int = 0


@dataclass(frozen=True)
class Result:
    """A whole run, judged: everything that terminal, JSON, JUnit, HTML and badge are written from."""

    verdict: str  # conforms | does-not-conform | incomplete | untestable | interrupted | internal-error
    exit_code: int
    sentence: str
    info: RunInfo
    requirements: tuple[RequirementResult, ...]
    rows: tuple[RowResult, ...]
    fingerprint: Mapping[str, str]
    tally: Tally
    partial: bool = False
    warnings: tuple[str, ...] = ()
    complaints: tuple[str, ...] = field(default=())  # baseline or lock entries that fail the gate
    cause: str = ""  # why MUST were left undecided, where the run as a whole says so

    def of_row(self, row: str) -> tuple[RequirementResult, ...]:
        """The requirement results of a row."""
        return tuple(entry for entry in self.requirements if entry.row == row)

    def undecided(self) -> tuple[RequirementResult, ...]:
        """The MUST that a run of everything would have decided, and this one did not."""
        return tuple(
            entry
            for entry in self.requirements
            if entry.level == "must" and entry.verdict in (BLOCKED, NOT_REACHED) and entry.reason != NOT_SELECTED
        )

    def counts(self, level: str) -> tuple[int, int]:
        """How many requirements of a level passed, and how many there are."""
        entries = [entry for entry in self.requirements if entry.level == level]
        return sum(entry.verdict == PASS for entry in entries), len(entries)
