"""The schemas are sound, refer to one another offline, and hold each limit of the document once."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from spec_files import SCHEMA_NAMES, SCHEMAS, read_json, read_yaml, registry, walk

# Read by hand from the document: the place, and the number.
LIMITS = {
    "stored-alert.json/properties/title_rule/maxLength": 512,
    "alert-event.json/properties/alert_key/maxLength": 255,
    "stored-alert.json/properties/description/maxLength": 2048,
    "stored-alert.json/$defs/labels/propertyNames/maxLength": 128,
    "stored-alert.json/$defs/labels/additionalProperties/maxLength": 2048,
    "stored-alert.json/$defs/labels/maxProperties": 50,
    "stored-alert.json/$defs/image/properties/alt/maxLength": 128,
    "stored-alert.json/$defs/image/properties/src/maxLength": 256,
    "stored-alert.json/$defs/image/properties/href/maxLength": 256,
}
KEYWORDS = ("maxLength", "maxItems", "maxProperties")


def limits_of(source: str, schema: Any) -> dict[str, Any]:
    """Collect every upper limit in a schema with the place where it stands."""
    return {f"{source}{path}": value for path, value in walk(schema) if path.rsplit("/", 1)[-1] in KEYWORDS}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_schema_is_valid_and_named_after_its_file(name: str) -> None:
    """The schema is valid under the 2020-12 metaschema, and its $id is the file's name."""
    schema = read_json(SCHEMAS / name)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == name
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_every_reference_of_a_schema_resolves_offline(name: str) -> None:
    """Each $ref leads to a place in this file or in one beside it."""
    resolver = registry().resolver(base_uri=name)
    for path, node in walk(read_json(SCHEMAS / name)):
        if isinstance(node, dict) and "$ref" in node:
            assert resolver.lookup(node["$ref"]).contents, path


def test_every_limit_of_the_document_stands_once() -> None:
    """The limits in all schemas together are those of the document, each in one place."""
    found: dict[str, Any] = {}
    for name in SCHEMA_NAMES:
        found |= limits_of(name, read_json(SCHEMAS / name))
    assert found == LIMITS


def test_openapi_document_repeats_no_limit() -> None:
    """The OpenAPI document holds no limit of its own."""
    assert limits_of("openapi.yaml", read_yaml("openapi.yaml")) == {}


def test_every_limit_says_what_becomes_of_the_excess() -> None:
    """Beside each limit stands x-excess: cut, discarded, refused or open."""
    for name in SCHEMA_NAMES:
        for path, node in walk(read_json(SCHEMAS / name)):
            if isinstance(node, dict) and any(isinstance(node.get(keyword), int) for keyword in KEYWORDS):
                assert node["x-excess"] in {"cut", "discarded", "refused", "open"}, f"{name}{path}"
