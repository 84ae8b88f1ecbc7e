"""Scenarios of the life cycle: one alert through all its states, beside its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.checks.ground import CORE, QUICK, STANDARD, Event, Ground, push, scenario, scenes
from conformance.checks.image_levels import link
from conformance.model.scenario import Push, Scenario, Stage
from conformance.model.text import TRICKY, fill

SERVED = [
    "event-status.stored",
    "event-status.ok",
    "event-status.ok-closes",
    "event-status.ok-only-own",
    "event-status.second-ok",
    "event-status.ok-unknown",
    "event-status.retrigger",
    "alert-key.kept",
    "alert-key.exact",
    "alert-key.update",
    "alert-key.update-description",
    "alert-key.update-others",
    "alert-key.one-active",
    "data.alert-key.echo",
    "data.alert-key.generated-recovers",
    "data.alert-key.generated-unique",
]


TURNS = 3  # in full, in full and too long, bare
LABELS = {"check": "near", "resource": "same"}
#: What tells alerts apart that have all but the key in common; texts that careless code alters do so as well.
_TEXTS = (
    "number 0",
    '{"b": 1, "a":[1,2.50]}',
    "0",
    "null",
    "=1+1",
    "\u05d0\u05d1\u05d2",
    "2026-01-01T08:00:00.000Z",
)


def _too_long(ground: Ground) -> Event:
    """Every text that an event may hold, longer than what is kept of it."""
    limits = ground.contract.limits
    named = {"alt": fill(limits.alt + 9, "cjk"), "src": link(49, 3)}
    linked = {"alt": "linked", "src": link(51, 6), "href": link(limits.href + 9, 3)}
    return {
        "title_rule": fill(limits.title_rule + 9, "cjk"),
        "description": fill(limits.description + 9, "words"),
        "labels": {**LABELS, "odd": fill(limits.label_value + 9, "latin")},
        "images": [named, linked, {"alt": "far", "src": link(limits.src + 1, 4)}],
    }


def _told_apart(place: int) -> str:
    return _TEXTS[place] if place < len(_TEXTS) else f"number {place}"


@scenes
def one_life(ground: Ground) -> Iterator[Scenario]:
    """Open and update at once, recover, recover again, open again: after each step the store says so."""
    key = ground.names.key("Life.")
    first, last = ground.statuses[0], ground.statuses[-1]
    second = ground.statuses[1 % len(ground.statuses)]

    def event(status: str, text: str, **fields: object) -> Event:
        made = ground.event(text, alert_key=key, event_status=status, description=text)
        labels = {"check": "life", "step": text}
        if text == "again":  # limits hold in a second life, too
            over = {name: value for name, value in _too_long(ground).items() if name != "title_rule"}
            return {**made, **over, "labels": {**over["labels"], **labels}, **fields}
        return {**made, "labels": labels, **fields}

    yield scenario(
        "lifecycle.one",
        SERVED,
        Stage((push(event(second, "opened"), "alert-key.accepted"),), observe=False),  # one look less, no time between
        push(event(first, "opened"), "alert-key.update"),  # of another status, and nothing else
        push(ground.ok(key, description="over"), "event-status.ok"),
        push(ground.ok(key), "event-status.second-ok"),
        Stage((push(event(last, "again"), "event-status.retrigger"),), observe=False),
        Stage((push(event(ground.contract.recovery, "again"), "event-status.ok"),), observe=False),
        push(event(last, "again"), "event-status.retrigger"),  # like the last one, but that is over
        worth=CORE,
    )


@scenes
def neighbours(ground: Ground) -> Iterator[Scenario]:
    """Keys that differ in case, in the last of 255 characters, or by a prefix: an Ok of one closes that one alone."""
    limit = ground.contract.limits.alert_key
    base, long = ground.names.key("Key"), ground.names.long_key(limit)
    number = ground.names.digits(15)  # no prefix: what is compared as a number must be one
    star = base + "-a_7\U0001f525\u00e9,;|?&=@#x"
    ways = [("#x", "#x!"), ("_", "-"), ("\u00e9", "\u00c9"), ("7", "07"), ("\U0001f525", "\U0001f692")]
    ways += [("\u00e9", "e"), ("#x", "#y")]
    changed = [star.replace(old, new) for old, new in ways]
    tails = [long[:-1] + "x", long[:-1] + "y", long[:190] + "z" + long[191:], long[:-1]]
    wide = ground.names.long_key(limit, "cjk")
    code = base + "a+b%41\\//it's\u00dfI.Aa"  # Aa and BB have the same hash in Java
    alike = [
        ("a+", "a "),
        ("%41", "A"),
        ("\\", "/"),
        ("\\", ""),
        ("//", "/"),
        ("'", ""),
        ("\u00df", "ss"),
        ("I.", "\u0131."),
        ("Aa", "BB"),
        (".A", "A"),
    ]
    codes = [code, *(code.replace(old, new) for old, new in alike)]
    groups = [
        ("case", [base, base.swapcase(), base.lower()], STANDARD - 5),
        ("star", [star, star.swapcase(), *changed[: ground.size(2, 7, 7)], *tails[: ground.size(2, 0, 0)]], CORE + 2),
        ("tail", [*tails, wide[:-1] + "\u7532", wide[:-1] + "\u4e59"], STANDARD),
        ("codes", codes, STANDARD),
        ("prefix", [ground.names.key("p"), ground.names.key("p") + "-1", ground.names.key("p") + "%"], STANDARD),
        # the first one matches each of the others: as a pattern of SQL, of a shell, and as a regular expression
        ("signs", [base + "_.?%*1", base + "-.?zz*1", base + "_.x%zz1", base + "_x1"], STANDARD),
        ("separators", [*(base + s + "a" for s in ("/", "-", ".", ":", " ", "", "x/", "x:"))], STANDARD),
        ("digits", [number, "0" + number, number + ".0", number + "e0"], STANDARD),
        # none is another one in a normal form of Unicode: that is open
        ("marks", [base + "a!", base + "a\u00ad!", base + "á!", base + "à!", base + "&#97;!"], STANDARD),
    ]
    for name, keys, worth in groups:
        first, *others = (
            push(ground.event("near", alert_key=key, description=_told_apart(place), labels=LABELS), "alert-key.exact")
            for place, key in enumerate(keys)
        )
        same = {"title_rule": ground.names.title("near"), "labels": LABELS}  # the key alone says which alert is over
        closing = push(ground.ok(keys[0], **same), "event-status.ok")
        # The key that is closed comes last: a pattern finds only what is there already.
        yield scenario(f"lifecycle.near-{name}", SERVED, tuple(others), first, closing, worth=worth)


@scenes
def others_recovered(ground: Ground) -> Iterator[Scenario]:
    """Recoveries of keys that are nearly that of an active alert close nothing."""
    key = ground.names.key("Own-a.b")
    opened = push(ground.event("own", alert_key=key, description="stays"), "alert-key.accepted")
    near = [key.swapcase(), key.replace("-a.b", "-A.B"), key.replace("a.b", "a_b"), key[:-2]]
    near += [f"{key}2", f"x{key}", f"{key},x"]
    others = tuple(push(ground.ok(other), "event-status.ok-unknown", role="refusal") for other in near)
    steps, exact = (Stage((opened,), observe=False), others), "alert-key.exact"
    yield scenario("lifecycle.near-oks", SERVED, *steps, worth=STANDARD - 1, unmoved=exact)


@scenes
def no_pause(ground: Ground) -> Iterator[Scenario]:
    """Events of one key right after each other's replies, on one connection, count in that order."""
    first, mild = ground.statuses[0], ground.mild
    raised, closed = ground.names.key("raised"), ground.names.key("closed")

    def event(key: str, status: str, text: str) -> Push:
        made = ground.event(text, alert_key=key, event_status=status, description=text)
        return push(made, "alert-key.accepted" if text == "one" else "alert-key.update", connection=key)

    over = push(ground.ok(closed), "event-status.ok", connection=closed)
    steps = (event(raised, mild, "one"), event(raised, first, "two"), event(raised, mild, "three"))
    last = (event(raised, first, "four"),)
    yield scenario("lifecycle.raised-at-once", SERVED, steps + last, worth=STANDARD - 1)
    yield scenario("lifecycle.closed-at-once", SERVED, (event(closed, first, "one"), over), worth=STANDARD - 1)


