"""An accepted event that does not show under its key is looked for by its title."""

from __future__ import annotations

from drive_fakes import event

from conformance.drive.budget import Budget
from conformance.drive.elsewhere import stored_as
from conformance.wire.records import Reading

PUSH = event("mine")
TITLE = (PUSH.event() or {})["title_rule"]


class Store:
    """Lists alerts whatever their key."""

    def __init__(self, *alerts: dict[str, str], problem: str | None = None) -> None:
        self.reading = Reading(alerts, problem, (1, 2))

    def recent(self) -> Reading:
        """Give all of them."""
        return self.reading

    def read(self, _: object) -> Reading:
        """Show nothing under the key that was sent."""
        return Reading()


def test_an_event_under_another_key_is_found_by_its_title() -> None:
    """The key under which it is stored is told, and what listing took is paid for."""
    budget = Budget(10)
    store = Store({"title": "another", "alert_key": "x"}, {"title": TITLE, "alert_key": "tenant:mine"})
    assert stored_as(store, PUSH, ["mine"], budget) == "tenant:mine"
    assert budget.spent == 2


def test_nothing_is_made_up_where_the_event_is_nowhere_or_nobody_can_list() -> None:
    """Its own key, other titles, a broken listing and an observer that cannot list say nothing."""
    own, other = {"title": TITLE, "alert_key": "mine"}, {"title": "another", "alert_key": "x"}
    assert stored_as(Store(own, other), PUSH, ["mine"], Budget(10)) is None
    assert stored_as(Store({"title": TITLE, "alert_key": "y"}, problem="500"), PUSH, ["mine"], Budget(10)) is None
    assert stored_as(None, PUSH, ["mine"], Budget(10)) is None
