"""Conforming servers that give the secrets of their clients back, in every form that a report might copy."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from .hooks import around
from .listener import Serve
from .messages import Reply, Request
from .modes import mode
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