@scenes
def refused_updates(ground: Ground) -> Iterator[Scenario]:
    """An event that is refused, of the key of an active alert, changes nothing about it; nor does a refused Ok."""
    unmoved = "code.invalid-parameter.not-stored"
    event = ground.event("steady", description="stays", labels={"check": "steady"})
    changed = {"title_rule": ground.names.title("changed"), "description": "changed", "labels": {"check": "changed"}}
    other = next((status for status in ground.statuses if status != event["event_status"]), ground.mild)
    spoilt: Event = {**event, **changed, "event_status": other}
    refusals: tuple[tuple[str, Event], ...] = (
        ("event-status.enum", spoilt | {"event_status": "Nonsense"}),
        ("title-rule.missing-refused", {name: value for name, value in spoilt.items() if name != "title_rule"}),
        ("event-status.missing-refused", {name: value for name, value in spoilt.items() if name != "event_status"}),
        ("event-status.case", spoilt | {"event_status": ground.contract.recovery.upper()}),
    )
    steps = (push(event, "alert-key.accepted"), *(push(body, rule, role="refusal") for rule, body in refusals))
    serves = [unmoved, *(rule for rule, _ in refusals)]
    yield scenario("lifecycle.refused", serves, *steps, twin="plain", unmoved=unmoved)
    wrong = {"labels": {"check": 7}, "images": "text"}
    for name, status in (("types", event["event_status"]), ("ok-types", ground.contract.recovery)):
        event = ground.event("steady", description="stays", labels={"check": "steady"})
        # A wrong type in an optional field may be left out instead: then it is an update, or a recovery, like any.
        refused = push({**event, **changed, **wrong, "event_status": status}, "labels.type")
        steps = (push(event, "alert-key.accepted"), refused)
        yield scenario(f"lifecycle.refused-{name}", [unmoved, "labels.type"], *steps, twin="plain", unmoved=unmoved)


