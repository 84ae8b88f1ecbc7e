"""Reads journals that earlier processes wrote, however they ended; writes no entries and sends nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Open:
    """An alert that a run may have left open; without ``alert_key`` nobody knows under which key."""

    number: int
    alert_key: str | None
    credential: str
    run: str
    title: str = ""  # of an event without a key: the beginning of its title, by which the store may be searched
    since: float = 0.0
    sure: bool = True  # false: no reply says that it was opened, such as where all were redirects


def unfinished(path: Path) -> list[Open]:
    """Return what the journal at ``path`` leaves open, oldest first; a line cut short by a crash is skipped."""
    found: dict[int, Open] = {}
    for line in lines(path):
        number = number_of(line)
        if line.get("at") == "opening":
            title, since = line.get("title"), line.get("since")
            found[number] = Open(
                number, line.get("key"), str(line.get("credential")), str(line.get("run")),
                title if isinstance(title, str) else "", float(since) if isinstance(since, int | float) else 0.0,
            )  # fmt: skip
        elif line.get("at") == "open" and number in found:
            old = found[number]
            found[number] = Open(number, line.get("key"), old.credential, old.run)
        elif line.get("at") in {"closed", "refused"}:
            found.pop(number, None)
    return list(found.values())


def target_of(path: Path) -> str | None:
    """Return the push URL that a journal names, None where it names none: its run was against no server that stays."""
    for line in lines(path):
        if line.get("at") == "run":
            target = line.get("target")
            return target if isinstance(target, str) and target else None
    return None


def keep_unfinished(path: Path) -> Path | None:
    """Make room for a new journal: one with open alerts is renamed, its new path returned; a finished one removed."""
    left = unfinished(path)
    if not left:
        path.unlink(missing_ok=True)
        return None
    kept = path.with_name(f"journal-{left[0].run}.jsonl")
    while kept.exists():
        kept = kept.with_name(f"{kept.stem}-again.jsonl")
    path.rename(kept)
    return kept


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a journal, none where there is no file."""
    try:
        raw = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found: list[dict[str, Any]] = []
    for text in raw:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            found.append(line)
    return found


def number_of(line: dict[str, Any]) -> int:
    """Return the number of the entry that a line is about."""
    number = line.get("n")
    return number if isinstance(number, int) else 0


def end_line(path: Path) -> None:
    """End the last line, which a crash may have cut short: what follows must not be glued to it."""
    if path.exists() and (data := path.read_bytes()) and not data.endswith(b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
