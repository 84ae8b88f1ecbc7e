"""Other answers about text: how it is counted, tidied and compared; must not break what is stored as sent."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from conformance.reference.rules import Rules
from conformance.reference.rules.titles import DOLLAR_NAME

if TYPE_CHECKING:
    from conformance.reference.records import Exchange

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
GO_TEMPLATE = re.compile(r"\{\{\s*\.Labels\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class CountsUtf16Units(Rules):
    """A character outside the BMP counts two, as in Java and JavaScript; a pair is never halved."""

    def length(self, ctx: Exchange, text: str) -> int:
        """Count UTF-16 units."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def cut(self, ctx: Exchange, text: str, limit: int) -> str:
        """Cut at a unit, one before it where the limit falls into a pair."""
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= limit * 2:
            return text
        if 0xD8 <= units[limit * 2 - 1] <= 0xDB:
            limit -= 1
        return units[: limit * 2].decode("utf-16-le", "surrogatepass")


class TidiesText(Rules):
    """White space at both ends is trimmed, runs of blanks and CR LF are made one, other control characters dropped."""

    def tidy(self, ctx: Exchange, field: str, text: str) -> str:
        """Tidy up a text before it is cut."""
        text = CONTROL.sub("", text.replace("\r\n", "\n"))
        return re.sub(" {2,}", " ", text).strip()


class DropsControls(Rules):
    """Control characters other than TAB, LF and CR become blanks."""

    def tidy(self, ctx: Exchange, field: str, text: str) -> str:
        """Put a blank in place of each."""
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", " ", text)


class RefusesControls(Rules):
    """A NUL in any text is refused."""

    def tidy(self, ctx: Exchange, field: str, text: str) -> str:
        """Refuse what a C string cannot hold."""
        if "\x00" in text:
            self.invalid(ctx, f"{field} must not contain NUL")
        return text


class NormalisesKeys(Rules):
    """Keys of the same normal form, or that differ in trailing blanks only, are one key."""

    def match_form(self, key: str) -> str:
        """Compare in NFC, without trailing blanks."""
        return unicodedata.normalize("NFC", key).rstrip(" ")


class RendersGoTemplates(Rules):
    """`[TPL]{{.Labels.x}}` is rendered."""

    def render_template(self, ctx: Exchange, rule: str, labels: dict[str, Any]) -> str:
        """Fill both kinds of holes."""
        text = GO_TEMPLATE.sub(r"${\1}", rule)
        return super().render_template(ctx, text, labels)


class RendersOnlyParts(Rules):
    """A `$name` counts only in a title that has `::`."""

    def render_title(self, ctx: Exchange, rule: str, labels: dict[str, Any]) -> str:
        """Leave a single `$name` alone."""
        if "::" not in rule and not rule.startswith(self.template_mark) and DOLLAR_NAME.search(rule):
            return rule
        return super().render_title(ctx, rule, labels)
