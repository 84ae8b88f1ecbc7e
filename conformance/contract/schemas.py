"""Validators for the JSON Schemas of ``spec/schemas``, every reference resolved offline; no other knowledge."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema
import referencing
import referencing.jsonschema

from conformance.contract.files import read, spec_folder


@cache
def registry() -> referencing.Registry[Any]:
    """All schema files by name, so that ``$ref`` needs no network."""
    resources = [
        (path.name, referencing.jsonschema.DRAFT202012.create_resource(read(f"schemas/{path.name}")))
        for path in sorted((spec_folder() / "schemas").glob("*.json"))
    ]
    return referencing.Registry[Any]().with_resources(resources)


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of ``spec/schemas/NAME``."""
    return jsonschema.Draft202012Validator(read(f"schemas/{name}"), registry=registry())
