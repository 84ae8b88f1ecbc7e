"""Puts the rules of a server together from a variant and faults, by name; must not know what any of them does."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.options import ServerOptions


_LISTED = {"fault": "faults", "variant": "faults --variants"}


class UnknownNameError(ValueError):
    """No fault or variant has this name; ``kind`` says which of the two was meant."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def assemble(options: ServerOptions) -> Rules:
    """Give the rules that the options name: the faults on top of the variant, or of the plain server."""
    # Imported late: the catalogues are large, and the plain server needs none of them.
    base: type[Rules] = Rules
    if options.variant:
        from conformance.reference.variants import all_variants  # noqa: PLC0415

        base = _named("variant", options.variant, {name: item.rules for name, item in all_variants().items()})
    if not options.faults:
        return base()
    from conformance.reference.faults import all_faults  # noqa: PLC0415

    known = {name: item.rules for name, item in all_faults().items()}
    classes = tuple(_named("fault", name, known) for name in options.faults)
    if len(classes) == 1 and base is Rules:
        return classes[0]()
    bases = classes if base is Rules else (*classes, base)
    return type("AssembledRules", bases, {})()  # type: ignore[no-any-return]


def _named(kind: str, name: str, known: dict[str, type[Rules]]) -> type[Rules]:
    if name not in known:
        close = " or ".join(get_close_matches(name, known, 3))
        hint = f"did you mean {close}? " if close else ""
        raise UnknownNameError(kind, f"there is no {kind} {name!r}; {hint}`conformance {_LISTED[kind]}` lists them")
    return known[name]
