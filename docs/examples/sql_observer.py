"""An observer of one's own: reads stored alerts from an SQL table instead of an API.

The table here is that of ``conformance serve --db alerts.sqlite``.  Change the query and the names of the columns, and
the same few lines read PostgreSQL or MySQL:

    ALERTS_DB=alerts.sqlite PYTHONPATH=docs/examples \
        pytest --pyargs conformance --target-url URL --integration-key KEY --observer sql_observer:observer
"""
# ruff: noqa: INP001 - a file beside the documentation, not a package

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.wire.records import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "alert_id", "alert_key", "title", "title_rule", "description", "alert_severity", "alert_status",
    "start_time", "last_time", "end_time", "labels", "images", "event_cnt", "created_at", "updated_at",
)  # fmt: skip
IMAGE = ("alt", "src", "href")


class SqlObserver:
    """Reads the table ``alerts``."""

    name = "sql"

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Return every alert under these keys."""
        if not self._path.exists():
            return Reading(problem=f"there is no database {self._path}: set ALERTS_DB to the file of the server")
        marks = ", ".join("?" * len(alert_keys))
        query = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE alert_key IN ({marks})"  # noqa: S608 - marks are question marks
        # Opened anew for each look, and for reading only: the server must not wait for us.
        database = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = database.execute(query, tuple(alert_keys)).fetchall()
        except sqlite3.Error as error:
            return Reading(problem=f"the table alerts cannot be read: {error}")
        finally:
            database.close()
        return Reading(tuple(self._alert(row) for row in rows))

    def close(self) -> None:
        """Close nothing: nothing stays open between two looks."""

    def _alert(self, row: tuple[object, ...]) -> dict[str, object]:
        """Return one row, its JSON columns as values."""
        alert = dict(zip(COLUMNS, row, strict=True))
        alert["labels"] = json.loads(str(alert["labels"]))
        alert["images"] = [dict(zip(IMAGE, image, strict=True)) for image in json.loads(str(alert["images"]))]
        return alert


def observer() -> SqlObserver:
    """Make the observer; this is what ``--observer sql_observer:observer`` calls."""
    return SqlObserver(os.environ.get("ALERTS_DB", "alerts.sqlite"))
