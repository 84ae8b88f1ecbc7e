"""Observers of the user's own: loaded by name, and what is wrong with them is told in a sentence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conformance.observe import Observer, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = """
from conformance.wire.records import Reading
class Good:
    name = "good"
    def read(self, alert_keys): return Reading(({"alert_key": alert_keys[0]},))
    def recent(self): return Reading(({"alert_key": "r"},))
    def close(self): raise RuntimeError("no")
class Raises(Good):
    def read(self, alert_keys): raise RuntimeError("the store\\nis gone")
class Odd(Good):
    def read(self, alert_keys): return [1]
class OddAlerts(Good):
    def read(self, alert_keys): return Reading((1,))
class Nameless:
    def read(self, alert_keys): ...
    def close(self): ...
class Closeless:
    name = "x"
    def read(self, alert_keys): ...
def failing(): raise OSError("no database")
thing = 7
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Put a module of the user's into the current folder."""
    (tmp_path / "my_observers.py").write_text(MODULE)
    (tmp_path / "my_broken.py").write_text("1/0")
    monkeypatch.chdir(tmp_path)
    yield "my_observers"
    sys.modules.pop("my_observers", None)


def test_an_observer_of_ones_own_is_loaded_by_name(module: str) -> None:
    """MODULE:FACTORY in the current folder is found, made and guarded; the import path is left as it was."""
    before = list(sys.path)
    observer = load(f"{module}:Good")
    assert isinstance(observer, Observer)
    assert observer.name == "good"
    assert observer.read(["a"]).alerts == ({"alert_key": "a"},)
    assert observer.recent().alerts == ({"alert_key": "r"},)  # type: ignore[attr-defined]
    observer.close()
    assert sys.path == before


@pytest.mark.parametrize(
    ("name", "says"),
    [("Raises", "RuntimeError"), ("Odd", "return a Reading"), ("OddAlerts", "return a dict")],
)
def test_what_an_observer_of_ones_own_does_wrong_is_a_problem_of_the_reading(module: str, name: str, says: str) -> None:
    """The run goes on, and says whose mistake it was."""
    reading = load(f"{module}:{name}").read(["a"])
    assert reading.problem is not None
    assert says in reading.problem
    assert reading.problem.isprintable()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nonsense", "MODULE:FACTORY"),
        (":x", "MODULE:FACTORY"),
        ("x:", "MODULE:FACTORY"),
        ("no_such_module_at_all:x", "cannot import"),
        ("my_broken:x", "ZeroDivisionError"),
        ("my_observers:missing", "no function or class missing"),
        ("my_observers:thing", "no function or class thing"),
        ("my_observers:failing", "no database"),
        ("my_observers:Nameless", "lacks a text attribute name"),
        ("my_observers:Closeless", "lacks a method close"),
    ],
)
@pytest.mark.usefixtures("module")
def test_a_mistake_in_the_name_or_the_class_is_told_in_a_sentence(name: str, says: str) -> None:
    """The user wrote it, so the user is told what to mend."""
    with pytest.raises(ValueError, match=says) as caught:
        load(name)
    assert "--observer" not in str(caught.value)  # whoever asks names the option, once
