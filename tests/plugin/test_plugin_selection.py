"""Runs of a part, runs by several processes, runs of a recording: same verdicts, and what they are is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from plugin_runs import Done, suite


@pytest.mark.parametrize(
    "options",
    [
        ("--requirement", "event-status.case"),
        ("--row", "Payload/event_status"),
        ("-k", "event-status.case"),
    ],
    ids=["requirement", "row", "keyword"],
)
def test_a_selection_is_partial_and_brings_its_twins(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A refusal counts only beside its twin, so a run of one refusal sends the twin as well."""
    done = suite(tmp_path, *options)
    assert done.code == 0, done.out
    assert "partial" in done.last
    assert done.report["partial"] is True
    verdicts = done.verdicts()
    assert verdicts["event-status.case"] == "pass"
    assert verdicts["labels.kept"] == "not-reached"
    assert done.report["run"]["requests"] < 800  # a whole run makes more than 900


def test_a_node_id_selects(tmp_path: Path) -> None:
    """The line that a report gives to run a check again works."""
    whole = suite(tmp_path, "--requirement", "href.cut")
    node = next(e["checks"][0] for e in whole.report["requirements"] if e["id"] == "href.cut")
    assert "test_image.py" in node
    assert "href.cut" in node
    done = suite(tmp_path, "-k", "href.cut", "--budget", "quick")
    assert done.code == 0, done.out
    assert done.verdicts()["href.cut"] == "pass"


def test_workers_judge_alike(tmp_path: Path, quick_run: Done) -> None:
    """With -n one process makes all exchanges, and the verdicts are those of a run without."""
    done = suite(tmp_path, "--budget", "quick", "-n", "2")
    assert done.code == 0, done.out
    assert done.verdicts() == quick_run.verdicts()


def test_a_recording_gives_the_same_verdicts(tmp_path: Path, quick_run: Done) -> None:
    """--replay needs no target."""
    shutil.copytree(quick_run.folder / "reports/latest", tmp_path / "recorded")
    done = suite(tmp_path, "--replay", "recorded")
    assert done.code == 0, done.out
    assert done.verdicts() == quick_run.verdicts()
    assert "recording" in done.out


def test_options_come_from_the_environment(tmp_path: Path) -> None:
    """Each option has its variable; one that is wrong is named."""
    done = suite(tmp_path, CONFORMANCE_BUDGET="quick", CONFORMANCE_REQUIREMENT="title-rule.cut", CONFORMANCE_SEED="7")
    assert done.code == 0, done.out
    assert done.report["run"]["budget"] == "quick"
    assert done.report["run"]["seed"] == 7
    wrong = suite(tmp_path, CONFORMANCE_SEED="seven")
    assert wrong.code == 4, wrong.out
    assert "CONFORMANCE_SEED" in wrong.out


def test_reports_go_where_they_are_told(tmp_path: Path) -> None:
    """--report-dir takes them, and nothing else is written."""
    done = suite(tmp_path, "--requirement", "title-rule.cut", "--report-dir", "elsewhere")
    assert done.code == 0, done.out
    assert json.loads((tmp_path / "elsewhere/conformance.json").read_text("utf-8"))["partial"] is True
    assert not (tmp_path / "reports").exists()


def test_collecting_sends_nothing(tmp_path: Path) -> None:
    """--collect-only lists the checks and leaves no report."""
    done = suite(tmp_path, "--collect-only", "-q")
    assert done.code == 0, done.out
    assert "title-rule.cut" in done.out
    assert not (tmp_path / "reports").exists()


def test_a_run_that_stops_at_the_first_failure_is_partial(tmp_path: Path) -> None:
    """-x leaves items unshown, and the run says so; what fell and the exit code stay what they are."""
    done = suite(tmp_path, "--fault", "title-cut-at-511", "--budget", "quick", "-x")
    assert done.code == 1, done.out
    assert done.report["partial"] is True
    assert done.report["verdict"] == "does-not-conform"
    assert "stop early" in done.out
    assert "partial" in done.last
