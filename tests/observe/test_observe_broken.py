"""A read-back that is broken is a problem in one sentence; an empty list, however it is shown, is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from observe_servers import APP_KEY, AlertList, alert, read

from conformance.wire.records import Reading


class Says(AlertList):
    """Answers the same, whatever is asked."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        super().__init__()
        self.said = status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Return the answer."""
        return self.said


BROKEN = {
    "wrong key": (Says(401, {"error": {"code": "Unauthorized"}}), "check --app-key"),
    "wrong key in a 200": (Says(200, {"error": {"code": "AccessDenied"}}), "check --app-key"),
    "no such page": (Says(404, {"error": {"code": "RouteNotFound"}}), "--read-url"),
    "no such page, plainly": (Says(404, b"not found"), "404"),
    "redirect": (Says(302, b"", Location="/login"), "--read-url"),
    "HTML": (Says(200, b"<html>\x1b[31m"), "no JSON"),
    "no JSON object": (Says(200, [1]), "no object"),
    "no data": (Says(200, {"request_id": "1"}), "data.items"),
    "data of a push": (Says(200, {"data": {"alert_key": "k1"}}), "data.items"),
    "data of another shape": (Says(200, {"data": [1]}), "data.items"),
    "items of another shape": (Says(200, {"data": {"items": {"a": 1}}}), "data.items"),
    "an item that is none": (Says(200, {"data": {"items": [alert(1), "x"]}}), "item 1"),
    "items without keys": (Says(200, {"data": {"items": [{"title": "x"}]}}), "alert_key"),
    "deep nesting": (Says(200, b"[" * 100_000), "no JSON"),
    "a huge number": (Says(200, b'{"data":' + b"9" * 10_000 + b"}"), "no list"),
    "not UTF-8": (Says(200, b'{"data":"\xff"}'), "no JSON"),
    "5xx": (Says(503, b"", **{"Retry-After": "86400"}), "503"),
    "429 for ever": (Says(429, {"error": {"code": "RequestTooFrequently"}}), "429"),
    "nobody there": (None, "no answer"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_read_back_is_a_problem_in_one_sentence(case: str) -> None:
    """Never an exception, never an empty reading that looks like an empty store; and few requests."""
    alerts, says = BROKEN[case]
    reading = read(alerts, ["k1"])
    assert reading.alerts == ()
    assert reading.problem is not None
    assert says in reading.problem
    assert "\n" not in reading.problem
    assert reading.problem.isprintable()
    assert APP_KEY not in reading.problem
    assert len(reading.exchanges) <= 4


@pytest.mark.parametrize("data", [{"items": None, "total": 0}, {"total": 0}, {"has_next_page": False}, {}, None])
def test_null_items_are_an_empty_list(data: object) -> None:
    """Servers written in Go send null for an empty list, or leave it out with all else that is empty."""
    assert read(Says(200, {"data": data}), ["k1"]) == Reading(exchanges=(1,))
