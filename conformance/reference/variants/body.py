"""Other answers about bytes: encodings, doubles, depth and size; must refuse what is not JSON."""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, Any

from conformance.reference.records import Refusal
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.records import Exchange

MIB = 1024 * 1024
OTHER_CHARSET = re.compile(r"charset\s*=\s*\"?(gbk|gb18030|iso-8859-1|utf-16)", re.IGNORECASE)


class ReplacesBadUtf8(Rules):
    """Bytes that are not UTF-8 become U+FFFD, and a byte order mark is skipped."""

    def decode_body(self, ctx: Exchange, body: bytes) -> str:
        """Skip the mark."""
        return super().decode_body(ctx, body.removeprefix(b"\xef\xbb\xbf"))

    def bad_utf8(self, ctx: Exchange, body: bytes) -> str:
        """Replace."""
        return body.decode(errors="replace")


class HeedsCharset(Rules):
    """A charset other than utf-8 is used to read the body."""

    def decode_body(self, ctx: Exchange, body: bytes) -> str:
        """Decode as the client says."""
        found = OTHER_CHARSET.search(ctx.header("content-type") or "")
        if not found:
            return super().decode_body(ctx, body)
        try:
            return body.decode(found[1])
        except UnicodeDecodeError:
            return self.bad_utf8(ctx, body)


class RefusesSurrogates(Rules):
    """A lone surrogate is refused."""

    def repair_text(self, ctx: Exchange, text: str) -> str:
        """Refuse half a character."""
        if super().repair_text(ctx, text) != text:
            self.invalid(ctx, "the body holds half a surrogate pair")
        return text


class FirstOfDoubles(Rules):
    """Of duplicate JSON keys the first counts."""

    def parse_json(self, ctx: Exchange, text: str) -> Any:
        """Parse, the earlier pair winning."""
        try:
            return json.loads(text, parse_constant=self.not_a_number, object_pairs_hook=_first_wins)
        except RecursionError:
            return self.bad_json(ctx, "it is nested too deeply")
        except ValueError as error:
            return self.bad_json(ctx, str(error))


class RefusesDoubles(Rules):
    """Duplicate JSON keys are refused."""

    def parse_json(self, ctx: Exchange, text: str) -> Any:
        """Parse, and refuse a pair that is there already."""
        try:
            return json.loads(text, parse_constant=self.not_a_number, object_pairs_hook=_no_doubles)
        except RecursionError:
            return self.bad_json(ctx, "it is nested too deeply")
        except ValueError as error:
            return self.bad_json(ctx, str(error))


class TakesHugeNumbers(Rules):
    """A number of any size is read, a huge one as infinity."""

    def parse_json(self, ctx: Exchange, text: str) -> Any:
        """Parse, with numbers of our own."""
        try:
            return json.loads(text, parse_constant=self.not_a_number, parse_int=_number)
        except RecursionError:
            return self.bad_json(ctx, "it is nested too deeply")
        except ValueError as error:
            return self.bad_json(ctx, str(error))


class RefusesDepth(Rules):
    """A document nested more than 16 deep is refused."""

    def parse_body(self, ctx: Exchange) -> dict[str, Any]:
        """Measure after parsing."""
        document = super().parse_body(ctx)
        level: list[Any] = [document]
        for _ in range(16):
            level = [inner for outer in level for inner in _members(outer) if isinstance(inner, dict | list)]
        if level:
            self.bad_json(ctx, "it is nested too deeply")
        return document


class UnpacksGzip(Rules):
    """A gzip body is unpacked, up to a bound."""

    def unpack_body(self, ctx: Exchange) -> bytes:
        """Unpack what says that it is packed."""
        if (ctx.header("content-encoding") or "").strip().lower() != "gzip":
            return ctx.body
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(ctx.body, 4 * MIB)
        except zlib.error:
            self.invalid(ctx, "the body is not gzip")
        if not unpacker.eof:
            self.invalid(ctx, "the gzip body is cut off, or too large")
        return body


class RefusesContentEncoding(Rules):
    """A packed body is a content type that is not supported."""

    def unpack_body(self, ctx: Exchange) -> bytes:
        """Refuse any coding."""
        if (ctx.header("content-encoding") or "identity").strip().lower() != "identity":
            raise Refusal("InvalidContentType", "Content-Encoding is not supported")
        return ctx.body


class RefusesOneMebibyte(Rules):
    """A body of 1 MiB or more is EntityTooLarge."""

    body_limit = MIB - 1


class TakesAnySize(Rules):
    """A body of any size is read."""

    body_limit = 1024 * MIB


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 4000 else float(digits)


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value
