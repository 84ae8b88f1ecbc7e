"""The fixture that items ask for: the verdicts of the run that this pytest makes; nothing else."""

from __future__ import annotations

import pytest

from conformance.checks.items import Verdicts

#: The name under which the run is registered.
RUN = "conformance-run"


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest) -> Verdicts:
    """The verdict of each requirement."""
    run = request.config.pluginmanager.get_plugin(RUN)
    if run is None:
        pytest.fail("no run: start pytest with --target-url URL, or name this suite's checks")
    made: Verdicts = run.verdicts()
    return made
