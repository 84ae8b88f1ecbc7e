"""Forms of a link that careless code takes for no link, each with how to tell it; pure."""

from __future__ import annotations

import re
from collections.abc import Callable

_PORT = re.compile(r"https?://[^/]*:\d")
#: What the src does, as it ends the phrase "every image whose src …", and whether a link is of that form.
FORMS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("begins with http:", lambda link: link.startswith("http:")),
    ("names a port", lambda link: _PORT.match(link) is not None),
    ("has a query", lambda link: "?" in link),
)
