"""What a server can be started with; must not know how any of it is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Everything about a server that is not behaviour; a key that is not given is drawn at random at the start."""

    port: int = 0
    key: str = ""
    second_key: str = ""
    app_key: str = ""
    limited_key: str = ""  # key of a third integration: if given, the rate holds for it alone
    accounts: dict[str, str] = field(default_factory=dict)  # error code -> the key whose account answers with it
    latency: float = 0.0  # seconds before a request is looked at
    visible_after: float = 0.0  # seconds until the read-back shows a change
    rate: int = 0  # pushes per second and integration, 0 = unbounded
    per_minute: int = 0  # pushes per minute and integration, 0 = unbounded
    db: str | Path = ""  # file of the store, "" = in memory
    webhook: str = ""  # URL on loopback that is told of every change
    faults: tuple[str, ...] = ()
    variant: str = ""

    def __post_init__(self) -> None:
        """Refuse values that could not be carried out."""
        for name in ("latency", "visible_after", "rate", "per_minute"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, but is {getattr(self, name)}")
        if self.webhook and not is_loopback(self.webhook):
            raise ValueError("webhook: only an http URL on 127.0.0.1, ::1 or localhost is called from here")


def is_loopback(url: str) -> bool:
    """Whether a URL is plain HTTP to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and (parts.hostname or "") in LOOPBACK
