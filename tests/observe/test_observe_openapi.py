"""Reading through the Open API: complete where that is possible, bounded always, and honest where it is not."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from observe_servers import APP_KEY, AlertList, alert, reading_from

from conformance.observe import OpenApiObserver
from conformance.wire.records import Reading

if TYPE_CHECKING:
    from conformance.wire.client import Client


def observer(client: Client, **options: Any) -> OpenApiObserver:
    """Return an observer that does not sleep, at noon of a known day."""
    return OpenApiObserver(client, **{"clock": lambda: 1_000_000.5, "sleep": lambda _: None} | options)


def read(alerts: AlertList | None, keys: list[str], **options: Any) -> Reading:
    """Read these keys from that list."""
    with reading_from(alerts) as client:
        return observer(client, **options).read(keys)


def ids(reading: Reading) -> list[int]:
    """Return the numbers of the alerts that were read."""
    assert reading.problem is None, reading.problem
    return sorted(int(it["alert_id"], 16) for it in reading.alerts)


def keys(count: int) -> list[str]:
    """Return so many keys."""
    return [f"k{number}" for number in range(count)]


def test_one_request_asks_for_many_keys_within_a_window_with_a_margin() -> None:
    """Forty keys at a time, from before the run to after now, the app key in the URL and nowhere in the record."""
    alerts = AlertList(*(alert(number) for number in range(60)))
    with reading_from(alerts) as client:
        reader = observer(client)
        reading = reader.read([*keys(50), "absent", "k1"])
    assert ids(reading) == list(range(50))
    assert len(alerts.asked) == reader.requests_for(51) == 2
    first = alerts.asked[0]
    assert first["url"] == f"/alert/list?app_key={APP_KEY}"
    assert (first["start_time"], first["end_time"], first["limit"], first["p"]) == (996_400, 1_003_601, 100, 1)
    assert first["alert_keys"] == keys(40)
    assert alerts.asked[1]["alert_keys"] == [*keys(50)[40:], "absent"]
    assert reading.exchanges == (1, 2)


def test_no_keys_are_no_request() -> None:
    """Asking for nothing would list everything."""
    alerts = AlertList(alert(1))
    assert read(alerts, []) == Reading()
    assert alerts.asked == []


def test_pages_are_followed_to_the_end() -> None:
    """More alerts than fit into a page, several of them under one key, are all read, page by page."""
    alerts = AlertList(*(alert(number, f"k{number % 7}") for number in range(250)))
    assert ids(read(alerts, keys(7))) == list(range(250))
    assert [query["p"] for query in alerts.asked] == [1, 2, 3]
    assert alerts.asked[1]["search_after_ctx"] == f"{99:024x}"


class IgnoresCursor(AlertList):
    """Only p leads on."""

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        return (query.get("p", 1) - 1) * limit


class IgnoresPage(AlertList):
    """Only the cursor leads on."""

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        return super().start(query | {"p": 1}, limit, found)


class ShortPages(AlertList):
    """Seven alerts in a page, whatever was asked for."""

    most = 7


class SaysNothing(AlertList):
    """Items and nothing beside them."""

    most = 30

    def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the page says beside its alerts."""
        return {}


class AlwaysMore(AlertList):
    """has_next_page is true for ever."""

    def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the page says beside its alerts."""
        return {"has_next_page": True}


class NeverMore(AlertList):
    """has_next_page is false for ever, but the total is right."""

    def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the page says beside its alerts."""
        return {"has_next_page": False, "total": total}


class IgnoresKeys(AlertList):
    """Lists everything to everyone."""

    def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the alerts that are listed."""
        return self.alerts


class Stuck(AlertList):
    """Shows the first page for ever."""

    most = 20

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        return 0


class Overlapping(AlertList):
    """Pages that overlap by half, as when alerts come in meanwhile."""

    most = 20

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        return (query.get("p", 1) - 1) * limit // 2


class Shuffled(AlertList):
    """In another order each time, so that pages repeat some alerts and leave out others."""

    most = 20

    def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the alerts asked for."""
        found = super().matching(query)
        return random.Random(len(self.asked)).sample(found, len(found))

    def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
        """Return the place at which the page begins."""
        return (query.get("p", 1) - 1) * limit


