"""The documents are current, their links lead somewhere, and the commands of the README work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli.group import COMMANDS
from conformance.entry import OPTIONS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text("utf-8")
_BLOCK = re.compile(r"^```console run=quick\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _commands() -> list[str]:
    return [line[2:] for block in _BLOCK.findall(README) for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("line", _commands())
def test_a_command_of_the_readme_works(line: str, tmp_path: Path) -> None:
    """Each line of the blocks that are marked to be run ends with 0, from an empty folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CONFORMANCE_")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    words = shlex.split(line)
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_the_readme_has_commands_to_run() -> None:
    """A block that lost its mark must not make the test above vacuous."""
    assert len(_commands()) >= 4
    assert "```console run=make\n$ make conformance\n```" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists."""
    for link in _LINK.findall(page.read_text("utf-8")):
        if not link.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / link).exists(), link


def test_the_readme_names_every_option_and_command() -> None:
    """The table of options is complete, and so is that of commands."""
    for name, _, _ in OPTIONS:
        assert f"`--{name}" in README, name
    for name in COMMANDS:
        assert name in README, name


def test_the_page_of_open_points_is_current() -> None:
    """It is what its script writes."""
    code = "import sys; sys.path.insert(0, 'docs'); import write_open_points as w; print(w.page(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == (ROOT / "docs/open-points.md").read_text("utf-8"), "run: python docs/write_open_points.py"


def test_make_help_lists_the_targets() -> None:
    """Every target that the documents name is there."""
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    for target in ("conformance", "test", "test-faults", "test-matrix", "test-hostile", "bench", "lint"):
        assert re.search(rf"^{target} ", done.stdout, re.MULTILINE), target


def test_the_readme_has_the_table_of_hostile_targets() -> None:
    """It is the one that was measured."""
    table = (ROOT / "docs/hostile-table.md").read_text("utf-8").strip()
    between = README.partition("<!-- hostile-modes: begin -->")[2].partition("<!-- hostile-modes: end -->")[0]
    assert between.strip() == table, "copy docs/hostile-table.md into README.md"
