"""Query/integration_key: good keys that are refused, and refused pushes that are stored; must not know other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import store, wrong
from conformance.reference.records import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

ROW = "Query/integration_key"


def _next_one_too(where: Callable[[Call], str]) -> Callable[[Call], Any]:
    """Give for the next key what was found for an unknown one."""

    def find(call: Call) -> Any:
        missed: set[str] = call.memory.setdefault("missed", set())
        owner, place = call.plain(), where(call)
        if owner is None:
            missed.add(place)
        elif place in missed:
            missed.discard(place)
            return None
        return owner

    return find


def _not_on_this_connection(call: Call) -> Any:
    """Remember of a connection that it brought an unknown key, and refuse whatever comes on it."""
    denied: set[str] = call.memory.setdefault("denied", set())
    found = None if call.ctx.peer in denied else call.plain()
    if found is None and call.ctx.peer:
        denied.add(call.ctx.peer)
    return found


async def _store_without_key(call: Call) -> Any:
    try:
        return await call.plain()
    except Refusal:
        if not call.rules.key_of(call.ctx):
            await store(call)
        raise


wrong(
    "integration-key-refused-after-a-bad-one",
    ROW,
    "After a push with an unknown key, the next one on the same connection is refused though its key is good.",
    hard=True,
    find_integration=_next_one_too(lambda call: call.ctx.peer),
)
wrong(
    "integration-key-refused-for-the-connection",
    ROW,
    "A connection that brought an unknown key once is refused for as long as it lasts.",
    hard=True,
    find_integration=_not_on_this_connection,
)
wrong(
    "integration-key-refused-after-any-bad-one",
    ROW,
    "After a push with an unknown key, the next one is refused though its key is good.",
    hard=True,
    find_integration=_next_one_too(lambda _: ""),
)
wrong(
    "integration-key-missing-stored",
    ROW,
    "A push without integration_key is refused, and stored all the same.",
    push=_store_without_key,
)
