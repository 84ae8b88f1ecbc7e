"""What scenarios cost, which of them fit, and that nobody takes what is held back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from drive_fakes import event, one

from conformance.drive.budget import BUDGETS, Budget, cost, cut, overhead
from conformance.model.scenario import Push, Scenario, Stage


def _refusal(push: Push) -> Push:
    return Push(push.body, role="refusal")


@pytest.mark.parametrize(
    ("scenario", "price"),
    [
        pytest.param(one("s", event("k")), 2, id="an open alert is recovered"),
        pytest.param(one("s", event("k"), event("k", "Ok")), 2, id="a recovered one is not"),
        pytest.param(one("s", event("k"), event("k", "Ok"), event("k")), 4, id="one opened again is"),
        pytest.param(one("s", (event("a"), event("b"), event("a"))), 5, id="each key once"),
        pytest.param(one("s", event()), 2, id="a generated key is recovered"),
        pytest.param(one("s", (event(), event())), 4, id="each generated key"),
        pytest.param(one("s", event(), Push(event("x", "Ok").body, key_from=0)), 2, id="recovered by its own key"),
        pytest.param(one("s", _refusal(event("k"))), 1, id="a refusal opens nothing"),
        pytest.param(one("s", Push(b"{")), 2, id="a body that is no event might open something"),
        pytest.param(
            one("s", (event("k"), Push(event("k").body, credential="second"))), 4, id="two integrations, two alerts"
        ),
    ],
)
def test_cost_is_pushes_and_recoveries(scenario: Scenario, price: int) -> None:
    """A scenario costs its pushes and one recovery for each alert it leaves open."""
    assert cost(scenario) == price


def test_the_most_worthy_scenarios_fit_first() -> None:
    """Lower worth comes first, equal worth in the plan's order, and the rest is named."""
    plan = [one("c", event("c"), worth=9), one("a", event("a"), worth=1), one("b", event("b"), worth=1)]
    chosen, left = cut(plan, 7, 3)
    assert [s.id for s in chosen] == ["a", "b"]
    assert [s.id for s in left] == ["c"]


def test_a_twin_is_brought_along_before_whoever_needs_it() -> None:
    """A refusal counts only beside its twin, so both fit or neither does."""
    plan = [one("no", _refusal(event("n")), twin="yes", worth=1), one("yes", event("y"), worth=9)]
    assert [s.id for s in cut(plan, 3, 0)[0]] == ["yes", "no"]
    assert cut(plan, 2, 0)[0] == [plan[1]]


def test_a_twin_that_is_chosen_is_paid_once() -> None:
    """Two refusals share their twin."""
    plan = [one(f"no{i}", _refusal(event("n")), twin="yes") for i in range(2)] + [one("yes", event("y"), worth=99)]
    assert [s.id for s in cut(plan, 4, 0)[0]] == ["yes", "no0", "no1"]


def test_twins_in_a_circle_are_no_endless_loop() -> None:
    """A plan that is wrong in this way is still cut."""
    plan = [one("a", event("a"), twin="b"), one("b", event("b"), twin="a")]
    assert {s.id for s in cut(plan, 10, 0)[0]} == {"a", "b"}


def test_what_is_held_back_is_for_those_who_hold_it() -> None:
    """Recoveries are reserved first: others run out before they do."""
    budget = Budget(4)
    assert budget.take(1, keep=1)
    assert budget.take(1, keep=1)
    assert not budget.take(1)
    budget.release(2)
    assert budget.take(2)
    assert not budget.take(1)
    assert (budget.spent, budget.left, budget.held) == (4, 0, 0)


def test_the_limit_holds_for_any_number_of_threads() -> None:
    """Requests are counted one by one whoever asks."""
    budget = Budget(100)
    with ThreadPoolExecutor(8) as pool:
        granted = sum(pool.map(lambda _: budget.take(1, keep=1), range(1000)))
    assert granted == 50
    assert budget.spent + budget.held == 100


def test_reads_and_controls_are_set_aside() -> None:
    """Each round costs a control, its recovery, a look at it and the keys; refusals one look more at the end."""
    plan = [one(f"s{i}", event(f"k{i}"), event(f"k{i}", "Ok")) for i in range(150)]
    slack = overhead(plan, None)
    assert overhead(plan, lambda n: -(-n // 100)) == slack + 2 * (2 + 1 + 2)
    assert overhead(plan[:50], lambda n: -(-n // 100)) == overhead(plan[:50], None) + 2 * (2 + 1), "one look shows all"
    refusals = [one("r", Stage((_refusal(event("r")),), observe=False))]
    assert overhead(refusals, lambda n: -(-n // 100)) == overhead(refusals, None) + 2


def test_budgets_have_the_names_of_the_option() -> None:
    """The numbers are those promised to users."""
    assert BUDGETS == {"quick": 150, "standard": 1000, "thorough": 10000}
