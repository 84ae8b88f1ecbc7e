"""The catalogue of faulty servers: well described, spread over the document, and each told from the plain server."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import requests
from fault_bench import KEY, Bench, JumpingLoop
from fault_probes import GROUPS, groups_for
from probe_events import EVENT

from conformance.reference.faults import all_faults
from conformance.reference.options import ServerOptions
from conformance.reference.rules import Rules
from conformance.reference.server import start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from conformance.reference.faults import Fault

FAULTS = all_faults()
CODES = (
    *("InvalidParameter", "InvalidContentType", "MethodNotAllowed", "Unauthorized", "AccessDenied"),
    *("RequestTooFrequently", "RouteNotFound", "ResourceNotFound", "NoLicense", "InternalError"),
)
ROWS = {
    "Header/Content-Type",
    "Query/integration_key",
    *(f"Payload/{name}" for name in ("title_rule", "event_status", "alert_key", "description", "labels", "images")),
    *(f"Image/{name}" for name in ("alt", "src", "href")),
    *(f"Response/{name}" for name in ("request_id", "error", "data")),
    "Data/alert_key",
    *(f"Error/{name}" for name in ("code", "message")),
    *(f"Code/{name}" for name in CODES),
    *(f"Example/{name}" for name in ("success", "failure")),
}


def finish(work: Coroutine[Any, Any, Any]) -> Any:
    """Run something in a loop in which nobody has to wait."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)


async def observe(rules: type[Rules], group: Callable[[Bench], AsyncIterator[Any]]) -> list[Any]:
    """Give all that is seen of a server."""
    bench = Bench(rules())
    try:
        return [seen async for seen in group(bench)]
    finally:
        bench.store.close()


async def differs(rules: type[Rules], group: Callable[[Bench], AsyncIterator[Any]], expected: list[Any]) -> bool:
    """Tell whether a server is seen to do other than expected; the rest is not looked at then."""
    bench, place = Bench(rules()), 0
    try:
        async for seen in group(bench):
            if seen != expected[place]:
                return True
            place += 1
    finally:
        bench.store.close()
    return False


@pytest.fixture(scope="module")
def plain() -> dict[str, list[Any]]:
    """Give what is seen of the plain server."""
    return {group.__name__: finish(observe(Rules, group)) for group in GROUPS.values()}


def test_the_probes_see_the_plain_server_the_same_each_time(plain: dict[str, list[Any]]) -> None:
    """What the probes see does not depend on time or chance."""
    for group in GROUPS.values():
        assert finish(observe(Rules, group)) == plain[group.__name__]


def shortcomings(fault: Fault) -> list[str]:
    """Say what is wrong with the description of a fault."""
    overridden = [name for name in vars(fault.rules) if not name.startswith("__") and hasattr(Rules, name)]
    same = [name for name in overridden if inspect.getattr_static(Rules, name) == vars(fault.rules)[name]]
    right = {
        "kebab-case name": re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name),
        "row of the document": fault.row in ROWS,
        "one sentence": re.fullmatch(r"[^\n{}]{10,160}\.", fault.summary.replace("`${name}`", "it")),
        "level": fault.level in ("must", "should"),
        "overrides a rule": overridden and not same,
    }
    return [what for what, holds in right.items() if not holds]


def test_each_fault_is_well_described() -> None:
    """It has a kebab-case name, a row of the document, one sentence, and overrides a rule."""
    assert {name: wrong for name, fault in FAULTS.items() if (wrong := shortcomings(fault))} == {}


def test_the_catalogue_covers_the_document() -> None:
    """At least 200 faults, each of the 29 rows has three of level must, and at least 40 are hard."""
    assert len(ROWS) == 29
    assert len(FAULTS) >= 200
    must = [fault.row for fault in FAULTS.values() if fault.level == "must"]
    assert {row: must.count(row) for row in ROWS if must.count(row) < 3} == {}
    assert sum(fault.hard for fault in FAULTS.values()) >= 40
    assert len({fault.summary for fault in FAULTS.values()}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_faulty_server_is_told_from_the_plain_one(fault: Fault, plain: dict[str, list[Any]]) -> None:
    """Some probe sees it do otherwise."""
    assert any(finish(differs(fault.rules, group, plain[group.__name__])) for group in groups_for(fault.row))


# Faults whose summary says that a reply of success has no id, or another one.
WITHOUT_ID = {"request-id-empty", "request-id-number", "request-id-missing-on-success", "example-id-in-data"}


async def answer(fault: Fault) -> Any:
    """Give what a faulty server answers to an event that has little in it."""
    bench = Bench(fault.rules())
    try:
        return await bench.push({**EVENT, "description": "d", "labels": {"a": "b"}})
    finally:
        bench.store.close()


def test_each_faulty_server_answers_a_plain_event() -> None:
    """A fault is one fault: a plain event gets a reply in the envelope, unless the summary says otherwise."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        for name, fault in FAULTS.items():
            status, body = runner.run(answer(fault))
            assert status in (200, 201, 302, 400) or f"{status}" in fault.summary, name
            assert isinstance(body, dict), name
            assert body.get("request_id") == "new" or name in WITHOUT_ID, name


@pytest.mark.parametrize("name", sorted(FAULTS)[::20])
def test_a_faulty_server_starts(name: str) -> None:
    """Every twentieth is started for real."""
    with start(ServerOptions(key=KEY, faults=(name,))) as server:
        reply = requests.post(server.push_url, params={"integration_key": KEY}, json=EVENT, timeout=5)
        assert isinstance(json.loads(reply.content), dict)
