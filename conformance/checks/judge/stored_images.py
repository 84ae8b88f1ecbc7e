"""Judges the stored images of one alert against those that were sent; knows nothing of its other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.checks.judge.bench import shown
from conformance.checks.judge.stored_text import Outcome, absent, text
from conformance.contract import Contract
from conformance.model.links import FORMS
from conformance.model.oracle import source_kind
from conformance.model.text import cuts

_SEVERAL = 2
#: The kinds of src for which an image is discarded, each with the rule that says so.
_DISCARDS = {
    "over-long": "src.over-limit-discarded",
    "missing": "src.missing-discarded",
    "scheme": "src.scheme-discarded",
}


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
            yield from _discarded_image(entry, kind, proper, stored)
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


def _lost_forms(
    among: Sequence[Mapping[str, Any]], stored: Sequence[Mapping[str, Any]], contract: Contract
) -> list[str]:
    """The forms of src that all of several lost images have, and none of several kept ones."""
    proper = [entry["src"] for entry in among if source_kind(entry.get("src"), contract) == "link"]
    shown_now = [entry.get("src") for entry in stored]
    kept = [src for src in proper if src in shown_now]
    lost = [src for src in proper if src not in kept]
    if len(lost) < _SEVERAL or len(kept) < _SEVERAL:
        return []
    return [name for name, has in FORMS if all(map(has, lost)) and not any(map(has, kept))]


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
    found = [entry for entry in stored if entry.get("src") == sent["src"]]
    if not found:
        altered = [entry for entry in stored if sent.get("alt") and _is_same_alt(entry.get("alt"), sent["alt"])]
        if altered and not _alt_is_shared(sent, among, contract):
            told = f"{shown(sent['src'])}, is stored as {shown(altered[0].get('src'))}"
            yield "src.kept", f"an src of {len(sent['src'])} characters, {told}"
        elif forms := _lost_forms(among, stored, contract):
            told = f"{shown(sent['src'])} is missing, as is every image whose src {forms[0]}"
            yield "src.kept", f"of {len(among)} images {len(stored)} are stored; {told}"
        elif _several_lost(among, stored, contract):
            missing = shown(sent["src"])
            yield "images.kept", f"of {len(among)} images {len(stored)} are stored; {missing} is missing"
            if not stored and any(source_kind(entry.get("src"), contract) == "over-long" for entry in among):
                yield (
                    "src.over-limit-discarded",
                    f"beside an src that is too long, {missing} is gone as well",
                )
        elif not _alt_is_shared(sent, among, contract):
            yield from _lost_image(sent, stored, contract)
        return
    yield "src.kept", None
    if any(other is not sent and other.get("src") == sent["src"] for other in among):
        found = [entry for entry in found if _is_same_alt(entry.get("alt"), sent.get("alt") or "")]
        if not found:
            told = f"the image {shown(sent['src'])} with the alt {shown(sent.get('alt'))} is not stored"
            yield "images.kept", f"{told}, though one of the same src is"
            return
    yield "images.kept", None
    yield from _texts(sent, among, found[0], contract)


def _texts(
    sent: Mapping[str, Any], among: Sequence[Mapping[str, Any]], kept: Mapping[str, Any], contract: Contract
) -> Iterator[Outcome]:
    """The alt and the href of an image that is stored."""
    limits = contract.limits
    for name, limit in (("alt", limits.alt), ("href", limits.href)):
        value = sent.get(name)
        if isinstance(value, str) and value:
            if name == "alt" and _is_of_another(kept.get("alt"), value, among):
                yield "images.kept", f"image {shown(sent['src'])} carries the alt of another, {shown(kept['alt'])}"
                continue
            for requirement, sentence in text(value, kept.get(name), limit, f"{name}.kept", f"{name}.cut"):
                yield requirement, f"{name} of an image: {sentence}" if sentence else None
        elif not value:
            told = f"{name} was not sent, yet the store shows {shown(kept.get(name))}"
            yield f"{name}.kept", told if kept.get(name) else None


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
        yield "src.kept", f"the image with the src {shown(src)} is not stored{', though others are' if stored else ''}"


def _alt_is_shared(sent: Mapping[str, Any], among: Sequence[Mapping[str, Any]], contract: Contract) -> bool:
    """Whether another image has the same alt after the cut (absent is empty): then one may be dropped."""

    def cut(image: Mapping[str, Any]) -> frozenset[str]:
        alt = image.get("alt")
        return cuts(alt, contract.limits.alt) if isinstance(alt, str) else frozenset({""})

    return any(other is not sent and cut(other) & cut(sent) for other in among)


def _discarded_image(
    sent: Mapping[str, Any], kind: str, among: Sequence[Mapping[str, Any]], stored: Sequence[Mapping[str, Any]]
) -> Iterator[Outcome]:
    requirement = _DISCARDS[kind]
    src, alt = sent.get("src"), sent.get("alt")
    others = [other.get("src") for other in among if other is not sent]
    for entry in stored:
        kept = entry.get("src")
        begins = isinstance(src, str) and isinstance(kept, str) and kept and src.startswith(kept[:64])
        same = alt and entry.get("alt") == alt and kept
        # What is stored may be another image, of the same alt, or of a link that begins alike.
        if kept and (kept == src or ((begins or same) and kept not in others)):
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
        told = f"images are stored that were not sent: {shown(alien or stored)}"
        yield _stood_for(sources, alien, contract) or "images.kept", told


def _stood_for(sources: Sequence[Any], alien: Sequence[Mapping[str, Any]], contract: Contract) -> str:
    """The rule by which those are discarded that the alien images may stand for; empty where they are more."""
    rules = [_DISCARDS[kind] for src in sources if (kind := source_kind(src, contract)) in _DISCARDS]
    return rules[0] if 0 < len(alien) <= len(rules) else ""
