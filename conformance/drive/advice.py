"""What preflight says: one sentence each of what was wrong, what was seen and what to do next; decides nothing.

Texts that the target controls are shown in ASCII, quoted and cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.drive.replies import replied_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.wire.records import Exchange, Problem

_NOT_FOUND = 404
_CONNECTING = ("resolve", "connect", "too-slow-to-connect")
_PATH = "/event/push/alert/standard"

PASSED = {
    "name resolution": "the host name resolves",
    "connection": "the host takes connections",
    "TLS": "the certificate is trusted",
    "HTTP": "it speaks HTTP",
    "JSON envelope": "it answers in this protocol",
}


def shown(text: str, most: int = 60) -> str:
    """Return a target's text, safe for a terminal."""
    return ascii(text if len(text) <= most else text[:most] + "…")


def origin(url: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def unreachable(url: str, problem: Problem, proxy: str | None = None) -> str:
    """Say why there was no reply at all; with a proxy it is the proxy that was connected to."""
    if proxy and problem.kind in _CONNECTING:
        parts = urlsplit(proxy)  # without the name and the password in it
        place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        return (
            f"there is no way to {origin(url)} through the proxy {place}{_why(problem)}: start the proxy, "
            "check host, port and password of --proxy, or leave it out"
        )
    place, host, why = origin(url), urlsplit(url).hostname or "", _why(problem)
    options = {
        "resolve": f"the host name {host} cannot be resolved{why}: check the host of --target-url, or the network",
        "connect": f"nothing answers at {place}{why}: start the server, or check host and port of --target-url",
        "too-slow-to-connect": (
            f"no connection to {place} came about in time{why}: check host, port and firewall, "
            "or give the server time with --wait-for-target"
        ),
        "tls": _no_tls(place, problem),
        "timeout": (
            f"{url} takes the request but does not answer in time{why}: check that it is the push endpoint, "
            "or raise --exchange-timeout"
        ),
        "reset": f"{url} closes the connection instead of answering{why}: check the server's log, scheme and port",
        "not-http": f"what answers at {place} does not speak HTTP{why}: check the port of --target-url",
        "too-large": f"{url} answers with more than is read{why}: check that --target-url is the push endpoint",
        "encoding": f"{url} answers in a content encoding that cannot be decoded{why}: check server and proxies",
    }
    if stalls_in_tls(problem):
        return _no_tls(place, problem)
    if problem.kind == "not-http" and "looks like TLS" in problem.text:
        return f"{place} speaks TLS, and is asked without it: let --target-url begin with https://"
    return options.get(problem.kind, f"{url} cannot be tested{why}: check --target-url")


def stalls_in_tls(problem: Problem) -> bool:
    """Whether the time ran out before there was a TLS connection."""
    return problem.kind == "timeout" and "TLS handshake" in problem.text


#: What the library says of a handshake, in lower case, and what that means; the first that fits is told.
_TLS_TROUBLES = {
    r"wrong.version.number|record layer failure|packet length too long": (
        "{place} does not speak TLS{why}: let --target-url begin with http://, or check its port"
    ),
    r"self.signed|unable to get local issuer|unable to verify the first": (
        "the certificate of {place} is signed by nobody who is trusted here{why}: give the certificate of its "
        "authority with --ca-bundle, or --insecure for a test server"
    ),
    r"has expired|not yet valid": (
        "the certificate of {place} is out of date{why}: renew it, check the clocks, "
        "or give --insecure for a test server"
    ),
    r"mismatch|not valid for": (
        "the certificate of {place} is made out to another host{why}: give the host that it names in --target-url, "
        "or --insecure for a test server"
    ),
    r"certificate.verify.failed": (
        "the certificate of {place} is not trusted{why}: give --ca-bundle for a private authority, "
        "or --insecure for a test server"
    ),
    r"closed the connection": (
        "{place} closes the connection in the TLS handshake: check the port of --target-url, the server's log, "
        "and whether the server speaks plain http://"
    ),
    r"ran out in the tls handshake": (
        "{place} takes connections, but does not go through with the TLS handshake in time: check the port of "
        "--target-url and whether the server speaks plain http://, or raise --exchange-timeout"
    ),
}


def _no_tls(place: str, problem: Problem) -> str:
    """Say why there was no TLS connection."""
    why, lowered = _why(problem, "no TLS connection: "), problem.text.lower()
    told = next((told for words, told in _TLS_TROUBLES.items() if re.search(words, lowered)), None)
    told = told or "the TLS handshake with {place} fails{why}: check the server's TLS settings and the port"
    return told.replace("{place}", place).replace("{why}", why)


def redirected(url: str, exchange: Exchange) -> str:
    """Say that the target sends us elsewhere."""
    reply = exchange.reply
    where = shown(reply.header("Location") or "nowhere", 200) if reply is not None else "nowhere"
    status = reply.status if reply is not None else 0
    return (
        f"{url} redirects to {where} (status {status}), and redirects are not followed: "
        "give the URL of the push endpoint itself as --target-url"
    )


def stranger(url: str, exchange: Exchange) -> str:
    """Say that what answers is not this protocol."""
    reply = exchange.reply
    if reply is None:
        return unreachable(url, exchange.problem) if exchange.problem is not None else f"{url} cannot be tested"
    kind = shown(reply.header("Content-Type") or "no content type", 40)
    return (
        f"{url} answers, but not in this protocol (status {reply.status}, {kind}, "
        f"{shown(reply.body.decode('utf-8', 'replace'))}): check the path of --target-url, "
        f"which usually ends in {_PATH}"
    )


def key_refused(url: str, exchange: Exchange) -> str:
    """Say that the key is no good, or the path, where that is what the target says."""
    if replied_code(exchange) == "RouteNotFound" or (
        exchange.reply is not None and exchange.reply.status == _NOT_FOUND
    ):
        path = shown(urlsplit(url).path or "/", 80)[1:-1]
        return (
            f"there is nothing at the path {path} ({_answer(exchange)}): check the path of --target-url, "
            f"which is {_PATH} in the document"
        )
    if replied_code(exchange) == "InvalidContentType":
        return (
            f"every event is refused for its Content-Type ({_answer(exchange)}), though it is application/json, "
            "as the document wants it: see what stands before the target, or what it takes instead"
        )
    return (
        f"the integration key is refused: a minimal and a full event get the answer of a made-up key "
        f"({_answer(exchange)}): check --integration-key, or CONFORMANCE_INTEGRATION_KEY"
    )


def busy(url: str, exchange: Exchange) -> str:
    """Say that the target keeps sending us away."""
    return (
        f"{url} keeps answering that it is too busy ({_answer(exchange)}): wait, "
        "lower --max-rate or --max-per-minute, or use a key that nobody else uses"
    )


def not_sent(why: str) -> str:
    """Say that the run ended before it began."""
    reasons = {
        "budget": "no request is left in the budget: the target was not asked",
        "time": "the time of --max-seconds is over, and the target has not answered: nothing was judged",
    }
    return reasons.get(why, f"the target was not asked: {why}")


def taken() -> str:
    """Say that the positive control was accepted."""
    return "a proper event was accepted"


def nothing_taken(exchange: Exchange) -> str:
    """Say that it is this protocol, but proper events are refused."""
    return f"a minimal event was refused ({_answer(exchange)}), though not as a made-up key is: the run judges that"


def ready(url: str) -> str:
    """Say that the run may begin."""
    return f"{url} answers in this protocol and takes events"


def elsewhere(sent: str, found: str) -> str:
    """Say that an accepted event is in the store under another key."""
    return f"the event pushed under {shown(sent)} is in the read-back under {shown(found)}"


def invisible(keys: Sequence[str], seconds: float) -> str:
    """Say that an accepted event does not show."""
    names = " or ".join(shown(key) for key in keys) or "an unnamed key"
    return (
        f"the event pushed under {names} did not show in the read-back within {seconds:g} s: "
        "check that --app-key reads the same account, or raise --observe-timeout"
    )


def read_back(problem: str) -> str:
    """Say that the read-back is broken."""
    return f"{problem.rstrip('.')}: what is stored cannot be judged; check --read-url and --app-key"


def warnings(url: str, *, loopback: bool) -> tuple[str, ...]:
    """Return what the user should know before anything is judged."""
    if loopback:
        return ()
    told = ["the alerts that this run opens may page people: use an integration made for tests"]
    if url.startswith("http:"):
        told.append(f"the integration key goes to {origin(url)} over plain HTTP: whoever listens can read it")
    return tuple(told)


def _why(problem: Problem, known: str = "") -> str:
    text = problem.text.strip().removeprefix(known).rstrip(".")
    return f" ({shown(text, 120)[1:-1]})" if text else ""


def _answer(exchange: Exchange) -> str:
    if exchange.reply is None:
        return "no reply"
    return f"{exchange.reply.status} {shown(replied_code(exchange) or '', 40)[1:-1]}".strip()
