"""Turns a push into the bytes of a request and into the text that may be shown of it; sends nothing.

The two are made side by side, from the same parts, so what a report shows differs from what went out in the names that
stand for the keys and in nothing else.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from conformance import __version__
from conformance.model import scenario
from conformance.wire.headers import TOKEN
from conformance.wire.target import Target, account_name, in_other_case, near

if TYPE_CHECKING:
    from conformance.model.scenario import Push

_UNSAFE_IN_PATH = re.compile(r"[^!-~]|[?#]")
_EXPECT_BODY = {"POST", "PUT", "PATCH"}
_ACCOUNT = "account:"
_OVERLONG = 300  # characters: more than any column of keys holds, and few enough for every request line
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request: the parts that are sent, and the URL and headers that may be shown once they are redacted."""

    method: str
    origin: str
    target: str  # request target, percent-encoded, with the keys in clear
    head: bytes  # header lines
    body: bytes
    shown_url: str
    shown_headers: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Outgoing({self.method} {self.shown_url})"


_NAMES = {
    scenario.MAIN_NAME_ENCODED: "integration%5Fkey",
    scenario.MAIN_ENCODED_SMALL: "integration%5fkey",
    scenario.OTHER_NAME: "x_integration_key",
}


class Requests:
    """Builds the requests of one run; the made-up key stays the same for its length."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._unknown = _made_up(target.key, set(target.secrets.values()))
        self._own = (("User-Agent", f"flashduty-conformance/{__version__}"), ("Accept-Encoding", "identity"))
        self._credentials: dict[str, list[tuple[str, str]]] = {}
        self._heads: dict[tuple[object, ...], tuple[bytes, tuple[tuple[str, str], ...]]] = {}

    def push(self, push: Push) -> Outgoing:
        """Return the request of a push; a ValueError says what is wrong with a push that cannot be sent at all."""
        parts = urlsplit(self._target.push_url)
        path = _UNSAFE_IN_PATH.sub(
            lambda it: quote(it[0], safe=""),
            push.path.replace("{push}", parts.path).replace("{PUSH}", parts.path.upper()),
        )
        before = [parts.query] if parts.query else []
        after = [_quoted(name) + (f"={_quoted(value)}" if value is not None else "") for name, value in push.query]
        keys = self._credentials.get(push.credential)
        if keys is None:
            pairs = self._keys(push.credential)
            name = _NAMES.get(push.credential, "integration_key")
            keys = [(f"{name}={sent}", f"{name}={shown}") for sent, shown in pairs]
            self._credentials[push.credential] = keys
        last = push.credential == scenario.MAIN_LAST
        sent, shown = (
            "&".join([*before, *after, *given] if last else [*before, *given, *after])
            for given in ([key for key, _ in keys], [key for _, key in keys])
        )
        origin = f"{parts.scheme}://{parts.netloc}"
        return self._made(push.method, origin, path, (sent, shown), headers=push.headers, body=push.body)

    def read(self, url: str, body: bytes) -> Outgoing:
        """Return a request to the Open API, the app key added to the URL."""
        parts = urlsplit(url)
        before = [parts.query] if parts.query else []
        key = self._target.app_key
        sent = "&".join([*before, *([f"app_key={_quoted(key)}"] if key else [])])
        shown = "&".join([*before, *(["app_key=$APP_KEY"] if key else [])])
        origin = f"{parts.scheme}://{parts.netloc}"
        path = _UNSAFE_IN_PATH.sub(lambda it: quote(it[0], safe=""), parts.path or "/")
        return self._made("POST", origin, path, (sent, shown), headers=scenario.JSON_TYPE, body=body)

    def _keys(self, credential: str) -> list[tuple[str, str]]:
        """Return what stands after ``integration_key=``, as sent and as shown, once for each time the key is given."""
        main = (_quoted(self._target.key), "$INTEGRATION_KEY")
        unknown = (_quoted(self._unknown), _quoted(self._unknown))
        encoded, small = (
            ("".join(f"%{byte:{digits}}" for byte in self._target.key.encode("utf-8", "surrogatepass")), main[1])
            for digits in ("02X", "02x")
        )
        odd = f"{self._unknown}'\"%-ключ-密钥{(self._unknown * _OVERLONG)[:_OVERLONG]}"
        twice, other = encoded[0].replace("%", "%25"), in_other_case(self._target)
        known = {
            scenario.MAIN: [main],
            scenario.MAIN_LAST: [main],
            scenario.MAIN_NAME_ENCODED: [main],
            scenario.NEAR: [(_quoted(near(self._target.key)), "$INTEGRATION_KEY_NEAR")],
            scenario.SHORTER: [(_quoted(self._target.key[:-1]), "$INTEGRATION_KEY_SHORTER")],
            scenario.LONGER: [(_quoted(f"{self._target.key}/"), "$INTEGRATION_KEY%2F")],
            scenario.ODD: [(_quoted(odd), _quoted(odd))],
            scenario.INHERITED: [("constructor", "constructor")],
            scenario.PATTERN: [("%25", "%25")],
            scenario.OTHER_NAME: [main],
            scenario.OTHER_CASE: [(_quoted(other), "$INTEGRATION_KEY_OTHER_CASE")] if other else [unknown],
            scenario.ENCODED_TWICE: [(twice, "$INTEGRATION_KEY_ENCODED_TWICE")],
            scenario.ABSENT: [],
            scenario.EMPTY: [("", "")],
            scenario.UNKNOWN: [unknown],
            scenario.MAIN_ENCODED: [encoded],
            scenario.MAIN_ENCODED_SMALL: [small],
            scenario.MAIN_THEN_UNKNOWN: [main, unknown],
            scenario.UNKNOWN_THEN_MAIN: [unknown, main],
        }
        if credential in known:
            return known[credential]
        if credential == scenario.SECOND and self._target.second_key:
            return [(_quoted(self._target.second_key), "$SECOND_KEY")]
        code = credential.removeprefix(_ACCOUNT)
        if credential.startswith(_ACCOUNT) and code in self._target.accounts:
            return [(_quoted(self._target.accounts[code]), f"${account_name(code)}")]
        raise ValueError(f"this run was given no key for the credential {credential!r}")

    def _made(
        self,
        method: str,
        origin: str,
        path: str,
        query: tuple[str, str],
        *,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
    ) -> Outgoing:
        if not TOKEN.fullmatch(method):
            raise ValueError(f"{method!r} is no HTTP method: a method is a token")
        sent, shown = (f"{path}?{text}" if text else path for text in query)
        length = len(body) if body or method in _EXPECT_BODY else None
        identity = (origin, headers, length)
        if (head := self._heads.get(identity)) is None:
            if len(self._heads) > _REMEMBERED:
                self._heads.clear()
            head = self._heads[identity] = self._head(urlsplit(origin).netloc, headers, length)
        return Outgoing(method, origin, sent, head[0], body, origin + shown, head[1])

    def _head(
        self, host: str, given: tuple[tuple[str, str], ...], length: int | None
    ) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """Return the header lines, and the same as text: the push's own as they are, ours where it names no other."""
        taken = {name.lower() for name, _ in given}
        ours = [("Host", host), *self._own, *self._target.headers]
        lines = [(name, value) for name, value in ours if name.lower() not in taken]
        lines += given
        if length is not None and not taken & {"content-length", "transfer-encoding"}:
            lines.append(("Content-Length", str(length)))
        for name, value in lines:
            if not TOKEN.fullmatch(name) or any(char in value for char in "\r\n\0"):
                raise ValueError(f"the header {name!r} cannot be sent: a name is a token, and a value is one line")
        return b"".join(b"%b: %b\r\n" % (name.encode(), _octets(value)) for name, value in lines), tuple(lines)


def _octets(value: str) -> bytes:
    """Return header text as octets: latin-1 as HTTP has it, UTF-8 for what latin-1 has not."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _made_up(key: str, known: set[str]) -> str:
    """Return a key of the same shape that nobody has issued: each letter and digit replaced by another of its kind."""
    kinds = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
    for _ in range(20):
        made = "".join(next((secrets.choice(kind) for kind in kinds if char in kind), char) for char in key)
        if made not in known:
            return made
    return secrets.token_hex(16)  # nothing in it to replace, or too short to miss the real one
