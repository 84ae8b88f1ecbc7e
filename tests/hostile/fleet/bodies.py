"""Replies in good HTTP whose body is no envelope, hardly one, or one that tries the reader's JSON."""

import json
from collections.abc import Callable

from .core import failure, success
from .hooks import around, each
from .listener import Serve
from .messages import Reply, Request, plain
from .modes import NO_ENVELOPE, mode
from .stage import Stage

NONE = "No answer resembles an envelope at all."
NOT_JSON = "It resembles the envelope but is not JSON by RFC 8259: a finding in each reply (1), or untestable (4)."
GREY = "Forbidden by RFC 8259 but readable: tolerated (0), a finding in each reply (1), or untestable (4)."
FINE = "Valid JSON in a valid envelope, with extras on which the document is silent: the server conforms."
KEY_WORDS = ("key", "integration", "refused")
HTML = b"<!doctype html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
Body = Callable[[Request, Reply], bytes]


def _always(name: str, summary: str, status: int, media: str, body: bytes) -> None:
    @mode(name, summary, {4}, NONE, (*NO_ENVELOPE, media.rsplit("/", maxsplit=1)[-1], "empty"))
    def build(stage: Stage) -> Serve:
        return each(lambda connection, _: connection.send(plain(status, body, media)))


_always("html-200", "Answers everything with an HTML page and 200.", 200, "text/html", HTML)
_always("html-500", "Answers everything with an HTML page and 500.", 500, "text/html", HTML)
_always("html-502", "Answers everything with a gateway's HTML page and 502.", 502, "text/html", HTML)
_always("empty-200", "Answers everything with 200 and an empty body.", 200, "application/json", b"")
_always("text-ok", "Answers everything with 200 and the text OK.", 200, "text/plain", b"OK")
_always("json-array", "Answers everything with a JSON array.", 200, "application/json", b"[1, 2, 3]")
_always("json-scalar", "Answers everything with the JSON number 7.", 200, "application/json", b"7")
_always("json-null", "Answers everything with the JSON null.", 200, "application/json", b"null")
_always("json-string", "Answers everything with a JSON string.", 200, "application/json", b'"request_id"')
mode(
    "json-other-object",
    "Answers everything with an object of another API.",
    {1, 4},
    "An object without any member of the envelope resembles none (4), unless any object counts as one broken (1).",
    NO_ENVELOPE,
)(lambda _: each(lambda connection, _: connection.send(plain(200, b'{"status": "success"}', "application/json"))))
_always(
    "json-bottomless",
    "Answers everything with 200,000 nested arrays.",
    200,
    "application/json",
    b"[" * 200_000 + b"]" * 200_000,
)


@mode("no-content-204", "Answers everything with 204 and no body.", {4}, NONE, (*NO_ENVELOPE, "204", "empty", "body"))
def no_content_204(stage: Stage) -> Serve:
    """Build a server that has nothing to say, and says so."""
    return each(lambda connection, _: connection.send(b"HTTP/1.1 204 No Content\r\n\r\n"))


@mode(
    "static-success",
    "Answers everything with one and the same valid success.",
    {1},
    "It is the protocol's envelope, but request ids repeat, and nothing is ever refused.",
)
def static_success(stage: Stage) -> Serve:
    """Build a stub that never looks at what it gets."""
    body = json.dumps({"request_id": "0ace00116215", "data": {"alert_key": "9qJ798NJoXS4UMVB5SHsNj"}}).encode()
    return each(lambda connection, _: connection.send(plain(200, body, "application/json")))


@mode(
    "refuses-everything",
    "Answers everything with a valid 400 InvalidParameter in the envelope.",
    {4},
    "A minimal and a full event get the answer that a made-up key gets: the key counts as refused.",
    KEY_WORDS,
)
def refuses_everything(stage: Stage) -> Serve:
    """Build a server that accepts nothing."""
    return around(stage, instead=lambda _: failure("InvalidParameter", "this cannot be accepted"))


@mode(
    "refuses-the-key",
    "Serves honestly, but knows no integration key.",
    {4},
    "Every event gets the 401 that a made-up key gets: the key is refused.",
    KEY_WORDS,
)
def refuses_the_key(stage: Stage) -> Serve:
    """Build a server with another customer's keys."""
    return around(
        stage, instead=lambda request: failure("Unauthorized", "unknown integration_key") if request.is_push else None
    )


def _edited(name: str, summary: str, codes: set[int], why: str, body: Body) -> None:
    @mode(name, summary, codes, why, (*NO_ENVELOPE, "utf", "depth", "nest") if 4 in codes else ())
    def build(stage: Stage) -> Serve:
        return around(stage, body=body)


