"""The catalogue of faulty servers: a module for each part of the document; they know the rules only."""

from __future__ import annotations

import importlib
import pkgutil

from conformance.reference.faults.registry import REGISTERED, Fault, fault

__all__ = ["Fault", "all_faults", "fault"]


def all_faults() -> dict[str, Fault]:
    """Give every fault by name, sorted."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(REGISTERED.items()))
