"""Values as JSON and back without loss: tuples, bytes and lone surrogates included; knows nothing of files.

JSON has no tuples, no bytes and no unpaired surrogates, and servers send unpaired ones.  What JSON cannot say is an
object with a single key that begins with ``~``.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_LARGE = 64 * 1024
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(value: Any) -> Any:
    """Return the value in terms of JSON."""
    made: Any
    match value:
        case float() if not math.isfinite(value):
            made = {"~float": repr(value)}
        case None | bool() | int() | float():
            made = value
        case str():
            made = value if not _SURROGATE.search(value) else {"~text": _base64(value.encode("utf-8", "surrogatepass"))}
        case bytes():
            made = {"~bytes": _base64(value)}
        case list():
            made = [plain(item) for item in value]
        case tuple():
            made = {"~tuple": [plain(item) for item in value]}
        case set() | frozenset():
            made = {"~set": sorted((plain(item) for item in value), key=repr)}
        case Mapping():
            if any(not isinstance(key, str) or key.startswith("~") or _SURROGATE.search(key) for key in value):
                made = {"~map": [[plain(key), plain(item)] for key, item in value.items()]}
            else:
                made = {key: plain(item) for key, item in value.items()}
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be recorded: only plain values can")
    return made


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def original(value: Any) -> Any:
    """Undo ``plain``."""
    if isinstance(value, list):
        return [original(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, content),) = value.items()
        if tag in _TAGS:
            return _TAGS[tag](content)
    return {key: original(item) for key, item in value.items()}


_TAGS: dict[str, Callable[[Any], Any]] = {
    "~text": lambda content: base64.b64decode(content).decode("utf-8", "surrogatepass"),
    "~bytes": base64.b64decode,
    "~float": float,
    "~tuple": lambda content: tuple(original(item) for item in content),
    "~set": lambda content: frozenset(original(item) for item in content),
    "~map": lambda content: {original(key): original(item) for key, item in content},
}


def body_to_plain(body: bytes) -> Any:
    """Return a body as readable text where it is UTF-8, else as tagged base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"~bytes": _base64(body)}
    if len(body) > _LARGE and len(json.dumps(text)) > 2 * len(body):
        return {"~bytes": _base64(body)}  # megabytes of control characters take six times their room as text
    return text


def body_from_plain(value: Any) -> bytes:
    """Undo ``body_to_plain``."""
    return value.encode() if isinstance(value, str) else base64.b64decode(value["~bytes"])


def pairs_to_plain(pairs: Iterable[tuple[str, str | None]]) -> list[list[Any]]:
    """Return headers or query parameters as lists of two."""
    return [[plain(name), plain(value)] for name, value in pairs]


def pairs_from_plain(value: Any) -> tuple[tuple[str, str], ...]:
    """Undo ``pairs_to_plain``."""
    return tuple((original(name), original(text)) for name, text in value)


def changed_fields(value: Any, *, always: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults, and those named, as they are."""
    if not is_dataclass(value):
        raise TypeError(f"a {type(value).__name__} has no fields")
    named = {field.name: (field, getattr(value, field.name)) for field in fields(value)}
    return {name: item for name, (field, item) in named.items() if name in always or item != field.default}
