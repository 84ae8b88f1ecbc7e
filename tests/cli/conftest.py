"""Makes the helpers of this folder importable, and makes the runs that several tests look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def _run(folder: Path, *options: str) -> Path:
    import subprocess  # noqa: PLC0415 - one use

    line = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-p", "no:cacheprovider", "-q", *options]
    subprocess.run(
        [*line, "--report-dir", str(folder)], cwd=folder.parent, capture_output=True, timeout=300, check=False
    )
    assert (folder / "conformance.json").is_file()
    return folder


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that conforms."""
    return _run(tmp_path_factory.mktemp("runs") / "good", "--row", "Payload/title_rule")


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with one fault."""
    return _run(tmp_path_factory.mktemp("runs") / "bad", "--row", "Payload/title_rule", "--fault", "title-cut-at-511")
