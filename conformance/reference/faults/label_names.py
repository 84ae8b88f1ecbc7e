"""Payload/labels: label keys and the number of labels; must not know what is done to values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, wrong
from conformance.reference.faults.registry import fault
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Exchange

ROW = "Payload/labels"


@fault(
    "label-lost-at-exactly-50",
    row=ROW,
    summary="Of exactly 50 labels the last one is lost if a description is sent too.",
    hard=True,
)
class LabelLostAt50(Rules):
    """A combination of a count and another field."""

    def read_labels(self, ctx: Exchange, document: dict[str, Any]) -> dict[str, Any] | None:
        """Drop one label of fifty."""
        labels = super().read_labels(ctx, document)
        if labels and len(labels) == 50 and "description" in document:
            labels.popitem()
        return labels


# Names


def _then(call: Call, change: Callable[[str], str]) -> Any:
    name = call.plain()
    return None if name is None else change(name)


def _dropped_if(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    return lambda call: None if when(call.value) else call.plain()


def _refused_if(when: Callable[[str], bool]) -> Callable[[Call], Any]:
    return lambda call: call.refuse("a label key is not valid") if when(call.value) else call.plain()


def _severity_of_its_own(call: Call) -> Any:
    labels = call.plain()
    if labels and "severity" in labels:
        labels["severity"] = str(call.ctx.document.get("event_status"))
    return labels


def _case_merged(call: Call) -> Any:
    labels = call.plain()
    kept: dict[str, Any] = {}
    spelt: dict[str, str] = {}
    for name, value in (labels or {}).items():
        kept[spelt.setdefault(name.lower(), name)] = value
    return kept if labels else labels


wrong(
    "label-key-in-small-letters",
    ROW,
    "Label keys are stored in small letters.",
    label_name=lambda call: _then(call, str.lower),
)
wrong(
    "label-keys-merged-across-case",
    ROW,
    "Of label keys that differ in case only one is kept.",
    hard=True,
    read_labels=_case_merged,
)
wrong(
    "label-key-of-128-dropped",
    ROW,
    "A label key of exactly 128 characters is dropped.",
    hard=True,
    label_name=_dropped_if(lambda name: len(name) == 128),
)
wrong(
    "label-key-cut-at-64",
    ROW,
    "Label keys are cut to 64 characters.",
    label_name=lambda call: _then(call, lambda name: name[:64]),
)
wrong(
    "label-key-with-underscore-first-dropped",
    ROW,
    "Labels whose key begins with an underscore are dropped.",
    hard=True,
    label_name=_dropped_if(lambda name: name.startswith("_")),
)
wrong(
    "label-key-with-digit-refused",
    ROW,
    "A label key with a digit in it is refused.",
    hard=True,
    label_name=_refused_if(lambda name: any(character.isdigit() for character in name)),
)
wrong(
    "labels-get-a-source",
    ROW,
    "A label `source` is added to each alert.",
    read_labels=lambda call: {**(call.plain() or {}), "source": "standard"},
)

# Number


def _full_is_refused(call: Call) -> Any:
    labels = call.ctx.document.get("labels")
    return (
        call.refuse("labels must be less than 50") if isinstance(labels, dict) and len(labels) == 50 else call.plain()
    )


def _merged(call: Call) -> Any:
    return {**call.args[0], **call.args[1]}


def _large_refused(call: Call) -> Any:
    if len(call.ctx.body) >= 98304:
        call.refuse("The body exceeds 98304 bytes", "EntityTooLarge")
    return call.plain()


def _required(call: Call) -> Any:
    return call.refuse("labels is required") if "labels" not in call.ctx.document else call.plain()


def _filled(call: Call) -> Any:
    return call.refuse("labels must not be empty") if call.ctx.document.get("labels") == {} else call.plain()


wrong("labels-49-kept", ROW, "Of 50 labels only 49 are kept.", label_count_limit=49)
wrong("labels-51-kept", ROW, "51 labels are stored.", label_count_limit=51)
wrong(
    "labels-51-all-but-one",
    ROW,
    "Of more than 50 labels only one is dropped.",
    hard=True,
    too_many_labels=lambda call: dict(list(call.value.items())[:-1]),
)
wrong("labels-50-refused", ROW, "An event with exactly 50 labels is refused.", hard=True, read_labels=_full_is_refused)
wrong(
    "labels-large-refused",
    ROW,
    "An event of 96 KiB or more, such as one with 50 long labels, is refused with EntityTooLarge.",
    hard=True,
    check_size=_large_refused,
)
wrong("labels-required", ROW, "An event without labels is refused.", read_labels=_required)
wrong(
    "labels-empty-500",
    ROW,
    "An event with an empty object of labels is answered with 500.",
    read_labels=lambda call: breaks(call) if call.ctx.document.get("labels") == {} else call.plain(),
)
wrong(
    "labels-empty-refused",
    ROW,
    "An event with an empty object of labels is refused.",
    read_labels=_filled,
)
wrong(
    "labels-lost-without-description",
    ROW,
    "The labels of an event without description are not stored.",
    hard=True,
    read_labels=lambda call: call.plain() if call.ctx.document.get("description") else {},
)
wrong(
    "label-named-severity-overwritten",
    ROW,
    "A label called severity is overwritten with the status of the event.",
    hard=True,
    read_labels=_severity_of_its_own,
)


def _none_after_recovery(call: Call) -> Any:
    made = call.plain()
    if call.rules.find_closed(call.ctx, call.value) is not None:
        made.labels = {}
    return made


def _not_like_fields(call: Call) -> Any:
    labels = call.plain()
    return {name: value for name, value in labels.items() if name not in _FIELDS} if labels else labels


_FIELDS = {"title_rule", "event_status", "alert_key", "description", "labels", "images"}
wrong(
    "labels-lost-after-a-recovery",
    ROW,
    "The event that follows a recovery opens an alert without its labels.",
    hard=True,
    new_alert=_none_after_recovery,
)
wrong(
    "label-named-like-a-field-lost",
    ROW,
    "Labels that are named like fields of the payload are not stored.",
    hard=True,
    read_labels=_not_like_fields,
)
