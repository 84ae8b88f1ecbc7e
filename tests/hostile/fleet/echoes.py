"""Conforming servers that give the secrets of their clients back, in every form that a report might copy."""

import base64
import html
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from .connection import Connection
from .hooks import around, each, hang_up
from .listener import Serve
from .messages import Reply, Request, encode
from .modes import NO_ENVELOPE, NOT_HTTP, mode
from .stage import Stage
from .texts import say

FREE = "Nothing in the document forbids an echo: the server conforms, and the suite must not repeat the key."
FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent": lambda key: quote(key, safe=""),
    "all-percent": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
    "plus": quote_plus,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64url": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "hex": lambda key: key.encode().hex(),
    "upper-hex": lambda key: key.encode().hex().upper(),
    "html": html.escape,
    "json": lambda key: json.dumps(key)[1:-1],
    "json-ascii": lambda key: "".join(f"\\u{ord(one):04x}" for one in key),
    "twice-percent": lambda key: quote(quote(key, safe=""), safe=""),
    "thrice-percent": lambda key: quote(quote(quote(key, safe=""), safe=""), safe=""),
    "mixed-hex": lambda key: "".join(one.upper() if at % 2 else one for at, one in enumerate(key.encode().hex())),
    "colon-hex": lambda key: key.encode().hex(":"),
    "base32": lambda key: base64.b32encode(key.encode()).decode(),
    "repr": lambda key: ascii(key)[1:-1],
    "repr-of-bytes": lambda key: repr(key.encode())[2:-1],
    "other-case": str.swapcase,
    "accents-apart": lambda key: unicodedata.normalize("NFD", key),
    "misread": lambda key: key.encode().decode("latin-1"),
    "lost": lambda key: key.encode("latin-1", "replace").decode("utf-8", "replace"),
}


def one_line(text: str) -> str:
    """Make a text fit for a header."""
    return text.replace("\r", " ").replace("\n", " ").replace("\0", " ")


def _secret(stage: Stage, request: Request) -> str:
    return stage.app_key if request.is_read else stage.key


def _body(form: str, change: Callable[[str], str]) -> None:
    @mode(
        f"echoes-key-{form}-in-body",
        f"Serves honestly, with the key ({form}) in request_id, message and extras.",
        {0},
        FREE,
    )
    def build(stage: Stage) -> Serve:
        def edit(request: Request, reply: Reply) -> Reply:
            say(f" bad key {change(_secret(stage, request))}?", reply)
            reply.headers.clear()
            return reply

        return around(stage, edit=edit)


for _form, _change in FORMS.items():
    _body(_form, _change)


@mode(
    "echoes-key-in-headers",
    "Serves honestly, with the key in every form in headers, one of them in its name.",
    {0},
    FREE,
)
def in_headers(stage: Stage) -> Serve:
    """Build a server that repeats the key in its headers."""

    def edit(request: Request, reply: Reply) -> Reply:
        secret = _secret(stage, request)
        reply.headers += [(f"X-{form}", one_line(change(secret))) for form, change in FORMS.items()]
        reply.headers += [
            ("Set-Cookie", f"key={quote(secret, safe='')}"),
            (f"X-{secret.encode().hex()}", "in the name"),
        ]
        reply.headers.append(("Link", f"<http://127.0.0.1{one_line(request.target)}>; rel=self"))
        return reply

    return around(stage, edit=edit)


@mode("echoes-key-latin1-in-headers", "Serves honestly, with the key as bytes of latin-1 in a header.", {0}, FREE)
def latin1_in_headers(stage: Stage) -> Serve:
    """Build a server that writes headers in latin-1, as HTTP had it once."""

    def frame(request: Request, reply: Reply, body: bytes) -> bytes:
        first, end, rest = encode(request, reply, body).partition(b"\r\n")
        return first + end + b"X-Key: " + one_line(_secret(stage, request)).encode("latin-1", "replace") + end + rest

    return around(stage, frame=frame)


def _in_charset(charset: str) -> None:
    @mode(
        f"echoes-key-{charset}-in-body",
        f"Serves its envelopes, the key in them, in {charset}.",
        {0, 1, 4},
        "JSON is UTF-8: in another charset it is no envelope, which is a finding (1) or no protocol at all (4).",
        NO_ENVELOPE,
    )
    def build(stage: Stage) -> Serve:
        def body(request: Request, reply: Reply) -> bytes:
            envelope = {**reply.envelope, "echo": _secret(stage, request)}
            return json.dumps(envelope, ensure_ascii=False).encode(charset, "replace")

        return around(stage, body=body)


for _charset in ("latin-1", "utf-16", "utf-16-le", "utf-16-be"):
    _in_charset(_charset)


@mode(
    "answers-with-the-key", "Answers with a line that holds nothing but both keys.", {4}, "That is no HTTP.", NOT_HTTP
)
def answers_with_the_key(stage: Stage) -> Serve:
    """Build a server whose whole answer is the key, in UTF-8 and in latin-1."""
    line = b"x" * 28 + f"{stage.key}{stage.app_key}{stage.key}".encode() + stage.key.encode("latin-1", "replace")

    def act(connection: Connection, request: Request) -> None:
        connection.send(line + b"\r\n\r\n")
        hang_up(connection, request)

    return each(act)


@mode(
    "echoes-key-in-reason", "Serves honestly, with the key, raw and percent-encoded, in the reason phrase.", {0}, FREE
)
def in_reason(stage: Stage) -> Serve:
    """Build a server that repeats the key on the status line."""

    def edit(request: Request, reply: Reply) -> Reply:
        secret = _secret(stage, request)
        reply.reason = one_line(f"{reply.phrase} {secret} {quote(secret, safe='')}")
        return reply

    return around(stage, edit=edit)


@mode("echoes-url-in-message", "Serves honestly, but its messages quote the request line and headers.", {0}, FREE)
def url_in_message(stage: Stage) -> Serve:
    """Build a server that explains its refusals at length."""

    def edit(request: Request, reply: Reply) -> Reply:
        if "error" in reply.envelope:
            reply.envelope["error"]["message"] += " in " + request.raw[:2000].decode("latin-1")
        return reply

    return around(stage, edit=edit)


@mode("readback-echoes-keys", "Serves honestly, with both keys in every form beside the stored alerts.", {0}, FREE)
def readback_echoes(stage: Stage) -> Serve:
    """Build a server whose read-back repeats both keys, in extras of the reply and of each alert."""
    extras = {
        f"{name}_{form}": change(secret)
        for name, secret in (("integration_key", stage.key), ("app_key", stage.app_key))
        for form, change in FORMS.items()
    }

    def edit(request: Request, reply: Reply) -> Reply:
        if request.is_read and "data" in reply.envelope:
            reply.envelope["data"] |= extras
            reply.envelope["data"]["items"] = [item | extras for item in reply.envelope["data"]["items"]]
        return reply

    return around(stage, edit=edit)