class ShuffledSilently(Shuffled):
    """The same, and it says nothing of how many there are."""

    def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the page says beside its alerts."""
        return {"has_next_page": more}


@pytest.mark.parametrize(
    "kind",
    [
        Shuffled,
        ShuffledSilently,
        IgnoresCursor,
        IgnoresPage,
        ShortPages,
        SaysNothing,
        AlwaysMore,
        NeverMore,
        IgnoresKeys,
        Stuck,
        Overlapping,
    ],
)
def test_a_server_with_habits_of_its_own_is_read_completely(kind: type[AlertList]) -> None:
    """Whichever of cursor, page number, keys and counts a server ignores, the same alerts are read."""
    alerts = kind(*(alert(number) for number in range(130)))
    assert ids(read(alerts, keys(110))) == list(range(110))
    assert len(alerts.asked) <= 40


def test_a_server_that_ignores_the_keys_is_asked_once_and_not_once_for_each_chunk() -> None:
    """What lists everything has shown everything."""
    alerts = IgnoresKeys(*(alert(number) for number in range(150)))
    assert ids(read(alerts, keys(120))) == list(range(120))
    assert len(alerts.asked) == 2


def test_a_server_that_compares_keys_loosely_is_not_taken_for_one_that_ignores_them() -> None:
    """Alerts of kindred keys are left out, and the other keys are still asked for."""

    class Loose(AlertList):
        def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
            return [it for it in self.alerts if it["alert_key"].lower() in query["alert_keys"]]

    alerts = Loose(alert(1), alert(2, "K1"), alert(99, "k99"))
    assert ids(read(alerts, ["k1", *(f"x{number}" for number in range(50)), "k99"])) == [1, 99]


def test_a_list_that_leads_nowhere_is_a_problem() -> None:
    """Neither keys nor pages work: alerts may be hidden, and nothing is concluded from what is seen."""

    class Hopeless(IgnoresKeys, Stuck):
        pass

    reading = read(Hopeless(*(alert(number) for number in range(130))), keys(110))
    assert reading.alerts == ()
    assert reading.problem is not None
    assert "do not lead on" in reading.problem


def test_a_page_of_a_replica_that_lags_is_asked_for_again() -> None:
    """One page that brings nothing new, where pages have led on before, does not end the reading."""

    class Lagging(IgnoresKeys):
        most = 20

        def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
            behind = 20 if len(self.asked) == 3 else 0
            return super().start(query | {"search_after_ctx": ""}, limit, found) - behind

    assert ids(read(Lagging(*(alert(number) for number in range(90))), keys(80))) == list(range(80))


def test_endless_pages_are_cut_off() -> None:
    """A server that invents new alerts for ever is bounded in requests."""

    class Endless(AlertList):
        def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
            return [alert(len(self.asked) * 1000 + number, "k1") for number in range(100)]

        def start(self, query: dict[str, Any], limit: int, found: list[dict[str, Any]]) -> int:
            return 0

        def told(self, more: bool, total: int, page: list[dict[str, Any]]) -> dict[str, Any]:
            return {"has_next_page": True, "total": 10**9}

    alerts = Endless()
    reading = read(alerts, keys(2))
    assert reading.problem is not None
    assert "more than" in reading.problem
    assert len(alerts.asked) <= 100


def test_only_exactly_these_keys_are_returned() -> None:
    """A key is a key to the letter, and wrong types elsewhere are passed on for the judges."""
    odd = alert(1, "k1", labels=7, title=None, alert_status=["x"])
    alerts = IgnoresKeys(odd, alert(2, "K1"), alert(3, "k1 "), alert(4, "k10"), {"alert_key": 5}, {"x": 1})
    reading = read(alerts, ["k1"])
    assert reading.alerts == (odd,)
    assert reading.problem is None


def test_the_later_look_at_an_alert_counts() -> None:
    """An alert met on two pages is one, in its newest state."""

    class Changing(Overlapping):
        most = 4

        def matching(self, query: dict[str, Any]) -> list[dict[str, Any]]:
            return [alert(number, "k1", seen=len(self.asked)) for number in range(6)]

    reading = read(Changing(), ["k1"])
    assert ids(reading) == list(range(6))
    assert max(it["seen"] for it in reading.alerts if it["alert_id"].endswith("3")) > 1


class Says(AlertList):
    """Answers the same, whatever is asked."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        super().__init__()
        self.said = status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Return the answer."""
        return self.said


BROKEN = {
    "wrong key": (Says(401, {"error": {"code": "Unauthorized"}}), "check --app-key"),
    "wrong key in a 200": (Says(200, {"error": {"code": "AccessDenied"}}), "check --app-key"),
    "no such page": (Says(404, {"error": {"code": "RouteNotFound"}}), "--read-url"),
    "no such page, plainly": (Says(404, b"not found"), "404"),
    "redirect": (Says(302, b"", Location="/login"), "--read-url"),
    "HTML": (Says(200, b"<html>\x1b[31m"), "no JSON"),
    "no JSON object": (Says(200, [1]), "no object"),
    "no data": (Says(200, {"request_id": "1"}), "data.items"),
    "data of a push": (Says(200, {"data": {"alert_key": "k1"}}), "data.items"),
    "data of another shape": (Says(200, {"data": [1]}), "data.items"),
    "items of another shape": (Says(200, {"data": {"items": {"a": 1}}}), "data.items"),
    "an item that is none": (Says(200, {"data": {"items": [alert(1), "x"]}}), "item 1"),
    "items without keys": (Says(200, {"data": {"items": [{"title": "x"}]}}), "alert_key"),
    "deep nesting": (Says(200, b"[" * 100_000), "no JSON"),
    "a huge number": (Says(200, b'{"data":' + b"9" * 10_000 + b"}"), "no list"),
    "not UTF-8": (Says(200, b'{"data":"\xff"}'), "no JSON"),
    "5xx": (Says(503, b"", **{"Retry-After": "86400"}), "503"),
    "429 for ever": (Says(429, {"error": {"code": "RequestTooFrequently"}}), "429"),
    "nobody there": (None, "no answer"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_read_back_is_a_problem_in_one_sentence(case: str) -> None:
    """Never an exception, never an empty reading that looks like an empty store; and few requests."""
    alerts, says = BROKEN[case]
    reading = read(alerts, ["k1"])
    assert reading.alerts == ()
    assert reading.problem is not None
    assert says in reading.problem
    assert "\n" not in reading.problem
    assert reading.problem.isprintable()
    assert APP_KEY not in reading.problem
    assert len(reading.exchanges) <= 4


@pytest.mark.parametrize("data", [{"items": None, "total": 0}, {"total": 0}, {"has_next_page": False}, {}, None])
def test_null_items_are_an_empty_list(data: object) -> None:
    """Servers written in Go send null for an empty list, or leave it out with all else that is empty."""
    assert read(Says(200, {"data": data}), ["k1"]) == Reading(exchanges=(1,))


def test_a_429_is_obeyed_and_asked_again() -> None:
    """The wait is the one asked for, and the reading then succeeds."""

    class Busy(AlertList):
        def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if len(self.asked) < 3:
                return 429, {"Retry-After": "7"}, b"{}"
            return super().answer(query)

    slept: list[float] = []
    reading = read(Busy(alert(1)), ["k1"], sleep=slept.append)
    assert ids(reading) == [1]
    assert slept == [7.0, 7.0]
    assert reading.exchanges == (1, 2, 3)


def test_a_lost_answer_is_asked_for_again() -> None:
    """Reading twice harms nothing, so one reset does not break a reading."""

    class Flaky(AlertList):
        def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if len(self.asked) < 3:
                raise ConnectionResetError
            return super().answer(query)

    with reading_from(Flaky(alert(1))) as client:
        assert ids(observer(client).read(["k1"])) == [1]


def test_recent_lists_everything_of_the_last_days() -> None:
    """A sweep asks without keys."""
    alerts = AlertList(*(alert(number) for number in range(150)))
    with reading_from(alerts) as client:
        reading = observer(client).recent(2)
    assert ids(reading) == list(range(150))
    assert "alert_keys" not in alerts.asked[0]
    assert alerts.asked[0]["start_time"] == 1_000_000 - 2 * 86400


def test_a_look_takes_no_request_that_recoveries_need() -> None:
    """The first request is what was planned; further ones are made as long as some are to spare."""
    alerts = AlertList(*(alert(number) for number in range(30)))
    with reading_from(alerts) as client:
        client.spare = lambda: 5 - len(alerts.asked)
        reading = observer(client, page_limit=1).read(keys(30))
    assert len(alerts.asked) == 5
    assert reading.problem is not None
    assert "none was left" in reading.problem


def test_a_server_that_takes_few_keys_at_a_time_is_asked_for_few() -> None:
    """What is declined with many keys is asked with half of them, and so is every later look."""

    class Few(AlertList):
        def answer(self, query: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if len(query["alert_keys"]) > 12:
                return 400, {}, b'{"request_id": "r", "error": {"code": "InvalidParameter", "message": "too many"}}'
            return super().answer(query)

    alerts = Few(*(alert(number) for number in range(60)))
    assert ids(read(alerts, keys(60))) == list(range(60))
    assert len(alerts.asked) == 2 + 6
