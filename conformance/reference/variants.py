"""Servers that conform and yet differ wherever the document is silent; must not break any MUST or SHOULD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.rules import Rules


@dataclass(frozen=True)
class Variant:
    """One conforming server that takes other answers."""

    name: str
    summary: str
    rules: type[Rules]


def all_variants() -> dict[str, Variant]:
    """Give every variant by name, sorted."""
    return {}
