"""Judges one stored alert against the event that opened it, field by field; knows nothing of sequences.

Yields (requirement, sentence or None): None means that the requirement held here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.checks.judge.bench import shown
from conformance.checks.judge.stored_images import images
from conformance.checks.judge.stored_text import Outcome, absent, text
from conformance.contract import Contract
from conformance.model.text import difference, is_template


def title(event: Mapping[str, Any], alert: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """title_rule as stored, or title where the store shows no rule and the rule holds no sign of a dynamic title."""
    sent, limit = event.get("title_rule"), contract.limits.title_rule
    if not isinstance(sent, str) or not sent.strip():
        return
    stored = alert.get("title_rule")
    if not isinstance(stored, str) or not stored:
        if is_template(sent):
            return
        stored = alert.get("title")
    yield from text(sent, stored, limit, "title-rule.kept", "title-rule.cut")


def description(event: Mapping[str, Any], alert: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """description, cut to its limit; empty when it was not sent."""
    sent, stored = event.get("description"), alert.get("description")
    if isinstance(sent, str) and sent:
        yield from text(sent, stored, contract.limits.description, "description.kept", "description.cut")
    elif not sent and (sent is None or isinstance(sent, str)):
        yield from absent(stored, "description.absent-empty")
    elif stored:
        yield "description.type", f"a description of {shown(sent)} was accepted and stored as {shown(stored)}"
    else:
        yield "description.type", None


def labels(event: Mapping[str, Any], alert: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """Labels: as sent, no other; values cut; at most as many as may be kept."""
    sent, stored, limits = event.get("labels", {}), alert.get("labels") or {}, contract.limits
    if sent is None:
        return
    if not isinstance(stored, dict):
        yield "labels.kept", f"labels are stored as {shown(stored)}, which is no map"
        return
    if not isinstance(sent, dict):
        yield (
            "labels.type",
            None if not stored else f"labels of {shown(sent)} were accepted and stored as {shown(stored)}",
        )
        return
    if not sent:
        yield from absent(stored, "labels.absent-empty")
        return
    yield from _label_types(stored)
    if len(sent) > limits.labels:
        yield from _over_fifty(sent, stored, contract)
        return
    full = len(sent) == limits.labels
    if full:
        lost = sorted(set(sent) - set(stored))
        yield (
            "labels.fifty",
            f"of {len(sent)} labels {len(stored)} are stored; missing: {shown(lost[:5])}" if lost else None,
        )
    mistyped = any(not isinstance(value, str) for value in sent.values())  # what is left out with them is open
    for name, value in sent.items():
        told = full and name not in stored  # a label that the fiftieth pushed out
        if not told and (not mistyped or not isinstance(value, str)):
            yield from _label(name, value, stored, contract)
    yield from _other_labels(sent, stored, contract)


def _label_types(stored: Mapping[str, Any]) -> Iterator[Outcome]:
    wrong = {name: value for name, value in stored.items() if not isinstance(value, str)}
    yield "labels.strings", f"label values are stored that are no strings: {shown(wrong)}" if wrong else None


def _over_fifty(sent: Mapping[str, Any], stored: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    limit = contract.limits.labels
    too_many = f"{len(sent)} labels were sent and {len(stored)} are stored; at most {limit} may be"
    if len(stored) > limit:
        yield "labels.over-fifty", too_many
        return
    alien = {name: value for name, value in stored.items() if sent.get(name) != value}
    yield "labels.over-fifty", f"labels are stored that were not sent so: {shown(alien)}" if alien else None


def _label(name: str, value: Any, stored: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    limits = contract.limits
    if len(name) > limits.label_key or not limits.label_naming.fullmatch(name):
        return  # what becomes of such a label is open
    if not isinstance(value, str):
        if value is not None:
            kept = name in stored and stored[name] not in ("", None)
            yield (
                "labels.type",
                f"a label value of {shown(value)} was accepted and stored as {shown(stored[name])}" if kept else None,
            )
        return
    if not value:
        return  # an empty value may be kept or left out
    if name not in stored:
        yield from _missing_label(name, stored, contract)
        return
    if len(name) == limits.label_key:
        yield "labels.key-at-limit", None
    for requirement, sentence in text(value, stored[name], limits.label_value, "labels.kept", "labels.value-cut"):
        told = f"label {shown(name)}: {sentence}" if sentence else None
        if sentence and difference(value, stored[name], limits.label_value) == "letter case changed":
            yield "labels.case", told
        else:
            yield requirement, told
    if name.lower() != name or value.lower() != value:
        yield "labels.case", None


def _missing_label(name: str, stored: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    if name.lower() in {other.lower() for other in stored}:
        yield "labels.case", f"label {shown(name)} is not stored under that name, but in another letter case"
    elif len(name) == contract.limits.label_key:
        yield "labels.key-at-limit", f"the label whose key has {len(name)} characters is not stored under it"
    else:
        yield "labels.kept", f"label {shown(name)} is not stored"


def _other_labels(sent: Mapping[str, Any], stored: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """No label appears that was not sent; keys of open fate may come back changed."""
    naming, limit = contract.limits.label_naming, contract.limits.label_key
    if any(len(name) > limit or not naming.fullmatch(name) for name in sent):
        return
    other = {name: value for name, value in stored.items() if name not in sent}
    folded = {name.lower() for name in sent}
    if other and not all(name.lower() in folded for name in other):
        yield "labels.kept", f"labels are stored that were not sent: {shown(other)}"


def beyond(alert: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """Texts longer than may be kept, whichever event brought them: an update or a recovery is cut like any event."""
    limits = contract.limits
    kept_labels, kept_images = alert.get("labels"), alert.get("images")
    labels_ = kept_labels.items() if isinstance(kept_labels, dict) else ()
    images_ = [entry for entry in kept_images if isinstance(entry, dict)] if isinstance(kept_images, list) else []
    texts = [
        ("title-rule.cut", "title_rule", alert.get("title_rule"), limits.title_rule),
        ("description.cut", "description", alert.get("description"), limits.description),
        *(("labels.value-cut", f"label {shown(name)}", value, limits.label_value) for name, value in labels_),
        *(("alt.cut", "alt of an image", image.get("alt"), limits.alt) for image in images_),
        *(("href.cut", "href of an image", image.get("href"), limits.href) for image in images_),
        *(("src.over-limit-discarded", "src of an image", image.get("src"), limits.src) for image in images_),
    ]
    for requirement, name, value, limit in texts:
        if isinstance(value, str) and len(value) > limit:
            yield requirement, f"{name} is stored with {len(value)} characters; at most {limit} may be"


def whole(
    event: Mapping[str, Any], alert: Mapping[str, Any], contract: Contract, blind_to: Sequence[str] = ()
) -> Iterator[Outcome]:
    """Every field of a new alert that the observer can show."""
    for judge in (title, description, labels, images):
        if judge.__name__ not in blind_to:
            yield from judge(event, alert, contract)


def rendered(scenario_title: str, requirement: str, alert: Mapping[str, Any]) -> Iterator[Outcome]:
    """The title that a dynamic title_rule gives (SHOULD), where the store shows more than the rule."""
    got = alert["title"]
    same = isinstance(got, str) and got == scenario_title
    yield requirement, None if same else f"title was to be {shown(scenario_title)}, the store shows {shown(got)}"
