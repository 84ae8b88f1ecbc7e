"""Lists with habits of their own are read completely where that is possible, and within bounds always."""

from __future__ import annotations

import random
from typing import Any

import pytest
from observe_servers import AlertList, alert, ids, keys, read


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
