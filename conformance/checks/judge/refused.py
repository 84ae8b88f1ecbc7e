"""What proper events that were refused have in common, and no accepted one has: the one thing to blame; no judgement.

A server that demands a field, or dislikes one kind of image, refuses many events that differ in much else.  What all
of them share, and none that was accepted, is told once; where nothing is, each refusal is explained by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import expectation, pushes_of
from conformance.checks.judge.reply import ACCEPTED, Answer, read, sent_event
from conformance.checks.judge.traits import Event, Has, Trait
from conformance.contract import Contract
from conformance.model.links import FORMS
from conformance.model.oracle import ACCEPT, REFUSE, source_kind
from conformance.model.scenario import JSON_TYPE, Push
from conformance.wire.records import Story

_ENOUGH_ACCEPTED, _ENOUGH_REFUSED = 3, 2
_LARGE = 16 * 1024  # in bytes: what many servers take at most, and few events are
_FAR = 4  # so many times over a limit some servers take for another matter than one that is merely over it
JSON = JSON_TYPE[0][1]
Words = tuple[str, str]


def common_trait(bench: Bench, stories: Mapping[str, Story]) -> Trait | None:
    """The trait of all refused proper events that no accepted event has; usually there is none."""
    taken: list[Event] = []
    refused: list[Event] = []
    types: dict[bool, set[str]] = {True: set(), False: set()}  # of what was accepted, and of what was not
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            event = sent_event(push, exchange)
            if event is None or push.credential != "main":
                continue
            if read(exchange).kind == ACCEPTED:
                taken.append(event)
                types[True].add(_media_type(push))
            elif expectation(bench, story, push, exchange).outcome == ACCEPT:
                refused.append(event)
                types[False].add(_media_type(push))
    if types[True] and types[False] == {JSON} and JSON not in types[True]:
        return Trait("content-type.json", lambda _: True, lambda _: True)
    if not refused or len(taken) < _ENOUGH_ACCEPTED:
        return None
    traits = (*_of_fields(bench.contract), *_of_lengths(bench.contract), *_of_recoveries(bench.contract))
    if len(refused) >= _ENOUGH_REFUSED:
        traits = (*traits, *_of_images(bench.contract), _larger(max(map(_size, taken))))
    return next(
        (trait for trait in traits if all(map(trait.has, refused)) and not any(map(trait.sure, taken))),
        None,
    )


def _larger(accepted: int) -> Trait:
    """A body is larger than any accepted one: it must have room for the longest text of the document."""

    def has(event: Event) -> bool:
        return _size(event) > max(accepted, _LARGE)

    return Trait("description.over-limit-accepted", has, has)


def _size(event: Event) -> int:
    return len(json.dumps(event, ensure_ascii=False).encode(errors="replace"))


def said_of_keys(bench: Bench, stories: Mapping[str, Story]) -> frozenset[Words]:
    """What is said to those who push with a bad key, and to few others who are rightly refused."""
    said: dict[bool, list[Words]] = {True: [], False: []}
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            expected = expectation(bench, story, push, exchange)
            if expected.outcome == REFUSE and (words := words_of(read(exchange))) is not None:
                of_keys = bench.contract.requirements[expected.requirement].row == "Query/integration_key"
                said[of_keys].append(words)
    return frozenset(words for words in said[True] if 2 * said[False].count(words) < len(said[False]))


def words_of(answer: Answer) -> Words | None:
    """The code of a refusal and its message, where it has one."""
    message = answer.error.get("message") if answer.error is not None else None
    return (answer.code, message) if isinstance(answer.code, str) and isinstance(message, str) and message else None


def _media_type(push: Push) -> str:
    return next((value.lower() for name, value in push.headers if name.lower() == "content-type"), "")


def _of_fields(contract: Contract) -> tuple[Trait, ...]:
    """A field is missing, or empty; a status."""

    def lacking(name: str) -> Trait:
        def lacks(event: Event) -> bool:
            return not event.get(name)

        return Trait(f"{name.replace('_', '-')}.optional", lacks, lambda event: name not in event)

    def empty(name: str) -> Trait:
        def is_empty(event: Event) -> bool:
            return name in event and not event[name]

        return Trait(f"{name.replace('_', '-')}.optional", is_empty, is_empty)

    def of_status(status: str) -> Trait:
        def has(event: Event) -> bool:
            return event.get("event_status") == status

        return Trait(f"event-status.{status.lower()}", has, has)

    names = ("description", "labels", "images", "alert_key")
    return (*map(lacking, names), *map(empty, names), *map(of_status, contract.statuses))


def _of_lengths(contract: Contract) -> tuple[Trait, ...]:
    """A text is longer than is kept of it, or exactly as long: in a field, a label's value, a field of an image."""
    limits = contract.limits

    def some(requirement: str, texts: Callable[[Event], Iterable[Any]], is_of_length: Callable[[int], bool]) -> Trait:
        def has(event: Event) -> bool:
            return any(isinstance(text, str) and is_of_length(len(text)) for text in texts(event))

        return Trait(requirement, has, has)

    def values(event: Event) -> Iterable[Any]:
        labels = event.get("labels")
        return labels.values() if isinstance(labels, dict) else ()

    def of_images(name: str) -> Callable[[Event], Iterable[Any]]:
        return lambda event: [image.get(name) for image in _images(event)]

    places: tuple[tuple[str, Callable[[Event], Iterable[Any]], int], ...] = (
        ("title-rule.", lambda event: [event.get("title_rule")], limits.title_rule),
        ("description.", lambda event: [event.get("description")], limits.description),
        ("labels.value-", values, limits.label_value),
        ("alt.", of_images("alt"), limits.alt),
        ("href.", of_images("href"), limits.href),
    )
    return (
        *(some(f"{name}over-limit-accepted", texts, limit.__lt__) for name, texts, limit in places),
        *(some(f"{name}over-limit-accepted", texts, (_FAR * limit).__lt__) for name, texts, limit in places),
        *(some(f"{name}accepted", texts, limit.__eq__) for name, texts, limit in places[:2]),
    )


