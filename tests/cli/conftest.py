"""Makes the helpers of this folder importable, and makes the runs that several tests look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_runs import report


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that conforms."""
    return report(tmp_path_factory.mktemp("runs") / "good", "--row", "Payload/title_rule")


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with one fault."""
    return report(tmp_path_factory.mktemp("runs") / "bad", "--row", "Payload/title_rule", "--fault", "title-cut-at-511")
