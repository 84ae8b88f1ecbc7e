"""Reads JSON that a stranger wrote: as RFC 8259 has it, numbers of any length, and only ValueError for what is none."""

from __future__ import annotations

import json
from typing import Any

_MOST_DIGITS = 4000  # Python refuses to convert more, for the time it takes; nobody here computes with them


def loads(body: bytes | str, *, strict: bool = True) -> Any:
    """The value in a body.  Raises ValueError, for endless nesting too.

    ``strict``: NaN and Infinity are no JSON, and neither is what is not plain UTF-8, or has a mark before it.
    """
    if strict and isinstance(body, bytes):
        body = body.decode("utf-8")
    try:
        return json.loads(body, parse_int=_integer, parse_constant=_refused if strict else float)
    except RecursionError:
        raise ValueError("arrays or objects are nested too deeply to be read") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no JSON value")
