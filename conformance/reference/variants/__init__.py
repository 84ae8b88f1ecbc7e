"""The conforming servers that differ from the plain one; a module for each topic, and one that combines them."""

from conformance.reference.variants import combined as _combined  # noqa: F401 - fills the list
from conformance.reference.variants.registry import REGISTERED, Variant

__all__ = ["Variant", "all_variants"]


def all_variants() -> dict[str, Variant]:
    """Give every variant by name, sorted."""
    return dict(sorted(REGISTERED.items()))
