"""TLS: verified by default, by a bundle where one is given, not at all on request; and tunnels through proxies."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
import warnings
from typing import TYPE_CHECKING

import pytest
from wire_servers import OK, Server, answering, endless, read_request, saying, serving

from conformance.model.scenario import Push
from conformance.wire.client import Client
from conformance.wire.pacing import Pacer
from conformance.wire.records import Exchange, Note
from conformance.wire.redact import Redactor
from conformance.wire.target import Target

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

PUSH = Push(b"{}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate for 127.0.0.1 with its key in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate for these tests")
    folder = tmp_path_factory.mktemp("tls")
    key, bundle = folder / "key.pem", folder / "bundle.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", bundle],
        check=True, capture_output=True,
    )  # fmt: skip
    bundle.write_text(bundle.read_text() + key.read_text())
    return bundle


def over_tls(certificate: Path, handler: Callable[[socket.socket, Server], None]) -> Callable[..., None]:
    """Return the same handler behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(sock: socket.socket, server: Server) -> None:
        with context.wrap_socket(sock, server_side=True) as secure:
            handler(secure, server)

    return wrapped


def push(port: int, timeout: float = 3.0, body: bytes = b"{}", **options: object) -> Exchange:
    """Return a push to an https target."""
    return pushes(1, port, timeout, body, **options)[0]


def pushes(count: int, port: int, timeout: float = 3.0, body: bytes = b"{}", **options: object) -> list[Exchange]:
    """Return some pushes to an https target."""
    url = f"https://127.0.0.1:{port}/event/push/alert/standard"
    target = Target.from_options(url, "k3y-0123456789abcdef", exchange_timeout=timeout, **options)  # type: ignore[arg-type]
    client = Client(target, Redactor(target.secrets), Pacer(None, None), on_exchange=lambda _: None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return [client.push(Push(body), Note()) for _ in range(count)]
    finally:
        client.close()


def test_an_unknown_certificate_is_a_problem_of_tls(certificate: Path) -> None:
    """Without more ado the certificate must be one that the machine trusts."""
    with serving(over_tls(certificate, answering(OK))) as server:
        exchange = push(server.port)
    assert exchange.problem is not None
    assert exchange.problem.kind == "tls"
    assert "certificate" in exchange.problem.text
    assert server.requests == []


@pytest.mark.parametrize("how", ["ca_bundle", "insecure"])
def test_a_bundle_or_no_verification_at_all_lets_the_push_through(certificate: Path, how: str) -> None:
    """With --ca-bundle and with --insecure the push arrives, connections are kept, and no library warns."""
    options = {"ca_bundle": str(certificate)} if how == "ca_bundle" else {"insecure": True}
    with serving(over_tls(certificate, answering(OK))) as server:
        exchanges = pushes(3, server.port, **options)
        assert server.connections == 1
    assert all(exchange.reply is not None for exchange in exchanges)
    assert [exchange.reused for exchange in exchanges] == [False, True, True]


def test_a_long_body_goes_through_tls(certificate: Path) -> None:
    """Bodies beyond one TLS record arrive whole."""
    with serving(over_tls(certificate, answering(OK))) as server:
        assert push(server.port, body=b"x" * 3_000_000, insecure=True).reply is not None
    assert server.requests[0].endswith(b"\r\n\r\n" + b"x" * 3_000_000)


@pytest.mark.parametrize("stage", ["handshake", "reply", "tunnel"])
def test_dripping_and_silence_under_tls_end_at_the_time_limit(certificate: Path, stage: str) -> None:
    """Handshake, reply and a proxy's answer are bounded like everything else."""
    drip = endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.05)
    handlers = {
        "handshake": lambda *_: time.sleep(5),
        "reply": over_tls(certificate, drip),
        "tunnel": drip,
    }
    with serving(handlers[stage]) as server:
        proxy = f"http://127.0.0.1:{server.port}" if stage == "tunnel" else None
        exchange = push(server.port, 0.5, insecure=True, proxy=proxy)
    assert exchange.problem is not None
    assert exchange.problem.kind == "timeout", exchange.problem
    assert exchange.seconds < 2


def test_garbage_in_place_of_tls_is_a_problem_of_tls() -> None:
    """A target that answers the handshake with noise, or hangs up, is told apart from one that is silent."""

    def noise(sock: socket.socket, _: Server) -> None:
        sock.recv(1000)
        sock.sendall(b"\x00\x01\x02 noise")

    def hang_up(sock: socket.socket, _: Server) -> None:
        sock.recv(1000)

    for handler in (noise, hang_up):
        with serving(handler) as server:
            exchange = push(server.port)
        assert exchange.problem is not None
        assert exchange.problem.kind == "tls", exchange.problem


def test_an_https_target_is_tunnelled_through_the_proxy(certificate: Path) -> None:
    """The proxy sees host and port, and nothing of the key."""
    seen: list[bytes] = []

    def proxy(sock: socket.socket, _: Server) -> None:
        seen.append(read_request(sock))
        sock.sendall(b"HTTP/1.1 200 Connection established\r\nA: b\r\n\r\n")
        over_tls(certificate, answering(OK))(sock, server)

    with serving(answering(OK)) as server, serving(proxy) as middle:
        exchanges = pushes(2, server.port, ca_bundle=str(certificate), proxy=f"http://u:p@127.0.0.1:{middle.port}")
        assert middle.connections == 1
        assert server.connections == 0
    assert all(exchange.reply is not None for exchange in exchanges)
    assert [exchange.reused for exchange in exchanges] == [False, True]
    (request,) = seen
    assert request.startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % server.port)
    assert b"Proxy-Authorization: Basic dTpw" in request
    assert b"k3y" not in request


def test_a_proxy_that_refuses_is_a_problem_of_connecting() -> None:
    """A 407 is the proxy's word, not the target's."""
    with serving(saying(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")) as middle:
        exchange = push(9, proxy=f"http://127.0.0.1:{middle.port}")
    assert exchange.problem is not None
    assert exchange.problem.kind == "connect"
    assert "407" in exchange.problem.text


def test_a_bundle_that_is_no_bundle_is_refused_at_once(tmp_path: Path) -> None:
    """A mistyped --ca-bundle is an error of usage, not a problem of every exchange."""
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing here")
    for name in (str(empty), str(tmp_path / "missing.pem")):
        with pytest.raises(ValueError, match="--ca-bundle"):
            push(9, ca_bundle=name)