@scenes
def unknown_key(ground: Ground) -> Iterator[Scenario]:
    """An Ok for a key that was never used opens nothing; an event after it opens an alert."""
    key = ground.names.key("never")
    ok = push(ground.ok(key, description="over"), "event-status.ok-unknown")
    event = push(ground.event("later", alert_key=key), "alert-key.accepted")
    worth = STANDARD if ground.budget == "quick" else QUICK
    yield scenario("lifecycle.unknown", SERVED, ok, event, worth=worth, open="alert-key.ok-unknown", open_stage=0)
    alone = push(ground.ok(ground.names.key("alone"), description="over"), "event-status.ok-unknown", role="refusal")
    yield scenario("lifecycle.unknown-alone", SERVED, alone, worth=QUICK - 4)


@scenes
def made_up_keys(ground: Ground) -> Iterator[Scenario]:
    """Keys that the server makes up differ, name their alert, take updates, and recover it alone."""
    title = ground.names.title("made up")  # the same for all: labels tell the alerts apart

    def event(text: str) -> Event:
        labels = {"check": text, "step": text}
        made = ground.event(text, alert_key=None, description=text, labels=labels, event_status=ground.statuses[0])
        return made | {"title_rule": title}

    both = (push(event("one"), "alert-key.optional"), push(event("two"), "alert-key.optional"))
    changed = (
        event("changed")
        | {"title_rule": ground.names.title("changed")}
        | {"event_status": ground.mild, "description": "2", "labels": {"check": "changed"}}
    )
    update = push(changed, "alert-key.update", key_from=1)
    closing = push(ground.ok(None), "event-status.ok", key_from=0)
    serves = [*SERVED, "alert-key.optional", "data.alert-key.present"]
    yield scenario("lifecycle.generated", serves, both, update, closing, worth=CORE + 1)


def _every_change(statuses: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A walk from status to status that makes every change once, and every repetition; the first has nothing before."""
    left = {(a, b) for a in statuses for b in statuses}
    now = statuses[0]
    yield "", now
    while left:
        # Itself first, then whoever is left that leads on: of an even graph that uses up every change.
        onward = [b for b in statuses if (now, b) in left]
        chosen = now if now in onward else max(onward, key=lambda b: sum(start == b for start, _ in left))
        left.remove((now, chosen))
        yield now, chosen
        now = chosen


@scenes
def escalations(ground: Ground) -> Iterator[Scenario]:
    """Every change of severity, and updates that leave fields out or send only some."""
    key = ground.names.key("change")
    text, changes = "before", []
    for place, (before, status) in enumerate(_every_change(ground.statuses)):
        if before in ("", status):  # where the severity changes it changes alone
            text = text.upper() if text.islower() else f"after {place}"  # another letter case is a change
        event = ground.event("change", alert_key=key, event_status=status, description=text, labels={"a": text})
        changes.append(push(event, "alert-key.update" if before else "alert-key.accepted"))
    yield scenario("lifecycle.changes", SERVED, *changes, push(ground.ok(key), "event-status.ok"), worth=STANDARD)
    key = ground.names.key("many")
    steps = [
        push(
            ground.event(
                "many",
                alert_key=key,
                description=f"{TRICKY} step {n}" if n % 3 else f"step {n}",
                event_status=ground.statuses[n // 2 % len(ground.statuses)],
                **({"images": [{"alt": f"step {n}", "src": link(46, n)}]} if n % 2 else {}),
            ),
            "alert-key.update",
        )
        for n in range(6)
    ]
    yield scenario("lifecycle.many-updates", SERVED, *steps, push(ground.ok(key), "event-status.ok"))
    key = ground.names.key("cycles")
    picture = {"alt": TRICKY[:90], "src": link(47, 1), "href": link(48, 2)}
    full = {"description": TRICKY, "labels": {**LABELS, "odd": TRICKY}, "images": [picture]}
    with_: tuple[Event, ...] = (full, full | _too_long(ground), {})
    cycle = [
        made
        for n in range(TURNS)
        for made in (
            push(ground.event("cycle", alert_key=key, **with_[n]), "event-status.retrigger"),
            push(ground.ok(key), "event-status.ok"),
        )
    ]
    more = (push(ground.ok(key), "event-status.second-ok") for _ in range(2))
    yield scenario("lifecycle.cycles", SERVED, *cycle, *more)
