"""Scenarios of single fields: each level alone, so that what falls in a combination is also seen by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from conformance.checks.ground import QUICK, STANDARD, THOROUGH, Event, Ground, push, scenario, scenes
from conformance.checks.image_levels import image_levels, link
from conformance.checks.levels import description_levels, key_levels, label_levels, title_levels
from conformance.checks.scenes.combinations import COUNTS, SERVED
from conformance.model.scenario import Scenario, Stage
from conformance.model.text import fill


@scenes
def levels_left(ground: Ground) -> Iterator[Scenario]:
    """The levels that the covering array has no room for, one of each field to an event."""
    fields = {
        "title_rule": title_levels(ground),
        "description": description_levels(ground),
        "labels": label_levels(ground),
        "images": image_levels(ground),
        "alert_key": key_levels(ground),
    }
    left = [[(field, level) for level in levels[ground.size(*COUNTS[field]) :]] for field, levels in fields.items()]
    for number, taken in enumerate(zip_longest(*left)):
        row = dict(filter(None, taken))
        given = {field: level.make() for field, level in row.items()}
        event = ground.event(f"left-{number}", **{field: value for field, value in given.items() if value is not None})
        if given.get("alert_key", "") is None:
            del event["alert_key"]
        told = tuple(sorted((field, (level.name, level.blame)) for field, level in row.items()))
        sent = push(event, "content-type.json")
        yield scenario(f"combination.left-{number}", SERVED, sent, worth=STANDARD + 1, factors=told)


@scenes
def fields_alike(ground: Ground) -> Iterator[Scenario]:
    """Fields that hold the same text as another, which careless code takes for a repetition."""
    text = f'"{ground.names.title("alike $$5")}"'
    event = ground.event("alike", title_rule=text, description=text, labels={"title_rule": text, "description": "x"})
    serves = ["description.kept", "title-rule.kept", "labels.kept"]
    yield scenario("description.like-title", serves, push(event, "description.accepted"))


_MARKS = (
    "<script>x('y')</script> <a onclick='y()'> https://a.example.com/b?c=1 javascript:x @all @here"
    " password=x a.b@c.example so\u00adft -- ../../etc/passwd ' or '1'='1 union select x ${jndi:y}"
    " 4111111111111111 13800138000 +49 30 1234567"
)


@scenes
def marked_texts(ground: Ground) -> Iterator[Scenario]:
    """A description that begins as a template, or a text of some format, is kept like any other."""
    event = ground.event(
        "marked", description=f"[MD] a **b** [TPL]${{check}} $check::b {_MARKS}", labels={"check": "c"}
    )
    yield scenario("description.marked", ["description.kept"], push(event, "description.accepted"))


@scenes
def over_fifty(ground: Ground) -> Iterator[Scenario]:
    """51 labels and 100: refused, or at most 50 of those sent are kept."""
    for count, worth in (
        (ground.contract.limits.labels + 1, QUICK - 3),
        (20 * ground.contract.limits.labels, STANDARD),
    ):
        labels = {f"n{(place * 37) % 1009:04d}": f"v{place}" for place in range(count)}
        event = ground.event("many/", labels=labels)
        yield scenario(
            f"labels.over-{count}",
            ["labels.over-fifty"],
            push(event, "labels.over-fifty"),
            worth=worth,
            open="labels.more-than-fifty",
        )
    most = ground.contract.limits.labels
    event = ground.event("many in two", labels={f"a{place}": "1" for place in range(most // 2 + 5)})
    second = event | {"description": "next", "labels": {f"b{place}": "2" for place in range(most // 2 + 5)}}
    third = event | {"description": "last", "labels": {f"c{place}": "3" for place in range(most + 1)}}
    steps = (push(event, "labels.accepted"), push(second, "alert-key.update"), push(third, "labels.over-fifty"))
    yield scenario("labels.over-in-two", ["labels.over-fifty", "alert-key.update-description"], *steps)


_BAD = ("missing", "javascript", "data", "file", "upper-javascript", "s3", "blob", "ws")


@scenes
def unusable_sources(ground: Ground) -> Iterator[Scenario]:
    """An image without src, with an empty one, with another scheme: never stored with it; its neighbour stays."""
    good, after = {"alt": "good", "src": link(44, 7)}, {"alt": "after", "src": link(43, 8) + "/"}
    rare = STANDARD + 4  # among several they are in every run
    cases = [
        ("missing", {"alt": "none", "href": "https://example.com/h"}, "src.missing-discarded", STANDARD),
        ("javascript", {"alt": "js", "src": f"javascript:alert(1)//{link(40, 1)}"}, "src.scheme-discarded", STANDARD),
        ("empty", {"alt": "empty", "src": "", "href": "https://example.com/h"}, "src.missing-discarded", STANDARD),
        ("null", {"alt": "null", "src": None}, "src.missing-discarded", STANDARD),
        ("number", {"alt": "number", "src": 7}, "src.missing-discarded", STANDARD),
        ("data", {"alt": "data", "src": "data:image/png;base64,iVBORw0KGgo="}, "src.scheme-discarded", rare),
        ("ftp", {"alt": "ftp", "src": "ftp://img.example.com/a.png"}, "src.scheme-discarded", STANDARD),
        ("httpx", {"alt": "httpx", "src": "httpx://img.example.com/a.png"}, "src.scheme-discarded", STANDARD),
        ("upper-javascript", {"alt": "JS", "src": "JavaScript:alert(1)"}, "src.scheme-discarded", rare),
        ("long-javascript", {"alt": "ljs", "src": fill(300, "ascii", "javascript:")}, "src.scheme-discarded", STANDARD),
        ("file", {"alt": "file", "src": "file:///srv/images/a.png"}, "src.scheme-discarded", rare),
        ("s3", {"alt": "s3", "src": "s3://images/a.png"}, "src.scheme-discarded", THOROUGH),
        ("blob", {"alt": "blob", "src": "blob:https://example.com/1f9c2e"}, "src.scheme-discarded", THOROUGH),
        ("ws", {"alt": "ws", "src": "ws://img.example.com/a.png"}, "src.scheme-discarded", THOROUGH),
    ]
    for name, image, rule, worth in cases:
        event = ground.event("src", images=[good, image, after])
        yield scenario(f"src.bad-{name}", [rule, "images.kept"], push(event, rule), worth=worth)
    several = [
        good,
        *(image for name, image, *_ in cases if name in _BAD),
        after,
    ]
    event = ground.event("src", images=several, description="two  blanks   between")  # one event shows all
    rules = ["src.missing-discarded", "src.scheme-discarded"]
    yield scenario("src.bad-several", [*rules, "images.kept"], push(event, rules[1]), worth=QUICK - 4)


@scenes
def empty_collections(ground: Ground) -> Iterator[Scenario]:
    """Labels and images that are there and empty mean none."""
    for name, empty in (("labels", {}), ("images", [])):
        sent = push(ground.event("empty", **{name: empty}), f"{name}.optional")
        worth = STANDARD if name == "images" else STANDARD + 4  # no labels are a level of combinations
        yield scenario(f"{name}.empty", [f"{name}.optional", f"{name}.absent-empty"], sent, worth=worth)


@scenes
def images_without(ground: Ground) -> Iterator[Scenario]:
    """An image may lack alt, or href; each alone."""
    whole = {"alt": "cpu of web-1.png", "src": link(50, 3), "href": "https://example.com/p?q=a+b%20c%2B&r=%E4%B8%BB"}
    other = {"alt": "disk of web-2.png", "src": link(51, 5), "href": link(61, 4)}
    for name in ("alt", "href"):
        images = [whole, {field: value for field, value in other.items() if field != name}]
        event = ground.event("without", images=images)
        yield scenario(
            f"{name}.absent", [f"{name}.optional", f"{name}.kept"], push(event, f"{name}.optional"), worth=STANDARD
        )


@scenes
def texts_of_images_over(ground: Ground) -> Iterator[Scenario]:
    """An alt, or an href, above its limit; each alone."""
    limits = ground.contract.limits
    for name, text in (
        ("alt", fill(limits.alt + 1, "cjk")),
        ("href", fill(limits.href + 1, head="https://example.com/p?x=")),
    ):
        image = {"src": link(52, 6), name: text}  # the other one absent: together they are in combinations
        requirement = f"{name}.over-limit-accepted"
        sent = push(ground.event("over", images=[image]), requirement)
        yield scenario(f"{name}.over", [requirement, f"{name}.cut"], sent, worth=STANDARD)


@scenes
def updates_over(ground: Ground) -> Iterator[Scenario]:
    """An update is cut like the event before it."""
    limits = ground.contract.limits
    start = ground.event("cut", description="first", labels={"check": "first"})
    texts = {"title_rule": fill(limits.title_rule + 9), "description": fill(limits.description + 9, "cjk")}
    fifty = {"check": fill(limits.label_value + 9, "latin")} | {f"l{n}": f"{n}" for n in range(1, limits.labels)}
    over: Event = {"description": "last", "labels": fifty}
    serves = ["title-rule.cut", "alert-key.update-description", "alert-key.update-others", "labels.value-cut"]
    steps = (push(start, "title-rule.accepted"), push({**start, **texts}, "title-rule.over-limit-accepted"))
    yield scenario(
        "title-rule.update-over", serves, *steps, push({**start, **over}, "labels.value-over-limit-accepted")
    )


@scenes
def updates_with_images(ground: Ground) -> Iterator[Scenario]:
    """Images of an update have the limits of any; two with one link and other texts are two images."""
    limits = ground.contract.limits
    start = ground.event(
        "pictured", images=[{"alt": "first", "src": link(54, 1)}, {"alt": "other", "src": link(54, 1)}]
    )
    long = {"alt": fill(limits.alt + 9), "src": link(55, 2), "href": link(limits.href + 9, 3)}
    over = [long, {"alt": "far", "src": link(limits.src + 1, 4)}]
    steps = (
        push(start, "images.accepted"),
        push({**start, "description": "again", "images": over}, "src.over-limit-accepted"),
    )
    serves = ["images.kept", "alt.cut", "href.cut", "src.over-limit-discarded"]
    yield scenario("images.update-over", serves, *steps, worth=STANDARD)


#: What template languages and formats take for the beginning of something, and what ends too early.
_HALVES = "cpu {{ %s {0} #{x} $(y) <%= `z` \\1 ${b $"


@scenes
def titles_like_templates(ground: Ground) -> Iterator[Scenario]:
    """A title that looks like half a template, or like one of another tool, is a title."""
    title = f"[FIRING:1] {ground.names.title('half')} :fire: {_HALVES}"
    sent = push(ground.event("", title_rule=title), "title-rule.accepted")
    yield scenario("title-rule.halves", ["title-rule.accepted"], sent, worth=STANDARD)


@scenes
def very_long_texts(ground: Ground) -> Iterator[Scenario]:
    """A text of more bytes than a small column or a frame holds is cut like any other; one to an event."""
    size, image = 70_000, {"alt": "far", "src": link(53, 8)}
    cases: list[tuple[str, str, Event]] = [
        ("title-rule", "title-rule.cut", {"title_rule": fill(size)}),
        ("description", "description.cut", {"description": fill(size, "words")}),
        ("labels", "labels.value-cut", {"labels": {"far": fill(size)}}),
        ("alt", "alt.cut", {"images": [{**image, "alt": fill(size)}]}),
        ("href", "href.cut", {"images": [{**image, "href": link(size)}]}),
        ("src", "src.over-limit-discarded", {"images": [{**image, "src": link(size)}]}),
    ]
    for check, kept, fields in cases:
        accepted = "labels.value-over-limit-accepted" if check == "labels" else f"{check}.over-limit-accepted"
        sent = push(ground.event("very long", **fields), accepted)
        yield scenario(f"{check}.very-long", [accepted, kept], sent, worth=STANDARD - 1)
    limits = ground.contract.limits
    fullest = {fill(limits.label_key, head=f"n{n}_"): fill(limits.label_value, "cjk") for n in range(limits.labels)}
    sent = push(ground.event("fullest", description=fill(limits.description, "cjk"), labels=fullest), "labels.accepted")
    yield scenario("labels.fullest", ["labels.accepted", "labels.fifty"], sent, worth=STANDARD - 1)


@scenes
def keys_like_nothing(ground: Ground) -> Iterator[Scenario]:
    """A key that some languages take for none is a key; on this machine alone, for others may use it as well."""
    if "loopback" not in ground.given:
        return
    for key in ("0", "null"):
        event = ground.event("", title_rule=ground.names.title("key"), alert_key=key)
        stage = Stage((push(event, "alert-key.accepted"),), observe=False)
        yield scenario(f"alert-key.word-{key}", ["alert-key.accepted", "data.alert-key.echo"], stage)
    event = ground.event("", title_rule=ground.names.title("key"), alert_key="constructor")
    serves = ["alert-key.accepted", "alert-key.kept"]
    yield scenario("alert-key.word-inherited", serves, push(event, "alert-key.accepted"))


@scenes
def titles_like_other_values(ground: Ground) -> Iterator[Scenario]:
    """A title that some languages take for nothing is a title."""
    for word in ("0", "null"):
        event = ground.event("", title_rule=word, description=ground.names.title("word"))
        serves = ["title-rule.accepted", "title-rule.kept"]
        yield scenario(f"title-rule.word-{word}", serves, push(event, "title-rule.accepted"))


@scenes
def unknown_fields(ground: Ground) -> Iterator[Scenario]:
    """Fields that the document does not name, as real clients send them, change nothing."""
    worst = ground.statuses[0]
    extras: list[Event] = [
        {"event_time": 1772100000},
        {"client": "suite", "alert_status": worst, "alert_severity": worst, "status": worst},
        {"severity": worst, "foo": True, "constructor": 1.5, "title": "another title"},
        {"status": ground.contract.recovery, "level": 3},
    ]
    for place, extra in enumerate(extras):
        event = {**ground.event("extra", description="stays"), **extra}
        serves = ["title-rule.extra-ignored", "title-rule.kept", "description.kept"]
        worth = {0: QUICK, 3: STANDARD + 4}.get(place, STANDARD)
        yield scenario(f"title-rule.extra-{place}", serves, push(event, "title-rule.extra-ignored"), worth=worth)
    image = {"alt": "wide", "src": link(45, 2), "width": 3, "type": "chart"}
    event = ground.event("extra", images=[image])
    serves = ["images.extra-ignored", "images.kept"]
    yield scenario("images.extra", serves, push(event, "images.extra-ignored"))
