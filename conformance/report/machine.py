"""Writes what machines read: ``conformance.json`` and the properties of JUnit cases; formats nothing for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.checks.verdicts import RequirementResult, Result
from conformance.contract import Contract
from conformance.report.text import clean

NAME = "conformance.json"
_SENTENCE = 500


def document(result: Result, contract: Contract, version: str) -> dict[str, Any]:
    """The result in the format of ``spec/schemas/conformance-report.json``."""
    info, tally = result.info, result.tally
    return {
        "format": 1,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "partial": result.partial,
        "suite": {"version": version, "spec_sha256": contract.sha256},
        "target": {
            "url": clean(info.target),
            "observer": clean(info.observer),
            "fingerprint": {point: clean(answer, _SENTENCE) for point, answer in sorted(result.fingerprint.items())},
        },
        "run": {
            "id": clean(info.id),
            "started": info.started,
            "seconds": round(tally.seconds, 3),
            "requests": tally.requests,
            "pushes": tally.pushes,
            "reads": tally.reads,
            "budget": info.budget,
            "seed": info.seed,
            "level": info.level,
        },
        "requirements": [_requirement(entry) for entry in result.requirements],
        "rows": [{"row": entry.row, "verdict": entry.verdict} for entry in result.rows],
    }


def _requirement(entry: RequirementResult) -> dict[str, Any]:
    return {
        "id": entry.id,
        "row": entry.row,
        "level": entry.level,
        "verdict": entry.verdict,
        "known": entry.known,
        "checks": [clean(node) for node in entry.checks],
        "finding": clean(entry.findings[0].sentence, _SENTENCE) if entry.findings else None,
        "exchanges": list(entry.exchanges),
    }


def dumps(document: dict[str, Any]) -> str:
    """The text of ``conformance.json``."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path, result: Result, contract: Contract, version: str) -> Path:
    """Write ``conformance.json`` into a report folder; returns where it is."""
    path = folder / NAME
    path.write_text(dumps(document(result, contract, version)), encoding="utf-8")
    return path


def junit_properties(entry: RequirementResult) -> tuple[tuple[str, str], ...]:
    """What a JUnit case says of one requirement, as ``user_properties`` of the item take it: plain strings only."""
    pairs = [("requirement", entry.id), ("row", entry.row), ("level", entry.level), ("verdict", entry.verdict)]
    if entry.known:
        pairs.append(("known", clean(entry.reason, _SENTENCE)))
    return tuple(pairs)
