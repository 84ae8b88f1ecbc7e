"""Recovers what a run has opened: at its end, after a crash from the journal, or by prefix through the read-back.

It decides nothing about the target: it reports what was closed, what was not and why.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.contract import load
from conformance.drive.budget import Budget
from conformance.drive.journal import FILE_NAME, Journal, Open
from conformance.drive.ports import DriveSettings
from conformance.drive.replies import is_accepted, replied_code
from conformance.drive.sending import How, Sender
from conformance.model.names import Names
from conformance.model.scenario import MAIN, Push, encode
from conformance.wire.records import Note, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.drive.ports import Client, Observer
    from conformance.drive.sending import Delivery

_UNBOUNDED = 10**9
_CLOCKS = 120.0  # seconds by which two clocks may differ
_TITLES = ("title_rule", "title")
_TRIES = 4
_NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Left:
    """An alert that could not be recovered, and why in a few words."""

    open: Open
    reason: str


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
        parts = [f"{len(self.closed)} alerts were recovered"]
        if self.left:
            keys = ", ".join(f"{one.open.alert_key!a} ({one.reason})" for one in self.left[:5])
            parts.append(f"{len(self.left)} could not be: {keys}{' …' if len(self.left) > 5 else ''}")  # noqa: PLR2004
        if self.unnamed:
            parts.append(f"{len(self.unnamed)} may be open under generated keys whose reply was lost")
        return "; ".join([*parts, self.problem] if self.problem else parts)


def recovery(alert_key: str, run: str, credential: str = MAIN) -> Push:
    """Return the push that closes an alert of a run."""
    event = {
        "title_rule": f"conformance run {run} is over",
        "event_status": load().recovery,
        "alert_key": alert_key,
    }
    return Push(encode(event), credential=credential, role="cleanup")


def close_all(
    client: Client, journal: Journal, budget: Budget | None = None, settings: DriveSettings | None = None
) -> CleanupReport:
    """Send a recovery for every alert that the journal holds open, paying from what the budget keeps for it.

    One that is lost is sent again, as far as the budget goes.  When nobody answers any more, the rest is left, and
    stays in the journal.
    """
    # A run that was stopped, or is out of time, still cleans up.
    mine = DriveSettings() if settings is None else settings
    mine = replace(mine, deadline=None, stop=type(mine.stop)())
    budget = budget if budget is not None else Budget(_UNBOUNDED)
    todo = journal.open_entries()
    named = [one for one in todo if one.alert_key is not None]
    budget.release(max(0, budget.held - len(named)))  # the driver's slack: for those that are sent twice
    left: dict[int, Left] = {}
    again = named
    with ThreadPoolExecutor(max(1, mine.workers), thread_name_prefix="cleanup") as pool:
        for attempt in range(_TRIES):
            sender = Sender(client, budget=budget, journal=journal, settings=mine)
            tried = list(pool.map(partial(_close, sender, reserve=attempt == 0), again))
            for one in again:
                left.pop(one.number, None)
            left |= {one.open.number: one for one in tried if one is not None}
            again = [one.open for one in left.values() if one.reason.startswith(_NO_ANSWER)]
            if not again or sender.facts.halted:
                break
    closed = tuple(one for one in named if one.number not in left)
    return CleanupReport(closed, tuple(left.values()), tuple(one for one in todo if one.alert_key is None))


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
            strays = _adopt_strays(journal, observer)
            report = close_all(client, journal, settings=settings)
            report = _checked(report, journal, observer, settings or DriveSettings())
            if strays is None:  # the store was listed: what has no name was found by its title, or is not there
                for one in report.unnamed:
                    journal.closed(one.number)
                report = replace(report, unnamed=())
            reports.append(report)
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


def is_active(alert: Mapping[str, Any]) -> bool:
    """Whether the store shows this alert as not recovered."""
    return alert.get("alert_status") != load().recovery and alert.get("progress") != "Closed"


def _close(sender: Sender, one: Open, *, reserve: bool) -> Left | None:
    """Send one recovery; what is left when it was not accepted."""
    push = recovery(one.alert_key or "", one.run, one.credential)
    delivery = sender.deliver(push, Note(role="cleanup"), repeat=False, how=How(reserve=reserve))
    exchange = delivery.exchange
    if exchange is not None and is_accepted(exchange):
        return None
    return Left(one, _reason(delivery))


def _reason(delivery: Delivery) -> str:
    """Say why a recovery did not succeed."""
    exchange = delivery.exchange
    if exchange is None:
        return {"budget": "no request was left in the budget", "gone": "the target answers no more"}.get(
            delivery.why, delivery.why
        )
    if exchange.reply is None:
        return f"{_NO_ANSWER}: {exchange.problem.kind if exchange.problem is not None else ''}"
    return f"refused: {exchange.reply.status} {replied_code(exchange) or ''}".strip()


def _recent(observer: Observer | None) -> Reading:
    """List recent alerts, or say why that cannot be done."""
    ask = getattr(observer, "recent", None)
    if ask is None:
        return Reading(problem="the observer cannot list alerts: sweeping needs --observer openapi and an --app-key")
    found: Reading = ask()
    return found


def _adopt_strays(journal: Journal, observer: Observer | None) -> str | None:
    """Add active alerts under keys the journal does not know; returns why it could not.

    They carry the run's title, or where a title had no room for that, the title of an event whose key nobody knows, and
    are as young.
    """
    unnamed = [one for one in journal.open_entries() if one.alert_key is None]
    if not unnamed:
        return ""
    reading = _recent(observer)
    if reading.problem is not None:
        return reading.problem
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
    return None


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
