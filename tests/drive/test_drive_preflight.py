"""Preflight: which targets are worth a run, and what is said of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from drive_fakes import Answer, World, event, refusal, reply

from conformance.drive.budget import Budget
from conformance.drive.journal import Journal
from conformance.drive.ports import DriveSettings, RunFacts
from conformance.drive.preflight import Preflight, preflight, wait_for_target
from conformance.wire.records import Note, Problem, Reply

if TYPE_CHECKING:
    from conformance.model.scenario import Push

MINIMAL = event("pre-minimal")
FULL = event("pre-full", description="d", labels={"a": "b"}, images=[])
HTML = Reply(200, "OK", (("Content-Type", "text/html"),), b"<html>\x1b[31m<b>hello")


@dataclass
class Place:
    """Where the target is."""

    push_url: str = "http://127.0.0.1:1/event/push/alert/standard"
    is_loopback: bool = True
    proxy: str | None = None


def ask(answer: Answer | None = None, *, world: World | None = None, observed: bool = True, **place: Any) -> Preflight:
    """Preflight against a world, checking that it stays cheap."""
    world = world or World(answer or _conforming)
    budget = Budget(150)
    settings = DriveSettings(clock=world.clock, sleep=world.clock.sleep)
    found = preflight(
        world,
        Place(**place),
        world if observed else None,
        minimal=MINIMAL,
        full=FULL,
        budget=budget,
        journal=Journal(None, "r"),
        settings=settings,
    )
    assert len(world.exchanges) <= 6
    assert sum(world.pauses) <= 10 or found.exit_code == 5 or world.delay
    assert budget.spent == world.requests()
    assert "\x1b" not in found.sentence
    return found


def _conforming(push: Push, _note: Note) -> Reply | None:
    return refusal("Unauthorized", 401) if push.credential == "unknown" else None


def test_a_conforming_target_takes_one_push_and_one_read() -> None:
    """Every step passes, and the positive control is seen."""
    world = World(_conforming)
    found = ask(world=world)
    assert (found.ok, found.exit_code, found.accepted, found.observer_problem) == (True, 0, True, None)
    assert [name for name, ok, _ in found.steps if ok] == [
        "name resolution",
        "connection",
        "TLS",
        "HTTP",
        "JSON envelope",
        "key",
        "read-back",
    ]
    assert len(world.exchanges) == len(world.reads) == 1


@pytest.mark.parametrize(
    ("kind", "step", "words"),
    [
        ("resolve", "name resolution", "cannot be resolved (why): check the host of --target-url"),
        ("connect", "connection", "nothing answers at http://127.0.0.1:1 (why): start the server, or check host and"),
        ("tls", "TLS", "check the server's TLS settings"),
        ("timeout", "HTTP", "--exchange-timeout"),
        ("reset", "HTTP", "closes the connection"),
        ("not-http", "HTTP", "does not speak HTTP"),
        ("too-large", "HTTP", "more than is read"),
        ("encoding", "HTTP", "cannot be decoded"),
        ("too-slow-to-connect", "connection", "--wait-for-target"),
    ],
)
def test_an_unreachable_target_is_untestable_with_advice(kind: str, step: str, words: str) -> None:
    """Each way of failing has a step of its own and says what to do."""
    found = ask(lambda _push, _note: Problem(kind, "why"))
    assert found.exit_code == 4
    assert words in found.sentence
    assert [name for name, ok, _ in found.steps if not ok] == [step]
    assert found.steps[-1][0] == step


@pytest.mark.parametrize("kind", ["resolve", "connect", "too-slow-to-connect"])
def test_a_proxy_that_is_down_is_not_taken_for_the_target(kind: str) -> None:
    """What was connected to is the proxy: the advice names its option, and its password is not told."""
    found = ask(lambda _push, _note: Problem(kind, "why"), proxy="http://user:passw0rd@proxy.example:3128")
    assert found.exit_code == 4
    assert "through the proxy http://proxy.example:3128 (why): start the proxy, check" in found.sentence
    assert "--proxy" in found.sentence
    assert "passw0rd" not in found.sentence
    assert "start the server" not in found.sentence


_VERIFY = "no TLS connection: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("tls", "no TLS connection: [SSL: WRONG_VERSION_NUMBER] wrong version number", "begin with http://, or"),
        ("tls", _VERIFY + "self-signed certificate (_ssl.c:1006)", "nobody who is trusted here"),
        ("tls", _VERIFY + "unable to get local issuer certificate", "with --ca-bundle"),
        ("tls", _VERIFY + "certificate has expired", "renew it"),
        ("tls", _VERIFY + "Hostname mismatch, certificate is not valid for 'h'", "another host"),
        ("tls", _VERIFY + "something new", "is not trusted"),
        (
            "tls",
            "no TLS connection: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert",
            "TLS handshake with https://h fails",
        ),
        ("tls", "no TLS connection: the target closed the connection in the handshake", "closes the connection"),
        ("timeout", "the time limit of the whole exchange ran out in the TLS handshake", "does not go through with"),
    ],
)
def test_each_way_in_which_tls_fails_has_advice_of_its_own(kind: str, text: str, words: str) -> None:
    """The sentence says what is wrong with this handshake, and never that an https URL should begin so."""
    found = ask(lambda _push, _note: Problem(kind, text), push_url="https://h/event/push/alert/standard")
    assert found.exit_code == 4
    assert words in found.sentence
    assert "begin with https://" not in found.sentence
    assert found.sentence.count("TLS connection") == 0
    assert found.steps[-1][:2] == ("TLS", False)


def test_a_server_of_tls_behind_a_plain_url_is_named() -> None:
    """Then, and only then, the URL should begin with https://."""
    text = "the answer does not begin like HTTP: '\\x15\\x03'; it looks like TLS: should the URL begin with https://?"
    assert "let --target-url begin with https://" in ask(lambda _push, _note: Problem("not-http", text)).sentence


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


