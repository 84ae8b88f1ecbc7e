"""Values as JSON and back without loss: tuples, bytes and lone surrogates included; knows nothing of files.

JSON has no tuples, no bytes and no unpaired surrogates, and servers send unpaired ones.  What JSON cannot say is an
object with a single key that begins with ``~``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(value: Any) -> Any:
    """Return the value in terms of JSON."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        if _SURROGATE.search(value):
            return {"~text": base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()}
        return value
    if isinstance(value, bytes):
        return {"~bytes": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return {"~tuple": [plain(item) for item in value]}
    if isinstance(value, set | frozenset):
        return {"~set": sorted((plain(item) for item in value), key=repr)}
    if isinstance(value, Mapping):
        if any(not isinstance(key, str) or key.startswith("~") or _SURROGATE.search(key) for key in value):
            return {"~map": [[plain(key), plain(item)] for key, item in value.items()]}
        return {key: plain(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} cannot be recorded: only plain values can")


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


_TAGS = {
    "~text": lambda content: base64.b64decode(content).decode("utf-8", "surrogatepass"),
    "~bytes": base64.b64decode,
    "~tuple": lambda content: tuple(original(item) for item in content),
    "~set": lambda content: frozenset(original(item) for item in content),
    "~map": lambda content: {original(key): original(item) for key, item in content},
}


def body_to_plain(body: bytes) -> Any:
    """Return a body as readable text where it is UTF-8, else as tagged base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"~bytes": base64.b64encode(body).decode()}


def body_from_plain(value: Any) -> bytes:
    """Undo ``body_to_plain``."""
    return value.encode() if isinstance(value, str) else base64.b64decode(value["~bytes"])


def pairs_to_plain(pairs: tuple[tuple[str, str], ...]) -> list[list[Any]]:
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
