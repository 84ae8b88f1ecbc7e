"""A rich console that writes text and nothing else: no markup, no guesses about the terminal, colours on request."""

from __future__ import annotations

import io

from rich.console import Console

from conformance.checks.verdicts import (
    BLOCKED,
    ERROR,
    FAIL,
    NOT_APPLICABLE,
    NOT_OBSERVED,
    NOT_REACHED,
    PASS,
    WARNING,
)

#: Styles by verdict, of the sixteen colours that every palette adapts.
STYLES = {
    PASS: "green",
    FAIL: "bold red",
    WARNING: "yellow",
    BLOCKED: "magenta",
    ERROR: "bold red",
    NOT_OBSERVED: "cyan",
    NOT_APPLICABLE: "dim",
    NOT_REACHED: "dim",
}
NARROWEST = 40
_ASCII = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "→": "->", "“": '"', "”": '"', "✓": "+", "✗": "x", "⊘": "o", "⚠": "!", "─": "-"}
)


def console(width: int, colour: bool) -> Console:
    """A console that collects what is printed for ``text_of``."""
    return Console(
        file=io.StringIO(),
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        soft_wrap=False,
    )


def text_of(out: Console) -> str:
    """Everything that was printed, without blanks at the ends of lines."""
    file = out.file
    if not isinstance(file, io.StringIO):
        raise TypeError("text_of takes a console made by console()")
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def for_encoding(text: str, encoding: str | None) -> str:
    """The text as a stream of that encoding can take it: signs first replaced by their ASCII kin, then escaped."""
    name = encoding or "utf-8"
    try:
        text.encode(name)
    except LookupError:
        name = "ascii"
    except UnicodeEncodeError:
        pass
    else:
        return text
    return text.translate(_ASCII).encode(name, "backslashreplace").decode(name)
