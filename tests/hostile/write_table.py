"""Writes the measured outcomes of the fleet as tables: all of it for the docs, a shorter one for the README.

Usage: ``python tests/hostile/write_table.py OUTCOMES.json``, with the outcomes of ``hostile_matrix.py``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fleet import FAMILIES, MODES

DOCS = Path(__file__).parents[2] / "docs"
_LONGEST = 200
_ADDRESS = re.compile(r"https?://127\.0\.0\.1:\d+")

FULL = """\
# Hostile targets

The suite is run against each of {count} misbehaving servers (`tests/hostile/fleet`): a `quick` run with
`--exchange-timeout 1 --observe-timeout 2` and both keys. For each the exit code, the closing sentence and the seconds,
starting Python included, as measured; written by `tests/hostile/write_table.py`. The largest run took {most_mb} MB, the
longest {most_seconds} s, on a busy machine. In no run was a key found in anything written or printed, a redirect
followed, or a report that is not valid.

| Mode | What it does | Exit code | Closing sentence | Seconds |
|---|---|---|---|---|
"""
SHORT = """\
| Family | Modes | For example | Exit codes | Slowest |
|---|---|---|---|---|
"""


def _cell(text: str) -> str:
    text = _ADDRESS.sub("http://127.0.0.1", text).replace("conformance: ", "", 1)
    text = re.sub(r" \(exit code \d\)$", "", text)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("`", "'")


def full(outcomes: Iterable[Mapping[str, Any]]) -> str:
    """The table of every mode."""
    found = {entry["mode"]: entry for entry in outcomes}
    lines = []
    for name, mode in MODES.items():
        one = found.get(name)
        if one is not None:
            cells = (name, _cell(mode.summary), str(one["code"]), _cell(one["sentence"]), f"{one['seconds']:.0f}")
            lines.append(f"| {' | '.join(cells)} |\n")
    most_mb = max(entry["peak_mb"] for entry in found.values())
    most_seconds = max(entry["seconds"] for entry in found.values())
    return FULL.format(count=len(lines), most_mb=f"{most_mb:.0f}", most_seconds=f"{most_seconds:.0f}") + "".join(lines)


def short(outcomes: Iterable[Mapping[str, Any]]) -> str:
    """The table of families."""
    found = {entry["mode"]: entry for entry in outcomes}
    lines = []
    for family in FAMILIES:
        own = [mode for mode in MODES.values() if mode.family == family.__name__ and mode.name in found]
        if not own:
            continue
        about = (family.__doc__ or "").split("\n")[0].rstrip(".")
        codes = ", ".join(str(code) for code in sorted({found[mode.name]["code"] for mode in own}))
        slowest = max(found[mode.name]["seconds"] for mode in own)
        some = ", ".join(mode.name for mode in own[:3])
        lines.append(f"| {_cell(about)} | {len(own)} | {some} | {codes} | {slowest:.0f} s |\n")
    return SHORT + "".join(lines)


def main() -> int:
    """Write both tables from the outcomes of a matrix; several files are joined, the later ones count."""
    merged: dict[str, Mapping[str, Any]] = {}
    for path in sys.argv[1:]:
        merged |= {entry["mode"]: entry for entry in json.loads(Path(path).read_text(encoding="utf-8"))}
    wrong = [f"{entry['mode']}: {'; '.join(entry['complaints'])}" for entry in merged.values() if entry["complaints"]]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    (DOCS / "hostile-targets.md").write_text(full(merged.values()), encoding="utf-8")
    (DOCS / "hostile-table.md").write_text(short(merged.values()), encoding="utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