def _more(extra: bytes) -> Body:
    """Add raw members to an otherwise honest envelope."""
    return lambda _, reply: reply.body()[:-1] + b", " + extra + b"}"


_edited(
    "json-nan", "Adds NaN and Infinity to each envelope.", {1, 4}, NOT_JSON, _more(b'"took": NaN, "cost": -Infinity')
)
_edited(
    "json-single-quotes",
    "Writes each envelope with single quotes.",
    {1, 4},
    NOT_JSON,
    lambda _, reply: reply.body().replace(b'"', b"'"),
)
_edited("json-twice", "Sends each envelope twice in one body.", {1, 4}, NOT_JSON, lambda _, reply: reply.body() * 2)
_edited(
    "invalid-utf-8",
    "Adds a string that is not UTF-8 to each envelope.",
    {1, 4},
    NOT_JSON,
    _more(b'"note": "\xff\xfe\xc0\xaf\xed\xa0\x80"'),
)
_edited(
    "byte-order-mark",
    "Puts a byte order mark before each envelope.",
    {0, 1, 4},
    GREY,
    lambda _, reply: b"\xef\xbb\xbf" + reply.body(),
)
_edited(
    "utf-16",
    "Sends each envelope in UTF-16 with a byte order mark.",
    {0, 1, 4},
    GREY,
    lambda _, reply: reply.body().decode().encode("utf-16"),
)
_edited(
    "json-deep-extra",
    "Adds a member of 100,000 nested arrays to each envelope.",
    {0, 1, 4},
    "Valid JSON that a parser may refuse to follow so deep: read (0), a finding (1), or untestable (4).",
    _more(b'"deep": ' + b"[" * 100_000 + b"]" * 100_000),
)
_edited(
    "duplicate-extra-keys",
    "Adds a member of the same name three times to each envelope.",
    {0},
    FINE,
    _more(b'"region": "a", "region": "b", "region": null'),
)
_edited(
    "duplicate-request-id",
    "Sends a request_id that is no string, then the honest one.",
    {0, 1},
    "Names should be unique by RFC 8259: taking the last one it conforms (0), else it is a finding (1).",
    lambda _, reply: b'{"request_id": 7, ' + reply.body()[1:],
)
_edited(
    "huge-integers",
    "Adds integers of up to 5,000 digits to each envelope.",
    {0},
    FINE,
    _more(b'"big": 9007199254740993, "bigger": ' + b"9" * 400 + b', "biggest": ' + b"8" * 5000),
)
_edited(
    "huge-exponents",
    "Adds 1e999999 and -1e-999999 to each envelope.",
    {0},
    FINE,
    _more(b'"big": 1e999999, "small": -1e-999999'),
)
_edited(
    "lone-surrogates",
    "Adds strings with escaped halves of surrogate pairs to each envelope.",
    {0},
    FINE,
    _more(b'"note": "\\ud800 \\udfff \\udc00\\ud800"'),
)
_edited(
    "padded-json",
    "Pads each envelope with 100 KiB of white space.",
    {0},
    FINE,
    lambda _, reply: b"\r\n\t " * 12_800 + reply.body() + b" \n" * 25_600,
)
_edited(
    "giant-message", "Adds a string of 300 KiB to each envelope.", {0}, FINE, _more(b'"note": "%b"' % (b"g" * 300_000))
)


@mode(
    "wrong-media-type",
    "Serves honestly, but calls its JSON text/html.",
    {0, 1},
    "The document fixes the body of a reply, not its media type: it conforms (0), or draws a finding (1).",
)
def wrong_media_type(stage: Stage) -> Serve:
    """Build a server that misnames its replies."""
    return around(stage, frame=lambda _, reply, body: plain(reply.status, body, "text/html"))


@mode(
    "errors-with-200",
    "Serves honestly, but sends every error with status 200.",
    {1},
    "Each code has its status in the document.",
)
def errors_with_200(stage: Stage) -> Serve:
    """Build a server that reports failures as HTTP successes."""

    def edit(_: Request, reply: Reply) -> Reply:
        reply.status = 200
        return reply

    return around(stage, edit=edit)


@mode("accepts-everything", "Answers everything with a fresh valid success.", {1}, "Nothing is ever refused.")
def accepts_everything(stage: Stage) -> Serve:
    """Build a server without any checks."""
    return around(stage, instead=lambda _: success({"alert_key": "always-the-same"}))
