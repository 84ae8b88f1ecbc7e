"""Judges one stored alert against the event that opened it, field by field; knows nothing of sequences.

Yields (requirement, sentence or None): None means that the requirement held here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.checks.judge.bench import shown
from conformance.contract import Contract
from conformance.model.oracle import source_kind
from conformance.model.text import cuts, difference, has_open_characters, has_open_space, is_template, squeezed, within

Outcome = tuple[str, str | None]


def text(sent: str, stored: Any, limit: int, kept: str, cut: str) -> Iterator[Outcome]:
    """A text field: kept within its limit, cut to exactly its first characters above it."""
    requirement = kept if within(sent, limit) else cut
    if has_open_characters(sent):
        return
    if not isinstance(stored, str) and stored is not None:
        yield requirement, f"stored as {shown(stored)} instead of text"
        return
    accepted = cuts(sent, limit)
    value = stored or ""
    if value in accepted or (has_open_space(sent) and squeezed(value) in {squeezed(entry) for entry in accepted}):
        yield requirement, None
    elif not has_open_space(sent) or not squeezed(sent).startswith(squeezed(value)[:20]):
        wanted = f"the first {limit}" if requirement == cut else f"all {len(sent)}"
        yield (
            requirement,
            f"{wanted} characters were to be kept; the server did otherwise: {difference(sent, stored, limit)}",
        )


def absent(stored: Any, requirement: str) -> Iterator[Outcome]:
    """A field that was not sent is empty, null or left out."""
    yield requirement, None if not stored else f"was not sent, yet the store shows {shown(stored)}"


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
    elif "description" not in event or sent == "":
        yield from absent(stored, "description.absent-empty")
    elif sent is not None and stored:
        yield "description.type", f"a description of {shown(sent)} was accepted and stored as {shown(stored)}"
    elif sent is not None:
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
    if len(sent) == limits.labels:
        lost = sorted(set(sent) - set(stored))
        yield (
            "labels.fifty",
            f"of {len(sent)} labels {len(stored)} are stored; missing: {shown(lost[:5])}" if lost else None,
        )
    mistyped = any(not isinstance(value, str) for value in sent.values())  # what is left out with them is open
    for name, value in sent.items():
        if not mistyped or not isinstance(value, str):
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


def images(event: Mapping[str, Any], alert: Mapping[str, Any], contract: Contract) -> Iterator[Outcome]:
    """Images: each proper one kept, its texts cut; none with a source that may not be kept."""
    sent, stored = event.get("images", []), alert.get("images") or []
    if sent is None:
        return
    if not isinstance(stored, list) or not all(isinstance(entry, dict) for entry in stored):
        yield "images.kept", f"images are stored as {shown(stored)}, which is no array of objects"
        return
    if not isinstance(sent, list):
        yield (
            "images.type",
            None if not stored else f"images of {shown(sent)} were accepted and stored as {shown(stored)}",
        )
        return
    if not sent:
        yield from absent(stored, "images.absent-empty")
        return
    proper = [entry for entry in sent if isinstance(entry, dict)]
    mistyped = len(proper) < len(sent) or any(_mistyped(entry) for entry in proper)  # what goes with them is open
    for entry in proper:
        kind = source_kind(entry.get("src"), contract)
        if kind == "link" and mistyped:
            yield from _mistyped_image(entry, stored)
        elif kind == "link":
            yield from _kept_image(entry, proper, stored, contract)
        elif kind != "unusual":
            yield from _discarded_image(entry, kind, stored)
    yield from _other_images(sent, stored, contract)


def _several_lost(among: Sequence[Mapping[str, Any]], stored: Sequence[Mapping[str, Any]], contract: Contract) -> bool:
    """Whether several proper images are not stored that are not all long in the same place: then it is the array."""
    limits, kept = contract.limits, [entry.get("src") for entry in stored]
    lost = [e for e in among if source_kind(e.get("src"), contract) == "link" and e["src"] not in kept]
    places = [
        {
            name
            for name, is_long in (
                ("alt", len(entry.get("alt") or "") > limits.alt),
                ("no-alt", not entry.get("alt")),
                ("href", len(entry.get("href") or "") > limits.href),
                ("src", len(entry["src"]) > limits.src - 2),
            )
            if is_long
        }
        for entry in lost
    ]
    return len(lost) > 1 and not set.intersection(*places)


def _mistyped(image: Mapping[str, Any]) -> bool:
    return any(not isinstance(image.get(name, ""), str) for name in ("alt", "href"))


def _mistyped_image(sent: Mapping[str, Any], stored: Sequence[Mapping[str, Any]]) -> Iterator[Outcome]:
    """An image with a text of another type: the text is left out, or more with it."""
    for name in ("alt", "href"):
        value = sent.get(name, "")
        if not isinstance(value, str) and value is not None:
            kept = [entry[name] for entry in stored if entry.get("src") == sent["src"] and entry.get(name)]
            told = f"{name} of {shown(value)} was accepted and stored as {shown(kept)}"
            yield f"{name}.type", told if kept else None


def _kept_image(
    sent: Mapping[str, Any], among: Sequence[Mapping[str, Any]], stored: Sequence[Mapping[str, Any]], contract: Contract
) -> Iterator[Outcome]:
    limits = contract.limits
    found = [entry for entry in stored if entry.get("src") == sent["src"]]
    if not found:
        altered = [entry for entry in stored if sent.get("alt") and _is_same_alt(entry.get("alt"), sent["alt"])]
        if altered and not _alt_is_shared(sent, among, contract):
            told = f"{shown(sent['src'])}, is stored as {shown(altered[0].get('src'))}"
            yield "src.kept", f"an src of {len(sent['src'])} characters, {told}"
        elif _several_lost(among, stored, contract):
            yield "images.kept", f"of {len(among)} images {len(stored)} are stored; {shown(sent['src'])} is missing"
        elif not _alt_is_shared(sent, among, contract):
            yield from _lost_image(sent, stored, contract)
        return
    yield "src.kept", None
    yield "images.kept", None
    for name, limit in (("alt", limits.alt), ("href", limits.href)):
        value = sent.get(name)
        if isinstance(value, str) and value:
            if name == "alt" and _is_of_another(found[0].get("alt"), value, among):
                yield "images.kept", f"image {shown(sent['src'])} carries the alt of another, {shown(found[0]['alt'])}"
                continue
            for requirement, sentence in text(value, found[0].get(name), limit, f"{name}.kept", f"{name}.cut"):
                yield requirement, f"{name} of an image: {sentence}" if sentence else None
        elif not value:
            kept = found[0].get(name)
            yield f"{name}.kept", f"{name} was not sent, yet the store shows {shown(kept)}" if kept else None


def _is_of_another(alt: Any, own: str, among: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an alt is that of another image and not this one's."""
    return bool(alt) and alt != own and any(other.get("alt") == alt for other in among)


