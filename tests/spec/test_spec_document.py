"""The document as data says what the document says, and the catalogues cover it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from spec_files import SPEC, document_rows, problems, read_yaml

ARTEFACTS = {
    "document.yaml": "document.schema.json",
    "error-codes.yaml": "error-codes.schema.json",
    "requirements.yaml": "requirements.schema.json",
    "open-points.yaml": "open-points.schema.json",
}


def parse(text: str) -> tuple[list[tuple[list[str], list[list[str]]]], list[str]]:
    """Read tables and examples out of the document: a rule line marks the line above as a header."""
    tables: list[tuple[list[str], list[list[str]]]] = []
    lines = text.splitlines(keepends=True)
    count = next(index for index, line in enumerate(lines) if not line.startswith("|"))
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[:count]]
    for index, row in enumerate(cells):
        if set(row) == {"---"}:
            continue
        if index + 1 < count and set(cells[index + 1]) == {"---"}:
            tables.append((row, []))
        else:
            tables[-1][1].append(row)
    rest = "".join(lines[count:]).strip()
    examples = []
    while rest:
        _, end = json.JSONDecoder().raw_decode(rest)
        examples.append(rest[:end])
        rest = rest[end:].lstrip()
    return tables, examples


@pytest.fixture(scope="module")
def document() -> Any:
    """Read the document as data."""
    return read_yaml("document.yaml")


@pytest.fixture(scope="module")
def original() -> tuple[list[tuple[list[str], list[list[str]]]], list[str]]:
    """Parse the document itself."""
    return parse((SPEC / "protocol.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("artefact", "schema"), ARTEFACTS.items(), ids=ARTEFACTS)
def test_each_yaml_file_has_the_shape_of_its_schema(artefact: str, schema: str) -> None:
    """Each YAML file of the contract validates against its own schema."""
    assert problems(schema, read_yaml(artefact)) == []


def test_tables_are_those_of_the_document(document: Any, original: Any) -> None:
    """Columns and cells equal the document's, table by table, in its order."""
    ours = [(table["columns"], [row["cells"] for row in table["rows"]]) for table in document["tables"]]
    assert ours == original[0]


def test_examples_are_those_of_the_document(document: Any, original: Any) -> None:
    """The examples equal the document's, character for character."""
    assert [example["text"] for example in document["examples"]] == original[1]


def test_rows_are_named_after_table_and_first_cell(document: Any) -> None:
    """A row's name is the table's id and the row's first cell, and no name comes twice."""
    for table in document["tables"]:
        assert [row["row"] for row in table["rows"]] == [f"{table['id']}/{row['cells'][0]}" for row in table["rows"]]
    assert len(set(document_rows())) == len(document_rows())


def test_every_row_has_a_requirement() -> None:
    """No row of the document is without a requirement."""
    covered = {requirement["row"] for requirement in read_yaml("requirements.yaml")["requirements"]}
    assert [row for row in document_rows() if row not in covered] == []


@pytest.mark.parametrize(
    ("artefact", "key"), [("requirements.yaml", "requirements"), ("open-points.yaml", "open_points")]
)
def test_catalogue_names_only_rows_of_the_document(artefact: str, key: str) -> None:
    """Every entry of a catalogue belongs to a row that the document has."""
    rows = document_rows()
    assert [entry["id"] for entry in read_yaml(artefact)[key] if entry["row"] not in rows] == []


@pytest.mark.parametrize(
    ("artefact", "key"), [("requirements.yaml", "requirements"), ("open-points.yaml", "open_points")]
)
def test_catalogue_ids_are_unique(artefact: str, key: str) -> None:
    """No id stands for two entries of a catalogue."""
    counts = Counter(entry["id"] for entry in read_yaml(artefact)[key])
    assert [name for name, count in counts.items() if count > 1] == []


def test_answers_of_an_open_point_are_unique() -> None:
    """No open point lists an answer twice."""
    for point in read_yaml("open-points.yaml")["open_points"]:
        answers = [answer["id"] for answer in point["answers"]]
        assert len(set(answers)) == len(answers), point["id"]


_EXAMPLES = ("the first example", "the second example")


def test_every_requirement_rests_on_words_of_its_row(document: Any) -> None:
    """On words that stand there, a column and its cell, an example, or a decided reading that the docs give."""
    cells = {row["row"]: row for table in document["tables"] for row in table["rows"]}
    columns = {row["row"]: table["columns"] for table in document["tables"] for row in table["rows"]}
    decided = (SPEC.parent / "docs" / "decisions.md").read_text(encoding="utf-8")
    for entry in read_yaml("requirements.yaml")["requirements"]:
        row, source = entry["row"], entry["source"]
        if source == "decided":
            assert f"`{entry['id']}`" in decided, f"docs/decisions.md does not say why {entry['id']} is demanded"
        elif row in cells:
            named = [f"{column}: {cell}" for column, cell in zip(columns[row], cells[row]["cells"], strict=True)]
            assert source in named or any(source in cell for cell in cells[row]["cells"]), entry["id"]
        else:
            assert source in _EXAMPLES, entry["id"]