def test_no_sentence_of_preflight_shows_the_query_of_the_target() -> None:
    """Keys stand in queries: of their parameters only the names are told."""
    found = ask(push_url="http://127.0.0.1:1/event/push/alert/standard?app_key=App%2Fkey&x")
    assert "app_key=…" in found.sentence
    assert "App%2Fkey" not in "".join(sentence for *_, sentence in found.steps) + found.sentence


def test_a_reset_may_be_chance() -> None:
    """One lost reply does not end a run before it began."""
    tries = iter([Problem("reset", ""), Problem("reset", "")])
    assert ask(lambda _push, _note: next(tries, None)).ok


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
    world = World(lambda push, note: refusal() if b"labels" not in push.body else _conforming(push, note))
    found = ask(world=world)
    assert found.ok
    assert found.accepted
    assert found.observer_problem is None


def test_a_target_that_refuses_proper_events_in_its_own_way_is_tested() -> None:
    """The refusal differs from that of a made-up key: the positive control fails, and that is for the judges."""
    found = ask(lambda push, note: _conforming(push, note) or refusal())
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
    found = ask(lambda push, note: _conforming(push, note) or Reply(200, "", (), b"ok"), observed=False)
    assert found.ok
    assert found.accepted


def test_a_busy_target_is_obeyed() -> None:
    """A 429 with Retry-After is waited for."""
    waits = iter([1])
    world = World(
        lambda _push, _note: refusal("RequestTooFrequently", 429, Retry_After="1") if next(waits, None) else None
    )
    assert ask(world=world).ok
    assert world.pauses[0] == 1.0


def test_a_target_that_stays_busy_makes_the_run_incomplete() -> None:
    """It is this protocol, but nothing can be tested now."""
    found = ask(lambda _push, _note: refusal("RequestTooFrequently", 429))
    assert (found.ok, found.exit_code) == (False, 5)
    assert "--max-rate" in found.sentence


def test_an_event_that_does_not_show_is_a_warning() -> None:
    """The run goes on without what needs the read-back."""
    found = ask(world=World(_conforming, delay=99))
    assert found.ok
    assert "did not show in the read-back within 10 s" in found.observer_problem
    assert found.steps[-1][:2] == ("read-back", False)


def test_how_long_an_alert_takes_to_show_is_handed_on() -> None:
    """The driver need not learn again what preflight has seen."""
    world, facts = World(_conforming, delay=2.0), RunFacts()
    settings = DriveSettings(clock=world.clock, sleep=world.clock.sleep)
    preflight(
        world,
        Place(),
        world,
        minimal=MINIMAL,
        full=FULL,
        budget=Budget(99),
        journal=Journal(None, "r"),
        settings=settings,
        facts=facts,
    )
    assert facts.visible_after is not None
    assert 2.0 <= facts.visible_after < 4.0
    assert facts.observing == "on"


def test_a_broken_read_back_is_a_warning() -> None:
    """It is said to be broken, in the observer's words."""
    found = ask(world=World(_conforming, problems=9))
    assert found.ok
    assert found.observer_problem.startswith("the read-back answered 500: what is stored cannot be judged")


def test_a_key_over_plain_http_to_another_machine_is_warned_about() -> None:
    """And so is that alerts page people; neither on this machine."""
    assert ask().warnings == ()
    told = ask(push_url="http://staging.example/push", is_loopback=False).warnings
    assert len(told) == 2
    assert "http://staging.example over plain HTTP" in told[1]


def test_waiting_for_a_target_ends_when_it_answers() -> None:
    """Any answer will do, and the probe opens nothing."""
    world, used, down = World(), [], iter([1, 1, 1])

    def answer(push: Push, _note: Note) -> Problem | Reply:
        used.append(push.credential)
        return Problem("connect", "refused") if next(down, None) else refusal()

    world.answer = answer
    assert wait_for_target(world, MINIMAL, 5, DriveSettings(clock=world.clock, sleep=world.clock.sleep)) == 4
    assert set(used) == {"unknown"}
