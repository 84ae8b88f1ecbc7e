"""Forms of a link that careless code takes for no link, each with how to tell it; pure."""

from __future__ import annotations

from collections.abc import Callable

#: What the src does, as it ends the phrase "every image whose src …", and whether a link is of that form.
FORMS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("begins with http:", lambda link: link.startswith("http:")),
    ("has a capital letter", lambda link: link != link.lower()),
    ("has a query", lambda link: "?" in link),
)
