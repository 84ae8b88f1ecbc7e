"""Recovers what a run has opened: at its end, after a crash from the journal, or by prefix through the read-back.

It decides nothing about the target: it reports what was closed, what was not and why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.contract import load
from conformance.drive.budget import Budget
from conformance.drive.closing import PATIENCE, Closing, Left
from conformance.drive.journal import FILE_NAME, Journal, Open
from conformance.drive.ports import DriveSettings
from conformance.model.names import Names
from conformance.model.scenario import MAIN
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.drive.ports import Client, Observer

_UNBOUNDED = 10**9
_CLOCKS = 120.0  # seconds by which two clocks may differ
_TITLES = ("title_rule", "title")
_NAMED = 5  # in a sentence
_SHOWN = 60  # characters of a key
_A_LOOK_AND_A_RECOVERY = 2
_LONGEST_WAIT = 5.0  # seconds until what was pushed last may show


@dataclass(frozen=True, slots=True)
class CleanupReport:
    """What became of the alerts.  ``unnamed``: possibly open under generated keys whose reply was lost."""

    closed: tuple[Open, ...] = ()
    left: tuple[Left, ...] = ()
    unnamed: tuple[Open, ...] = ()
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is known to be left."""
        return not self.left and self.problem is None

    @property
    def sentence(self) -> str:
        """The report in one sentence."""
        parts = ["1 alert was recovered" if len(self.closed) == 1 else f"{len(self.closed)} alerts were recovered"]
        if self.left:
            keys = ", ".join(f"{_shown(one.open)} ({one.reason})" for one in self.left[:_NAMED])
            parts.append(f"{len(self.left)} could not be: {keys}{' …' if len(self.left) > _NAMED else ''}")
        if self.unnamed:
            parts.append(f"{len(self.unnamed)} may be open under generated keys whose reply was lost")
        return "; ".join([*parts, self.problem] if self.problem else parts)


def close_all(
    client: Client,
    journal: Journal,
    budget: Budget | None = None,
    settings: DriveSettings | None = None,
    *,
    patience: float = PATIENCE,
    once: bool = False,
) -> CleanupReport:
    """Send a recovery for every alert that the journal holds open, paying with all that is left of the budget.

    One that is lost, or refused for a while, is sent again after a pause; ``patience`` seconds of pauses at most, none
    where nobody ever answered (``once``).  What is not recovered stays in the journal.
    """
    budget = budget if budget is not None else Budget(_UNBOUNDED)
    budget.release(budget.held)  # nobody else takes anything now
    todo = journal.open_entries()
    named = [one for one in todo if one.alert_key is not None]
    closing = Closing(client, journal, budget, _unhurried(settings))
    left = closing.close(named, patience=patience, once=once)
    open_still = {one.open.number for one in left}
    closed = tuple(one for one in named if one.number not in open_still)
    return CleanupReport(closed, left, tuple(one for one in todo if one.alert_key is None))


def close_lost(
    report: CleanupReport,
    client: Client,
    journal: Journal,
    observer: Observer | None,
    budget: Budget,
    settings: DriveSettings,
    *,
    visible_after: float | None,
    patience: float = PATIENCE,
) -> CleanupReport:
    """Find the alerts whose generated key was lost where the observer can list them, and recover those as well.

    ``visible_after``: how long an alert takes to show, None where nobody knows; then what is not listed may still be
    open.  ``report`` is what closing all others came to.
    """
    stuck = report.left and not report.closed
    if not report.unnamed or stuck or budget.left < _A_LOOK_AND_A_RECOVERY or getattr(observer, "recent", None) is None:
        return report
    settings.rest(min(2 * (visible_after or 0.0), _LONGEST_WAIT))
    reading = _recent(observer)
    budget.charge(len(reading.exchanges))
    if reading.problem is not None:
        return report
    _adopt_strays(journal, reading)
    found = close_all(client, journal, budget, settings, patience=patience)
    if visible_after is not None and not settings.stop.is_set():
        found = _settled(found, journal)
    return replace(found, closed=report.closed + found.closed)


def cleanup(
    report_dir: Path, client: Client, observer: Observer | None = None, settings: DriveSettings | None = None
) -> CleanupReport:
    """Recover what the journals of a report folder hold open; may be repeated, and goes on where it was cut off.

    With an observer, what it shows as active afterwards is said to be left; one that can list recent alerts also finds
    those whose generated key was lost, by the run's title.
    """
    reports = []
    for path in sorted({*report_dir.glob("journal-*.jsonl"), report_dir / FILE_NAME}):
        if not path.exists():
            continue
        journal = Journal.resume(path)
        try:
            listed = _listed_strays(journal, observer)
            report = close_all(client, journal, settings=settings)
            report = _checked(report, journal, observer, settings or DriveSettings())
            reports.append(_settled(report, journal) if listed else report)
        finally:
            journal.close()
    return _together(reports)


