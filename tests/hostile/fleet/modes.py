"""What a mode is, and the register of all modes, filled by the modules that define them."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from .listener import Serve
from .stage import Stage

Builder = Callable[[Stage], Serve]

NO_ANSWER = ("answer", "reply", "respond", "timed out", "timeout", "time limit", "seconds")
CUT_OFF = ("closed", "connection", "reset", "broke", "cut", "incomplete", "ended", "without an answer")
NOT_HTTP = ("http", "malformed", "protocol", "garbage", "unreadable")
NO_ENVELOPE = ("envelope", "json", "request_id", "not this protocol", "does not speak")
TOO_BIG = ("large", "limit", "cap", "big", "long", "bytes", "size", "many", "time")


@dataclass(frozen=True)
class Mode:
    """One way to misbehave, and how a run of the suite against it may end."""

    name: str
    summary: str
    exit_codes: frozenset[int]
    why: str
    words: tuple[str, ...]
    handler: Builder
    scheme: str = "http"
    listens: bool = True
    family: str = ""  # the module that defines it


MODES: dict[str, Mode] = {}


def mode(
    name: str,
    summary: str,
    codes: set[int],
    why: str,
    words: tuple[str, ...] = (),
    *,
    scheme: str = "http",
    listens: bool = True,
) -> Callable[[Builder], Builder]:
    """Register the decorated builder of a connection handler as a mode."""
    if name in MODES:
        raise ValueError(f"two modes are called {name}")
    if (4 in codes) != bool(words):
        raise ValueError(f"{name}: words belong to modes that may end in exit code 4, and to no others")

    family = str(sys._getframe(1).f_globals["__name__"])

    def register(builder: Builder) -> Builder:
        MODES[name] = Mode(name, summary, frozenset(codes), why, words, builder, scheme, listens, family)
        return builder

    return register
