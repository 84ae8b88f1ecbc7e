"""The schema of a report tells the agreed shape from any other."""

from __future__ import annotations

from typing import Any

import pytest
from spec_files import problems

REPORT: dict[str, Any] = {
    "format": 1,
    "verdict": "conforms",
    "exit_code": 0,
    "partial": False,
    "suite": {"version": "0.1.0", "spec_sha256": "0" * 64},
    "target": {
        "url": "http://localhost:8080",
        "observer": "openapi",
        "fingerprint": {"wrong-method": "route-not-found"},
    },
    "run": {
        "id": "r1",
        "started": "2026-01-01T00:00:00Z",
        "seconds": 1.5,
        "requests": 3,
        "pushes": 2,
        "reads": 1,
        "budget": "standard",
        "seed": 0,
        "level": "must",
    },
    "requirements": [
        {
            "id": "title-rule.cut",
            "row": "Payload/title_rule",
            "level": "must",
            "verdict": "pass",
            "known": False,
            "checks": ["checks/test_title.py::test_cut"],
            "finding": None,
            "exchanges": [1, 2],
        },
    ],
    "rows": [{"row": "Payload/title_rule", "verdict": "warning"}],
}


def test_report_of_the_agreed_shape_validates() -> None:
    """A report with every agreed field validates."""
    assert problems("conformance-report.json", REPORT) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"exit_code": 1},
        {"verdict": "pass"},
        {"more": 1},
        {"rows": [{"row": "Payload/title_rule", "verdict": "green"}]},
        {"requirements": [{**REPORT["requirements"][0], "verdict": "warning"}]},
    ],
    ids=["format", "exit-code-of-another-verdict", "verdict", "extra-field", "row-verdict", "requirement-verdict"],
)
def test_report_of_another_shape_does_not_validate(changes: dict[str, Any]) -> None:
    """A report that other tools could not read is found."""
    assert problems("conformance-report.json", REPORT | changes)
