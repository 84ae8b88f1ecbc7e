"""Says of each difference between sent and stored whether the document allows it, or a requirement fell for it.

Verdicts are taken from the result, never made here: what no rule of the document explains, and nothing fell for, gets
no more than that said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.checks.verdicts import FAIL, Result
from conformance.contract import Contract
from conformance.model.text import cuts
from conformance.report.evidence import Difference

ALLOWED, FAULT, ACCEPTED, UNSAID = "as the document says", "fault", "accepted", ""
_IMAGE = re.compile(r"images\[\d+\]\.(.+)")


class Weighing:
    """The rows that fell, and the exchanges for which they did."""

    def __init__(self, result: Result, contract: Contract) -> None:
        self._limits = contract.limits
        self._fell: dict[str, set[int]] = {}
        for entry in result.requirements:
            if entry.verdict == FAIL:
                numbers = self._fell.setdefault(entry.row, set())
                numbers.update(entry.exchanges)
                for finding in entry.findings:
                    numbers.update((*finding.exchanges, *finding.sequence))

    def mark(self, number: int, difference: Difference) -> str:
        """How a difference in what is stored of that exchange is to be taken."""
        if self._is_allowed(difference):
            return ALLOWED
        fell = [self._fell[row] for row in _rows(difference.field) if row in self._fell]
        if any(number in numbers for numbers in fell):
            return FAULT
        return UNSAID if fell else ACCEPTED  # only some of the exchanges behind a failure are listed

    def _is_allowed(self, difference: Difference) -> bool:
        """Whether what is stored is exactly what the limit of the field leaves."""
        limits, field = self._limits, difference.field
        image = _IMAGE.fullmatch(field)
        if image and image[1] == "src":
            return len(difference.sent) > limits.src and not difference.stored
        by_field: Mapping[str, int] = {
            "title_rule": limits.title_rule,
            "title": limits.title_rule,
            "description": limits.description,
            "alt": limits.alt,
            "href": limits.href,
        }
        limit = limits.label_value if field.startswith("labels.") else by_field.get(image[1] if image else field)
        return limit is not None and difference.stored in cuts(difference.sent, limit)


def _rows(field: str) -> tuple[str, ...]:
    """The rows of the document that speak of a field."""
    if image := _IMAGE.fullmatch(field):
        return (f"Image/{image[1]}", "Payload/images")
    name = field.partition(".")[0]
    return (f"Payload/{'title_rule' if name == 'title' else name}",)
