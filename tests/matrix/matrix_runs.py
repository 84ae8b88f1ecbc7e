"""Runs of the suite inside one process, for matrices: no pytest around them, a folder that goes away afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from conformance.checks.verdicts import FAIL, Result
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.reference.faults import all_faults


def run(**settings: Any) -> Result:
    """The result of a run against the embedded server with these settings."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        made = Run(Settings(report_dir=Path(folder), **settings))
        try:
            made.start()
            made.drive()
            return made.result()
        finally:
            made.close()


def fallen(result: Result, *, should: bool = False) -> list[str]:
    """The requirements that fell: the MUST ones, and with ``should`` the others, too."""
    return [r.id for r in result.requirements if r.verdict == FAIL and (should or r.level == "must")]


def part(without: Collection[str]) -> list[str]:
    """The faults beside these; with PART=2/4 the second quarter of them, every fourth one."""
    names = [name for name in sorted(all_faults()) if name not in without]
    number, _, parts = (os.environ.get("PART") or "1/1").partition("/")
    return names[int(number) - 1 :: int(parts)]


def sample(default: int) -> list[str]:
    """Names of faults spread over the catalogue: as many as SAMPLE says, else ``default``; always the same ones."""
    names = sorted(all_faults())
    count = min(len(names), int(os.environ.get("SAMPLE") or default))
    return [names[place * len(names) // count] for place in range(count)]
