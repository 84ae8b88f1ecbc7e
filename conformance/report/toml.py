"""Reads and writes the small TOML files that users keep beside their pipeline; knows nothing of their meaning."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class FileError(ValueError):
    """A file of the user cannot be used; the message names it, what is wrong and what to do."""


def read(path: Path) -> dict[str, Any]:
    """The file as a table.  Raises FileError with a sentence for the user."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(
            f"{path}: cannot be read ({error.strerror or error}); give the path of an existing file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: not TOML ({error}); mend the line, or write the file anew") from error


def text(value: str) -> str:
    """A basic string; lone surrogates, which TOML has no way to write, become a visible escape."""
    return '"' + "".join(_char(char) for char in value) + '"'


def _char(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogates
        return f"\\\\u{code:04x}"
    return char if char.isprintable() else f"\\U{code:08x}"


def key(name: str) -> str:
    """A key, quoted unless it can stand bare."""
    return name if _BARE.fullmatch(name) else text(name)
