"""From bytes to a JSON object; must not know which fields the object should have."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from conformance.reference.records import Exchange, Refusal
from conformance.reference.rules.access import AccessRules

SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BodyRules(AccessRules):
    """The reading of the body; whatever is not a JSON object is InvalidParameter."""

    body_limit = 4 * 1024 * 1024

    def check_size(self, ctx: Exchange) -> None:
        """Refuse a huge body with 413 (permitted from 1 MiB on)."""
        if len(ctx.body) > self.body_limit:
            raise Refusal("EntityTooLarge", f"The body exceeds {self.body_limit} bytes", (("Connection", "close"),))

    def parse_body(self, ctx: Exchange) -> dict[str, Any]:
        """Give the object that the body holds."""
        text = self.decode_body(ctx, self.unpack_body(ctx))
        document: Any = self.parse_json(ctx, text)
        if not isinstance(document, dict):
            return self.not_an_object(ctx, document)
        if SURROGATE_ESCAPE.search(text):
            repaired: dict[str, Any] = self.repair(ctx, document)
            return repaired
        return document

    def unpack_body(self, ctx: Exchange) -> bytes:
        """Undo a Content-Encoding (open: not understood here, so that a packed body is not JSON)."""
        return ctx.body

    def decode_body(self, ctx: Exchange, body: bytes) -> str:
        """Give the text of the body, which is UTF-8 whatever the charset parameter says."""
        try:
            return body.decode()
        except UnicodeDecodeError:
            return self.bad_utf8(ctx, body)

    def bad_utf8(self, ctx: Exchange, body: bytes) -> str:
        """Refuse bytes that are not UTF-8 (open)."""
        raise Refusal("InvalidParameter", "The body is not UTF-8")

    def parse_json(self, ctx: Exchange, text: str) -> Any:
        """Parse the text; duplicate keys: the last one counts (open)."""
        try:
            return json.loads(text, parse_constant=self.not_a_number)
        except RecursionError:
            return self.bad_json(ctx, "it is nested too deeply")
        except ValueError as error:
            return self.bad_json(ctx, str(error))

    def not_a_number(self, name: str) -> NoReturn:
        """Refuse NaN and the infinities, which are not JSON."""
        raise ValueError(f"{name} is not JSON")

    def bad_json(self, ctx: Exchange, reason: str) -> Any:
        """Refuse what is not JSON."""
        raise Refusal("InvalidParameter", f"The body is not valid JSON: {reason}")

    def not_an_object(self, ctx: Exchange, document: Any) -> dict[str, Any]:
        """Refuse JSON that is not an object."""
        raise Refusal("InvalidParameter", "The body must be a JSON object")

    def repair(self, ctx: Exchange, value: Any) -> Any:
        """Replace lone surrogates by U+FFFD, in keys too (open)."""
        if isinstance(value, str):
            return self.repair_text(ctx, value)
        if isinstance(value, list):
            return [self.repair(ctx, item) for item in value]
        if isinstance(value, dict):
            return {self.repair_text(ctx, key): self.repair(ctx, item) for key, item in value.items()}
        return value

    def repair_text(self, ctx: Exchange, text: str) -> str:
        """Replace lone surrogates in one text."""
        return LONE_SURROGATE.sub("�", text)
