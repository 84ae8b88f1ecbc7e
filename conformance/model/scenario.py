"""What a run intends to send, as plain values; knows nothing of sockets, keys in clear, or verdicts.

A *push* is one request, a *stage* is what is sent before the stored alerts are read again, a *scenario* is a short
sequence of stages.  The secrets of a run never stand here: a push names its credential and the wire fills it in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

JSON_TYPE: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)

#: The role of a push that is to go over the rate: it alone is not paced.
BURST = "burst"
#: Credentials that a push can name. ``account:CODE`` names the key given by ``--account CODE=KEY``.
MAIN, SECOND, ABSENT, EMPTY, UNKNOWN = "main", "second", "absent", "empty", "unknown"
ACCOUNT = "account:"
#: Keys that were never handed out either: the good one but for its last character, or with one more or one less.
NEAR, LONGER, SHORTER = "near", "longer", "shorter"
OTHER_CASE, ENCODED_TWICE = "other-case", "encoded-twice"
#: A key that no key handed out looks like: quotes and another script in it, and far too long.
ODD = "odd"
#: A word that objects of some languages answer to, though nobody put it there; the good key under another name.
INHERITED, OTHER_NAME = "inherited", "other-name"
#: What matches every key where a pattern of SQL is looked for.
PATTERN = "pattern"
#: The good key after the other parameters of the query instead of before them.
MAIN_LAST = "main-last"
#: The good key under a parameter name that is percent-encoded.
MAIN_NAME_ENCODED = "main-name-encoded"
#: Every character of the good key percent-encoded: in capital hexadecimal digits; in small ones, as the name is then.
MAIN_ENCODED_SMALL = "main-encoded-small"
MAIN_ENCODED, MAIN_THEN_UNKNOWN, UNKNOWN_THEN_MAIN = "main-encoded", "main-then-unknown", "unknown-then-main"
#: What carries the good key, and opens alerts of one integration.
FORMS_OF_MAIN = frozenset(
    {MAIN, MAIN_LAST, MAIN_NAME_ENCODED, MAIN_ENCODED, MAIN_ENCODED_SMALL, MAIN_THEN_UNKNOWN, UNKNOWN_THEN_MAIN}
)


@dataclass(frozen=True, slots=True)
class Push:
    """One request to be sent to the push endpoint, or near it.

    ``body`` is sent byte for byte.  ``path`` is a template in which ``{push}`` stands for the path of the target URL.
    ``connection`` names a kept-alive connection shared by pushes of the same scenario; empty means any.
    ``key_from`` is the index (counted over the scenario) of an earlier push: the ``alert_key`` that its reply carried
    is put into this body.  ``varies`` is the requirement blamed when a proper request is refused or not answered.
    A parameter of ``query`` without a value stands there by its name alone.
    """

    body: bytes
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = JSON_TYPE
    credential: str = MAIN
    path: str = "{push}"
    query: tuple[tuple[str, str | None], ...] = ()
    connection: str = ""
    key_from: int | None = None
    role: str = "subject"
    varies: str = ""

    def event(self) -> dict[str, Any] | None:
        """The body as an event, or None when it is not a JSON object."""
        return _object(self.body)

    def with_key(self, alert_key: str) -> Push:
        """The same push carrying ``alert_key``; a body that is no object stays as it is."""
        event = self.event()
        return self if event is None else replace(self, body=encode({**event, "alert_key": alert_key}))


@dataclass(frozen=True, slots=True)
class Stage:
    """Pushes sent together (concurrently when more than one), and whether the store is read afterwards."""

    pushes: tuple[Push, ...]
    observe: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """A sequence of stages that serves one check and some requirements.

    ``twin`` is the id of the scenario that differs in one place and must be accepted, for a refusal.  ``worth`` orders
    the plan: lower is sent first and survives a small budget.  ``facts`` are plain values that a judge needs.
    """

    id: str
    check: str
    serves: tuple[str, ...]
    stages: tuple[Stage, ...]
    twin: str | None = None
    worth: int = 50
    facts: tuple[tuple[str, Any], ...] = ()

    def pushes(self) -> tuple[Push, ...]:
        """Every push of the scenario in the order of sending."""
        return tuple(push for stage in self.stages for push in stage.pushes)

    def fact(self, name: str, default: Any = None) -> Any:
        """The fact of that name, or the default."""
        return dict(self.facts).get(name, default)


@lru_cache(maxsize=8192)
def _object(body: bytes) -> dict[str, Any] | None:
    """A body as a JSON object, or None; shared by all who ask, so never to be changed."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def encode_escaped(event: Mapping[str, Any]) -> bytes:
    """An event as it comes from clients that escape whatever may be escaped: slashes, markup, all outside ASCII."""
    text = json.dumps(event)
    for sign, escape in {"/": "\\/", "<": "\\u003c", ">": "\\u003E", "&": "\\u0026"}.items():
        text = text.replace(sign, escape)
    return text.encode()


def encode(event: Mapping[str, Any]) -> bytes:
    """An event as UTF-8 JSON, characters outside ASCII as themselves; lone surrogates become escapes."""
    text = json.dumps(event, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(event).encode()
