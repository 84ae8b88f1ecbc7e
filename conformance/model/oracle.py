"""What a conforming server answers to a push: accept, refuse with which codes, or either; pure.

It reads the push and the contract only.  Each rule names the requirement that demands it, so that a server that does
otherwise is blamed on the right row.  Whatever the document leaves open is ``either``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract import Contract
from conformance.model.scenario import Push
from conformance.model.text import has_open_characters, within

ACCEPT, REFUSE, EITHER = "accept", "refuse", "either"
#: A plain link names a host of a domain, no address and no port, and holds none of the signs that a strict pattern may
#: leave out, nor what makers of canonical links take away: `.` and `..` in its path.
_LINK = re.compile(
    r"https?://([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[a-z]{2,}"
    r"(/(?!\.\.?(/|\?|$))[A-Za-z0-9._~-]*)*(\?[A-Za-z0-9._=&%-]*)?",
    re.ASCII,
)
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_UNKNOWN_KEYS = ("unknown", "near", "longer", "shorter", "odd", "other-case", "encoded-twice", "inherited", "pattern")
_EXTRA = "title-rule.extra-ignored"
_FIELDS = {"title_rule", "event_status", "alert_key", "description", "labels", "images", "title"}
_IMAGE_FIELDS = {"alt", "src", "href"}
#: What a request without a Content-Type may be refused with, whatever else is wrong with it.
_INCOMPLETE = ("InvalidContentType", "InvalidParameter")
_WRONG_METHODS = ("GET", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come back: ``requirement`` demands it, ``codes`` are fine for a refusal (empty: any of the ten)."""

    outcome: str
    requirement: str = ""
    codes: tuple[str, ...] = ()


def expect(push: Push, contract: Contract, event: Mapping[str, Any] | None = None) -> Expectation:
    """What a conforming server answers to this push (``event``: the body as sent, when a key was put into it)."""
    parameter = ("InvalidParameter",)
    for rule in (_path, _method, _content_type, _credential):
        verdict = rule(push, contract)
        if verdict is not None:
            return verdict
    found = list(breaches(event if event is not None else push.event(), contract))
    refusals = [requirement for requirement, outcome in found if outcome == REFUSE]
    if refusals:
        return Expectation(REFUSE, refusals[0], parameter)
    if found:
        return Expectation(EITHER, found[0][0], parameter)
    if push.varies not in (_EXTRA, "images.extra-ignored") and has_extra(
        event if event is not None else push.event() or {}
    ):
        return Expectation(EITHER, _EXTRA, parameter)  # SHOULD be ignored: only where that is the question
    return Expectation(ACCEPT, push.varies or "content-type.json")


def _path(push: Push, contract: Contract) -> Expectation | None:
    if push.path == "{push}":
        return None
    wrong_as_well: tuple[str, ...] = () if push.method == "POST" else ("MethodNotAllowed",)
    wrong_as_well += () if push.headers else _INCOMPLETE
    return Expectation(REFUSE, "code.route-not-found", ("RouteNotFound", *wrong_as_well))


def _method(push: Push, contract: Contract) -> Expectation | None:
    if push.method == "POST":
        return None
    accepts = contract.requirements["code.method-not-allowed"].accepts
    if not any(name.lower() == "content-type" for name, _ in push.headers):
        accepts = (*accepts, *_INCOMPLETE)
    return Expectation(
        REFUSE if push.method in (*_WRONG_METHODS, "HEAD") else EITHER, "code.method-not-allowed", accepts
    )


def _content_type(push: Push, contract: Contract) -> Expectation | None:
    values = [value for name, value in push.headers if name.lower() == "content-type"]
    media, _, rest = values[0].partition(";") if values else ("", "", "")
    missing, other = "content-type.missing-refused", "content-type.other-refused"
    if not values or values == [""]:
        return Expectation(REFUSE, missing, contract.requirements[missing].accepts)
    if media.strip() and "/" not in media:  # no media type at all, as if none were named; no 5xx for that
        return Expectation(EITHER, missing, contract.requirements[missing].accepts)
    if len(values) == 1 and media.strip().lower() != "application/json" and media.strip():
        # A body that is not of the parts that its type announces is a wrong parameter as well.
        broken = ("InvalidParameter",) if media.strip().lower().startswith("multipart/") else ()
        return Expectation(REFUSE, other, (*contract.requirements[other].accepts, *broken))
    if len(values) > 1 or not media.strip() or (rest and rest.strip().lower() != "charset=utf-8"):
        return Expectation(EITHER, "content-type.parameters", ("InvalidContentType", "InvalidParameter"))
    if media != "application/json" or rest:
        # SHOULD be accepted; refusing it breaks no MUST
        return Expectation(ACCEPT, "content-type.parameters", ("InvalidContentType",))
    return None


