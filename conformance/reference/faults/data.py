"""Rows Response/data and Data/alert_key: what success says, and the keys in it; must not know what is stored."""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import constant, wrong
from conformance.reference.faults.registry import fault
from conformance.reference.records import Reply
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Exchange

ROW = "Response/data"
KEY = "Data/alert_key"


def _recovers(call: Call) -> bool:
    return bool(call.value.status == "Ok")


def _without_data(when: Callable[[Call], bool]) -> Callable[[Call], Any]:
    return lambda call: {"request_id": call.ctx.request_id} if when(call) else call.plain()


def _found(call: Call) -> Reply:
    """Send whoever pushed to the page of the alert."""
    return Reply(302, {"request_id": call.ctx.request_id}, [("Location", "/")])


def _noted_update(call: Call) -> Any:
    call.ctx.notes["updated"] = True
    return call.plain()


# Response/data

wrong("success-with-201", ROW, "Success has status 201.", level="should", success_status=constant(201))
wrong(
    "success-with-201-for-new-alerts",
    ROW,
    "Success has status 201 if the event brought no alert_key.",
    hard=True,
    level="should",
    success_status=lambda call: 200 if call.value.alert_key else 201,
)
wrong(
    "success-with-302",
    ROW,
    "Success is a redirection to another page.",
    success=lambda call: call.plain() if _recovers(call) else _found(call),
)
wrong(
    "recovery-with-404",
    ROW,
    "A recovery is carried out, and answered with 404.",
    success_status=lambda call: 404 if _recovers(call) else 200,
)
wrong(
    "update-with-409",
    ROW,
    "An event that updates an alert is carried out, and answered with 409.",
    update=_noted_update,
    success_status=lambda call: 409 if call.ctx.notes.get("updated") else 200,
)
wrong(
    "data-missing", ROW, "A reply of success has no data.", success_body=_without_data(lambda call: not _recovers(call))
)
wrong(
    "data-missing-for-own-keys",
    ROW,
    "A reply of success has no data if the event brought an alert_key.",
    success_body=_without_data(lambda call: not _recovers(call) and call.value.alert_key is not None),
)
wrong(
    "data-null",
    ROW,
    "The data of a reply of success is null.",
    success_data=lambda call: call.plain() if _recovers(call) else None,
)
wrong("data-list", ROW, "The data of a reply of success is an array.", success_data=lambda call: [call.plain()])

# Data/alert_key: the key that was sent


def _echoes(change: Callable[[str], Any], *, when: Callable[[str], bool] = lambda _: True) -> Callable[[Call], Any]:
    """Change a key that was sent, in the reply only."""
    return lambda call: change(call.plain()) if call.value.alert_key and when(call.value.alert_key) else call.plain()


wrong("key-echoed-in-small-letters", KEY, "The key in the reply is in small letters.", shown_key=_echoes(str.lower))
wrong(
    "key-echoed-cut-at-254",
    KEY,
    "The key in the reply is cut to 254 characters.",
    hard=True,
    shown_key=_echoes(lambda key: key[:254]),
)
wrong(
    "key-echoed-escaped",
    KEY,
    "The key in the reply has HTML entities for `&`, `<`, `>` and quotes.",
    hard=True,
    shown_key=_echoes(html.escape),
)
wrong(
    "key-echoed-as-a-number",
    KEY,
    "A key of digits only is a number in the reply.",
    hard=True,
    shown_key=_echoes(int, when=lambda key: key.isascii() and key.isdigit()),
)
wrong(
    "key-missing-in-the-reply",
    KEY,
    "The data of a reply of success has no alert_key if the event brought one.",
    success_data=lambda call: {} if call.value.alert_key and not _recovers(call) else call.plain(),
)
wrong(
    "key-of-a-recovery-is-new",
    KEY,
    "The reply to an Ok has a generated key.",
    shown_key=lambda call: call.rules.generated_key(call.ctx) if _recovers(call) else call.plain(),
)

# Data/alert_key: the key that is generated


@fault("generated-key-same-each-time", row=KEY, summary="Every generated key is the same.")
class GeneratedKeyConstant(Rules):
    """The random source was seeded with a constant."""

    unique_active = False

    def generated_key(self, ctx: Exchange) -> str:
        """Give the same key again."""
        return "9qJ798NJoXS4UMVB5SHsNj"


def _noted(call: Call, key: str) -> str:
    call.memory.setdefault("made", set()).add(key)
    return key


def _another(call: Call) -> str:
    known = call.value.alert_key in call.memory.get("made", ()) and not _recovers(call)
    return str(call.rules.generated_key(call.ctx) if known else call.plain())


def _by_title(call: Call) -> str:
    return hashlib.md5(str(call.ctx.document.get("title_rule")).encode(), usedforsecurity=False).hexdigest()


wrong(
    "generated-key-empty",
    KEY,
    "A generated key is empty in the reply.",
    shown_key=lambda call: call.plain() if call.value.alert_key else "",
)
wrong(
    "generated-key-too-long",
    KEY,
    "Generated keys have 256 characters.",
    generated_key=lambda call: _noted(call, call.rules.random_hex(256)),
    key_fits=lambda call: call.plain() or call.value in call.memory.get("made", ()),
)
wrong(
    "generated-key-holds-the-title",
    KEY,
    "A generated key holds the title, so that it gets longer than 255 characters.",
    hard=True,
    generated_key=lambda call: _noted(call, f"{call.plain()}-{call.ctx.document.get('title_rule')}"),
    key_fits=lambda call: call.plain() or call.value in call.memory.get("made", ()),
)
wrong(
    "generated-key-of-the-title",
    KEY,
    "Events of one title that bring no alert_key get the same key.",
    hard=True,
    unique_active=False,
    generated_key=_by_title,
)
wrong(
    "generated-key-repeats-after-ten",
    KEY,
    "After ten generated keys the same ones come again.",
    hard=True,
    unique_active=False,
    generated_key=lambda call: f"{call.memory.setdefault('seed', call.rules.random_hex(12))}{call.count('keys') % 10}",
)
wrong(
    "generated-key-does-not-recover",
    KEY,
    "An Ok with a generated key is acknowledged, and does not close the alert.",
    shown_key=lambda call: call.plain() if call.value.alert_key else call.rules.generated_key(call.ctx),
)
wrong(
    "generated-key-in-small-letters",
    KEY,
    "A generated key is in small letters in the reply, not so in the store, and does not recover.",
    shown_key=lambda call: call.plain() if call.value.alert_key else call.plain().lower(),
)
wrong(
    "generated-key-changes-by-update",
    KEY,
    "An event that brings a generated key gets another one in the reply.",
    hard=True,
    generated_key=lambda call: _noted(call, call.plain()),
    shown_key=_another,
)
wrong(
    "key-echoed-without-its-last-slash",
    KEY,
    "A slash at the end of an alert_key is missing from the reply.",
    hard=True,
    shown_key=lambda call: str(call.plain()).rstrip("/"),
)
