"""Query/integration_key: keys taken that are none, and integrations that mix; must not know fields of the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.reference.faults.making import MAIN, alerts_of, breaks, constant, store, wrong
from conformance.reference.records import Refusal

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

ROW = "Query/integration_key"


def _has_name(call: Call) -> bool:
    return any(name == "integration_key" for name, _ in call.rules.query_pairs(call.ctx))


def _undecoded(call: Call) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in call.ctx.query.split("&")]
    return [(name, value if name == "integration_key" else unquote(value)) for name, _, value in pairs if name]


def _first_name(call: Call) -> bytes:
    """Give the name of the first parameter, as it is on the wire."""
    return str(call.ctx.query).partition("=")[0].encode()


def _prefix(call: Call) -> Any:
    return next((owner for key, owner in call.rules.keys.items() if call.value.startswith(key)), None)


def _beginning(call: Call) -> Any:
    long_enough = len(call.value) > 6
    return next((owner for key, owner in call.rules.keys.items() if long_enough and key.startswith(call.value)), None)


def _small_hex_undecoded(call: Call) -> list[tuple[str, str]]:
    return _undecoded(call) if re.search(r"%[0-9A-F]?[a-f]", call.ctx.query) else call.plain()


def _remember(call: Call) -> Any:
    owner = call.plain()
    if owner is not None and call.ctx.peer:
        call.memory[call.ctx.peer] = owner
    return owner


def _other_integration(call: Call, *, recovery: bool) -> Any:
    found = call.plain()
    event = call.value
    if found is None and event.alert_key is not None and (event.status == "Ok") is recovery:
        others = [alert for alert in alerts_of(call.rules) if alert.active and alert.alert_key == event.key]
        return others[-1] if others else None
    return found


def _taken_elsewhere(call: Call) -> Any:
    key = call.args[0].alert_key
    for alert in alerts_of(call.rules):
        if alert.active and alert.alert_key == key and alert.integration != call.args[0].integration:
            raise RuntimeError("UNIQUE constraint failed: alerts.alert_key")
    return call.plain()


def _strict_parameters(call: Call) -> Any:
    for name, _ in call.rules.query_pairs(call.ctx):
        if name != "integration_key":
            raise Refusal("InvalidParameter", f"unknown query parameter {name[:50]}")
    return call.plain()


async def _store_unknown(call: Call) -> Any:
    try:
        return await call.plain()
    except Refusal:
        key = call.rules.key_of(call.ctx)
        if key and key not in call.rules.keys and key not in call.rules.accounts:
            await store(call)
        raise


wrong("integration-key-unknown-accepted", ROW, "An unknown key is accepted.", unknown_key=constant(MAIN))
wrong(
    "integration-key-missing-accepted",
    ROW,
    "A push without integration_key is accepted.",
    missing_key=lambda call: call.plain() if _has_name(call) else MAIN,
)
wrong(
    "integration-key-empty-accepted",
    ROW,
    "A push whose integration_key is empty is accepted.",
    missing_key=lambda call: MAIN if _has_name(call) else call.plain(),
)
wrong(
    "integration-key-empty-500",
    ROW,
    "A push whose integration_key is empty is answered with 500.",
    missing_key=lambda call: breaks(call) if _has_name(call) else call.plain(),
)
wrong(
    "integration-key-missing-is-no-route",
    ROW,
    "A push without integration_key is answered with 404 RouteNotFound.",
    missing_key=lambda call: call.refuse("Request Method+Path not matched", "RouteNotFound"),
)
wrong(
    "integration-key-not-decoded",
    ROW,
    "Percent-encoding in integration_key is not decoded.",
    hard=True,
    query_pairs=_undecoded,
)
wrong(
    "integration-key-name-not-decoded",
    ROW,
    "Percent-encoding in the name of the parameter, as in integration%5Fkey, is not decoded.",
    hard=True,
    query_pairs=lambda call: call.plain() if b"%" not in _first_name(call) else [],
)
wrong(
    "integration-key-with-a-tail",
    ROW,
    "A key is accepted if it begins with a good one.",
    hard=True,
    find_integration=_prefix,
)
wrong(
    "integration-key-unchecked-for-recoveries",
    ROW,
    "An Ok is accepted with any key.",
    hard=True,
    unknown_key=lambda call: MAIN if b'"Ok"' in call.ctx.body else call.plain(),
)
wrong(
    "integration-key-checked-once-per-connection",
    ROW,
    "An unknown key is accepted on a connection that has pushed with a good one.",
    hard=True,
    find_integration=_remember,
    unknown_key=lambda call: call.memory.get(call.ctx.peer) or call.plain(),
)
wrong(
    "integration-key-quote-500",
    ROW,
    "A key with a quote in it is answered with 500.",
    hard=True,
    find_integration=lambda call: breaks(call) if "'" in call.value else call.plain(),
)
wrong(
    "integration-key-unknown-stored",
    ROW,
    "A push with an unknown key is refused, and stored all the same.",
    push=_store_unknown,
)
wrong(
    "integrations-share-their-alerts",
    ROW,
    "Two integrations that use the same alert_key update one alert.",
    owner=constant(MAIN),
)
wrong(
    "integrations-recover-each-other",
    ROW,
    "An Ok of one integration closes the other's alert of the same alert_key.",
    hard=True,
    find_active=lambda call: _other_integration(call, recovery=True),
)
wrong(
    "integrations-update-each-other",
    ROW,
    "An event of one integration updates the other's alert of the same alert_key.",
    hard=True,
    find_active=lambda call: _other_integration(call, recovery=False),
)
wrong(
    "integrations-cannot-use-the-same-key",
    ROW,
    "An alert_key that another integration uses is answered with 500.",
    hard=True,
    save_new=_taken_elsewhere,
)
wrong(
    "query-parameter-unknown-refused",
    ROW,
    "An unknown query parameter is refused.",
    level="should",
    key_of=_strict_parameters,
)
wrong(
    "integration-key-must-come-first",
    ROW,
    "The key is found only if it is the first query parameter.",
    hard=True,
    level="should",
    query_pairs=lambda call: call.plain()[:1],
)
wrong(
    "integration-key-of-which-the-end-is-missing",
    ROW,
    "A key is accepted if a good one begins with it.",
    hard=True,
    find_integration=_beginning,
)
wrong(
    "integration-key-small-hex-not-decoded",
    ROW,
    "Percent-encoding with small hexadecimal digits is not decoded.",
    hard=True,
    query_pairs=_small_hex_undecoded,
)
