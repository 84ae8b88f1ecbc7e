"""The options that repeat a run, as its record holds them: whatever bounds what is sent goes along, no secret does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from urllib.parse import urlsplit

from conformance.entry import OPTIONS
from conformance.plugin.settings import Settings
from conformance.wire.target import Target, shown_url

#: Told beside the options (target, keys, budget, seed, level), naming what is run, or about files that are written.
APART = frozenset(
    ("target-url", "integration-key", "second-key", "app-key", "account", "budget", "seed", "level", "requirement",
     "row", "baseline", "lock", "lock-update", "report-dir", "replay")
)  # fmt: skip
#: Options whose field has another name.
_FIELDS = {"observer": "observers", "header": "headers"}
_UNSAID = "…"


def options(settings: Settings, target: Target, redact: Callable[[str], str]) -> tuple[str, ...]:
    """Every option given that changes what is sent or seen; of a header only the name, of a proxy not who asks it."""
    defaults = {entry.name: entry.default for entry in fields(Settings)}
    found: list[str] = []
    for name, how, _ in OPTIONS:
        field = _FIELDS.get(name, name.replace("-", "_"))
        if name in APART or (value := getattr(settings, field)) in (None, (), defaults[field]):
            continue
        if how.get("action") == "store_true":
            found.append(f"--{name}")
            continue
        for text in _texts(name, value, target):
            found += [f"--{name}", redact(text)]
    return tuple(found)


def _texts(name: str, value: object, target: Target) -> Iterator[str]:
    """The values of an option as they may be shown."""
    if name == "header" and isinstance(value, tuple):
        yield from (f"{header}: {_UNSAID}" for header, _ in value)
    elif name == "observer" and isinstance(value, tuple):
        yield from value
    elif name == "read-url":
        yield shown_url(target.reading_url)
    elif name == "proxy":
        parts = urlsplit(str(value))
        asker, at, host = parts.netloc.rpartition("@")
        yield parts._replace(netloc=f"{_UNSAID}@{host}" if at and asker else host).geturl()
    else:
        yield f"{value:.12g}" if isinstance(value, float) else str(value)
