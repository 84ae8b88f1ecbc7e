"""Loads an observer of the user's own by name; a mistake in the name or in the class is told in one sentence."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from conformance.observe.base import Guarded, Observer
from conformance.wire.redact import Redactor


def load(name: str, redactor: Redactor | None = None) -> Observer:
    """Return the observer that ``MODULE:FACTORY`` makes, called without arguments; a ValueError says what is wrong."""
    module_name, colon, factory_name = name.partition(":")
    if not colon or not module_name or not factory_name:
        raise ValueError("no such observer; give openapi, webhook, none or MODULE:FACTORY, like shop.alerts:observer")
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)  # as with python -m, a module in the current folder is found
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever the user's module raises
        raise ValueError(
            f"cannot import {module_name} ({type(error).__name__}: {error}); mend the module, or its name"
        ) from error
    finally:
        if added:
            sys.path.remove(here)
    factory = getattr(module, factory_name, None)
    if not callable(factory):
        message = f"{module_name} has no function or class {factory_name}; give one that makes the observer"
        raise ValueError(message)  # noqa: TRY004 - it is the option's value that is wrong
    try:
        observer = factory()
    except Exception as error:
        raise ValueError(
            f"{factory_name}() failed ({type(error).__name__}: {error}); mend it, or choose another observer"
        ) from error
    missing = [method for method in ("read", "close") if not callable(getattr(observer, method, None))]
    if missing or not isinstance(getattr(observer, "name", None), str):
        lacks = f"a method {missing[0]}" if missing else "a text attribute name"
        raise ValueError(f"what {factory_name}() returns lacks {lacks}, see conformance.observe.base")
    return Guarded(observer, redactor)
