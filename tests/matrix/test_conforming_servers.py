"""No false alarm: servers that conform in different ways all conform, and differ in their fingerprint alone."""

from __future__ import annotations

import pytest
from matrix_runs import fallen, run

from conformance.contract import load
from conformance.reference.variants import all_variants

WAYS = ["", *sorted(all_variants())]
SEEDS = range(20)


def _conforms(**settings: object) -> None:
    result = run(**settings)
    assert fallen(result, should=True) == []
    assert result.exit_code == 0, result.sentence


@pytest.mark.parametrize("variant", WAYS)
def test_every_way_to_conform_conforms(variant: str) -> None:
    """At standard no requirement falls, SHOULD or MUST, and every MUST is judged."""
    result = run(variant=variant or None)
    assert fallen(result, should=True) == []
    closing = {"code.invalid-parameter.keep-alive": "not-applicable"}  # a server that closes after a refusal
    left = {r.id: r.verdict for r in result.requirements if r.level == "must" and r.verdict != "pass"}
    assert left in ({}, closing)


def test_the_fingerprint_tells_the_ways_apart() -> None:
    """Two servers that answer open points differently have different fingerprints, in known answers only."""
    strict, lenient = run(variant="strict").fingerprint, run(variant="lenient").fingerprint
    assert sum(strict.get(point) != lenient.get(point) for point in load().open_points) > 8
    for point, answer in strict.items():
        known = {name for name, _ in load().open_points[point].answers}
        assert not known or set(answer.split(" / ")) <= known, (point, answer)


@pytest.mark.parametrize("variant", ["", "late"])
def test_a_store_that_shows_alerts_late_is_waited_for(variant: str) -> None:
    """With alerts visible after a second, a quick run conforms all the same."""
    _conforms(variant=variant or None, budget="quick", visible_after=1.0)


def test_without_a_read_back_nothing_stored_is_passed() -> None:
    """Every requirement of the stored alert is not-observed, none passes, and the run conforms."""
    result = run(observers=("none",))
    of_store = {entry.id for entry in load().requirements.values() if entry.observed_in == "stored"}
    assert {r.verdict for r in result.requirements if r.id in of_store} == {"not-observed"}
    assert result.exit_code == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("variant", WAYS)
@pytest.mark.parametrize("late", [0.0, 1.0])
@pytest.mark.parametrize("budget", ["quick", "standard", "thorough"])
def test_no_seed_raises_a_false_alarm(budget: str, variant: str, seed: int, late: float) -> None:
    """Every way at every budget, with alerts visible at once and after a second."""
    _conforms(variant=variant or None, budget=budget, seed=seed, visible_after=late)
