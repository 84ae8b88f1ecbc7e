"""Writes one POSIX shell line that sends a recorded request again; knows shells and curl, and nothing of verdicts.

Recorded requests hold names such as ``$INTEGRATION_KEY`` where a secret stood: those become what the shell knows of it,
in double quotes, and everything else is quoted so that the shell and curl pass it on byte for byte.
"""

from __future__ import annotations

import base64
import re
import unicodedata
import zlib
from urllib.parse import quote, urlsplit

from conformance.report import keys
from conformance.report.text import clean
from conformance.wire.records import Exchange

#: Bodies up to this size stand in the line as they are, unless they repeat so much that less says the same.
PLAIN, _SHORT = 4096, 400
#: ``Expect: 100-continue`` is curl's own idea for larger bodies; the recorded request had none.
_EXPECTS = 1024
_SAFE_WORD = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
#: Headers that curl writes itself, or that only say how the recording client works.
_OWN = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "accept", "accept-encoding", "user-agent", "expect")
)
#: Pieces that repeat; in large bodies only single bytes are looked for, which takes no time.
_REPEATS, _REPEATED_BYTES = re.compile(rb"([\x20-\x7e]{1,32}?)\1{19,}"), re.compile(rb"([\x20-\x7e])\1{99,}")
_LARGE = 32_768
_GLOB = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")


def curl_line(exchange: Exchange, credential: str = "") -> str:
    """The shell line that sends the request of an exchange again and shows the whole reply.

    ``credential`` is that of the push: how the key was spelled does not show in what was recorded.
    """
    sent = exchange.sent
    words = ["curl", "-sS", "-i", "--max-time 10"]
    feeder = ""
    if sent.method == "HEAD":
        words.append("-I")
    elif sent.method != ("POST" if sent.body else "GET"):
        words.append(f"-X {_quote(sent.method)}")
    if _GLOB.search(sent.url):
        words.append("-g")
    if _DOTS.search(urlsplit(sent.url).path):
        words.append("--path-as-is")
    words += _headers(sent.headers, sent.body)
    if sent.body and _stands_plain(sent.body):
        words.append(f"--data-binary {_quote(sent.body.decode())}")
    elif sent.body:
        feeder = f"{_feeder(sent.body)} | "
        words.append("--data-binary @-")
    elif sent.method == "POST":
        words.append("--data-binary ''")
    return f"{feeder}{' '.join(words)} {_quote(_one_line(sent.url), credential)}"


def _headers(headers: tuple[tuple[str, str], ...], body: bytes) -> list[str]:
    """The ``-H`` words: the recorded headers, and what curl must be told not to add."""
    words = []
    for name, value in headers:
        if name.lower() not in _OWN:
            # "Name;" is how curl is told to send a header without a value.
            words.append(f"-H {_quote(f'{name}: {value}' if value.strip() else f'{name};')}")
    if not any(name.lower() == "content-type" for name, _ in headers):
        words.append("-H 'Content-Type:'")
    if len(body) >= _EXPECTS:
        words.append("-H 'Expect:'")
    return words


def _one_line(url: str) -> str:
    """The URL as curl takes it: what no request line could hold is percent-encoded."""
    return "".join(char if char > " " and _shows(char) else quote(char.encode("utf-8", "replace")) for char in url)


def _quote(text: str, credential: str = "") -> str:
    """One shell word: secrets in double quotes, the rest bare where that is safe, else in single ones."""
    parts, at = [], 0
    for match in keys.NAME.finditer(text):
        parts += [_single(clean(text[at : match.start()])), keys.word(match.group(1), credential)]
        at = match.end()
    parts.append(_single(clean(text[at:])))
    return "".join(parts) or "''"


def _single(text: str) -> str:
    if not text or _SAFE_WORD.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def _stands_plain(body: bytes) -> bool:
    """Whether a body can stand in the line itself: short UTF-8 without anything that moves a cursor or hides."""
    if len(body) > PLAIN or body.startswith(b"@"):  # curl would read a file of that name
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    if len(body) > _SHORT and len(_runs(body) or text) < len(text) // 2:
        return False
    return not keys.NAME.search(text) and all(_shows(char) for char in text)


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _feeder(body: bytes) -> str:
    """A command that writes the body: printf with escapes, then whatever says the bytes most briefly."""
    if len(body) <= _SHORT:
        return f"printf '{''.join(_octal(byte) for byte in body)}'"
    packed = base64.b64encode(zlib.compress(body, 9)).decode()
    program = f'import base64,sys,zlib;sys.stdout.buffer.write(zlib.decompress(base64.b64decode("{packed}")))'
    ways = [
        f"python3 -c '{program}'",
        f"printf %s {base64.b64encode(body).decode()} | base64 -d",
    ]
    if len(body) <= PLAIN:
        ways.append(f"printf '{''.join(_octal(byte) for byte in body)}'")
    if (runs := _runs(body)) is not None:
        ways.insert(0, f"python3 -c 'import sys;sys.stdout.buffer.write({runs})'")
        if len(runs) < 2 * PLAIN:
            return ways[0]  # readable, so it wins though another may be shorter
    return min(ways, key=len)


def _octal(byte: int) -> str:
    """A byte within a single-quoted printf format."""
    char = chr(byte)
    return char if char.isascii() and (char.isalnum() or char in ' {}[]:,._/"=+<>#&?!@;()') else f"\\{byte:03o}"


def _runs(body: bytes) -> str | None:
    """The body as a Python expression of literals and repeated pieces, or None where it repeats too little."""
    parts, at = [], 0
    for match in (_REPEATS if len(body) <= _LARGE else _REPEATED_BYTES).finditer(body):
        parts += [_literal(body[at : match.start()])] if match.start() > at else []
        piece = match.group(1)
        parts.append(f"{_literal(piece)}*{len(match.group()) // len(piece)}")
        at = match.end()
    if not parts:
        return None
    parts += [_literal(body[at:])] if at < len(body) else []
    return "+".join(parts)


def _literal(data: bytes) -> str:
    """A bytes literal in double quotes without a single quote in it, so that it can stand inside single ones."""
    return 'b"' + "".join(_hex(byte) for byte in data) + '"'


def _hex(byte: int) -> str:
    char = chr(byte)
    if char in '"\\':
        return "\\" + char
    return char if " " <= char <= "~" and char != "'" else f"\\x{byte:02x}"
