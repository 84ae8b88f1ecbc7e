"""Conforming servers whose texts try to break out of terminals, reports, logs and annotations."""

import secrets
from collections.abc import Iterable

from .hooks import around
from .listener import Serve
from .messages import Reply, Request
from .modes import NO_ENVELOPE, NOT_HTTP, mode
from .stage import Stage

SAFE = "The document leaves these texts free, and correct HTTP can carry them: the server conforms."
BENT = "A strict HTTP parser may refuse such a head (4) or name it (1); read leniently the server conforms (0)."
WORDS = (*NOT_HTTP, *NO_ENVELOPE, "header", "answer")

SCRIPT = "</script></pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
TEMPLATE = "{{ 7 * 7 }} {% raw %} ${jndi:ldap://x} %s %(x)d {0.__class__} $(touch x) `touch x`"
ANSI = "\x1b[2J\x1b[1;31mPASSED\x1b[0m\x1b]0;owned\x07\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\\x9b31m\x08\x08\x07"
LINES = "one\ntwo\r\nthree\rfour\u2028five\u2029six\x0bseven\x0ceight\x85nine\n::error::forged\n##[error]forged\n"
BIDI = "\u202egnp.exe\u202c \u2066\u200f\u061c abc \u200b\ufeff\u2069 z\u0351\u0352\u0353a\u0489l\u0337go"
NUL = "before\0after \x01\x02\x7f \ufffe\uffff \U0010ffff"
CDATA = "]]> <!-- --!> <![CDATA[ &lt; &#0; &amp;amp; <?xml version='1.0'?> <!DOCTYPE x [<!ENTITY a 'b'>]>"
FORMULA = '=HYPERLINK("http://example.com") | a | b | [link](javascript:alert(1)) ![](http://example.com/x.png) @all'


def say(text: str, reply: Reply) -> None:
    """Put a text into every place of the envelope that takes one: request id, message, an extra name and value."""
    envelope = reply.envelope
    envelope["request_id"] = f"{secrets.token_hex(8)}{text}"
    envelope[text] = text
    if "error" in envelope:
        envelope["error"]["message"] = text


def _in_envelope(name: str, spoken: str, text: str) -> None:
    @mode(f"{name}-in-envelope", f"Serves honestly, with {spoken} in request_id, message and extras.", {0}, SAFE)
    def build(stage: Stage) -> Serve:
        def edit(request: Request, reply: Reply) -> Reply:
            say(text, reply)
            reply.headers.clear()
            if request.is_read:
                reply.envelope.get("data", {})["note"] = text
            return reply

        return around(stage, edit=edit)


def _in_head(
    name: str, spoken: str, reason: str, headers: Iterable[tuple[str, str]], codes: set[int] | None = None
) -> None:
    @mode(
        f"{name}-in-head",
        f"Serves honestly, with {spoken} in reason phrase and headers.",
        codes or {0},
        BENT if codes else SAFE,
        WORDS if codes else (),
    )
    def build(stage: Stage) -> Serve:
        def edit(_: Request, reply: Reply) -> Reply:
            reply.reason = reason
            reply.headers = list(headers)
            return reply

        return around(stage, edit=edit)


for _name, _spoken, _text in (
    ("script-tags", "script tags", SCRIPT),
    ("templates", "template and format strings", TEMPLATE),
    ("ansi-escapes", "terminal escapes", ANSI),
    ("line-breaks", "every kind of line break and forged annotations", LINES),
    ("bidi-controls", "bidirectional and invisible characters", BIDI),
    ("control-characters", "NUL, other control characters and noncharacters", NUL),
    ("xml-breakers", "CDATA ends, comments and entities", CDATA),
    ("formulas", "spreadsheet formulas and Markdown", FORMULA),
):
    _in_envelope(_name, _spoken, _text)

_in_head("script-tags", "script tags", SCRIPT, [("X-Note", SCRIPT), ("Server", SCRIPT)])
_in_head("templates", "template and format strings", TEMPLATE, [("X-Note", TEMPLATE), ("Server", TEMPLATE)])
_in_head("bidi-controls", "bidirectional controls", BIDI, [("X-Note", BIDI), ("Server", BIDI)])
_in_head("ansi-escapes", "terminal escapes", ANSI, [("X-Note", ANSI), ("Server", ANSI)], {0, 1, 4})
_in_head("bare-cr", "bare carriage returns", "OK\rX-Forged: yes", [("X-Note", "a\rSet-Cookie: b=c")], {0, 1, 4})
_in_head("bare-lf", "bare line feeds", "OK\nX-Forged: yes", [("X-Note", "a\nSet-Cookie: b=c")], {0, 1, 4})
_in_head("nul", "NUL bytes", "OK\0", [("X-Note", "a\0b")], {0, 1, 4})
_in_head(
    "nameless-header",
    "a header without a name and a line without a colon",
    "OK",
    [("", "nameless"), ("X-Fine\r\nno colon at all\r\nX-Too", "fine")],
    {0, 1, 4},
)
