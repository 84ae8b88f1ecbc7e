"""A finding on an event says which one it was, and what was there before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pretended import Alert, Event, Server, ground, judged, told

from conformance.checks.ground import push, scenario
from conformance.model.scenario import Scenario

_SERVED = ("alert-key.update", "alert-key.update-description", "event-status.retrigger", "description.kept")


class Answering(Server):
    """Gives events that are no recovery an answer of its own."""

    def __init__(self, status: int, reply: Mapping[str, Any]) -> None:
        super().__init__()
        self.own = status, dict(reply)

    def answer(self, event: Event) -> tuple[int, dict[str, Any]]:
        """The same to every event."""
        del event
        return self.own


def life(*descriptions: str) -> Scenario:
    """A first event of a key and updates, each more severe; an empty description stands for a recovery."""
    made = ground()
    key, statuses = made.names.key("told"), iter(("Info", "Warning", "Critical"))
    pushes = [
        push(made.event("t", alert_key=key, description=text, event_status=next(statuses)), "alert-key.update")
        if text
        else push(made.ok(key), "event-status.ok")
        for text in descriptions
    ]
    return scenario("lifecycle.told", _SERVED, *pushes)


def findings(server: Server, sent: Scenario, requirement: str) -> list[str]:
    """The sentences on a requirement after this scenario."""
    found = judged([told(sent, server, 100)]).judgements
    return [j.finding.sentence for j in found if j.finding is not None and j.requirement == requirement]


def _keeps(name: str) -> Server:
    def updates(before: Mapping[str, Any], after: Alert) -> None:
        after[name] = before[name]

    return Server(updates=updates)


def test_an_update_that_changed_nothing_says_whose_text_is_still_there() -> None:
    """Not that the text was altered from its first character on."""
    [sentence] = findings(_keeps("description"), life("one", "two"), "alert-key.update-description")
    assert sentence == 'After an update, the description: it is still the description of the event before, "one".'


def test_an_update_that_altered_the_text_says_what_it_altered() -> None:
    """What no event brought is no text of an event before."""

    def louder(_: Mapping[str, Any], after: Alert) -> None:
        after["description"] += "!"

    [sentence] = findings(Server(updates=louder), life("one", "two"), "alert-key.update-description")
    assert "still" not in sentence
    assert sentence.endswith('"two" → "two!".')


@pytest.mark.parametrize(
    ("server", "events", "requirement", "when"),
    [
        (_keeps("alert_status"), ("one", "two"), "alert-key.update", "After an update, "),
        (
            Server(stores=lambda _, alert: alert.update(alert_status="Critical")),
            ("one",),
            "event-status.stored",
            "After the first event of its key, ",
        ),
    ],
    ids=["update", "first"],
)
def test_a_wrong_status_says_after_which_event(
    server: Server, events: tuple[str, ...], requirement: str, when: str
) -> None:
    """The first one is another matter than an update."""
    [sentence] = findings(server, life(*events), requirement)
    assert sentence.startswith(when + "alert_status is ")


def test_a_server_error_names_the_request_that_made_it() -> None:
    """A reader looks for what was special about it, not for the number."""
    server = Answering(500, {"request_id": "r", "error": {"code": "InternalError", "message": "oh"}})
    alone = scenario("event.special", ("description.kept",), push(ground().event("t"), "description.kept"))
    found = judged([told(alone, server, 100)]).judgements
    sentences = {j.finding.sentence for j in found if j.finding is not None and "Expected" in j.finding.sentence}
    assert sentences == {'Expected accepted, got 500 InternalError ("oh") (the request of event.special).'}


@pytest.mark.parametrize(
    ("data", "told_as"),
    [({}, "absent"), ({"alert_key": None}, "null"), ({"alert_key": ""}, '"", 0 characters')],
    ids=["absent", "null", "empty"],
)
def test_a_key_that_is_absent_is_not_called_null(data: Mapping[str, Any], told_as: str) -> None:
    """What the reply does not hold is absent."""
    server = Answering(200, {"request_id": "r", "data": data})
    [sentence] = findings(server, life("one"), "data.alert-key.present")
    assert sentence.startswith(f"data.alert_key is {told_as}; it must be")


def test_data_that_is_absent_is_not_called_a_text() -> None:
    """Neither null nor a word in quotes."""
    [sentence] = findings(Answering(200, {"request_id": "r"}), life("one"), "data.object")
    assert sentence.endswith("data is absent.")
