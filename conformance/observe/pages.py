"""Makes sense of one page of the vendor's alert list; pure functions of a reply that know no connection."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.wire.jsontext import loads

if TYPE_CHECKING:
    from conformance.wire.records import Exchange

_MAX_PROBLEM = 200
_BEGINNING = 64


class Unreadable(Exception):  # noqa: N818 - what the reply is, not an error of the program
    """Why a read-back cannot be used, in one sentence with the next step."""


class Declined(Unreadable):
    """A read-back that does not take the question as it was put: it may take a smaller one."""


#: What a server says to more keys than it lets one ask for.
_TOO_MUCH = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})


#: What shows data to be that of a list, though its items are left out.
_OF_A_LIST = frozenset({"items", "total", "has_next_page"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its alerts, and what the server says about others."""

    items: tuple[Mapping[str, Any], ...]
    more: bool | None  # has_next_page, None where the server says nothing
    total: int | None
    cursor: Any  # search_after_ctx, to be handed back as it is


def parse(exchange: Exchange, body: bytes) -> Page:
    """Return the page in a reply; ``Unreadable`` says why there is none."""
    reply, url = exchange.reply, exchange.sent.url.partition("?")[0]
    if reply is None:
        problem = exchange.problem
        raise Unreadable(f"no answer from the read-back at {url}: {problem.text if problem else 'nothing came'}")
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        raise Unreadable(f"the read-back at {url} redirects ({reply.status}), which is not followed: see --read-url")
    value = _json(body, reply.status, url)
    error = value.get("error")
    if error is not None or reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        kind = Declined if reply.status in _TOO_MUCH else Unreadable
        raise kind(_refusal(reply.status, error, url))
    data = {} if "data" in value and value["data"] is None else value.get("data")
    items = data.get("items") if isinstance(data, Mapping) else None
    if isinstance(data, Mapping) and items is None and (not data or data.keys() & _OF_A_LIST):
        items = []  # null, as Go servers send an empty list, or left out with it
    if not isinstance(data, Mapping) or not isinstance(items, list):
        raise Unreadable(f"the read-back at {url} holds no list data.items: is this the vendor's /alert/list?")
    for place, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise Unreadable(f"item {place} of the read-back at {url} is no object but {_short(item)}")
    if items and not any(isinstance(item.get("alert_key"), str) for item in items):
        raise Unreadable(f"no item of the read-back at {url} carries an alert_key: alerts cannot be told apart")
    more, total = data.get("has_next_page"), data.get("total")
    return Page(
        tuple(items),
        more if isinstance(more, bool) else None,
        total if isinstance(total, int) and not isinstance(total, bool) else None,
        data.get("search_after_ctx"),
    )


def identity(item: Mapping[str, Any]) -> str:
    """Return what tells an alert from all others, so that an alert met on two pages is one."""
    alert_id = item.get("alert_id")
    if isinstance(alert_id, (str, int)) and alert_id:
        return f"{alert_id}\n{item.get('alert_key')!a}"
    return json.dumps(item, sort_keys=True, default=repr)


def is_stranger(key: Any, asked: set[str]) -> bool:
    """Whether an alert of this key has nothing to do with the keys asked for.

    A server may compare keys loosely (letter case, normalisation, blanks, the beginning of long ones), which is a
    finding elsewhere; a key that is related in no such way shows that it does not look at ``alert_keys`` at all.
    """
    if not isinstance(key, str) or key in asked:
        return False
    loose = _loosely(key)
    return loose not in set(map(_loosely, asked))


def _loosely(key: str) -> str:
    return unicodedata.normalize("NFKC", key).casefold().strip()[:_BEGINNING]


def _json(body: bytes, status: int, url: str) -> Mapping[str, Any]:
    try:
        value = loads(body, strict=False)
    except ValueError:
        raise Unreadable(f"the read-back at {url} answers {status} with what is no JSON: {_short(body)}") from None
    if not isinstance(value, Mapping):
        raise Unreadable(f"the read-back at {url} answers {status} with JSON that is no object: {_short(value)}")
    return value


def _refusal(status: int, error: Any, url: str) -> str:
    code = error.get("code") if isinstance(error, Mapping) else error
    told = f"{status} {_short(code)}" if code else str(status)
    if status in {401, 403} or code in {"Unauthorized", "AccessDenied"}:
        return f"the read-back refused the app key ({told}): check --app-key"
    if status == HTTPStatus.NOT_FOUND:
        return f"there is no read-back at {url} ({told}): check --read-url"
    return f"the read-back at {url} answers {told}"


def _short(value: Any) -> str:
    text = ascii(value.decode("latin-1") if isinstance(value, bytes) else value)
    return text if len(text) <= _MAX_PROBLEM else text[:_MAX_PROBLEM] + "…"
