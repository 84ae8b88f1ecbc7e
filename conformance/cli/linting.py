"""What a payload breaks, and what a server does about it, as values; reads no file and prints nothing.

The rules come from the contract: the oracle says what is refused or open, the schemas what may be sent and how much of
it is kept.  A finding is an *error* where the payload breaks the document so that a server refuses it or may do so, a
*loss* where it is accepted but not kept whole, and *open* where servers differ and all of them conform.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract import Contract
from conformance.contract.schemas import validator
from conformance.model.oracle import EITHER, REFUSE, breaches, expect
from conformance.model.scenario import Push, encode
from conformance.model.text import has_open_characters, within

ERROR, LOSS, OPEN = "error", "loss", "open"
_PROPER = {"title_rule": "proper", "event_status": "Info"}
#: What is wrong, for the breaches that no schema names.
_WORDS = {
    "title-rule.accepted": "is empty, blank, or holds control characters",
    "title-rule.extra-ignored": "an unknown field holds more than a plain value",
    "event-status.enum": "is none of the four statuses",
    "event-status.case": "is a status in another letter case",
    "event-status.blanks": "is a status with white space around it",
    "alert-key.optional": "is empty or null: taken as absent, or refused",
    "alert-key.accepted": "holds white space at an end, control characters, or characters that count as two",
    "alert-key.ok-needs-key": "a recovery must name the alert that is over",
    "labels.over-fifty": "too many labels",
    "src.missing-discarded": "an image has no src",
    "src.scheme-discarded": "src is no plain http or https link",
    "code.invalid-parameter.body": "the body is not a JSON object",
}
_SERVERS = {
    "alert-key.optional": "open: taken as absent, or refused",
    "labels.over-fifty": "open: refused, or so many are kept as the limit allows",
    "labels.accepted": "open: kept, changed, left out, or refused",
    "title-rule.missing-refused": "open: title is taken in its place, or refused",
    "src.missing-discarded": "open: the image is left out or kept without src, or the event refused",
    "src.scheme-discarded": "open: the image is left out or kept without src, or the event refused",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One rule that a payload breaks: the requirement and row, the place, what is wrong, what a server does."""

    severity: str
    requirement: str
    row: str
    place: str
    wrong: str
    server: str


def flaws(body: Any, contract: Contract) -> list[Flaw]:
    """Everything that is wrong with one event, errors first."""
    event = body if isinstance(body, Mapping) else None
    found = list(_broken(event, contract))
    if event is not None:
        found += [*_cut(event, contract), *_unnamed(event, contract, {flaw.row for flaw in found})]
    order = (ERROR, LOSS, OPEN)
    return sorted(dict.fromkeys(found), key=lambda flaw: order.index(flaw.severity))


def request_flaws(request: Mapping[str, Any], contract: Contract) -> list[Flaw]:
    """What is wrong around the event of a recorded client request: method, path, headers."""
    headers = tuple((str(name), str(value)) for name, value in (request.get("headers") or {}).items())
    path = str(request.get("path", ""))
    push = Push(
        encode(_PROPER),
        method=str(request.get("method", "POST")),
        headers=headers,
        path="{push}" if path.endswith("/event/push/alert/standard") else path,
    )
    expected = expect(push, contract)
    if expected.outcome not in (REFUSE, EITHER):
        return []
    severity = ERROR if expected.outcome == REFUSE else OPEN
    server = _refusal(expected.codes) if severity == ERROR else f"open: accepted, or {_refusal(expected.codes)}"
    wrong = contract.requirements[expected.requirement].statement
    return [Flaw(severity, expected.requirement, _row(expected.requirement, contract), "the request", wrong, server)]


def _broken(event: Mapping[str, Any] | None, contract: Contract) -> Iterator[Flaw]:
    """What the oracle says is refused or open, with the words of the schema where it names the place."""
    named = _schema_errors(event) if event is not None else {}
    by_row: dict[str, dict[str, str]] = {}
    for requirement, outcome in breaches(event, contract):
        by_row.setdefault(_row(requirement, contract), {})[requirement] = outcome
    for row, outcomes in by_row.items():
        errors = named.get(row, [])
        used = set()
        for place, wrong, kind in errors:
            requirement = _fitting(kind, list(outcomes))
            used.add(requirement)
            yield Flaw(ERROR, requirement, row, place, wrong, _server(requirement, outcomes[requirement]))
        for requirement, outcome in outcomes.items():
            if requirement == "labels.accepted":
                yield from _odd_labels((event or {})["labels"], contract)
            elif requirement not in used and not (errors and requirement == "title-rule.accepted"):
                yield _unplaced(requirement, outcome, event, contract)


def _unplaced(requirement: str, outcome: str, event: Mapping[str, Any] | None, contract: Contract) -> Flaw:
    """A breach that no schema names."""
    row = _row(requirement, contract)
    certain = outcome == REFUSE or requirement == "labels.over-fifty"
    wrong = _WORDS.get(requirement) or contract.requirements[requirement].statement
    if requirement == "labels.over-fifty":
        wrong = f"{len((event or {})['labels'])} labels, where {contract.limits.labels} are the most"
    place = "/" + row.partition("/")[2] if event is not None else "/"
    return Flaw(ERROR if certain else OPEN, requirement, row, place, wrong, _server(requirement, outcome))


