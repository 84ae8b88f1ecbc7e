"""What every run of the suite must keep to, whatever the target does: a list of complaints, empty when all is well."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from key_search import leaks, leaks_in
from suite_runs import SuiteRun

from conformance.contract.schemas import validator
from conformance.wire import recording as recordings

MOST_SECONDS, MOST_MB = 120.0, 300.0
_ALLOWED = "\n\r\t"
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TEXTS = ("alert(1)", "alert(2)", "alert(3)")


class _Page(HTMLParser):
    """Finds scripts and handlers that a target has put into a page."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        handlers = [name for name, value in attrs if name.startswith("on") and value and "alert(" in value]
        if handlers or tag in ("svg/onload", "iframe", "object", "embed"):
            self.complaints.append(f"<{tag} {dict(attrs)}>")
        links = [value or "" for name, value in attrs if name in ("href", "src")]
        if any(link.strip().lower().startswith("javascript:") for link in links):
            self.complaints.append(f"<{tag}> with a javascript: link")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and any(text in data for text in _TEXTS):
            self.complaints.append("a script of the target's")


def report_of(run: SuiteRun) -> dict[str, Any]:
    """conformance.json."""
    report: dict[str, Any] = json.loads((run.report / "conformance.json").read_text(encoding="utf-8"))
    return report


def _report(run: SuiteRun) -> list[str]:
    try:
        report = report_of(run)
    except (OSError, ValueError) as error:
        return [f"conformance.json: {error}"]
    errors = validator("conformance-report.json").iter_errors(report)
    found = [f"conformance.json: {error.json_path}: {error.message[:200]}" for error in errors]
    if report.get("exit_code") != run.code:
        found.append(f"conformance.json says exit code {report.get('exit_code')}, the process {run.code}")
    return found


def _recording(run: SuiteRun) -> list[str]:
    path = run.report / "exchanges.jsonl"
    if not path.exists():
        return ["exchanges.jsonl is missing"]
    try:
        recordings.read(path)
    except (OSError, ValueError) as error:
        return [f"exchanges.jsonl: {error}"]
    return []


def _page(run: SuiteRun) -> list[str]:
    path = run.report / "conformance.html"
    if not path.exists():
        return ["conformance.html is missing"]
    page = _Page()
    text = path.read_text(encoding="utf-8")
    page.feed(text)
    page.close()
    raw = [one for one in text if _is_control(one)]
    found = [f"conformance.html: {told}" for told in page.complaints]
    return [*found, f"conformance.html: raw {raw[:5]}"] if raw else found


def _is_control(character: str) -> bool:
    """Whether a terminal may act on the character: controls, and what turns the direction of text."""
    category = unicodedata.category(character)
    return (category == "Cc" and character not in _ALLOWED) or character in _TURNING


def _terminal(run: SuiteRun) -> list[str]:
    raw = sorted({one for one in run.output if _is_control(one)})
    found = [f"the terminal got raw {raw}"] if raw else []
    if re.search(r"^(::|##\[)", run.output, re.MULTILINE):
        found.append("the terminal got a forged annotation")
    if "Traceback (most recent call last)" in run.output or "INTERNALERROR" in run.output:
        found.append("the terminal shows a traceback")
    return found


def secrets_kept(run: SuiteRun, *keys: str) -> list[str]:
    """No key in any form in any file, on the terminal, or on a command line."""
    found = []
    for key in keys:
        found += leaks_in(run.folder, key)
        found += [f"command line: {told}" for told in leaks(run.command_lines, key)]
    return found


def broken(run: SuiteRun, *keys: str, most_seconds: float = MOST_SECONDS) -> list[str]:
    """Everything that a run must not do, as complaints."""
    found = []
    if run.seconds > most_seconds:
        found.append(f"took {run.seconds:.0f} s")
    if run.peak_mb > MOST_MB:
        found.append(f"took {run.peak_mb:.0f} MB")
    if not run.closing:
        found.append("no closing sentence")
    return found + _report(run) + _recording(run) + _page(run) + _terminal(run) + secrets_kept(run, *keys)


def alerts_open(db: Path) -> int:
    """How many alerts are active in the store of a reference server."""
    import sqlite3  # noqa: PLC0415 - one use

    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM alerts WHERE end_time = 0").fetchone()
    return int(count)
