"""Preflight of what a target answers: another protocol, a refused key, a wrong path, or just a faulty server."""

from __future__ import annotations

from typing import Any

import pytest
from drive_asking import ask, conforming
from drive_fakes import World, refusal, reply

from conformance.wire.records import Reply

HTML = Reply(200, "OK", (("Content-Type", "text/html"),), b"<html>\x1b[31m<b>hello")


def test_a_media_type_that_nobody_may_use_is_no_matter_of_the_key() -> None:
    """Where everything gets InvalidContentType, the key may be as good as it is."""
    found = ask(lambda _push, _note: refusal("InvalidContentType", 400))
    assert found.exit_code == 4
    assert "every event is refused for its Content-Type (400 InvalidContentType)" in found.sentence
    assert "integration" not in found.sentence


def test_a_path_that_leads_nowhere_is_no_matter_of_the_key() -> None:
    """Where everything gets RouteNotFound, the path of the URL is wrong, and the document has the right one."""
    found = ask(lambda _push, _note: refusal("RouteNotFound", 404), push_url="http://127.0.0.1:1/")
    assert found.exit_code == 4
    assert "nothing at the path / (404 RouteNotFound): check the path of --target-url" in found.sentence
    assert "/event/push/alert/standard in the document" in found.sentence
    assert "integration" not in found.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (HTML, "answers, but not in this protocol (status 200, 'text/html'"),
        (Reply(404, "", (), b"not found"), "status 404, 'no content type', 'not found'"),
        (reply(200, [1, 2]), "not in this protocol"),
        (reply(200, {"hello": "world"}), "not in this protocol"),
        (reply(302, {}, Location="https://login.example/\x1b[2J"), "redirects to 'https://login.example/\\x1b[2J'"),
        (Reply(429, "", (), b"slow down"), "too busy (429)"),
    ],
)
def test_what_is_not_this_protocol_is_untestable(answer: Reply, words: str) -> None:
    """HTML, other JSON, redirects and gateways are told apart in the sentence."""
    found = ask(lambda _push, _note: answer)
    assert found.exit_code == 4
    assert words in found.sentence


@pytest.mark.parametrize(("code", "status"), [("Unauthorized", 401), ("AccessDenied", 403), ("InvalidParameter", 400)])
def test_a_refused_key_is_untestable(code: str, status: int) -> None:
    """A minimal and a full event both get the answer that a made-up key gets."""
    found = ask(lambda _push, _note: refusal(code, status))
    assert found.exit_code == 4
    assert f"({status} {code}): check --integration-key" in found.sentence
    assert found.steps[-1][:2] == ("key", False)


def test_a_target_that_refuses_the_minimal_event_only_is_tested() -> None:
    """The full event is taken, so the key is good, and the run will say what is wrong with the other."""
    world = World(lambda push, note: refusal() if b"labels" not in push.body else conforming(push, note))
    found = ask(world=world)
    assert found.ok
    assert found.accepted
    assert found.observer_problem is None


def test_a_target_that_refuses_proper_events_in_its_own_way_is_tested() -> None:
    """The refusal differs from that of a made-up key: the positive control fails, and that is for the judges."""
    found = ask(lambda push, note: conforming(push, note) or refusal())
    assert found.ok
    assert not found.accepted
    assert "refused (400 InvalidParameter)" in found.sentence


def test_a_target_that_breaks_on_everything_is_tested() -> None:
    """A 500 in the envelope, whatever the key, is a fault and no refusal of the key."""
    assert ask(lambda _push, _note: refusal("InternalError", 500)).ok


def test_a_target_that_takes_any_key_is_tested() -> None:
    """That is a finding, not a reason to stop."""
    assert ask(lambda _push, _note: None).ok


@pytest.mark.parametrize(
    "value", [{"data": {"alert_key": "k"}}, {"error": {"code": "X"}}, {"request_id": 7}], ids=["data", "error", "id"]
)
def test_a_broken_envelope_is_recognisable(value: dict[str, Any]) -> None:
    """One of its parts is enough to go on."""
    assert ask(lambda _push, _note: reply(200, value), observed=False).ok


def test_success_in_plain_text_is_tested_where_refusals_are_in_the_envelope() -> None:
    """A server whose success is broken is still this protocol."""
    found = ask(lambda push, note: conforming(push, note) or Reply(200, "", (), b"ok"), observed=False)
    assert found.ok
    assert found.accepted