def _is_same_alt(stored: Any, sent: str) -> bool:
    return isinstance(stored, str) and stored[:100] == sent[:100]


def _lost_image(sent: Mapping[str, Any], stored: Sequence[Mapping[str, Any]], contract: Contract) -> Iterator[Outcome]:
    """An image that is not there: blamed on what is long about it, its src first."""
    alt, src, limits = sent.get("alt") or "", sent["src"], contract.limits
    far = len(src) > limits.src - 2
    if len(alt) > limits.alt:
        yield "alt.cut", f"the image with an alt of {len(alt)} characters is not stored"
    elif len(sent.get("href") or "") > limits.href:
        yield "href.cut", f"the image with an href of {len(sent['href'])} characters is not stored"
    elif far or not alt:
        requirement = "src.kept" if far else "alt.kept"
        told = f"an src of {len(src)} characters" if far else "no alt"
        yield requirement, f"the image with {told}, {shown(src)}, is not stored"
    else:
        yield "images.kept", f"of the images sent {len(stored)} are stored; {shown(src)} is missing"
        yield "src.kept", f"the image with the src {shown(src)} is not stored, though others are"


def _alt_is_shared(sent: Mapping[str, Any], among: Sequence[Mapping[str, Any]], contract: Contract) -> bool:
    """Whether another image has the same alt after the cut (absent is empty): then one may be dropped."""

    def cut(image: Mapping[str, Any]) -> frozenset[str]:
        alt = image.get("alt")
        return cuts(alt, contract.limits.alt) if isinstance(alt, str) else frozenset({""})

    return any(other is not sent and cut(other) & cut(sent) for other in among)


def _discarded_image(sent: Mapping[str, Any], kind: str, stored: Sequence[Mapping[str, Any]]) -> Iterator[Outcome]:
    requirement = {"over-long": "src.over-limit-discarded", "missing": "src.missing-discarded"}.get(
        kind, "src.scheme-discarded"
    )
    src, alt = sent.get("src"), sent.get("alt")
    for entry in stored:
        kept = entry.get("src")
        whole = isinstance(src, str) and isinstance(kept, str) and kept and (kept == src or src.startswith(kept[:64]))
        same = alt and entry.get("alt") == alt and kept
        if whole or same:
            size = f" of {len(src)} characters" if isinstance(src, str) else ""
            yield requirement, f"an src{size} that may not be kept ({shown(src)}) is stored as {shown(kept)}"
            return
    yield requirement, None


def _other_images(sent: Sequence[Any], stored: Sequence[Mapping[str, Any]], contract: Contract) -> Iterator[Outcome]:
    """No image appears that was not sent (one without src may stand for one whose src was discarded)."""
    sources = [entry.get("src") for entry in sent if isinstance(entry, dict)]
    if any(source_kind(src, contract) == "unusual" for src in sources):
        return
    alien = [entry for entry in stored if entry.get("src") and entry["src"] not in sources]
    alien = [e for e in alien if not any(isinstance(s, str) and s.startswith(str(e["src"])[:64]) for s in sources)]
    if alien or len(stored) > len(sent):
        yield "images.kept", f"images are stored that were not sent: {shown(alien or stored)}"


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
    """The title that a dynamic title_rule gives (SHOULD)."""
    if "title" not in alert:  # this store shows the rule alone
        return
    got = alert["title"]
    same = isinstance(got, str) and got == scenario_title
    yield requirement, None if same else f"title was to be {shown(scenario_title)}, the store shows {shown(got)}"