def _server(requirement: str, outcome: str) -> str:
    if outcome == REFUSE:
        return _refusal(("InvalidParameter",))
    return _SERVERS.get(requirement, "open: accepted, changed or refused")


def _fitting(kind: str, requirements: list[str]) -> str:
    """Of the requirements that a row breaks, the one that a schema error of this kind is about."""
    signs = {
        "type": ("type",),
        "required": ("missing", "needs-key"),
        "anyOf": ("scheme",),
        "maxLength": ("over-limit",),
    }
    for sign in signs.get(kind, ()):
        for requirement in requirements:
            if sign in requirement:
                return requirement
    return requirements[0]


def _odd_labels(labels: Mapping[str, Any], contract: Contract) -> Iterator[Flaw]:
    """Labels of which the document does not say what becomes of them."""
    limits = contract.limits
    for name, value in labels.items():
        told = []
        if not limits.label_naming.fullmatch(name):
            told.append("has a name outside Prometheus naming")
        if len(name) > limits.label_key:
            told.append(f"has a name of {len(name)} characters, {limits.label_key} are the most")
        if value == "":
            told.append("has an empty value")
        if isinstance(value, str) and has_open_characters(value):
            told.append("holds control characters")
        for wrong in told:
            yield Flaw(OPEN, "labels.accepted", "Payload/labels", f"/labels/{name}", wrong, _SERVERS["labels.accepted"])


def _schema_errors(event: Mapping[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """The errors of the schema of what may be sent, by row: the place, what is wrong there, and the keyword."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for error in validator("alert-event.json").iter_errors(dict(event)):
        path = [str(part) for part in error.absolute_path]
        if error.validator == "required":
            path.append(next(name for name in error.validator_value if name not in error.instance))
        found.setdefault(_row_of(path), []).append(("/" + "/".join(path), _told(error), str(error.validator)))
    return found


def _told(error: Any) -> str:
    """A schema error in words, without repeating a long value."""
    value, kind, wanted = error.instance, error.validator, error.validator_value
    match kind:
        case "required":
            return "is missing"
        case "type":
            return f"is {_type(value)}, must be {_NAMES.get(wanted, wanted)}"
        case "enum":
            return f"is {json.dumps(value)[:60]}, must be one of {', '.join(wanted)}"
        case "maxLength":
            return f"has {len(value):,} characters, {wanted} are the most"
        case "anyOf" | "pattern":
            return f"is {json.dumps(value)[:60]}, neither a public http or https link nor an image_key"
    return "is empty" if kind == "minLength" else str(error.message)[:200]


_NAMES = {"string": "a string", "array": "an array", "object": "an object"}


def _type(value: Any) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")


def _cut(event: Mapping[str, Any], contract: Contract) -> Iterator[Flaw]:
    """What is accepted, but not kept whole."""
    limits = contract.limits
    labels = event.get("labels")
    texts: list[tuple[str, Any, int, str]] = [
        ("/title_rule", event.get("title_rule"), limits.title_rule, "title-rule.cut"),
        ("/description", event.get("description"), limits.description, "description.cut"),
    ]
    if isinstance(labels, Mapping):
        texts += [(f"/labels/{name}", value, limits.label_value, "labels.value-cut") for name, value in labels.items()]
    for place, image in _images(event):
        texts += [
            (f"{place}/alt", image.get("alt"), limits.alt, "alt.cut"),
            (f"{place}/href", image.get("href"), limits.href, "href.cut"),
        ]
        src = image.get("src")
        if isinstance(src, str) and within(src, limits.src) is False:
            wrong, told = f"has {len(src):,} characters, {limits.src} are the most", "discarded; the event is accepted"
            yield Flaw(LOSS, "src.over-limit-discarded", "Image/src", f"{place}/src", wrong, told)
    for place, value, limit, requirement in texts:
        if isinstance(value, str) and within(value, limit) is False:
            wrong = f"has {len(value):,} characters, {limit:,} are the most"
            yield Flaw(LOSS, requirement, _row(requirement, contract), place, wrong, f"cut to {limit:,}")


def _unnamed(event: Mapping[str, Any], contract: Contract, told: set[str]) -> Iterator[Flaw]:
    """Schema errors in rows of which the oracle said nothing: the document asks for what is not there."""
    for row, errors in _schema_errors(event).items():
        if row not in told:
            requirement = contract.of_row(row)[0]
            for place, wrong, _ in errors:
                yield Flaw(ERROR, requirement.id, row, place, wrong, "open: accepted, changed or refused")


def _images(event: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    images = event.get("images")
    for number, image in enumerate(images if isinstance(images, list) else []):
        if isinstance(image, Mapping):
            yield f"/images/{number}", image


def _row_of(path: list[str]) -> str:
    """The row of the document that a place in an event belongs to."""
    if len(path) > 2 and path[0] == "images":  # noqa: PLR2004 - images, number, field
        return f"Image/{path[2]}"
    return f"Payload/{path[0]}" if path else "Code/InvalidParameter"


def _row(requirement: str, contract: Contract) -> str:
    return contract.requirements[requirement].row


def _refusal(codes: tuple[str, ...]) -> str:
    return f"refused: {' or '.join(codes)}"
