"""Keys whose sameness is open: no verdict may rest on two of them being told apart, or taken for one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import pytest
from pretended import ground

from conformance.checks.ground import Ground
from conformance.checks.planning import plan
from conformance.contract import load
from conformance.drive.budget import sent_key

GIVEN = frozenset({"second-key", "observer", "loopback"})


def _closest(key: str) -> str:
    """What is left of a key for a server that takes as many for one as it may: a normal form, no blanks behind."""
    return unicodedata.normalize("NFKC", key).rstrip()


@pytest.mark.parametrize("budget", ["quick", "standard", "thorough"])
@pytest.mark.parametrize("seed", range(3))
def test_no_two_keys_that_are_judged_may_be_one(budget: str, seed: int) -> None:
    """Normal forms of Unicode and blanks at the end are open (DESIGN 4), in all scenarios of a run together."""
    keys: dict[str, set[str]] = defaultdict(set)
    for entry in plan(Ground(load(), ground().names, budget, seed, GIVEN)):
        if not entry.fact("loose"):
            for key in filter(None, map(sent_key, entry.pushes())):
                keys[_closest(key)].add(key)
    assert len(keys) > 20
    assert {form: found for form, found in keys.items() if len(found) > 1} == {}