def sweep(prefix: str, client: Client, observer: Observer, settings: DriveSettings | None = None) -> CleanupReport:
    """Recover every active alert whose key begins with ``prefix``, of whatever run, as the observer lists them."""
    reading = _recent(observer)
    if reading.problem is not None:
        return CleanupReport(problem=reading.problem)
    journal = Journal(None, prefix.rstrip("-"))
    for alert in reading.alerts:
        key = alert.get("alert_key")
        if prefix and isinstance(key, str) and key.startswith(prefix) and is_active(alert):
            journal.adopt(key, MAIN)
    report = close_all(client, journal, settings=settings)
    return _checked(report, journal, observer, settings or DriveSettings())


def _shown(one: Open) -> str:
    """Return the key as it can be shown; the whole of a long one stands in the journal."""
    text = ascii(one.alert_key)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _unhurried(settings: DriveSettings | None) -> DriveSettings:
    """Return the settings without an end: a run that was stopped, or is out of time, still cleans up."""
    settings = DriveSettings() if settings is None else settings
    return replace(settings, deadline=None, stop=type(settings.stop)())


def is_active(alert: Mapping[str, Any]) -> bool:
    """Whether the store shows this alert as not recovered."""
    return alert.get("alert_status") != load().recovery and alert.get("progress") != "Closed"


def _recent(observer: Observer | None) -> Reading:
    """List recent alerts, or say why that cannot be done."""
    ask = getattr(observer, "recent", None)
    if ask is None:
        return Reading(problem="the observer cannot list alerts: sweeping needs --observer openapi and an --app-key")
    found: Reading = ask()
    return found


def _listed_strays(journal: Journal, observer: Observer | None) -> bool:
    """Add what is active under keys that were lost; whether the store could be listed for that."""
    if not any(one.alert_key is None for one in journal.open_entries()):
        return False
    reading = _recent(observer)
    if reading.problem is None:
        _adopt_strays(journal, reading)
    return reading.problem is None


def _adopt_strays(journal: Journal, reading: Reading) -> None:
    """Add active alerts under keys the journal does not know.

    They carry the run's title, or where a title had no room for that, the title of an event whose key nobody knows, and
    are as young.
    """
    unnamed = [one for one in journal.open_entries() if one.alert_key is None]
    title = Names(journal.run).title()
    for alert in reading.alerts:
        texts = (alert.get("title_rule"), alert.get("title"))
        if not is_active(alert) or not isinstance(alert.get("alert_key"), str):
            continue
        if any(title in str(text) for text in texts):
            journal.adopt(alert["alert_key"], MAIN)
        for one in unnamed:
            if _may_be(one, alert):
                journal.adopt(alert["alert_key"], one.credential)


def _settled(report: CleanupReport, journal: Journal) -> CleanupReport:
    """Close the entries without a key, where the store was listed: each was found by its title, or is not there."""
    for one in report.unnamed:
        journal.closed(one.number)
    return replace(report, unnamed=())


def _may_be(one: Open, alert: Mapping[str, Any]) -> bool:
    """Whether an alert has the title of an event that was sent without a key, and began when it was sent."""
    began = alert.get("start_time")
    young = not isinstance(began, int | float) or abs(began - one.since) <= _CLOCKS
    sent = one.title.strip()
    return bool(sent) and young and any(str(alert.get(name) or "").strip().startswith(sent) for name in _TITLES)


def _checked(
    report: CleanupReport, journal: Journal, observer: Observer | None, settings: DriveSettings
) -> CleanupReport:
    """Look whether the store agrees: what it shows as recovered is closed, what it shows as active is left."""
    keys = [one.alert_key for one in (*report.closed, *(one.open for one in report.left)) if one.alert_key is not None]
    if observer is None or not keys:
        return report
    until = settings.clock() + settings.observe_timeout
    while True:
        reading = observer.read(keys)
        if reading.problem is not None:
            return replace(report, problem=f"whether they are recovered could not be seen: {reading.problem}")
        active = {alert.get("alert_key") for alert in reading.alerts if is_active(alert)}
        wrong = [one for one in report.closed if one.alert_key in active]
        if not wrong or settings.clock() >= until:
            break
        settings.rest(settings.poll_max)
    fine = [one.open for one in report.left if one.open.alert_key not in active]
    for one in fine:
        journal.closed(one.number)
    left = [one for one in report.left if one.open.alert_key in active]
    left += [Left(one, "accepted, but still shown as active") for one in wrong]
    closed = [one for one in report.closed if one not in wrong] + fine
    return replace(report, closed=tuple(closed), left=tuple(left))


def _together(reports: Iterable[CleanupReport]) -> CleanupReport:
    """Join the reports of several journals."""
    parts: Sequence[CleanupReport] = list(reports)
    return CleanupReport(
        tuple(one for part in parts for one in part.closed),
        tuple(one for part in parts for one in part.left),
        tuple(one for part in parts for one in part.unnamed),
        next((part.problem for part in parts if part.problem is not None), None),
    )
