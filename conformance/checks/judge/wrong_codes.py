"""Judges refusals with another listed code than the one demanded, when it is known how others of their kind fared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.verdicts import Finding


@dataclass
class WrongCodes:
    """Refusals with another listed code than the one demanded, kept until it is known whether that is the rule."""

    found: list[tuple[str, str, str, Finding]] = field(default_factory=list)  # expected code, requirement, check
    given: set[Any] = field(default_factory=set)  # what came instead
    right: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # code -> requirements served right


def settle(bench: Bench, wrong: WrongCodes) -> None:
    """A wrong code is blamed on the row of the code; where only one row of fields gets it wrong, on that one too."""
    by_code: dict[str, list[tuple[str, str, Finding]]] = defaultdict(list)
    for code, requirement, check, finding in wrong.found:
        by_code[code].append((requirement, check, finding))
    unlisted = not any(code in bench.contract.codes for code in wrong.given)
    every_code = len(by_code) > 2 and unlisted  # the codes as such are at fault: that is Error/code
    for code, entries in by_code.items():
        rows = {bench.contract.requirements[requirement].row for requirement, *_ in entries}
        for requirement, check, finding in entries:
            if not every_code:  # where several codes would have done, no row of a code is at fault
                bench.fails(bench.code_requirement(code) if code else requirement, check, finding)
            right = [bench.contract.requirements[name].row for name in wrong.right[code]]
            if code and len(rows) == 1 and any(row not in rows for row in right):
                bench.fails(requirement, check, finding)