def _of_recoveries(contract: Contract) -> tuple[Trait, ...]:
    """A recovery brings more than it must: a text that is too long, or a field that it may leave out."""

    def only(requirement: str, has: Has) -> Trait:
        def recovers(event: Event) -> bool:
            return event.get("event_status") == contract.recovery and has(event)

        return Trait(requirement, recovers, recovers)

    def brings(name: str) -> Has:
        return lambda event: bool(event.get(name))

    fields = ("description", "labels", "images")
    lengths = (only(trait.requirement, trait.has) for trait in _of_lengths(contract))
    return (*lengths, *(only("event-status.ok", brings(name)) for name in fields))


def _of_images(contract: Contract) -> tuple[Trait, ...]:
    """What images are like; of those that are to be discarded nobody knows whether the server looked at them."""

    def kept(event: Event) -> Iterator[Event]:
        return (image for image in _images(event) if source_kind(image.get("src"), contract) == "link")

    def some(requirement: str, has: Has, sure: Has | None = None) -> Trait:
        def among_all(event: Event) -> bool:
            return any(map(has, _images(event)))

        def among_kept(event: Event) -> bool:
            return any(map(sure or has, kept(event)))

        return Trait(requirement, among_all, among_kept)

    def lacking(name: str) -> Trait:
        return some(f"{name}.optional", lambda image: not image.get(name), lambda image: name not in image)

    def src(has: Callable[[str], bool]) -> Trait:
        return some("src.accepted", lambda image: isinstance(image.get("src"), str) and has(image["src"]))

    def too_long(event: Event) -> bool:
        links = [image["src"] for image in _images(event) if isinstance(image.get("src"), str)]
        return any(len(link) > contract.limits.src for link in links)

    def counted(has: Callable[[int], bool]) -> Trait:
        def number(event: Event) -> bool:
            return has(len(_images(event)))

        return Trait("images.accepted", number, number)

    return (
        lacking("alt"),
        lacking("href"),
        Trait("src.over-limit-accepted", too_long, too_long),
        *(src(is_of_form) for _, is_of_form in FORMS),
        src(lambda link: len(link) == contract.limits.src),
        counted(lambda number: number > 0),
        counted(lambda number: number == 1),
        counted(lambda number: number > 1),
    )


def _images(event: Event) -> list[Event]:
    images = event.get("images")
    return [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []
