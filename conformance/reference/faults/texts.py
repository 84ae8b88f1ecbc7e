"""Ways to get a text wrong, as functions of the text and its limit; must not know which field the text is from."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call


@dataclass(frozen=True, slots=True)
class Field:
    """A text of an event: its row, its limit, and the rule that cuts it."""

    slug: str
    row: str
    limit: int
    rule: str
    word: str  # as in "an over-long title"

    def cut_wrong(
        self,
        name: str,
        summary: str,
        flaw: Callable[[str, int], str],
        *,
        hard: bool = False,
        **more: Any,
    ) -> None:
        """List a server that handles this text by a flaw, in place of cutting it."""
        more[self.rule] = _in_place(flaw, self.limit)
        wrong(f"{self.slug}-{name}", self.row, summary.format(self.word), hard=hard, **more)

    def kept_wrong(
        self, name: str, summary: str, flaw: Callable[[str], str], *, hard: bool = False, level: str = "must"
    ) -> None:
        """List a server that cuts this text well, and then spoils it."""
        change: dict[str, Any] = {self.rule: _after(flaw)}
        wrong(f"{self.slug}-{name}", self.row, summary.format(self.word), hard=hard, level=level, **change)

    def refused(self, name: str, summary: str, when: Callable[[str, int], bool], *, hard: bool = False) -> None:
        """List a server that refuses some of these texts."""

        def change(call: Call) -> Any:
            if when(call.value, self.limit):
                call.refuse(f"{self.word} is not valid")
            return call.plain()

        wrong(
            f"{self.slug}-{name}", self.row, summary.format(self.word), hard=hard, **dict[str, Any]({self.rule: change})
        )

    def broken(self, name: str, summary: str, when: Callable[[str], bool], *, hard: bool = False) -> None:
        """List a server that breaks at some of these texts."""

        def change(call: Call) -> Any:
            if when(call.value):
                raise RuntimeError("incorrect string value")
            return call.plain()

        wrong(
            f"{self.slug}-{name}", self.row, summary.format(self.word), hard=hard, **dict[str, Any]({self.rule: change})
        )


def _in_place(flaw: Callable[[str, int], str], limit: int) -> Callable[[Call], Any]:
    return lambda call: flaw(call.value, limit)


def _after(flaw: Callable[[str], str]) -> Callable[[Call], Any]:
    return lambda call: flaw(call.plain())


def usual_blanks(text: str) -> str:
    """Put a plain blank in place of each that is none: no-break, ideographic."""
    return re.sub("[\u00a0\u3000]", " ", text)


# Ways to cut wrongly


def at(length: int) -> Callable[[str, int], str]:
    """Cut at another length."""
    return lambda text, _: text[:length]


def to_bytes(text: str, limit: int) -> str:
    """Cut at so many bytes, and drop the character that was halved."""
    return text.encode()[:limit].decode(errors="ignore")


def to_bytes_broken(text: str, limit: int) -> str:
    """Cut at so many bytes, and keep the half as U+FFFD; only text that is over-long is touched."""
    return text if len(text) <= limit else text[: limit - 1] + _half(text[limit - 1])


def _half(character: str) -> str:
    return character if character.isascii() else "�"


def halved_pair(text: str, limit: int) -> str:
    """Count UTF-16 units, and cut through a pair."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * limit else units[: 2 * limit].decode("utf-16-le", "replace")


def with_dots(text: str, limit: int) -> str:
    """Put three dots after what is kept."""
    return text if len(text) <= limit else text[:limit] + "..."


def with_ellipsis(text: str, limit: int) -> str:
    """Put an ellipsis in place of the last character that is kept."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def tail(text: str, limit: int) -> str:
    """Keep the end."""
    return text[-limit:]


def uncut(text: str, _: int) -> str:
    """Cut nothing."""
    return text


def one_more(text: str, limit: int) -> str:
    """Let pass what is too long by one."""
    return text if len(text) == limit + 1 else text[:limit]


def full_is_too_long(text: str, limit: int) -> str:
    """Take a text of exactly the limit for over-long, and cut one more than needed from it."""
    return text[: limit - 1] if len(text) == limit else text[:limit]


def emptied(text: str, limit: int) -> str:
    """Throw an over-long text away."""
    return text if len(text) <= limit else ""


def at_a_word(text: str, limit: int) -> str:
    """Cut at the last blank before the limit."""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0]


def by_graphemes(text: str, limit: int) -> str:
    """Count a letter with its combining marks as one."""
    count = 0
    for place, character in enumerate(text):
        count += not unicodedata.combining(character)
        if count > limit:
            return text[:place]
    return text


def by_width(text: str, limit: int) -> str:
    """Count a wide character as two."""
    width = 0
    for place, character in enumerate(text):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > limit:
            return text[:place]
    return text


def escaped_first(text: str, limit: int) -> str:
    """Cut while `&`, `<` and `>` are written as entities."""
    return html.unescape(re.sub(r"&[a-z0-9#]*\Z", "", html.escape(text, quote=False)[:limit]))


# Ways to spoil what is kept


def beyond_bmp(text: str) -> bool:
    """Tell whether a text has characters outside the BMP."""
    return any(ord(character) > 0xFFFF for character in text)


def no_emoji(text: str) -> str:
    """Drop what is outside the BMP."""
    return "".join(character for character in text if ord(character) <= 0xFFFF)


def question_marks(text: str) -> str:
    """Put a question mark in place of what is outside the BMP."""
    return "".join(character if ord(character) <= 0xFFFF else "?" for character in text)


def nfc(text: str) -> str:
    """Compose letters with their marks."""
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Put a blank in place of each line feed."""
    return text.replace("\n", " ")


def no_tab(text: str) -> str:
    """Put four blanks in place of each TAB."""
    return text.replace("\t", "    ")


def no_joiner(text: str) -> str:
    """Drop the joiners and variation selectors that make up emoji."""
    return re.sub("[\u200d\ufe0f]", "", text)


def reversed_rtl(text: str) -> str:
    """Turn runs of Hebrew and Arabic letters into the order on the screen."""
    return re.sub("[\u0590-\u06ff]+", lambda match: match[0][::-1], text)


def plain_quotes(text: str) -> str:
    """Straighten typographic quotes."""
    return text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})


def beyond_64_kib(text: str) -> bool:
    """Tell whether a text is too long for a column of 16 bits."""
    return len(text.encode("utf-8", "surrogatepass")) > 65535


def not_a_formula(text: str) -> str:
    """Put a quote before what a spreadsheet would compute."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
