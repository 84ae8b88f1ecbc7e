"""When a look at the store is enough: a MUST is waited for as long as it takes, a SHOULD once and not for long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pretended import Server, ground, told

from conformance.checks.planning import plan
from conformance.contract import load
from conformance.plugin.settling import PATIENCE, Settling
from conformance.wire.records import Story

RENDERED = next(scenario for scenario in plan(ground()) if scenario.fact("title"))


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _seen(**fields: object) -> Story:
    """The story of a dynamic title, these fields of its alert as the store shows them."""
    story = told(RENDERED, Server(), 1)
    look = story.observations[-1]
    assert look is not None
    alert = {**look.alerts[0], "title": RENDERED.fact("title"), "labels": {}, "images": [], **fields}
    sent = RENDERED.stages[-1].pushes[-1].event() or {}
    alert["labels"] = sent.get("labels", {})
    return replace(story, observations=(*story.observations[:-1], replace(look, alerts=(alert,))))


def test_a_store_that_shows_what_it_must_and_should_is_enough() -> None:
    """No waiting where nothing is missing."""
    assert Settling(load())(_seen())


def test_a_title_that_is_not_rendered_yet_is_waited_for_once() -> None:
    """A SHOULD that is not met holds the run up for a few seconds in all, however many stories it is missing in."""
    clock = _Clock()
    settling = Settling(load(), clock=clock)
    assert not settling(_seen(title="raw"))
    clock.now += PATIENCE
    assert settling(_seen(title="raw"))
    assert settling(_seen(title="raw as well"))


def test_where_a_title_was_rendered_late_each_one_is_waited_for() -> None:
    """Waiting was not for nothing: what comes late once comes late again."""
    clock = _Clock()
    settling, raw, rendered = Settling(load(), clock=clock), _seen(title="raw"), _seen()
    assert not settling(raw)
    clock.now += 1.0
    assert settling(rendered)
    clock.now += 10 * PATIENCE
    other = replace(raw, scenario=replace(raw.scenario, id="another"))
    assert not settling(other)
    clock.now += PATIENCE
    assert settling(other)


@pytest.mark.parametrize("seconds", [0.0, 1000.0])
def test_what_must_be_stored_is_waited_for_all_the_same(seconds: float) -> None:
    """That wait is the driver's to end."""
    clock = _Clock()
    settling = Settling(load(), clock=clock)
    for _ in range(2):
        assert not settling(_seen(title_rule="another"))
        clock.now += seconds
