"""What was not judged, why, and what to do about it: a reason stands there for each, and advice goes by the reason."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.checks.causes import CUT_SHORT, GONE, RATE
from conformance.checks.conclude import BUDGET_OVER, STOPPED, TIME_OVER
from conformance.checks.verdicts import (
    BLOCKED,
    NOT_APPLICABLE,
    NOT_OBSERVED,
    NOT_REACHED,
    NOT_SELECTED,
    RequirementResult,
    Result,
)
from conformance.contract import Contract
from conformance.report.outcome import never_begun
from conformance.report.text import clean

#: Exit codes of runs that say nothing about the target.
_NOTHING_JUDGED = (3, 4)
_ACCOUNT = "account:"
_UNREAD = "the store could not be read"
_NO_REST = "what they rest on did not hold"
#: What to do about requirements that are blocked, by what stood in the way.
_BLOCKED_HOW = {
    CUT_SHORT[GONE]: "see whether the target still runs and what its log says, then run again",
    CUT_SHORT[RATE]: "wait, lower --max-rate or --max-per-minute, or use a key that nobody else uses",
}
_OPTIONS = {
    "second-key": ("a second integration is needed", "--second-key KEY"),
    "rate-limit": ("leave to exceed the rate limit is needed", "--probe-rate-limit"),
    "app-key": ("a read-back is needed", "--app-key KEY"),
}
#: What to do about requirements that were not reached, by the reason.
_REACHED_HOW = {
    NOT_SELECTED: "leave out what selects (--requirement, --row, -k, a node id)",
    STOPPED: "run again, and let it come to its end",
    TIME_OVER: "more --max-seconds, or a larger --budget",
    BUDGET_OVER: "a larger --budget",
}
_ANYHOW = "no reason was recorded", "a run of everything, with a larger --budget"
_SEVERITY = "--max-severity"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Requirements that were not judged, why, and what to do about it."""

    verdict: str
    count: int
    why: str
    how: str


def remedies(result: Result, contract: Contract) -> tuple[Remedy, ...]:
    """What was not judged, grouped by what it takes; nothing where the whole run came to nothing."""
    if result.exit_code in _NOTHING_JUDGED or never_begun(result):
        return ()
    groups: dict[tuple[str, str, str], int] = {}
    codes: list[str] = []
    for entry in result.requirements:
        requirement = contract.requirements.get(entry.id)
        if entry.verdict == NOT_APPLICABLE and requirement and (requirement.needs or "").startswith(_ACCOUNT):
            codes.append((requirement.needs or "").removeprefix(_ACCOUNT))
        elif entry.verdict in {NOT_OBSERVED, NOT_APPLICABLE, NOT_REACHED, BLOCKED}:
            key = (entry.verdict, *_remedy(entry, contract))
            groups[key] = groups.get(key, 0) + 1
    if codes:
        why = f"a key whose account answers it is needed for {', '.join(codes)}"
        groups[NOT_APPLICABLE, why, f"--account {codes[0]}=KEY" + (", and so on" if codes[1:] else "")] = len(codes)
    return tuple(Remedy(verdict, count, why, how) for (verdict, why, how), count in groups.items())


def _remedy(entry: RequirementResult, contract: Contract) -> tuple[str, str]:
    if entry.verdict == NOT_OBSERVED:
        return (
            "only a read-back shows what is stored",
            "--app-key KEY (the vendor's Open API), --observer webhook, or --observer MODULE:FACTORY",
        )
    if entry.verdict == NOT_APPLICABLE:
        return _inapplicable(entry, contract)
    if entry.verdict == NOT_REACHED:
        return clean(entry.reason, 200) or _ANYHOW[0], _REACHED_HOW.get(entry.reason, _ANYHOW[1])
    return _blocked(entry)


def _inapplicable(entry: RequirementResult, contract: Contract) -> tuple[str, str]:
    """What a requirement needs; the option that gives it, or that takes it away."""
    needs = (requirement.needs if (requirement := contract.requirements.get(entry.id)) else None) or ""
    if entry.findings and needs:  # what was needed was given, and brought nothing about
        return clean(entry.reason, 200), "a larger number for that option, if there is a limit at all"
    if entry.findings:
        return _clause(entry.reason), "nothing to do"
    if entry.reason.startswith(_SEVERITY):
        return clean(entry.reason, 200), f"leave out {_SEVERITY}, where alerts page nobody"
    return _OPTIONS.get(needs, (clean(entry.reason, 200) or needs or _ANYHOW[0], "see pytest --help"))


def _blocked(entry: RequirementResult) -> tuple[str, str]:
    """What stood in the way of a requirement that is blocked, and what to do about it."""
    sentences = [finding.sentence for finding in entry.findings]
    for sentence, how in _BLOCKED_HOW.items():
        if sentence in sentences:
            return _clause(sentence), how
    why = _clause(entry.reason or next(iter(sentences), _NO_REST))
    return why, "check --read-url and --app-key" if why.startswith(_UNREAD) else "see the findings of the row"


def _clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return clean(sentence[:1].lower() + sentence[1:].rstrip("."), 200)
