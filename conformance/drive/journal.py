"""What a run has opened and not yet closed, on disk before each push; knows keys, never secrets, and sends nothing.

One JSON object a line: ``run`` says where alerts are, ``opening`` is written before the push leaves, the others when
more is known.  Each line goes to the operating system at once, so a killed process loses none; a power cut loses the
last ``_SYNC`` seconds at most.
"""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.drive.budget import is_recovery, sent_key
from conformance.drive.journal_file import (
    FILE_NAME,
    Open,
    end_line,
    keep_unfinished,
    lines,
    number_of,
    target_of,
    unfinished,
)
from conformance.drive.replies import is_accepted, is_redirected, is_refused, replied_key

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.model.scenario import Push
    from conformance.wire.records import Exchange

__all__ = ["FILE_NAME", "Entry", "Journal", "Open", "keep_unfinished", "target_of", "unfinished"]
_SYNC = 0.2
_TITLE = 200


@dataclass(slots=True)
class Entry:
    """What is known of one alert: pushes under way, pushes whose reply was lost, and whether one has opened it."""

    number: int
    alert_key: str | None
    credential: str
    pending: int = 0
    lost: int = 0
    opened: bool = False
    closed: bool = False
    sure: bool = False
    title: str = ""
    since: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it may be open now."""
        return not self.closed and (self.opened or self.pending > 0 or self.lost > 0)

    def found(self) -> None:
        """It is there."""
        self.opened = self.sure = True


class Journal:
    """The journal of one run; ``path=None`` keeps it in memory only.

    ``target`` is the push URL, for whoever cleans up later: one without keys.
    """

    def __init__(self, path: Path | None, run: str, target: str = "") -> None:
        self.run = run
        self._lock = threading.Lock()
        self._entries: dict[int, Entry] = {}
        self._by_key: dict[tuple[str, str], Entry] = {}
        self._file: int | None = None
        self._synced = float("-inf")
        first = 1
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            first = 1 + max((number_of(line) for line in lines(path)), default=0)
            end_line(path)
            self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._next = first
        if target:
            self._write({"at": "run", "run": run, "target": target})

    @classmethod
    def resume(cls, path: Path) -> Journal:
        """Take up the journal of an earlier run where it was left."""
        left = unfinished(path)
        journal = cls(path, left[0].run if left else "")
        for one in left:
            entry = Entry(one.number, one.alert_key, one.credential, opened=True, sure=True, title=one.title)
            entry.since = one.since
            journal._entries[one.number] = entry
            if one.alert_key is not None:
                journal._by_key[one.credential, one.alert_key] = entry
        return journal

    def adopt(self, alert_key: str, credential: str) -> None:
        """Add an alert that was found open elsewhere."""
        with self._lock:
            if (credential, alert_key) not in self._by_key:
                self._add(alert_key, credential).found()

    def before(self, push: Push) -> Entry | None:
        """Write down that this push may open an alert; None when a recovery can open none.

        ``entry.pending == 1 and not entry.opened`` tells that it is the first under its key.
        """
        if is_recovery(push):
            return None
        key = sent_key(push)
        with self._lock:
            entry = self._by_key.get((push.credential, key)) if key is not None else None
            if entry is None or not entry.is_open:
                title = (push.event() or {}).get("title_rule") if key is None else None
                entry = self._add(key, push.credential, title[:_TITLE] if isinstance(title, str) else "")
            entry.pending += 1
            return entry

    def opens(self, push: Push) -> bool:
        """Whether the push may open an alert that is not open already."""
        key = sent_key(push)
        entry = self._by_key.get((push.credential, key)) if key is not None else None
        return not is_recovery(push) and (entry is None or not entry.is_open)

    def after(self, entry: Entry | None, push: Push, exchange: Exchange, *, alone: bool) -> int:
        """Write down what became of the push; returns by how many the number of alerts to close has fallen.

        ``alone``: no other push was under way for this key, so that an accepted recovery surely came last.
        """
        refused, got = is_refused(exchange), replied_key(exchange)
        with self._lock:
            if entry is None:
                return self._recovered(push) if alone and is_accepted(exchange) else 0
            entry.pending -= 1
            if refused:
                return self._end(entry, "refused") if not entry.is_open else 0
            entry.opened |= exchange.reply is not None
            entry.sure |= exchange.reply is None or not is_redirected(exchange)
            entry.lost += exchange.reply is None
            if entry.alert_key is None:
                return self._learned(entry, got, answered=exchange.reply is not None)
            if got is not None and got != entry.alert_key and (push.credential, got) not in self._by_key:
                # A server that answers another key may have stored the alert under it.
                self._add(got, push.credential).found()
                return -1
            return 0

    def retract(self, entry: Entry) -> int:
        """Take back that a lost push may have opened an alert: the same push was refused when it was repeated."""
        with self._lock:
            entry.lost -= 1
            if entry.is_open:
                return 0
            # What has no key was never counted among the alerts to close.
            return self._end(entry, "refused") if entry.alert_key is not None else self._end(entry, "refused") - 1

    def closed(self, number: int) -> None:
        """Write down that an alert was recovered."""
        with self._lock:
            self._write({"at": "closed", "n": number})
            self._entries[number].closed = True

    def open_entries(self) -> list[Open]:
        """Everything that may be open now, oldest first."""
        with self._lock:
            left = [entry for entry in self._entries.values() if entry.is_open]
            return [Open(e.number, e.alert_key, e.credential, self.run, e.title, e.since, e.sure) for e in left]

    def to_close(self) -> int:
        """Return how many recoveries closing all that is open takes; what has no key cannot be closed."""
        with self._lock:
            return sum(entry.is_open and entry.alert_key is not None for entry in self._entries.values())

    def close(self) -> None:
        """Close the file; what is open stays written in it."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file)
                os.close(self._file)
                self._file = None

    def _add(self, key: str | None, credential: str, title: str = "") -> Entry:
        since = round(time.time(), 3) if title else 0.0
        entry = Entry(self._next, key, credential, title=title, since=since)
        self._next += 1
        self._entries[entry.number] = entry
        if key is not None:
            self._by_key[credential, key] = entry
        found_by = {"title": title, "since": since} if title else {}
        line = {"at": "opening", "n": entry.number, "key": key, "credential": credential, "run": self.run}
        self._write(line | found_by)
        return entry

    def _recovered(self, push: Push) -> int:
        entry = self._by_key.get((push.credential, sent_key(push) or ""))
        return self._end(entry, "closed") if entry is not None and entry.is_open and not entry.pending else 0

    def _end(self, entry: Entry, how: str) -> int:
        entry.closed = True
        self._write({"at": how, "n": entry.number})
        return 1

    def _learned(self, entry: Entry, key: str | None, *, answered: bool) -> int:
        """Take the generated key of a reply; where there is none, nothing can be closed by key."""
        if key is None:
            if answered:
                self._write({"at": "unnamed", "n": entry.number})
            return 1
        known = self._by_key.get((entry.credential, key))
        if known is not None and known.is_open:  # given out twice: one recovery closes both
            known.opened = True
            return self._end(entry, "closed")
        entry.alert_key = key
        self._by_key[entry.credential, key] = entry
        self._write({"at": "open", "n": entry.number, "key": key})
        return 0

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return
        os.write(self._file, json.dumps(line).encode() + b"\n")
        now = time.monotonic()
        if now - self._synced > _SYNC:
            os.fsync(self._file)
            self._synced = now
