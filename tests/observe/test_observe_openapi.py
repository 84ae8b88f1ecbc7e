"""Reading through the Open API: what is asked for, page by page, and how often."""

from __future__ import annotations

from typing import Any

from observe_servers import APP_KEY, AlertList, alert, ids, keys, observer, read, reading_from

from conformance.wire.records import Reading


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
