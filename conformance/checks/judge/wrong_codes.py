"""Judges refusals with another code than the one demanded, when it is known how others of their kind fared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.verdicts import Finding
from conformance.model.oracle import ACCEPT, REFUSE, Expectation
from conformance.wire.records import Story


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


def wanted(expected: Expectation) -> str:
    """In a few words what was to come."""
    if expected.outcome == REFUSE:
        return "refused with " + " or ".join(expected.codes)
    return "accepted" if expected.outcome == ACCEPT else "any answer but a 5xx"


def of_code(bench: Bench, story: Story, expected: Expectation) -> list[str]:
    """The row of a code that an answer breaks which is no refusal at all; InvalidParameter's rows are the fields'."""
    code = code_at_stake(bench, expected)
    if expected.outcome != REFUSE or code in ("", "InvalidParameter"):
        return []
    requirement = bench.code_requirement(code)
    return [requirement] if requirement in story.scenario.serves else []


def code_at_stake(bench: Bench, expected: Expectation) -> str:
    """The one code that was to come, or that the requirement is about; empty where it is about none alone."""
    about = expected.codes if len(expected.codes) == 1 else bench.contract.requirements[expected.requirement].accepts
    return about[0] if len(about) == 1 else ""
