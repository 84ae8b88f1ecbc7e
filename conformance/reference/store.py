"""The alerts in SQLite; must not know the protocol: what an alert is and when two are the same is told by the rules."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference.records import Alert, Image

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "alert_id",
    "integration",
    "match_key",
    "alert_key",
    "active",
    "title",
    "title_rule",
    "description",
    "alert_severity",
    "alert_status",
    "start_time",
    "last_time",
    "end_time",
    "labels",
    "images",
    "event_cnt",
    "created_at",
    "updated_at",
)

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS alerts (seq INTEGER PRIMARY KEY, {", ".join(COLUMNS)});
CREATE INDEX IF NOT EXISTS alerts_key ON alerts (match_key, integration, active);
CREATE TABLE IF NOT EXISTS versions (n INTEGER PRIMARY KEY, seq INTEGER, visible_at REAL, {", ".join(COLUMNS)});
CREATE INDEX IF NOT EXISTS versions_seq ON versions (seq, visible_at);
CREATE INDEX IF NOT EXISTS versions_key ON versions (match_key);
"""
UNIQUE_ACTIVE = (
    "CREATE UNIQUE INDEX IF NOT EXISTS one_active_alert_per_key ON alerts (integration, match_key) WHERE active"
)
SELECT = f"SELECT seq, {', '.join(COLUMNS)} FROM "  # noqa: S608 - names are constants of this module
INSERT = f"INSERT INTO alerts ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
UPDATE = f"UPDATE alerts SET {', '.join(name + ' = ?' for name in COLUMNS)} WHERE seq = ?"  # noqa: S608
VERSION = (
    f"INSERT INTO versions (visible_at, {', '.join(COLUMNS)}, seq) "  # noqa: S608
    f"VALUES (?, {', '.join('?' * len(COLUMNS))}, ?)"
)
# The newest version of each alert that may be seen already (SQLite takes the other columns from the maximum's row).
VISIBLE = (
    f"(SELECT {', '.join(COLUMNS)}, seq, max(n) FROM versions WHERE visible_at <= {{now}} AND {{which}} GROUP BY seq)"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which alerts a reader asks for."""

    start: int
    end: int
    keys: tuple[str, ...] | None = None  # in the form in which keys are compared; None = all
    order: str = "seq DESC"
    now: float | None = None  # as of when, by the clock of visibility; None = the current state


class Store:
    """One SQLite database; used from one thread, so each method is one step for everybody else."""

    def __init__(self, path: str = "", *, unique_active: bool = True) -> None:
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        try:
            self._prepare(unique_active=unique_active)
        except sqlite3.Error:
            self._db.close()
            raise

    def _prepare(self, *, unique_active: bool) -> None:
        # A database that another process holds is an error at once, not after the default five seconds.
        self._db.execute("PRAGMA busy_timeout = 200")
        # WAL survives the death of the process without waiting for the disk on each push.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        if unique_active:
            self._db.execute(UNIQUE_ACTIVE)

    def close(self) -> None:
        """Close the database; what was stored stays in its file."""
        self._db.close()

    def insert(self, alert: Alert, visible_at: float | None = None) -> None:
        """Store a new alert, and number it."""
        row = _row(alert)
        cursor = self._db.execute(INSERT, row)
        alert.seq = cursor.lastrowid or 0
        if visible_at is not None:
            self._db.execute(VERSION, (visible_at, *row, alert.seq))

    def update(self, alert: Alert, visible_at: float | None = None) -> None:
        """Store the new state of an alert."""
        row = _row(alert)
        self._db.execute(UPDATE, (*row, alert.seq))
        if visible_at is not None:
            self._db.execute(VERSION, (visible_at, *row, alert.seq))

    def find(self, integration: str, match_key: str, *, active: bool) -> Alert | None:
        """Give the newest alert of a key that is active, or is not."""
        row = self._db.execute(
            f"{SELECT} alerts WHERE match_key = ? AND integration = ? AND active = ? ORDER BY seq DESC LIMIT 1",
            (match_key, integration, int(active)),
        ).fetchone()
        return _alert(row) if row else None

    def has_key(self, integration: str, match_key: str) -> bool:
        """Whether any alert, active or not, has this key."""
        sql = "SELECT 1 FROM alerts WHERE match_key = ? AND integration = ? LIMIT 1"
        return self._db.execute(sql, (match_key, integration)).fetchone() is not None

    def reveal_unversioned(self) -> None:
        """Give a version to each alert that has none: those that an earlier run without a delay has stored."""
        self._db.execute(
            f"INSERT INTO versions (seq, visible_at, {', '.join(COLUMNS)}) "  # noqa: S608
            f"SELECT seq, 0, {', '.join(COLUMNS)} FROM alerts WHERE seq NOT IN (SELECT seq FROM versions)"
        )

    def select(self, wanted: Selection) -> list[int]:
        """Give the numbers of the alerts that a reader asks for, in the order in which they are read."""
        which = "true" if wanted.keys is None else f"match_key IN ({', '.join('?' * len(wanted.keys))})"
        sql = (
            f"SELECT seq FROM {_source(wanted, which)} WHERE start_time <= ? AND last_time >= ? ORDER BY {wanted.order}"  # noqa: S608
        )
        return [seq for (seq,) in self._db.execute(sql, (*(wanted.keys or ()), wanted.end, wanted.start))]

    def load(self, numbers: Sequence[int], wanted: Selection) -> list[Alert]:
        """Give the alerts of these numbers, in the order given."""
        which = f"seq IN ({', '.join('?' * len(numbers))})"
        rows = self._db.execute(f"{SELECT} {_source(wanted, which)}", tuple(numbers))
        found = {row[0]: _alert(row) for row in rows}
        return [found[number] for number in numbers]


def _source(wanted: Selection, which: str) -> str:
    if wanted.now is None:
        return f"(SELECT * FROM alerts WHERE {which})"  # noqa: S608 - made here, values are bound
    return VISIBLE.format(now=repr(float(wanted.now)), which=which)


def _row(alert: Alert) -> tuple[Any, ...]:
    images = [[image.alt, image.src, image.href] for image in alert.images]
    return (
        alert.alert_id,
        alert.integration,
        alert.match_key,
        alert.alert_key,
        int(alert.active),
        alert.title,
        alert.title_rule,
        alert.description,
        alert.alert_severity,
        alert.alert_status,
        alert.start_time,
        alert.last_time,
        alert.end_time,
        json.dumps(alert.labels),
        json.dumps(images),
        alert.event_cnt,
        alert.created_at,
        alert.updated_at,
    )


def _alert(row: tuple[Any, ...]) -> Alert:
    seq, *values = row
    alert = Alert(**dict(zip(COLUMNS, values, strict=True)), seq=seq)
    alert.active = bool(alert.active)
    alert.labels = json.loads(values[13])
    alert.images = [Image(*image) for image in json.loads(values[14])]
    return alert
