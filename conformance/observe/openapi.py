"""Reads stored alerts through the vendor's Open API, many keys at a time; knows what pages are, not what alerts mean.

The server on the other side may be anyone's.  It may ignore the page number or the cursor, give out shorter pages than
asked for, never stop saying that there is more, or ignore the keys and list everything; so every reading ends when a
page brings nothing new, and is bounded in requests.
"""

from __future__ import annotations

import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.observe.pages import Declined, Page, Unreadable, identity, is_stranger, parse
from conformance.wire.pacing import Pacer, retry_after
from conformance.wire.records import OUT_OF_TIME, Exchange, Note, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.wire.client import Client

_TRIES = 4  # of one request: reading again harms nothing
_PATIENCE = 10.0  # seconds before each: a store that asks for more is busy for longer than a run
_PAGES = 100  # of one list
_AGAIN = 3
_MOMENT = 0.2  # seconds, doubled each time
_DAY = 24 * 3600
_LONGEST_WINDOW = 31 * _DAY - 60
_GONE = {"resolve", "connect", "tls", OUT_OF_TIME}
#: Alerts to a page where a server decides: a list of just as many that leads nowhere is asked for in parts.
_USUAL_SIZES = frozenset({10, 20, 25, 30, 50, 100})


class OpenApiObserver:
    """The observer behind ``--app-key``."""

    name = "openapi"

    def __init__(
        self,
        client: Client,
        *,
        window_margin: float = 3600.0,
        page_limit: int = 100,
        chunk: int = 40,
        pacer: Pacer | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``window_margin`` is by how many seconds the clocks of target and run may differ."""
        self._client = client
        self._margin = window_margin
        self._limit = page_limit
        self._chunk = max(1, chunk)
        # The vendor's limit for reads is of its own (50/s, 1,000/min); half of it, as for pushes.
        self._pacer = pacer or (Pacer(None, None) if client.target.is_loopback else Pacer(25, 500))
        self._clock = clock
        self._sleep = sleep
        self._began = clock()

    def read(self, alert_keys: Sequence[str]) -> Reading:
        """Return every visible alert under exactly these keys."""
        # A store that holds no NUL may refuse to look for one, and all other keys with it.
        keys = [key for key in dict.fromkeys(alert_keys) if "\0" not in key]
        if not keys:
            return Reading()
        look = _Look(self, set(keys), self._began - self._margin, budget=20 + 6 * self.requests_for(len(keys)))
        return look.reading(self._chunks(keys))

    def recent(self, days: float = 7.0) -> Reading:
        """Return every visible alert of the last days, whatever its key."""
        look = _Look(self, None, self._began - min(days * _DAY, _LONGEST_WINDOW - 2 * self._margin), budget=2 * _PAGES)
        return look.reading(deque([[]]))

    def requests_for(self, n_keys: int) -> int:
        """Return how many requests a reading of that many keys takes when all goes well."""
        return -(-n_keys // self._chunk)

    def close(self) -> None:
        """Let go of nothing: the client belongs to the run."""

    def page(self, body: Mapping[str, Any], numbers: list[int]) -> Page:
        """Return one page, asked for again when the answer was lost, came too late, or was 429 or 5xx."""
        before = len(numbers)
        for attempt in range(_TRIES):
            if attempt and not self.may_go_on():
                break
            self._pacer.wait()
            exchange, data = self._client.read(body, Note(role="read"))
            numbers.append(exchange.n)
            pause = self._pause(exchange, attempt)
            if pause is None:
                return parse(exchange, data)
            self._sleep(pause)
        if exchange.reply is not None and exchange.reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            tries = len(numbers) - before
            raise Unreadable(f"the read-back answered 429 {tries} times, its Retry-After obeyed: lower --max-rate")
        return parse(exchange, data)

    def may_go_on(self) -> bool:
        """Whether a look may take more requests than one: what recoveries need is not for looking."""
        spare = getattr(self._client, "spare", None)
        return spare is None or spare() > 0

    def ask_for_fewer(self, keys: list[str], declined: list[str]) -> deque[list[str]]:
        """Return the keys in chunks half as large as the one that was declined, as all later looks will be."""
        self._chunk = max(1, len(declined) // 2)
        return self._chunks(keys)

    def _chunks(self, keys: list[str]) -> deque[list[str]]:
        return deque(keys[i : i + self._chunk] for i in range(0, len(keys), self._chunk))

    def rest(self, seconds: float) -> None:
        """Wait for a store that lags behind itself."""
        self._sleep(seconds)

    def window_end(self) -> int:
        """Return the end of the time window asked for, in Unix seconds."""
        return int(self._clock() + self._margin) + 1

    @property
    def limit(self) -> int:
        """How many alerts to ask for in one page."""
        return self._limit

    def _pause(self, exchange: Exchange, attempt: int) -> float | None:
        """Return how long to wait before asking the same again, None when the answer is final."""
        reply, problem = exchange.reply, exchange.problem
        if reply is None:
            hopeless = problem is None or problem.kind in _GONE or (problem.kind == "timeout" and attempt > 0)
            return None if hopeless else 0.05 * 4**attempt
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            asked = retry_after(reply, self._clock())
            if asked is not None and asked > _PATIENCE:
                return None
            return asked if asked is not None else 0.25 * 2**attempt
        return None


class _Look:
    """One reading: what has been found, and how much may still be spent on it."""

    def __init__(self, observer: OpenApiObserver, wanted: set[str] | None, start: float, budget: int) -> None:
        self._observer = observer
        self._wanted = wanted
        self._start = int(start)
        self._budget = budget
        self._found: dict[str, Mapping[str, Any]] = {}
        self._numbers: list[int] = []
        self._ignores_keys = False
        self._lists_everything = False
        self._slipped = False
        self._passes = 0

    def reading(self, chunks: deque[list[str]]) -> Reading:
        """Ask for each chunk of keys, for smaller ones where pages do not lead on."""
        problem = None
        try:
            while chunks and not self._lists_everything:
                keys, known = chunks.popleft(), len(self._found)
                try:
                    if self._list(keys):
                        continue
                except Declined:
                    if len(keys) <= 1:
                        raise
                    chunks = self._observer.ask_for_fewer([*keys, *(key for chunk in chunks for key in chunk)], keys)
                    continue
                if self._slipped and not self._halvable(keys) and self._passes < _AGAIN:
                    # The whole list once more, and what both have shown, until one shows nothing new.
                    self._passes += 1
                    if self._passes == 1 or len(self._found) > known:
                        chunks.appendleft(keys)
                    continue
                chunks.extendleft(self._halves(keys))
        except Unreadable as error:
            problem = str(error)
        wanted = self._wanted
        alerts = tuple(it for it in self._found.values() if wanted is None or _key(it) in wanted)
        return Reading(alerts if problem is None else (), problem, tuple(self._numbers))

    def _halves(self, keys: list[str]) -> tuple[list[str], list[str]]:
        """Return the keys in two parts, the second first; fewer keys make shorter lists."""
        if not self._halvable(keys):
            raise Unreadable("the pages of the read-back do not lead on: neither p nor search_after_ctx works")
        return keys[len(keys) // 2 :], keys[: len(keys) // 2]

    def _halvable(self, keys: list[str]) -> bool:
        return len(keys) > 1 and not self._ignores_keys

    def _list(self, keys: list[str]) -> bool:
        """Read the pages for these keys; False when there is more that the pages do not lead to."""
        asked, cursor = set(keys), None
        here: set[str] = set()
        strangers: set[str] = set()
        shifting = False  # a later page repeated some of an earlier one: others may have slipped between the two
        leads = False  # whether a page has led on before: then one that does not may come from a replica that lags
        rows = 0  # where pages lead on, a list that shows some alerts twice counts them twice in its total as well
        for number in range(1, _PAGES + 1):
            page = self._page(keys, number, cursor)
            fresh, rows = self._take(page.items, here), rows + len(page.items)
            again = _AGAIN if leads else 0
            while again and not fresh and page.items and _hides_some(page, max(rows, len(here))):
                self._observer.rest(_MOMENT * 2 ** (_AGAIN - again))
                page, again = self._page(keys, number, cursor), again - 1
                fresh = self._take(page.items, here)
            leads |= number > 1 and fresh > 0
            shifting |= number > 1 and 0 < fresh < len(page.items)
            strangers |= {it["alert_key"] for it in page.items if asked and is_stranger(it.get("alert_key"), asked)}
            if not fresh or _is_last(page, len(here)):
                self._ignores_keys = self._ignores_keys or bool(strangers)
                hidden = _hides_some(page, rows if leads else len(here))
                hidden |= len(keys) > 1 and _may_be_cut(page, len(here))
                stuck = not fresh and bool(page.items) and hidden
                # Alerts of keys that were to be asked for next: the others of them would have been here as well.
                self._lists_everything = bool(self._wanted and not self._wanted.isdisjoint(strangers)) and not stuck
                slipped = shifting and len(keys) > 1 and (page.total is None or len(here) < page.total)
                self._slipped = slipped and not stuck
                return not stuck and not slipped
            cursor = page.cursor
        raise Unreadable(f"the read-back goes on for more than {_PAGES} pages")

    def _page(self, keys: list[str], number: int, cursor: Any) -> Page:
        if len(self._numbers) >= self._budget:
            raise Unreadable(f"the read-back needs more than {self._budget} requests for one look")
        if self._numbers and not self._observer.may_go_on():
            raise Unreadable(f"the read-back needs more than {len(self._numbers)} requests for one look: none was left")
        body: dict[str, Any] = {"start_time": self._start, "end_time": self._observer.window_end()}
        if keys:
            body["alert_keys"] = keys
        body |= {"limit": self._observer.limit, "p": number}
        if cursor not in (None, ""):
            body["search_after_ctx"] = cursor
        return self._observer.page(body, self._numbers)

    def _take(self, items: Iterable[Mapping[str, Any]], here: set[str]) -> int:
        """Keep the alerts of a page; return how many of them this list had not shown before."""
        before = len(here)
        for item in items:
            name = identity(item)
            here.add(name)
            self._found[name] = item  # the later look wins: the alert may have been updated meanwhile
        return len(here) - before


def _is_last(page: Page, seen: int) -> bool:
    """Whether a page says that it is the last one; a count beats a flag, and silence is no answer."""
    if page.more is True:
        return False
    return seen >= page.total if page.total is not None else page.more is False


def _hides_some(page: Page, seen: int) -> bool:
    """Whether a page that brought nothing new says that there is more than has been shown."""
    return seen < page.total if page.total is not None else page.more is True


def _may_be_cut(page: Page, seen: int) -> bool:
    """Whether a page that repeats the first, and says nothing of others, holds as many as pages are often cut to."""
    return page.total is None and page.more is None and seen == len(page.items) and seen in _USUAL_SIZES


def _key(item: Mapping[str, Any]) -> Any:
    key = item.get("alert_key")
    return key if isinstance(key, str) else None
