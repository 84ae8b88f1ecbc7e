"""The fleet itself: well described, each server in it ends when it is told to, and those that must conform do."""

import contextlib
import re
import socket
import threading
import time

import pytest
from fleet import MODES, start
from fleet_talk import APP_KEY, EVENT, KEY, Start, address, patiently, post, read_body

CONFORMING = sorted(name for name, mode in MODES.items() if mode.exit_codes == {0})


def test_the_fleet_is_large_and_well_described() -> None:
    """Every mode has a kebab-case name, a sentence, a reason, exit codes of the design, and words for exit code 4."""
    assert len(MODES) >= 40
    for name, mode in MODES.items():
        assert mode.name == name
        assert re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", name), name
        assert mode.summary.endswith("."), name
        assert mode.why.endswith("."), name
        assert mode.exit_codes, name
        assert mode.exit_codes <= {0, 1, 4, 5}, name
        assert bool(mode.words) == (4 in mode.exit_codes), name


@pytest.mark.parametrize("name", sorted(MODES))
def test_every_mode_ends_soon_and_leaves_no_thread(name: str) -> None:
    """With one connection in the middle of a request and another waiting for its reply, closing ends everything."""
    before = set(threading.enumerate())
    running = start(name, key=KEY, app_key=APP_KEY)
    with contextlib.ExitStack() as stack:
        if MODES[name].listens:
            for data in (post("/event/push/alert/standard", EVENT), b"POST /event"):
                # A mode that resets what it accepts may do so before connect() returns.
                with contextlib.suppress(OSError):
                    sock = stack.enter_context(socket.create_connection(address(running.push_url), timeout=5))
                    sock.sendall(data)
        started = time.monotonic()
        running.close()
        assert time.monotonic() - started < 5
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("name", CONFORMING)
def test_modes_that_must_conform_are_honest(hostile: Start, name: str) -> None:
    """Under the oddity there is a server that accepts, refuses, stores, shows and recovers."""
    running = hostile(name)
    status, envelope = patiently(running, running.push_url, EVENT)
    assert (status, envelope["data"]["alert_key"]) == (200, "disk-1")
    status, envelope = patiently(running, running.push_url, EVENT, integration_key="made-up")
    assert (status, envelope["error"]["code"]) == (400, "InvalidParameter")
    status, envelope = patiently(running, running.push_url, {**EVENT, "event_status": "Ok"})
    assert status == 200
    status, envelope = patiently(running, running.read_url, read_body())
    assert status == 200
    assert {item["alert_key"] for item in envelope["data"]["items"]} == {"disk-1"}
    assert {item["alert_status"] for item in envelope["data"]["items"]} == {"Ok"}
