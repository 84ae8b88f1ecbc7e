"""Commands that read report folders: compare, verify, baseline."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cli_runs import command, report


def test_a_regression_is_exit_code_1(good: Path, bad: Path, tmp_path: Path) -> None:
    """The row that fell is named, and the page is written."""
    page = tmp_path / "page.html"
    done = command("compare", str(good), str(bad), "--html", str(page))
    assert done.exit_code == 1, done.output
    assert "Payload/title_rule" in done.output
    assert "title-rule.cut" in done.output
    assert "<html" in page.read_text("utf-8")


def test_a_fix_is_exit_code_0(good: Path, bad: Path) -> None:
    """What is better now is no regression."""
    done = command("compare", str(bad), str(good))
    assert done.exit_code == 0, done.output
    assert "fix" in done.output


def test_compare_says_what_it_cannot_read(good: Path, tmp_path: Path) -> None:
    """A missing report is wrong usage, named."""
    done = command("compare", str(good), str(tmp_path))
    assert done.exit_code == 4
    assert "conformance.json" in done.output
    assert command("compare", str(good)).exit_code == 4


def test_an_untouched_report_verifies(good: Path) -> None:
    """0, and one sentence."""
    done = command("verify", str(good))
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == 1


def test_a_run_that_the_gate_alone_failed_verifies(tmp_path: Path) -> None:
    """What a baseline made of the verdicts is not in the recording: it is no contradiction."""
    stale = tmp_path / "stale.toml"
    stale.write_text('[[known]]\nrequirement = "title-rule.cut"\nreason = "was mended"\n', "utf-8")
    folder = report(tmp_path / "gated", "--row", "Payload/title_rule", "--baseline", str(stale))
    assert json.loads((folder / "conformance.json").read_text("utf-8"))["exit_code"] == 1
    assert command("verify", str(folder)).exit_code == 0


def test_a_flipped_verdict_is_named(bad: Path, tmp_path: Path) -> None:
    """The requirement whose verdict was changed is named."""
    folder = tmp_path / "forged"
    shutil.copytree(bad, folder)
    told = json.loads((folder / "conformance.json").read_text("utf-8"))
    for entry in told["requirements"]:
        if entry["id"] == "title-rule.cut":
            entry["verdict"] = "pass"
    (folder / "conformance.json").write_text(json.dumps(told), "utf-8")
    done = command("verify", str(folder))
    assert done.exit_code == 1
    assert "title-rule.cut: the report says 'pass', the recording gives 'fail'" in done.output
    assert "conformance.json: was changed after the run" in done.output


def test_a_baseline_lists_what_fell(bad: Path, tmp_path: Path) -> None:
    """It holds each failure with a reason, and keeps reasons that were edited."""
    file = tmp_path / "known.toml"
    assert command("baseline", str(bad), "-o", str(file)).exit_code == 0
    text = file.read_text("utf-8")
    assert 'requirement = "title-rule.cut"' in text
    file.write_text(
        '[[known]]\nrequirement = "title-rule.cut"\nreason = "ticket 1234"\nexpires = 2099-01-31\n', "utf-8"
    )
    assert command("baseline", str(bad), "-o", str(file)).exit_code == 0
    assert 'reason = "ticket 1234"' in file.read_text("utf-8")
    assert "2099-01-31" in file.read_text("utf-8")


def test_a_baseline_of_nothing_is_empty(good: Path, tmp_path: Path) -> None:
    """Nothing failed: nothing is listed; and a folder without a report is wrong usage."""
    assert "[[known]]" not in command("baseline", str(good)).output
    done = command("baseline", str(tmp_path))
    assert done.exit_code == 4
    assert "conformance.json" in done.output


def test_a_baseline_that_cannot_be_written_names_its_option(good: Path, tmp_path: Path) -> None:
    """The folder of the run is fine: what is wrong is where to write."""
    done = command("baseline", str(good), "-o", str(tmp_path / "none" / "known.toml"))
    assert done.exit_code == 4
    assert "--output" in done.output
    assert "cannot be written" in done.output
    assert "finished run" not in done.output


def test_a_report_without_a_recording_cannot_be_verified(good: Path, tmp_path: Path) -> None:
    """Like the sample of this repository: that is no contradiction; but a recording taken away is one."""
    shutil.copytree(good, tmp_path / "run")
    (tmp_path / "run/exchanges.jsonl").unlink()
    taken = command("verify", str(tmp_path / "run"))
    assert taken.exit_code == 1
    assert "exchanges.jsonl: is missing" in taken.output
    (tmp_path / "run/manifest.json").unlink()
    done = command("verify", str(tmp_path / "run"))
    assert done.exit_code == 4, done.output
    assert "holds no exchanges.jsonl: it cannot be judged again" in done.output
    assert "complaint" not in done.output
