"""The same seed draws the same values, whatever else a process has loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

_DRAWN = """
import hashlib
from conformance.checks.generated import bodies
from conformance.contract import load
from conformance.model.machine import programs
from conformance.model.strategies import draw, events

drawn = (draw(events(load()), 40, 17), programs(6, 12, 17), bodies(12, 17))
print(hashlib.sha256(repr(drawn).encode("utf-8", "surrogatepass")).hexdigest())
"""
_BEFORE = {
    "nothing": "",
    "the embedded server": "import conformance.reference.faults as faults; faults.all_faults()\n",
    "modules of somebody's": "import sys; sys.path.insert(0, {folder!r}); import somebodys\n",
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What processes draw that have loaded different things before."""
    folder = tmp_path_factory.mktemp("local")
    values = ", ".join(f'"word {number}", {number + 1}001, {number}.25' for number in range(200))
    (folder / "somebodys.py").write_text(f"VALUES = [{values}]\n", encoding="utf-8")
    return {
        name: subprocess.run(
            [sys.executable, "-c", before.format(folder=str(folder)) + _DRAWN],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.strip()
        for name, before in _BEFORE.items()
    }


def test_what_else_is_loaded_changes_no_draw(drawn: dict[str, str]) -> None:
    """Hypothesis would mix constants of local modules into what it draws."""
    assert len(set(drawn.values())) == 1, drawn
    assert all(len(digest) == 64 for digest in drawn.values())
