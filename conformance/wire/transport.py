"""Requests sessions whose connections send exactly the bytes given and keep one total deadline; judges nothing.

``requests`` and ``urllib3`` keep the sessions, the pools, TLS and proxies.  They never see a secret: the prepared
request that passes through them is a shell with the bare origin in it, and the bytes travel in a ``Job`` that belongs
to the thread.  So no URL with a key can stand in an exception, a log line or a traceback of theirs.
"""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from conformance.wire.http1 import RawReply, Reader, Trouble, parse_head, read_reply
from conformance.wire.sockets import CHUNK, Deadline, dial, receive, send, send_watching

if TYPE_CHECKING:
    import socket

    from conformance.wire.target import Target


@dataclass(slots=True, repr=False)
class Job:
    """One request to be made by the current thread, and what became of it."""

    method: str
    target: bytes  # the request target in origin form
    origin: bytes  # what goes before it when a proxy forwards
    head: bytes  # header lines, each with its line ending
    body: bytes
    deadline: Deadline
    body_limit: int
    reply: RawReply | None = None
    reused: bool = True  # goes out on a connection that has carried a request before; connecting makes it False
    handed_over: bool = False  # every byte of the request was accepted for sending


class StaleConnectionError(Exception):
    """A kept-alive connection was gone before the whole request could be sent: sending again does no harm."""


class _Current(threading.local):
    job: Job


_current = _Current()


class _Wire(HTTPConnection):
    """What both kinds of connection do in their own way."""

    def _new_conn(self) -> socket.socket:
        _current.job.reused = False
        return dial(self._dns_host, self.port or self.default_port, _current.job.deadline)

    def _tunnel(self) -> None:
        """Ask the proxy for a tunnel; the library's own version has no bound on what the proxy sends."""
        job, host = _current.job, self._tunnel_host or ""
        place = f"[{host}]:{self._tunnel_port}" if ":" in host else f"{host}:{self._tunnel_port}"
        headers: dict[str, str] = getattr(self, "_tunnel_headers", {})
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *(f"{name}: {headers[name]}" for name in headers)]
        send(self.sock, "\r\n".join([*lines, "", ""]).encode("latin-1"), job.deadline)
        reader = Reader(lambda: receive(self.sock, job.deadline, "while the proxy opened a tunnel", size=1))
        # One byte at a time: what follows the head belongs to the tunnel.
        while not reader.buffer.endswith((b"\r\n\r\n", b"\n\n")):
            if len(reader.buffer) > CHUNK:
                raise Trouble("connect", "the proxy's answer to CONNECT does not end")
            reader.need_more()
        status = parse_head(bytes(reader.buffer))[1]
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise Trouble("connect", f"the proxy refused the tunnel with status {status}")
        self.sock.settimeout(job.deadline.left("before the TLS handshake"))

    def connect(self) -> None:
        try:
            super().connect()
        except TimeoutError:
            raise Trouble("timeout", "the time limit of the whole exchange ran out in the TLS handshake") from None
        except (HTTPError, OSError) as error:  # of TLS: _new_conn and _tunnel raise Trouble
            closed = isinstance(error, ssl.SSLEOFError | ConnectionError)
            text = "the target closed the connection in the handshake" if closed else str(error)
            hint = " (does the target speak plain http://?)" if "WRONG_VERSION_NUMBER" in text else ""
            raise Trouble("tls", f"no TLS connection: {text}{hint}") from None
        # Certificates are checked by the context; with --insecure the run has warned already, once.
        self.is_verified = True

    def request(self, *_: Any, headers: Any = None, **__: Any) -> None:
        """Send the job of this thread; the arguments are the shell's."""
        job = _current.job
        if self.sock is None:
            self.connect()
        extra = b""
        if self.proxy and not self._tunnel_host:
            job.target = job.origin + job.target
            extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items()).encode("latin-1")
        start = b"%b %b HTTP/1.1\r\n%b%b\r\n" % (job.method.encode("latin-1"), job.target, job.head, extra)
        try:
            if len(job.body) <= CHUNK:
                send(self.sock, start + job.body, job.deadline)
            else:
                send_watching(self.sock, start + job.body, job.deadline)
        except OSError:
            return  # an early refusal may be there to be read all the same
        job.handed_over = True

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        """Read the reply of the job; the object returned is a shell for the libraries."""
        job = _current.job
        reader = Reader(lambda: receive(self.sock, job.deadline, reader.stage))
        try:
            job.reply = reply = read_reply(reader, job.method, job.body_limit)
        except Trouble as trouble:
            if trouble.kind == "reset" and job.reused and not job.handed_over and not reader.got:
                raise StaleConnectionError from None
            raise
        if not reply.reusable or not job.handed_over:
            self.close()
        return HTTPResponse(status=reply.status, version=reply.version, preload_content=False, decode_content=False)


class _PlainConnection(_Wire):
    pass


class _SecureConnection(_Wire, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Hands out our own connections and keeps the pool of an origin at hand."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._pools: dict[str, Any] = {}
        super().__init__(pool_connections=4, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        return manager

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, _ = super().build_connection_pool_key_attributes(*args, **kwargs)
        # One context for the run: loading the trusted certificates takes longer than a handshake.
        return host, ({"ssl_context": self._context} if host["scheme"] == "https" else {})

    def get_connection_with_tls_context(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        pool = self._pools.get(request.url)
        if pool is None:
            pool = self._pools[request.url] = super().get_connection_with_tls_context(request, *args, **kwargs)
        return pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Set nothing: the context of the run decides."""


class _Session(requests.Session):
    def get_redirect_target(self, resp: Any) -> str | None:
        """Follow no redirect, nor even parse it: it is a finding."""
        return None


class Line:
    """A session with one connection per origin, used by one thread at a time."""

    def __init__(self, target: Target, context: ssl.SSLContext | None) -> None:
        self._proxies = {"http": target.proxy, "https": target.proxy} if target.proxy else {}
        self._session = _Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(context))

    def exchange(self, origin: str, job: Job) -> RawReply:
        """Make the request of the job; raises ``Trouble``, or ``StaleConnectionError`` when nothing was lost."""
        shell = requests.PreparedRequest()
        shell.method, shell.url, shell.hooks = "POST", origin + "/", {"response": []}
        shell.headers = requests.structures.CaseInsensitiveDict()
        _current.job = job
        try:
            response = self._session.send(shell, stream=True, allow_redirects=False, proxies=self._proxies)
            response.raw.release_conn()
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Trouble("reset", f"the connection failed: {type(error).__name__}") from None
        finally:
            del _current.job
        if job.reply is None:
            raise Trouble("reset", "the connection failed before a reply was read")
        return job.reply

    def close(self) -> None:
        """Close its connections."""
        self._session.close()


def tls_context(target: Target) -> ssl.SSLContext | None:
    """Return the TLS settings, None where nothing is sent over TLS."""
    if not any(url.startswith("https:") for url in (target.push_url, target.reading_url)):
        return None
    if target.ca_bundle:
        return ssl.create_default_context(cafile=target.ca_bundle)
    context = ssl.create_default_context()  # the machine's own certificates, and those that requests brings along
    if target.insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    else:
        context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
    return context
