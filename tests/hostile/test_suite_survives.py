"""Whatever a target does, a run ends: right exit code, a sentence, bounded time and memory, a safe report."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleet import MODES, start
from hostile_matrix import Measured, measure
from suite_claims import report_of
from suite_runs import APP_KEY, KEY, run

#: One of each family that ends soon; the matrix takes them all.
SAMPLE = (
    "html-200",
    "json-nan",
    "script-tags-in-envelope",
    "echoes-key-in-headers",
    "gzip-bomb",
    "ssh-banner",
    "refuses-connections",
    "closes-mid-body",
    "chunks-as-crumbs",
    "redirects-with-key",
    "dies-after-40",
    "readback-circular-pages",
)


def _claims(measured: Measured) -> None:
    assert not measured.complaints, f"{measured.mode} ({measured.sentence}): " + "; ".join(measured.complaints)


@pytest.mark.parametrize("mode", SAMPLE)
def test_a_sample_of_hostile_targets_is_survived(mode: str, tmp_path: Path) -> None:
    """The exit code is one that the mode allows, its sentence names the problem, and nothing is leaked or broken."""
    _claims(measure(mode, tmp_path)[0])


@pytest.mark.hostile_long
@pytest.mark.parametrize("mode", sorted(set(MODES) - set(SAMPLE)))
def test_every_other_hostile_target_is_survived(mode: str, tmp_path: Path) -> None:
    """The same for the rest of the fleet."""
    _claims(measure(mode, tmp_path)[0])


def test_a_broken_read_back_blocks_and_fails_nothing(tmp_path: Path) -> None:
    """What needs the store is blocked with the reason, and no requirement falls."""
    with start("readback-not-json", key=KEY, app_key=APP_KEY) as server:
        done = run(server.push_url, tmp_path)
    verdicts = {entry["id"]: entry["verdict"] for entry in report_of(done)["requirements"]}
    assert done.code == 5, done.output[-2000:]
    assert "fail" not in verdicts.values()
    assert verdicts["title-rule.cut"] == "blocked"
    assert verdicts["title-rule.accepted"] == "pass"
    assert "no JSON" in done.output


def test_a_target_that_dies_during_the_run_fails_nothing(tmp_path: Path) -> None:
    """What passed stays passed, what went unanswered is blocked or not reached, and the sentence says so."""
    with start("dies-after-40", key=KEY, app_key=APP_KEY) as server:
        done = run(server.push_url, tmp_path)
    verdicts = {entry["verdict"] for entry in report_of(done)["requirements"]}
    assert done.code == 5, done.output[-2000:]
    assert "fail" not in verdicts
    assert "pass" in verdicts
    assert "blocked" in verdicts


def test_the_vendors_production_service_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """Exit code 4, the reason, and no exchange at all."""
    done = run("https://api.flashcat.cloud/event/push/alert/standard", tmp_path)
    assert done.code == 4
    assert "production" in done.closing
    assert "nothing was sent" in done.closing
    assert report_of(done)["run"]["requests"] == 0
    assert not (done.report / "exchanges.jsonl").exists()
