"""What pytest items of this suite are made of: one for each requirement of a row, showing its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from conformance.checks.verdicts import ERROR, FAIL, PASS, RequirementResult
from conformance.contract import load


class Violation(Exception):  # noqa: N818 - it is the target that erred
    """A requirement fell; carries its result, from which every reader renders its own text."""

    def __init__(self, entry: RequirementResult) -> None:
        super().__init__(entry.id)
        self.entry = entry


def requirements_of(row: str) -> pytest.MarkDecorator:
    """Parametrise a test by the requirements of a row, each item carrying its requirement as a marker."""
    entries = [pytest.param(r.id, id=r.id, marks=pytest.mark.requirement(r.id)) for r in load().of_row(row)]
    return pytest.mark.parametrize("requirement", entries)


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of the run; ``strict`` when a failed SHOULD fails the run, too."""

    by_id: Mapping[str, RequirementResult]
    strict: bool = False

    def show(self, requirement: str) -> None:
        """Pass, fail, warn (xfail: a SHOULD or a known failure), or say why it was not judged (skip)."""
        entry = self.by_id[requirement]
        why = entry.reason or (entry.findings[0].sentence if entry.findings else "")
        if entry.verdict == PASS:
            return
        if entry.verdict == ERROR:
            raise RuntimeError(why)
        if entry.verdict != FAIL:
            pytest.skip(f"{entry.verdict}: {why}" if why else entry.verdict)
        if entry.known or (entry.level == "should" and not self.strict):
            pytest.xfail(("known failure: " if entry.known else "SHOULD: ") + why)
        raise Violation(entry)
