"""Faults that only an unusual request shows: a rare media type or key, another integration, escapes, repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, pages, wrong

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

KEY, TYPE, CODE = "Query/integration_key", "Header/Content-Type", "Code/InvalidContentType"
STATUS, LABELS, IMAGES = "Payload/event_status", "Payload/labels", "Payload/images"
SECOND, LONGEST = "integration-2", 255
IMAGE_FIELDS = {"alt", "src", "href"}


def _is_multipart(ctx: Any, _: Any) -> bool:
    return bool((ctx.header("content-type") or "").startswith("multipart/"))


def _is_of_second(call: Call) -> bool:
    return bool(call.ctx.integration == SECOND)


def _is_bare(piece: str) -> bool:
    return bool(piece) and "=" not in piece


async def _known_over_integrations(call: Call) -> Any:
    """Take a body that another integration sent before for a repetition."""
    first = call.memory.setdefault("bodies", {}).setdefault(call.ctx.body, call.ctx.integration)
    if first == call.ctx.integration:
        return await call.plain()
    call.value.key = call.value.alert_key or ""
    return None


async def _known_after_recovery(call: Call) -> Any:
    """Take an event that is like the last one of its key for a repetition, even though it was recovered since."""
    event, rules, ctx = call.value, call.rules, call.ctx
    told = (event.status, event.title, event.description)
    if event.alert_key is None or rules.is_recovery(ctx, event.status):
        return await call.plain()
    event.key, last = event.alert_key, call.memory.get(event.alert_key)
    call.memory[event.alert_key] = told
    if last == told and rules.find_active(ctx, event) is None:
        return None
    return await call.plain()


def _taken_over(call: Call) -> Any:
    alert, before = call.plain(), call.rules.find_closed(call.ctx, call.value)
    if before is not None and not alert.description:
        alert.description = before.description
    return alert


def _keep_backslash(call: Call) -> Any:
    return call.plain(call.value.replace("\\/", "\\\\/"))


def _strict_image(call: Call) -> Any:
    item = call.value
    if isinstance(item, dict) and item.keys() - IMAGE_FIELDS:
        return call.refuse("an image has an unknown field")
    return call.plain()


wrong(
    "content-type-multipart-is-a-page",
    CODE,
    "A multipart body is answered with a page of the framework.",
    hard=True,
    **pages(_is_multipart, 400, "Bad Request"),
)
wrong(
    "content-type-without-slash-500",
    TYPE,
    "A Content-Type without a slash is answered with 500.",
    hard=True,
    content_type_accepted=lambda call: breaks(call) if "/" not in call.value else call.plain(),
)
wrong(
    "content-type-wildcard-accepted",
    TYPE,
    "The Content-Type */* is accepted.",
    hard=True,
    media_accepted=lambda call: call.value == "*/*" or call.plain(),
)
wrong(
    "integration-key-other-script-500",
    KEY,
    "An integration key in another script is answered with 500.",
    hard=True,
    find_integration=lambda call: call.plain() if call.value.isascii() else breaks(call),
)
wrong(
    "integration-key-overlong-500",
    KEY,
    "An integration key of more than 255 characters is answered with 500.",
    hard=True,
    find_integration=lambda call: breaks(call) if len(call.value) > LONGEST else call.plain(),
)
wrong(
    "query-parameter-without-value-500",
    KEY,
    "A parameter without an equals sign in the query is answered with 500.",
    hard=True,
    query_pairs=lambda call: breaks(call) if any(map(_is_bare, call.ctx.query.split("&"))) else call.plain(),
)
wrong(
    "repetition-known-over-integrations",
    KEY,
    "An event that another integration sent before, byte for byte, is acknowledged and lost.",
    hard=True,
    apply=_known_over_integrations,
)
wrong(
    "second-integration-not-recovered",
    STATUS,
    "Ok does not close the alerts of the second integration.",
    hard=True,
    recover=lambda call: None if _is_of_second(call) else call.plain(),
)
wrong(
    "second-integration-without-images",
    IMAGES,
    "The images of the second integration are not stored.",
    hard=True,
    read_images=lambda call: [] if _is_of_second(call) else call.plain(),
)
wrong(
    "escaped-slash-keeps-its-backslash",
    "Payload/description",
    "A slash that is escaped in JSON keeps its backslash.",
    hard=True,
    parse_json=_keep_backslash,
)
wrong(
    "labels-merged-beyond-fifty",
    LABELS,
    "The labels of an update are put beside the old ones, however many there are then.",
    hard=True,
    merged_labels=lambda call: {**call.args[0], **call.args[1]},
)
wrong(
    "retrigger-like-the-last-swallowed",
    STATUS,
    "An event like the last one of its key is taken for a repetition, though the alert was recovered since.",
    hard=True,
    apply=_known_after_recovery,
)
wrong(
    "new-alert-takes-over-the-description",
    "Payload/description",
    "The alert that is opened after a recovery takes over the description of the one before.",
    hard=True,
    new_alert=_taken_over,
)
wrong(
    "image-with-unknown-field-refused",
    IMAGES,
    "An image with a field that the document does not name is refused.",
    level="should",
    read_image=_strict_image,
)