def _credential(push: Push, contract: Contract) -> Expectation | None:
    demanded = {"absent": "key.missing-refused", "other-name": "key.missing-refused", "empty": "key.empty-refused"}
    demanded |= dict.fromkeys(_UNKNOWN_KEYS, "key.unknown-refused")
    if push.credential in demanded:
        found = demanded[push.credential]
        return Expectation(REFUSE, found, contract.requirements[found].accepts)
    if push.credential.startswith("account:"):
        code = push.credential.partition(":")[2]
        of_account = next((r.id for r in contract.requirements.values() if r.needs == push.credential), None)
        return Expectation(REFUSE, of_account, (code,)) if of_account else None
    if "then" in push.credential:
        return Expectation(EITHER, "key.unknown-refused", contract.requirements["key.unknown-refused"].accepts)
    return None


def breaches(event: Mapping[str, Any] | None, contract: Contract) -> Iterator[tuple[str, str]]:
    """Every rule that an event breaks, as (requirement, ``refuse`` or ``either``); a proper event breaks none."""
    if event is None:
        yield "code.invalid-parameter.body", REFUSE
        return
    yield from _title(event)
    yield from _status(event, contract)
    yield from _key(event, contract)
    yield from _optional_text(event, "description", "description.type")
    yield from _labels(event, contract)
    yield from _images(event, contract)
    for name, value in event.items():
        if name not in _FIELDS and (isinstance(value, dict | list) or has_open_characters(name + str(value))):
            yield _EXTRA, EITHER


def _title(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    instead = "title" in event
    if "title_rule" not in event:
        yield "title-rule.missing-refused", EITHER if instead else REFUSE
    elif not isinstance(event["title_rule"], str):
        yield "title-rule.type-refused", EITHER if instead else REFUSE
    elif not event["title_rule"].strip() or has_open_characters(event["title_rule"]):
        yield "title-rule.accepted", EITHER


def _status(event: Mapping[str, Any], contract: Contract) -> Iterator[tuple[str, str]]:
    if "event_status" not in event:
        yield "event-status.missing-refused", REFUSE
        return
    status = event["event_status"]
    if not isinstance(status, str):
        yield "event-status.type-refused", REFUSE
    elif status not in contract.statuses:
        lowered = {name.lower() for name in contract.statuses}
        if status.strip() in contract.statuses:
            yield "event-status.blanks", REFUSE
        else:
            yield ("event-status.case" if status.lower() in lowered else "event-status.enum"), REFUSE


def _key(event: Mapping[str, Any], contract: Contract) -> Iterator[tuple[str, str]]:
    key, recovery = event.get("alert_key"), event.get("event_status") == contract.recovery
    if key is None or key == "":
        if recovery:
            yield "alert-key.ok-needs-key", REFUSE
        elif "alert_key" in event:
            yield "alert-key.optional", EITHER
    elif not isinstance(key, str):
        yield "alert-key.type", EITHER
    elif within(key, contract.limits.alert_key) is False:
        yield "alert-key.over-limit-refused", REFUSE
    elif within(key, contract.limits.alert_key) is None or has_open_characters(key) or key != key.strip():
        yield "alert-key.accepted", EITHER


def _optional_text(holder: Mapping[str, Any], name: str, requirement: str) -> Iterator[tuple[str, str]]:
    if name in holder and (not isinstance(holder[name], str) or has_open_characters(holder[name])):
        yield requirement, EITHER


def _labels(event: Mapping[str, Any], contract: Contract) -> Iterator[tuple[str, str]]:
    labels, limits = event.get("labels", {}), contract.limits
    if not isinstance(labels, dict):
        yield "labels.type", EITHER
        return
    if len(labels) > limits.labels:
        yield "labels.over-fifty", EITHER
    for name, value in labels.items():
        if not isinstance(value, str):
            yield "labels.type", EITHER
        elif not value or has_open_characters(value):
            yield "labels.accepted", EITHER
        if len(name) > limits.label_key or not limits.label_naming.fullmatch(name):
            yield "labels.accepted", EITHER


def _images(event: Mapping[str, Any], contract: Contract) -> Iterator[tuple[str, str]]:
    images = event.get("images", [])
    if not isinstance(images, list):
        yield "images.type", EITHER
        return
    for image in images:
        if not isinstance(image, dict):
            yield "images.type", EITHER
            continue
        yield from _optional_text(image, "alt", "alt.type")
        yield from _optional_text(image, "href", "href.type")
        kind = source_kind(image.get("src"), contract)
        if kind not in ("link", "over-long"):
            missing = kind == "missing"
            yield ("src.missing-discarded" if missing else "src.scheme-discarded"), EITHER


def source_kind(src: Any, contract: Contract) -> str:
    """What an image's src is: ``link``, ``over-long``, ``missing``, ``scheme`` (another one), or ``unusual`` (open)."""
    if not isinstance(src, str) or not src:
        return "missing"
    scheme = _SCHEME.match(src)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return "scheme"
    if not src.startswith(("http://", "https://")) or not src.isascii() or not _LINK.fullmatch(src):
        return "unusual"
    return "link" if len(src) <= contract.limits.src else "over-long"


def has_extra(event: Mapping[str, Any]) -> bool:
    """Whether an event, or an image of it, has a field that the document does not name."""
    images = event.get("images")
    inner = [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []
    return bool(event.keys() - _FIELDS) or any(image.keys() - _IMAGE_FIELDS for image in inner)
