"""Modes whose oddity lies in the connection: refused, silent, dripping, cut, or never through with TLS."""

import contextlib
import http.client
import socket

import pytest
from fleet import MODES
from fleet_talk import EVENT, Start, address, post, talk

TLS = sorted(name for name, mode in MODES.items() if mode.scheme == "https")

SILENT = (
    "silent",
    "stalls-mid-status",
    "stalls-after-status",
    "stalls-mid-headers",
    "stalls-after-headers",
    "stalls-mid-body",
    "drips-headers",
    "drips-body",
)


@pytest.mark.parametrize("name", SILENT)
def test_silent_modes_keep_the_connection_open_without_a_whole_reply(hostile: Start, name: str) -> None:
    """Some time after the request the connection is open and the reply is not there."""
    data, ended = talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT), seconds=0.3)
    assert not ended
    assert not data.rstrip().endswith(b"}}")


@pytest.mark.parametrize("name", ["hangs-up-on-accept", "resets-on-accept", "closes-before-status"])
def test_modes_that_hang_up_send_nothing(hostile: Start, name: str) -> None:
    """The connection ends without a byte."""
    assert talk(hostile(name).push_url, post("/event/push/alert/standard", EVENT)) == (b"", True)


def test_a_closed_port_refuses_connections(hostile: Start) -> None:
    """Nobody listens on the port that the mode names."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(hostile("refuses-connections").push_url), timeout=1)


def test_a_dripping_server_never_pauses_long(hostile: Start) -> None:
    """One byte comes at once and another within a second, so that a limit on single reads is of no use."""
    data, _ = talk(hostile("drips-headers").push_url, post("/event/push/alert/standard", EVENT), rb"HT", 1.5)
    assert data == b"HT"


@pytest.mark.parametrize("name", TLS)
def test_tls_modes_name_an_https_url_and_complete_no_handshake(hostile: Start, name: str) -> None:
    """What comes back to the first bytes of a handshake is no handshake record."""
    running = hostile(name)
    assert running.push_url.startswith("https://")
    data, _ = talk(running.push_url, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", seconds=0.3)
    assert not data.startswith(b"\x16\x03")


def test_connections_end_without_notice_where_the_mode_says_so(hostile: Start) -> None:
    """The reply is whole, says nothing of closing, and is followed by the end."""
    data, ended = talk(hostile("closes-without-saying").push_url, post("/event/push/alert/standard", EVENT))
    assert ended
    assert data.endswith(b"}}")
    assert b"close" not in data.lower()


def test_pipelining_is_hated(hostile: Start) -> None:
    """Two requests at once end the connection, two in turn do not."""
    running = hostile("hates-pipelining")
    one = post("/event/push/alert/standard", EVENT)
    assert talk(running.push_url, one + one) == (b"", True)
    with contextlib.closing(http.client.HTTPConnection(*address(running.push_url), timeout=2)) as connection:
        for _ in range(2):
            connection.request("GET", "/event/push/alert/standard")
            assert connection.getresponse().read()
