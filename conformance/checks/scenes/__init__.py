"""The scenarios of every section of the document; importing this package registers them all, in order."""

from conformance.checks.scenes import (
    bodies,
    codes,
    combinations,
    fields,
    fields_rendered,
    header,
    lifecycle,
    machines,
    open_points,
    query,
    refusals,
    together,
)

__all__ = [
    "bodies",
    "codes",
    "combinations",
    "fields",
    "fields_rendered",
    "header",
    "lifecycle",
    "machines",
    "open_points",
    "query",
    "refusals",
    "together",
]
