"""Where the contract lies, and how the tests here read it: straight from the files, without the product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = Path(__file__).parents[2] / "spec"
SCHEMAS = SPEC / "schemas"
SCHEMA_NAMES = sorted(path.name for path in SCHEMAS.glob("*.json"))
CLIENTS = sorted((SPEC / "clients").glob("*.json"))


def read_json(path: Path) -> Any:
    """Read a JSON file of the contract."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_yaml(name: str) -> Any:
    """Read a YAML file of the contract."""
    return yaml.safe_load((SPEC / name).read_text(encoding="utf-8"))


def registry(prefix: str = "") -> Registry[Any]:
    """Hold every schema file under its name, and nothing else: what is not here does not resolve."""
    resources = [(prefix + name, DRAFT202012.create_resource(read_json(SCHEMAS / name))) for name in SCHEMA_NAMES]
    held: Registry[Any] = Registry()
    return held.with_resources(resources)


def openapi_registry() -> Registry[Any]:
    """Hold the OpenAPI document beside the folder of schemas, as they lie on disk."""
    document: Resource[Any] = DRAFT202012.create_resource(read_yaml("openapi.yaml"))
    held: Registry[Any] = registry("urn:spec:/schemas/").with_resource("urn:spec:/openapi.yaml", document)
    return held


def validator(reference: str) -> Draft202012Validator:
    """Make a validator for a schema file, or for a part of one: `push-response.json#/$defs/success`."""
    return Draft202012Validator({"$ref": reference}, registry=registry())


def problems(reference: str, value: Any) -> list[str]:
    """Say in one line each what is wrong with the value under that schema."""
    errors = validator(reference).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in errors]


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every node below with its path, as in a JSON pointer."""
    yield path, node
    if isinstance(node, dict):
        children = [(str(key), value) for key, value in node.items()]
    elif isinstance(node, list):
        children = [(str(index), value) for index, value in enumerate(node)]
    else:
        children = []
    for key, value in children:
        yield from walk(value, f"{path}/{key}")


def document_rows() -> list[str]:
    """Name every row of the document, examples included, in its order."""
    document = read_yaml("document.yaml")
    tables = [row["row"] for table in document["tables"] for row in table["rows"]]
    return tables + [example["row"] for example in document["examples"]]
