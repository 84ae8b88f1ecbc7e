"""The shape of the repository: import direction, docstrings, sizes, paths; and the linters, run as tests."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted((ROOT / "conformance").rglob("*.py"))
_MOST_LINES = 400
#: Paths that only exist on somebody's machine; /tmp and /etc are everybody's.
_MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt)/[\w.-]+")
_TEXTS = (".md", ".yml", ".yaml", ".toml", ".json", ".py", ".txt", "Makefile", "run")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tool(*arguments: str) -> None:
    """Run a tool of this environment; its output is the failure."""
    here = Path(sys.executable).parent
    line = [str(here / arguments[0]), *arguments[1:]]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.lint
def test_imports_point_one_way() -> None:
    """The contracts of pyproject.toml are kept: rooms, two witnesses, libraries in their places."""
    _tool("lint-imports", "--no-cache")


@pytest.mark.lint
def test_types_are_right() -> None:
    """mypy, strict, over the package."""
    _tool("mypy")


@pytest.mark.lint
def test_ruff_has_nothing_to_say() -> None:
    """Every rule but those that pyproject.toml leaves out, each with its reason."""
    _tool("ruff", "check", "--output-format", "concise", ".")


@pytest.mark.lint
def test_the_code_is_formatted() -> None:
    """As ruff formats it."""
    _tool("ruff", "format", "--check", ".")


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_lives_there(path: Path) -> None:
    """Each module opens with a docstring."""
    told = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert told, f"{_name(path)} has no docstring"
    assert told.splitlines()[0].strip()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_no_longer_than_400_lines(path: Path) -> None:
    """A longer one has two things in it."""
    assert len(path.read_text("utf-8").splitlines()) <= _MOST_LINES


def test_the_embedded_server_reads_no_contract() -> None:
    """The second witness knows nothing of spec/, not even as a file."""
    for path in (ROOT / "conformance" / "reference").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"requirements\.yaml|open-points\.yaml|_spec\b|spec_folder|schemas/", text), _name(path)


def test_no_path_of_a_machine_stands_anywhere() -> None:
    """What works here must work in any clone."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if name.endswith(_TEXTS) and path.is_file() and path != Path(__file__) and not name.startswith("spec/clients"):
            found += [f"{name}: {hit}" for hit in _MACHINE.findall(path.read_text("utf-8", "replace"))]
    assert found == []


def test_the_version_stands_once() -> None:
    """pyproject.toml and the package agree, and the change log knows the version."""
    from conformance import __version__  # noqa: PLC0415 - the thing under test

    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_is_pinned() -> None:
    """constraints.txt names an exact version for each dependency of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    names = re.findall(
        r'^    "([A-Za-z][\w.-]*)[><=;"\[]',
        text.partition("dependencies = [")[2].partition("[project.scripts]")[0],
        re.MULTILINE,
    )
    pins = dict(line.lower().split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    missing = [name for name in names if name.lower().replace("_", "-") not in {pin.replace("_", "-") for pin in pins}]
    assert missing == []


def test_ci_runs_the_suite_last() -> None:
    """The last lines of .ci/run are pytest's own summary, and it stops at the first failure."""
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make conformance"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
