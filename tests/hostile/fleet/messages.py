"""Requests as read and replies as meant: the small part of HTTP/1.1 that the fleet speaks when it speaks well."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

PUSH_PATH = "/event/push/alert/standard"
READ_PATH = "/alert/list"


@dataclass(frozen=True)
class Request:
    """One request, together with the bytes it came in; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    well_formed: bool = True

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def is_read(self) -> bool:
        """Whether this asks for stored alerts."""
        return self.path == READ_PATH

    @property
    def is_push(self) -> bool:
        """Whether this goes to the push path."""
        return self.path == PUSH_PATH

    def query(self, name: str) -> str:
        """Return the first value of a query parameter, decoded, or nothing."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True).get(name, [""])[0]

    @property
    def wants_close(self) -> bool:
        """Whether the client said that this was its last request on the connection."""
        return "close" in self.headers.get("connection", "").lower() or not self.well_formed


@dataclass
class Reply:
    """A reply before it is put into bytes."""

    status: int
    envelope: dict[str, Any]
    headers: list[tuple[str, str]] = field(default_factory=list)
    reason: str | None = None

    @property
    def phrase(self) -> str:
        """The reason phrase: the registered one unless another was set."""
        if self.reason is not None:
            return self.reason
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "Unheard Of"

    def body(self) -> bytes:
        """Return the envelope as JSON in ASCII."""
        return json.dumps(self.envelope).encode()


def head(status: int | str, phrase: str, headers: Iterable[tuple[str, str]], version: str = "HTTP/1.1") -> bytes:
    """Put a status line and headers into bytes, the empty line included."""
    lines = [f"{version} {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def encode(_: Request, reply: Reply, body: bytes) -> bytes:
    """Put a reply into bytes as it should be: exact length, JSON media type."""
    headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body))), *reply.headers]
    return head(reply.status, reply.phrase, headers) + body


def without_body(data: bytes) -> bytes:
    """Return what is sent of a reply to HEAD."""
    top, end, _ = data.partition(b"\r\n\r\n")
    return top + end


def parse_head(raw: bytes) -> Request:
    """Read a request's head; what cannot be read is marked as not well-formed."""
    lines = raw.decode("latin-1").strip("\r\n").split("\r\n")
    words = lines[0].split(" ")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    good = len(words) == 3 and words[2].startswith("HTTP/1.") and length.isascii() and length.isdigit()
    return Request(words[0], words[1] if good else "", headers, b"", raw, good)


def plain(status: int, body: bytes, media: str, *extra: tuple[str, str]) -> bytes:
    """Return a whole well-framed reply with any body, outside the envelope."""
    headers = [("Content-Type", media), ("Content-Length", str(len(body))), *extra]
    return head(status, Reply(status, {}).phrase, headers) + body
