"""Requests that tell a faulty server from the plain one, in groups; must not know any fault by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fault_bench import Bench
from image_probes import alts, hrefs, images, src
from key_probes import generated, keys
from life_probes import lives, statuses
from odd_probes import combinations, habits, odd, unusual
from reply_probes import envelopes, rates, routes, together
from request_probes import access, raw
from text_probes import descriptions, labels, titles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    Group = Callable[[Bench], AsyncIterator[Any]]


GROUPS: dict[str, Group] = {
    "odd": odd,
    "unusual": unusual,
    "habits": habits,
    "combinations": combinations,
    "together": together,
    "Code/InvalidParameter": raw,
    "Payload/event_status": statuses,
    "Payload/alert_key": keys,
    "Data/alert_key": generated,
    "life": lives,
    "routes": routes,
    "Code/RequestTooFrequently": rates,
    "Query/integration_key": access,
    "Header/Content-Type": access,
    "Payload/title_rule": titles,
    "Payload/description": descriptions,
    "Payload/labels": labels,
    "Payload/images": images,
    "Image/src": src,
    "Image/alt": alts,
    "Image/href": hrefs,
    "Response/request_id": envelopes,
}
LIKELY = {
    "Code": "routes",
    "Data": "Payload/alert_key",
    "Error": "Code/InvalidParameter",
    "Example": "Response/request_id",
    "Response": "Response/request_id",
}


def groups_for(row: str) -> list[Group]:
    """Give all groups, the likeliest for a row first."""
    likely = [name for name in (row, LIKELY.get(row.split("/", maxsplit=1)[0], "life")) if name in GROUPS]
    return list(dict.fromkeys(GROUPS[name] for name in [*likely, *GROUPS]))
