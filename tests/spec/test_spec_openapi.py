"""The OpenAPI document is valid, complete, and agrees with the tables beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from spec_files import (
    SCHEMA_NAMES,
    SCHEMAS,
    SPEC,
    document_rows,
    openapi_registry,
    problems,
    read_json,
    read_yaml,
    walk,
)

PUSH = "/event/push/alert/standard"


@pytest.fixture(scope="module")
def openapi() -> Any:
    """Read the OpenAPI document."""
    return read_yaml("openapi.yaml")


def pointer_of(path: str, reference: str) -> str:
    """Make a reference found in openapi.yaml absolute."""
    assert not reference.startswith(("/", "http")), path
    return f"urn:spec:/openapi.yaml{reference}" if reference.startswith("#") else f"urn:spec:/{reference}"


def responses(openapi: Any, path: str) -> dict[str, Any]:
    """Read the replies of an operation by status, with references to components followed."""
    found = {}
    for status, response in openapi["paths"][path]["post"]["responses"].items():
        name = response.get("$ref", "").removeprefix("#/components/responses/")
        found[status] = openapi["components"]["responses"][name] if name else response
    return found


def bodies(openapi: Any) -> list[tuple[str, Any]]:
    """List every body described, of requests and of replies, under a readable name."""
    found = []
    for path in openapi["paths"]:
        found.append((f"{path} request", openapi["paths"][path]["post"]["requestBody"]))
        found.extend((f"{path} {status}", response) for status, response in responses(openapi, path).items())
    return [(name, body["content"]["application/json"]) for name, body in found]


def codes_by_status(openapi: Any) -> dict[int, set[str]]:
    """Read which codes each status of the push may carry, as the schemas of the replies say."""
    found = {}
    for status, response in responses(openapi, PUSH).items():
        schema = response["content"]["application/json"]["schema"]
        for part in schema.get("allOf", []):
            if "properties" in part:
                found[int(status)] = set(part["properties"]["error"]["properties"]["code"]["enum"])
    return found


def test_openapi_document_is_valid(openapi: Any) -> None:
    """The document is valid OpenAPI 3.1, its examples and defaults included."""
    checker = OpenAPIV31SpecValidator(openapi, base_uri=(SPEC / "openapi.yaml").as_uri())
    assert [error.message for error in checker.iter_errors()] == []


def test_every_reference_of_the_openapi_document_resolves_offline(openapi: Any) -> None:
    """Each $ref leads to a place in this document or in a schema file."""
    resolver = openapi_registry().resolver()
    references = [(path, node["$ref"]) for path, node in walk(openapi) if isinstance(node, dict) and "$ref" in node]
    assert references
    for path, reference in references:
        assert resolver.lookup(pointer_of(path, reference)).contents, path


def test_every_schema_of_the_push_and_the_read_back_is_used(openapi: Any) -> None:
    """Each schema that describes a body of these two operations is reached from the OpenAPI document."""
    own = {name for name in SCHEMA_NAMES if name.endswith(".schema.json")}
    own |= {"conformance-report.json", "row.json", "stored-alert.json", "alert-webhook.json"}
    waiting = [node["$ref"] for _, node in walk(openapi) if isinstance(node, dict) and "$ref" in node]
    reached = set()
    while waiting:
        name = waiting.pop().split("#")[0].removeprefix("schemas/")
        if name and name not in reached:
            reached.add(name)
            nodes = walk(read_json(SCHEMAS / name))
            waiting.extend(node["$ref"] for _, node in nodes if isinstance(node, dict) and "$ref" in node)
    assert reached == set(SCHEMA_NAMES) - own


def test_every_example_validates(openapi: Any) -> None:
    """Each example of a request or a reply validates against the schema beside it."""
    seen = 0
    for name, body in bodies(openapi):
        schema = json.loads(json.dumps(body["schema"]).replace('"schemas/', '"urn:spec:/schemas/'))
        check = Draft202012Validator(schema, registry=openapi_registry())
        for title, example in body.get("examples", {}).items():
            assert [error.message for error in check.iter_errors(example["value"])] == [], f"{name}: {title}"
            seen += 1
    assert seen > 15


def test_document_examples_stand_in_the_openapi_document_verbatim(openapi: Any) -> None:
    """Both examples of the document are examples of the reply they belong to."""
    found = {
        node["x-row"]: node["value"]
        for _, node in walk(openapi)
        if isinstance(node, dict) and "value" in node
        if str(node.get("x-row", "")).startswith("Example/")
    }
    assert found == {example["row"]: json.loads(example["text"]) for example in read_yaml("document.yaml")["examples"]}


def test_both_examples_of_the_document_are_replies_to_a_push() -> None:
    """The example of a success and that of a failure validate against the envelope, each as what it is."""
    success, failure = (json.loads(example["text"]) for example in read_yaml("document.yaml")["examples"])
    for reference in ("push-response.json", "push-response.json#/$defs/acknowledged"):
        assert problems(reference, success) == []
    for reference in ("push-response.json", "push-response.json#/$defs/failure"):
        assert problems(reference, failure) == []
    assert problems("push-response.json#/$defs/failure", success)
    assert problems("push-response.json#/$defs/success", failure)


def test_error_table_is_the_one_of_the_document() -> None:
    """Codes, statuses and descriptions equal the cells of the document, in its order."""
    table = next(table for table in read_yaml("document.yaml")["tables"] if table["id"] == "Code")
    ours = [
        [entry["code"], str(entry["status"]), entry["description"]] for entry in read_yaml("error-codes.yaml")["codes"]
    ]
    assert ours == [row["cells"] for row in table["rows"]]


def test_code_enumeration_is_the_error_table() -> None:
    """The schema of a code lists the codes of the table, in its order, and none of the exceptions."""
    codes = [entry["code"] for entry in read_yaml("error-codes.yaml")["codes"]]
    assert read_json(SCHEMAS / "error-code.json")["enum"] == codes


def test_accepted_exceptions_are_these_two() -> None:
    """Beyond the table only a too large body and an overloaded server are accepted."""
    exceptions = read_yaml("error-codes.yaml")["exceptions"]
    assert [(entry["status"], entry["code"], entry.get("min_body_bytes")) for entry in exceptions] == [
        (413, "EntityTooLarge", 1048576),
        (503, "ServiceUnavailable", None),
    ]


def test_replies_carry_the_codes_of_the_error_table(openapi: Any) -> None:
    """Each status of the table, and no other, has a reply that allows exactly its codes."""
    table = read_yaml("error-codes.yaml")
    expected = defaultdict(set)
    for entry in table["codes"] + table["exceptions"]:
        expected[entry["status"]].add(entry["code"])
    assert codes_by_status(openapi) == expected
    assert set(responses(openapi, PUSH)) == {"200", "2XX", *map(str, expected)}


def test_every_error_code_has_an_example_under_its_status(openapi: Any) -> None:
    """For each code there is an example of its name, in the reply of its status, that carries it."""
    table = read_yaml("error-codes.yaml")
    replies = responses(openapi, PUSH)
    for entry in table["codes"] + table["exceptions"]:
        example = replies[str(entry["status"])]["content"]["application/json"]["examples"][entry["code"]]
        assert example["value"]["error"]["code"] == entry["code"]


def test_every_row_of_the_document_is_placed(openapi: Any) -> None:
    """The rows named in the OpenAPI document and the schemas are those of the document, all of them."""
    sources = [openapi, *(read_json(SCHEMAS / name) for name in SCHEMA_NAMES)]
    named = {
        node["x-row"] for source in sources for _, node in walk(source) if isinstance(node, dict) and "x-row" in node
    }
    assert named == set(document_rows())
