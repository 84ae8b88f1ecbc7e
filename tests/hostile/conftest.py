"""Long matrices run only where they are asked for, ``-m hostile_long``; servers of the fleet end with their test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from fleet import start
from fleet_talk import APP_KEY, KEY, Start


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


@pytest.fixture
def hostile() -> Iterator[Start]:
    """Start modes that are closed at the end of the test."""
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(start(name, key=KEY, app_key=APP_KEY))
