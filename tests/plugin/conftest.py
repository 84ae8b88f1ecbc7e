"""Makes the helpers of this folder importable, and runs once what several tests look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from plugin_runs import Done, suite


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A quick run against the embedded server, with every plugin that the environment brings, as a user has them."""
    return suite(tmp_path_factory.mktemp("quick"), "--budget", "quick", bare=False)
