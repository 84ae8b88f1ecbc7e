"""Modes that show only over several requests: redirects, losses, limits, turns for the worse, replies of others."""

import contextlib
import http.client
import re
import threading
import time

import pytest
from fleet_talk import APP_KEY, EVENT, KEY, Start, address, ask, patiently, post, read_body, talk


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_lead_to_a_server_that_records(hostile: Start, status: int) -> None:
    """A client that follows the redirect finds a friendly server, and is found out."""
    running = hostile(f"redirects-{status}")
    data, _ = talk(running.push_url, post("/event/push/alert/standard", EVENT), rb"moved</html>")
    found = re.search(rb"\AHTTP/1.1 (\d+) .*Location: ([^\r]+)\r\n", data, re.DOTALL)
    assert found is not None
    assert int(found[1]) == status
    assert address(found[2].decode()) != address(running.push_url)
    assert running.received == []
    assert ask(running, found[2].decode(), EVENT)[0] == 200
    assert len(running.received) == 1
    assert b"disk full" in running.received[0]


def test_the_redirect_with_the_key_shows_both_keys(hostile: Start) -> None:
    """Location holds the keys in the clear."""
    data, _ = talk(hostile("redirects-with-key").push_url, post("/event/push/alert/standard", EVENT), rb"moved</html>")
    assert KEY.encode() in data.partition(b"Location: ")[2]
    assert APP_KEY.encode() in data.partition(b"Location: ")[2]


@pytest.mark.parametrize(("name", "low", "high"), [("closes-at-random", 6, 60), ("resets-at-random", 6, 60)])
def test_random_losses_are_about_one_in_ten(hostile: Start, name: str, low: int, high: int) -> None:
    """Of 200 pushes on connections of their own some are lost, most are not, and all that were answered were stored."""
    running = hostile(name)
    answered = 0
    for number in range(200):
        with contextlib.suppress(OSError, http.client.HTTPException):
            answered += ask(running, running.push_url, {**EVENT, "alert_key": f"disk-{number}"})[0] == 200
    assert low <= 200 - answered <= high
    status, envelope = patiently(running, running.read_url, {**read_body(), "alert_keys": None})
    assert status == 200
    assert answered <= envelope["data"]["total"] < 200


def test_every_third_request_is_refused(hostile: Start) -> None:
    """Of nine requests in a row exactly three get 429."""
    running = hostile("429-every-third")
    assert [ask(running, running.push_url, EVENT)[0] for _ in range(9)] == [200, 200, 429] * 3


def test_a_dying_server_is_gone_for_good(hostile: Start) -> None:
    """After its last request nobody listens any more."""
    running = hostile("dies-after-40")
    for _ in range(40):
        assert ask(running, running.push_url, EVENT)[0] == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(running, running.push_url, EVENT)
    time.sleep(0.1)
    with pytest.raises(OSError, match="refused"):
        ask(running, running.push_url, EVENT)


@pytest.mark.parametrize(
    ("name", "after"), [("turns-to-html-after-40", b"<html>"), ("key-revoked-after-40", b"Unauthorized")]
)
def test_a_turning_server_turns_after_40_requests(hostile: Start, name: str, after: bytes) -> None:
    """Forty good exchanges are followed by others."""
    running = hostile(name)
    for _ in range(40):
        assert ask(running, running.push_url, EVENT)[0] == 200
    assert after in talk(running.push_url, post("/event/push/alert/standard", EVENT, close=True))[0]


def test_two_pushes_in_flight_get_each_others_replies(hostile: Start) -> None:
    """Of two simultaneous pushes each is told the alert key of the other; a push alone gets its own."""
    running = hostile("swaps-replies")
    seen: dict[str, str] = {}
    ready = threading.Barrier(2)

    def push(key: str) -> None:
        ready.wait()
        seen[key] = ask(running, running.push_url, {**EVENT, "alert_key": key})[1]["data"]["alert_key"]

    threads = [threading.Thread(target=push, args=(key,)) for key in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"a": "b", "b": "a"}
    assert ask(running, running.push_url, EVENT)[1]["data"]["alert_key"] == "disk-1"


def test_a_static_success_never_changes(hostile: Start) -> None:
    """A good push, a bad one and a wrong path get the same envelope."""
    running = hostile("static-success")
    replies = [ask(running, url, body) for url in (running.push_url, running.read_url) for body in (EVENT, b"no")]
    assert all(reply == replies[0] for reply in replies)
