"""The wheel, installed elsewhere, is whole: spec and templates travel along, and the suite runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def _run(*line: str, folder: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CONFORMANCE_", "PYTHON"))}
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    to = tmp_path_factory.mktemp("wheel")
    done = _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(to), str(ROOT), folder=to)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return next(to.glob("*.whl"))


def test_the_wheel_carries_everything(wheel: Path) -> None:
    """The whole of spec/, the templates of the report, the mark of typed packages; no tests of ours."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "spec").rglob("*"):
        if path.is_file():
            assert f"conformance/_spec/{path.relative_to(ROOT / 'spec').as_posix()}" in names
    for path in (ROOT / "conformance/report/templates").iterdir():
        if path.suffix in (".j2", ".css"):
            assert f"conformance/report/templates/{path.name}" in names
    assert "conformance/py.typed" in names
    assert not any(name.startswith(("tests/", "spec/")) for name in names)


def test_the_installed_wheel_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment, which borrows the libraries of this one, a quick run conforms."""
    home, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    venv.create(home, with_pip=False)
    site = next(home.glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = str(home / "bin" / "python")
    where = _run(python, "-c", "import conformance; print(conformance.__file__)", folder=empty)
    assert str(site) in where.stdout, where.stdout + where.stderr
    done = _run(
        python, "-m", "pytest", "--pyargs", "conformance", "--budget", "quick", "-p", "no:cacheprovider", folder=empty
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "conforms: " in done.stdout
    assert (empty / "reports/latest/conformance.html").is_file()
