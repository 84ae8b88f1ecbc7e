"""Scenarios of the table of error codes: wrong methods and paths, accounts that answer a code, the rate."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.ground import CORE, QUICK, STANDARD, Ground, push, refusal, scenario, scenes
from conformance.model.scenario import BURST, Scenario, Stage

_WATCHED = 10  # pushes of a burst over the rate that have an alert of their own


@scenes
def wrong_methods(ground: Ground) -> Iterator[Scenario]:
    """GET, PUT, PATCH and DELETE with a proper event; HEAD by its status alone."""
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        sent = refusal(ground.event("method"), "code.method-not-allowed", method=method)
        serves = ["code.method-not-allowed"]
        worth = CORE if method in ("GET", "PUT") else QUICK
        yield scenario(f"code.method-{method}", serves, Stage((sent,), False), worth=worth, twin="plain", final=True)
    bare = refusal(b"", "code.method-not-allowed", method="GET", headers=())
    yield scenario(
        "code.method-GET-bare", ["code.method-not-allowed"], Stage((bare,), False), worth=STANDARD, twin="plain"
    )
    for method in ("OPTIONS", "TRACE", "PURGE"):
        sent = refusal(b"", "code.method-not-allowed", method=method, headers=())
        point = "method.unusual" if method == "OPTIONS" else ""
        yield scenario(
            f"code.method-{method}", ["code.method-not-allowed"], Stage((sent,), False), any=True, open=point
        )


@scenes
def other_paths(ground: Ground) -> Iterator[Scenario]:
    """Paths that are not the push path are not found; variants of its spelling are open."""
    paths = [
        ("{push}/nosuch", CORE),
        ("/event/push/alert/nosuch", STANDARD),
        ("{push}x", STANDARD),
        ("{push}.json", STANDARD),
    ]
    paths += [("/event/push/alert", QUICK - 1), ("/elsewhere{push}", STANDARD)]
    for place, (path, worth) in enumerate(paths):
        sent = refusal(ground.event("path"), "code.route-not-found", path=path)
        yield scenario(
            f"code.path-{place}", ["code.route-not-found"], Stage((sent,), False), worth=worth, twin="plain", final=True
        )
    get = refusal(b"", "code.route-not-found", path="{push}/nosuch", method="GET", headers=())
    yield scenario("code.path-get", ["code.route-not-found"], Stage((get,), False), worth=QUICK + 1, twin="plain")
    variants = [("{push}/", "path.trailing-slash"), ("{PUSH}", "path.case"), ("/{push}", "path.double-slash")]
    for path, point in variants:
        sent = push(ground.event("variant"), "code.route-not-found", path=path)
        yield scenario(f"code.{point}", ["code.route-not-found"], Stage((sent,), False), any=True, open=point)


@scenes
def accounts(ground: Ground) -> Iterator[Scenario]:
    """Keys of accounts that answer a certain code."""
    for requirement in ground.contract.requirements.values():
        needs = requirement.needs or ""
        if not needs.startswith("account:") or needs not in ground.given:
            continue
        for place, extra in enumerate(({}, {"description": "full", "labels": {"check": "a"}})):
            sent = refusal(ground.event("account", **extra), requirement.id, credential=needs)
            worth = STANDARD if place else CORE + 4
            yield scenario(
                f"{requirement.id}-{place}",
                [requirement.id],
                Stage((sent,), False),
                worth=worth,
                twin="plain",
                final=True,
            )


@scenes
def the_rate(ground: Ground) -> Iterator[Scenario]:
    """As many pushes as it takes to go over the rate; what is refused must not be stored."""
    limit = next((name.partition(":")[2] for name in ground.given if name.startswith("rate-limit:")), "")
    if not limit:
        return
    count = int(limit)
    apart = "account:Limited"  # an account with a rate of its own, where the run has one
    credential = apart if apart in ground.given else "main"
    # What is refused must not be stored, what is taken must be: a few keys of their own at the end of the burst, where
    # the rate is exceeded, show that.  The others share an alert, or each of them would cost a recovery as well.
    shared = ground.event("rate")
    events = [{**shared, "description": f"number {n}"} for n in range(max(0, count - _WATCHED))]
    events += [ground.event("rate") for _ in range(min(count, _WATCHED))]
    burst = tuple(push(event, "code.request-too-frequently", credential=credential, role=BURST) for event in events)
    serves = ["code.request-too-frequently"]
    worth = CORE - 1 if count <= _WATCHED else STANDARD - 1
    last = credential == "main"
    yield scenario("code.rate", serves, Stage(burst), worth=worth, rate=True, exclusive=True, last=last, final=True)
