"""The long matrices run only where they are asked for: ``-m hostile_long``."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The marker of the long matrices."""
    config.addinivalue_line("markers", "hostile_long: every mode, every repetition; run by make test-hostile")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what takes long, unless it is asked for."""
    if "hostile_long" in (config.getoption("markexpr", default="") or ""):
        return
    dropped = [item for item in items if item.get_closest_marker("hostile_long")]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if not item.get_closest_marker("hostile_long")]
