"""Servers whose push is honest and whose read-back comes in good form but shows something else than was stored."""

import secrets
from collections.abc import Callable
from typing import Any

from .hooks import around
from .listener import Serve
from .messages import Reply, Request
from .modes import mode
from .stage import Stage

BROKEN = "The push conforms; a broken read-back fails no requirement of it, and what needs it is blocked."
SHOWN = "The wanted alerts are shown, so all can be judged (0); paging without end may count as broken (5)."
DOUBT = "As a broken read-back it blocks (5); taken at its word it shows alerts that are not what was sent (1)."


def _edits(name: str, summary: str, codes: set[int], why: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Define a mode whose read-back is honest, but for this change to its data."""

    @mode(f"readback-{name}", summary, codes, why)
    def build(stage: Stage) -> Serve:
        def edit(request: Request, reply: Reply) -> Reply:
            if request.is_read and "data" in reply.envelope:
                change(reply.envelope["data"])
            return reply

        return around(stage, edit=edit)


def _noise() -> dict[str, Any]:
    """Return an alert that nobody asked for."""
    return {
        "alert_id": secrets.token_hex(12),
        "alert_key": secrets.token_hex(16),
        "title": "noise",
        "title_rule": "noise",
        "description": "",
        "alert_severity": "Info",
        "alert_status": "Info",
        "start_time": 1_700_000_000,
        "last_time": 1_700_000_000,
        "end_time": 0,
        "labels": {},
        "images": [],
        "event_cnt": 1,
    }


def _page_on(data: dict[str, Any], kept: list[Any]) -> None:
    items = kept + [_noise() for _ in range(20)]
    cursor = data["search_after_ctx"] if data["has_next_page"] else f"x{secrets.token_hex(8)}"
    data |= {"total": 10**12, "has_next_page": True, "search_after_ctx": cursor, "items": items}


def _page_round(data: dict[str, Any]) -> None:
    if not data["has_next_page"]:
        data |= {"has_next_page": True, "search_after_ctx": "0"}


def _each_item(data: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> None:
    data["items"] = [change(item) for item in data["items"]]


_WRONG = {
    "title": 7,
    "title_rule": ["a"],
    "description": {"text": "b"},
    "labels": [["k", "v"]],
    "images": "none",
    "alert_status": 3,
    "alert_severity": None,
    "start_time": "yesterday",
    "end_time": "never",
    "event_cnt": "many",
}


def _nulled(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value or None for name, value in item.items()}


_edits(
    "items-not-objects",
    "Serves honestly, but the items of the read-back are numbers, strings and nulls.",
    {5},
    BROKEN,
    lambda data: data.update(items=[7, "alert", None, [], True]),
)
_edits(
    "items-not-a-list",
    "Serves honestly, but the items of the read-back are an object.",
    {5},
    BROKEN,
    lambda data: data.update(items={"0": "alert"}),
)
_edits(
    "items-missing", "Serves honestly, but the read-back holds no items member.", {5}, BROKEN, lambda data: data.clear()
)
_edits(
    "fields-of-wrong-types",
    "Serves honestly, but all fields of stored alerts but the keys have wrong types.",
    {1, 5},
    DOUBT,
    lambda data: _each_item(data, lambda item: item | _WRONG),
)
_edits(
    "fields-null",
    "Serves honestly, but all fields of stored alerts but the keys are null.",
    {1, 5},
    DOUBT,
    lambda data: _each_item(data, lambda item: dict.fromkeys(item) | {"alert_key": item["alert_key"]}),
)
_edits(
    "empties-null",
    "Serves honestly, but shows empty fields of stored alerts as null.",
    {0},
    "Absent fields may be shown as empty or left out; null is one way to show that nothing is there.",
    lambda data: _each_item(data, _nulled),
)
_edits(
    "shows-nothing",
    "Serves honestly, but the read-back is always empty.",
    {5},
    "Nothing becomes visible, not even a control: blocked, by the design's rule.",
    lambda data: data.update(items=[], total=0, has_next_page=False),
)
_edits(
    "shows-others",
    "Serves honestly, but the read-back shows alerts that nobody asked for, and no others.",
    {5},
    "Nothing of the run becomes visible, not even a control: blocked, by the design's rule.",
    lambda data: data.update(items=[_noise() for _ in range(20)], total=20, has_next_page=False),
)
_edits(
    "endless-pages",
    "Serves honestly, but each page of the read-back brings 20 new alerts of others, and says there is more.",
    {0, 5},
    SHOWN,
    lambda data: _page_on(data, data["items"]),
)
_edits(
    "endless-noise",
    "Serves honestly, but the read-back is endless pages of alerts of others.",
    {5},
    BROKEN,
    lambda data: _page_on(data, []),
)
_edits(
    "circular-pages",
    "Serves honestly, but says on the last page that there is another, and then shows the first again.",
    {0},
    "A page that brings nothing new ends the paging, and every alert was shown by then.",
    _page_round,
)
_edits(
    "lies-about-total",
    "Serves honestly, but the read-back tells a negative total, and on the last page a cursor that is null.",
    {0},
    "The alerts themselves are all shown, so everything can be judged.",
    lambda data: data.update(total=-5, search_after_ctx=data["search_after_ctx"] if data["has_next_page"] else None),
)
_edits(
    "shuffles",
    "Serves honestly, but each page of the read-back is in reverse order, its alerts in it twice.",
    {0, 1, 5},
    "Order is free and repeats have the same id (0); taken as two alerts of one key they break a row (1), or a "
    "read-back (5).",
    lambda data: data.update(items=(data["items"] * 2)[::-1]),
)
