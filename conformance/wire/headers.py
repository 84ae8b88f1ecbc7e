"""Which header lines may be added to a request, and what they must look like; builds none."""

from __future__ import annotations

import re

#: Names that the suite sets itself, or that a check sends: one more of them would change what is tested, or be ignored.
OWN = (
    "Host", "User-Agent", "Accept-Encoding", "Content-Type", "Content-Length", "Content-Encoding",
    "Transfer-Encoding", "Connection", "Expect",
)  # fmt: skip
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def check(name: str, value: str) -> None:
    """Refuse an extra header that cannot be sent, or that is ours; a ValueError says why, and never shows the value."""
    if not TOKEN.fullmatch(name):
        # what stands before the colon may be a secret that was put into the wrong place: it is not repeated
        raise ValueError("the name cannot be sent: before the colon stand letters, digits and hyphens, without blanks")
    if name.lower() in {own.lower() for own in OWN}:
        raise ValueError(f"{name} is set by the suite itself: leave it out; what it holds is part of what is tested")
    if _CONTROL.search(value):
        raise ValueError(f"the value of {name} holds a line break or another control character: give one line of text")
