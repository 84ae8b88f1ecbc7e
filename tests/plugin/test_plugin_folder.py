"""The report folder holds one run: wrong usage leaves it as it is, a run that cannot begin leaves nothing beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from plugin_runs import Done, suite

from conformance.plugin.replaying import verify

PRODUCTION = ("--target-url", "https://api.flashcat.cloud/event/push/alert/standard")
NOWHERE = ("--target-url", "http://127.0.0.1:1/event/push/alert/standard")
KEY = {"CONFORMANCE_INTEGRATION_KEY": "some-key"}


@pytest.fixture
def earlier(tmp_path: Path, quick_run: Done) -> Path:
    """A folder in which a good run was made."""
    shutil.copytree(quick_run.folder / "reports", tmp_path / "reports")
    return tmp_path


def _held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "reports/latest").iterdir()}


@pytest.mark.parametrize(
    "options",
    [
        ("--fault", "nope"),
        ("--variant", "nope"),
        ("--baseline", "nowhere.toml"),
        ("--lock", "nowhere.toml"),
        ("--replay", "nowhere"),
        ("--observer", "nowhere:observer"),
        ("--observer", "webhook", "--webhook-listen", "127.0.0.1:none"),
        ("--target-url", "ftp://example.test/x"),
        ("--budget", "huge"),
        ("--fault", "nope", "-n", "2"),
    ],
    ids=lambda options: " ".join(options)[:30],
)
def test_wrong_usage_leaves_the_last_report_alone(earlier: Path, options: tuple[str, ...]) -> None:
    """Not a byte of it is changed, and it still verifies."""
    before = _held(earlier)
    done = suite(earlier, *options, **KEY)
    assert done.code == 4, done.out
    assert "ERROR: " in done.out
    assert "Traceback" not in done.out
    assert _held(earlier) == before


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["one process", "workers"])
@pytest.mark.parametrize("target", [PRODUCTION, NOWHERE], ids=["production", "nobody"])
def test_a_run_that_cannot_begin_leaves_nothing_of_the_last_one(
    earlier: Path, target: tuple[str, ...], more: tuple[str, ...]
) -> None:
    """Its report stands alone: what it sent is its recording, and no manifest speaks of another."""
    before = _held(earlier)
    done = suite(earlier, *target, *more, **KEY)
    assert done.code == 4, done.out
    assert done.report["verdict"] == "untestable"
    after = _held(earlier)
    assert all(content != before.get(name) for name, content in after.items())
    assert ("exchanges.jsonl" in after) == (target == NOWHERE)
    if target == NOWHERE:
        assert verify(earlier / "reports/latest") == []


def test_a_journal_of_open_alerts_outlives_a_run_that_sent_nothing(earlier: Path) -> None:
    """It is the only list of what has to be recovered."""
    line = {"at": "opening", "n": 1, "key": "cfm-1", "credential": "main", "run": "abc123"}
    journal = earlier / "reports/latest/journal.jsonl"
    journal.write_text(json.dumps(line) + "\n", "utf-8")
    assert suite(earlier, *PRODUCTION, **KEY).code == 4
    assert json.loads(journal.read_text("utf-8")) == line


def test_a_recording_may_be_judged_where_it_lies(earlier: Path) -> None:
    """--replay of the report folder itself keeps the recording."""
    before = _held(earlier)
    done = suite(earlier, "--replay", "reports/latest")
    assert done.code == 0, done.out
    assert _held(earlier)["exchanges.jsonl"] == before["exchanges.jsonl"]


def test_a_recording_judged_elsewhere_leaves_none_of_another_run(earlier: Path) -> None:
    """The report of a replay does not stand beside the exchanges of whatever ran before."""
    shutil.move(earlier / "reports/latest", earlier / "saved")
    assert suite(earlier, "--requirement", "title-rule.cut").code == 0
    assert verify(earlier / "reports/latest") == []
    assert suite(earlier, "--replay", "saved").code == 0
    assert not {"exchanges.jsonl", "manifest.json", "journal.jsonl"} & set(_held(earlier))


@pytest.mark.parametrize("folder", ["a-file", "a-file/below", "/proc/foo", "/etc/passwd/foo"])
def test_a_folder_that_cannot_be_written_is_wrong_usage(tmp_path: Path, folder: str) -> None:
    """The option is named before anything is sent, and there is no traceback."""
    (tmp_path / "a-file").write_text("", "utf-8")
    done = suite(tmp_path, "--report-dir", folder)
    assert done.code == 4, done.out
    assert f"--report-dir {folder}: cannot be written into" in done.out
    assert "Traceback" not in done.out
    assert "INTERNALERROR" not in done.out


def test_a_selection_of_nothing_is_said_and_replaces_the_last_verdict(earlier: Path) -> None:
    """The sentence names the options to look at; report and badge say incomplete; no old recording is left."""
    done = suite(earlier, "-k", "nosuch")
    assert done.code == 5, done.out
    assert "nothing was selected: check -k, --requirement or --row" in done.out
    assert done.report["verdict"] == "incomplete"
    held = _held(earlier)
    assert b"incomplete" in held["badge.svg"]
    assert not {"exchanges.jsonl", "journal.jsonl"} & set(held)
