"""Other people's test suites in the same environment notice nothing of this plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from plugin_runs import environment

_TEST = """
import sys

def test_theirs(request):
    assert request.config.getoption("conformance_budget") is None
    heavy = [name for name in sys.modules if name.startswith("conformance.") and name != "conformance.entry"]
    assert heavy == []
"""


def _pytest(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis", *options]
    env = environment(**variables)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_foreign_project_is_left_alone(tmp_path: Path) -> None:
    """Its tests pass, nothing of ours is loaded, no report folder appears."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_theirs.py").write_text(_TEST)
    done = _pytest(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert "conformance:" not in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == [
        "pytest.ini",
        "test_theirs.py",
    ]


def test_a_foreign_project_keeps_its_exit_codes(tmp_path: Path) -> None:
    """A failing test of theirs is exit code 1, none found 5, also when our variables are set."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    assert _pytest(tmp_path, CONFORMANCE_BUDGET="nonsense").returncode == 5
    (tmp_path / "test_theirs.py").write_text("def test_theirs():\n    assert False\n")
    done = _pytest(tmp_path, CONFORMANCE_BUDGET="nonsense")
    assert done.returncode == 1, done.stdout
    assert "assert False" in done.stdout


def test_the_options_are_explained_in_the_help(tmp_path: Path) -> None:
    """`pytest --help` lists them in a group of their own."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = _pytest(tmp_path, "--help")
    assert "Flashduty push protocol conformance" in done.stdout
    for option in ("--target-url", "--integration-key", "--budget", "--report-dir", "--replay"):
        assert option in done.stdout


def test_a_report_folder_elsewhere_does_not_change_what_is_run(tmp_path: Path) -> None:
    """A path among our options moves pytest's root folder; the suite's own checks are run all the same."""
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    done = _pytest(here, "--requirement", "title-rule.cut", "--report-dir", str(elsewhere))
    assert done.returncode == 0, done.stdout
    assert (elsewhere / "conformance.json").is_file()
