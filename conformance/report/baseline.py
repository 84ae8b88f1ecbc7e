"""Known failures: reads and writes the baseline, marks a result with it, and says what in it no longer holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from conformance.checks.verdicts import BLOCKED, FAIL, NOT_REACHED, PASS, RequirementResult, Result
from conformance.report import toml
from conformance.report.outcome import CONFORMS, FALLS, INCOMPLETE, fallen
from conformance.report.text import clean

_FIELDS = {"requirement", "reason", "expires"}
_HEAD = """\
# Known failures: a requirement listed here does not fail the gate while it fails.
# It does once it passes (then delete the entry), once it expires, or when no such requirement exists.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure; ``expires`` is the last day on which it counts."""

    requirement: str
    reason: str
    expires: date | None = None


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a baseline file.  Raises toml.FileError with a sentence for the user."""
    found = toml.read(path)
    listed = found.pop("known", [])
    if found or not isinstance(listed, list):
        names = ", ".join(clean(name, 60) for name in found) or "known"
        raise toml.FileError(f"{path}: {names} is not expected here; write one [[known]] table for each known failure")
    return tuple(_entry(path, number, value) for number, value in enumerate(listed, start=1))


def _entry(path: Path, number: int, value: object) -> Entry:
    """One checked entry."""
    where = f"{path}: entry {number}"
    if not isinstance(value, dict):
        raise toml.FileError(f"{where} is no table; write [[known]] above its fields")
    if extra := set(value) - _FIELDS:
        raise toml.FileError(f"{where} holds {clean(min(extra), 60)}; only requirement, reason and expires are known")
    requirement, reason, expires = value.get("requirement"), value.get("reason"), value.get("expires")
    if not isinstance(requirement, str) or not requirement:
        raise toml.FileError(f'{where} names no requirement; add requirement = "title-rule.cut", say')
    if not isinstance(reason, str) or not reason.strip():
        raise toml.FileError(f'{where} ({clean(requirement, 80)}) gives no reason; add reason = "…"')
    if isinstance(expires, str):
        try:
            expires = date.fromisoformat(expires)
        except ValueError:
            raise toml.FileError(
                f"{where} expires on {clean(expires, 40)!r}; write a date such as 2027-01-31"
            ) from None
    if isinstance(expires, datetime):
        expires = expires.date()
    if expires is not None and not isinstance(expires, date):
        raise toml.FileError(f"{where} expires on {expires!r}; write a date such as 2027-01-31")
    return Entry(requirement, reason.strip(), expires)


def apply(result: Result, baseline: Iterable[Entry], today: date) -> Result:
    """The result with known failures marked, complaints about entries that no longer hold, and the gate set anew."""
    entries = {entry.requirement: entry for entry in baseline}
    verdicts = {entry.id: entry.verdict for entry in result.requirements}
    complaints = list(result.complaints)
    for entry in entries.values():
        verdict = verdicts.get(entry.requirement)
        name = clean(entry.requirement, 80)
        if verdict is None:
            complaints.append(f"baseline: unknown requirement {name}: delete the entry, or mend its id")
        elif verdict == PASS:
            complaints.append(f"baseline: stale: {name} passes now: delete the entry")
        elif verdict == FAIL and entry.expires is not None and entry.expires < today:
            complaints.append(f"baseline: expired: {name} on {entry.expires}: mend the server, or set another date")
    requirements = tuple(_marked(entry, entries.get(entry.id), today) for entry in result.requirements)
    return settled(replace(result, requirements=requirements, complaints=tuple(complaints)))


def _marked(entry: RequirementResult, listed: Entry | None, today: date) -> RequirementResult:
    if listed is None or entry.verdict != FAIL or (listed.expires is not None and listed.expires < today):
        return entry
    return replace(entry, known=True, reason=listed.reason)


def settled(result: Result) -> Result:
    """The gate of a result whose known failures or complaints have changed; what ended otherwise stays as it ended."""
    if result.exit_code not in {0, 1, 5}:
        return result
    if fallen(result) or result.complaints:
        return replace(result, verdict=FALLS, exit_code=1)
    if result.exit_code != 1:
        return result
    unsettled = {BLOCKED} if result.partial or result.info.budget == "quick" else {BLOCKED, NOT_REACHED}
    musts = [entry.verdict for entry in result.requirements if entry.level == "must"]
    if any(verdict in unsettled for verdict in musts):
        return replace(result, verdict=INCOMPLETE, exit_code=5)
    return replace(result, verdict=CONFORMS, exit_code=0)


def write(result: Result, earlier: Iterable[Entry] = ()) -> str:
    """A baseline that lists every requirement that fails; reasons and dates of earlier entries are kept."""
    kept = {entry.requirement: entry for entry in earlier}
    parts = [_HEAD]
    for entry in result.requirements:
        if entry.verdict == FAIL:
            sentence = clean(entry.findings[0].sentence, 300) if entry.findings else "fails"
            old = kept.get(entry.id, Entry(entry.id, sentence))
            lines = ["[[known]]", f"requirement = {toml.text(entry.id)}", f"reason = {toml.text(old.reason)}"]
            if old.expires is not None:
                lines.append(f"expires = {old.expires.isoformat()}")
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
