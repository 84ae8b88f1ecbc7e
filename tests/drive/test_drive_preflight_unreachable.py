"""Preflight of a target that is not reached: each way of failing has a step of its own, and advice."""

from __future__ import annotations

import pytest
from drive_asking import ask

from conformance.wire.records import Problem


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


def test_a_reset_may_be_chance() -> None:
    """One lost reply does not end a run before it began."""
    tries = iter([Problem("reset", ""), Problem("reset", "")])
    assert ask(lambda _push, _note: next(tries, None)).ok
