"""The contract as typed values: requirements, open points, error codes, limits, the document's rows.

Everything here is read from ``spec/``; no number or word of the protocol is written in code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from conformance.contract.files import ContractError, digest, line_of, read, spec_folder


@dataclass(frozen=True, slots=True)
class Requirement:
    """One normative statement of the document.  ``needs`` names the option it cannot be judged without."""

    id: str
    row: str
    level: str
    statement: str
    observed_in: str
    accepts: tuple[str, ...] = ()
    needs: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A question that the document leaves open.  ``answers`` is empty where any text is an answer."""

    id: str
    row: str
    question: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The document's limits, in characters or elements, from the schemas of what may be sent and kept."""

    title_rule: int
    description: int
    alert_key: int
    label_key: int
    label_value: int
    labels: int
    alt: int
    src: int
    href: int
    label_naming: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the document's tables, or one of its examples (then ``cells`` is the text alone)."""

    name: str
    table: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document: title, columns, rows in order."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Contract:
    """All of ``spec/`` that judges and reports need."""

    requirements: dict[str, Requirement]
    open_points: dict[str, OpenPoint]
    codes: dict[str, int]
    exceptions: dict[str, int]
    exception_body: int
    statuses: tuple[str, ...]
    recovery: str
    limits: Limits
    tables: tuple[Table, ...]
    sha256: str

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of all rows in the document's order."""
        return tuple(row.name for table in self.tables for row in table.rows)

    @property
    def account_codes(self) -> tuple[str, ...]:
        """The codes that only a key of a certain account is answered with."""
        needs = (entry.needs or "" for entry in self.requirements.values())
        return tuple(need.removeprefix("account:") for need in needs if need.startswith("account:"))

    def of_row(self, row: str) -> tuple[Requirement, ...]:
        """The requirements of a row, in the catalogue's order."""
        return tuple(requirement for requirement in self.requirements.values() if requirement.row == row)


def _checked(name: str, schema: str) -> Any:
    """A file of the contract, valid against its schema.  Raises ContractError with file and line."""
    from conformance.contract.schemas import validator  # noqa: PLC0415 - schemas are only needed here

    value = read(name)
    error = jsonschema.exceptions.best_match(validator(schema).iter_errors(value))
    if error is None:
        return value
    path = spec_folder() / name
    raise ContractError(f"{path}:{_line_of_error(path, value, error)}: {error.message[:200]}; mend the entry")


def _line_of_error(path: Path, value: Any, error: jsonschema.ValidationError) -> int:
    """The line of the entry in which a schema error lies: entries are found by their id."""
    for part in error.absolute_path:
        value = value[part]
        name = value.get("id") if isinstance(value, dict) else None
        if isinstance(name, str):
            return line_of(path, f"id: {name}")
    return 1


def _limits() -> Limits:
    kept = read("schemas/stored-alert.json")
    fields, labels, image = kept["properties"], kept["$defs"]["labels"], kept["$defs"]["image"]["properties"]
    sent = read("schemas/alert-event.json")["properties"]
    return Limits(
        title_rule=fields["title_rule"]["maxLength"],
        description=fields["description"]["maxLength"],
        alert_key=sent["alert_key"]["maxLength"],
        label_key=labels["propertyNames"]["maxLength"],
        label_value=labels["additionalProperties"]["maxLength"],
        labels=labels["maxProperties"],
        alt=image["alt"]["maxLength"],
        src=image["src"]["maxLength"],
        href=image["href"]["maxLength"],
        label_naming=re.compile(labels["propertyNames"]["x-naming"]),
    )


def _tables() -> tuple[Table, ...]:
    value = read("document.yaml")
    tables = [
        Table(
            table["id"],
            table["title"],
            tuple(table["columns"]),
            tuple(Row(row["row"], table["id"], tuple(str(cell) for cell in row["cells"])) for row in table["rows"]),
        )
        for table in value["tables"]
    ]
    examples = tuple(Row(example["row"], "Example", (example["text"],)) for example in value["examples"])
    return (*tables, Table("Example", "Examples", ("Text",), examples))


@cache
def load() -> Contract:
    """The whole contract.  Raises ContractError naming file and line when a file cannot be read."""
    try:
        return _load()
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{spec_folder()}:1: a file lacks {error}; restore it from the repository") from error


def _load() -> Contract:
    requirements = [
        Requirement(**{**entry, "accepts": tuple(entry.get("accepts", ()))})
        for entry in _checked("requirements.yaml", "requirements.schema.json")["requirements"]
    ]
    points = [
        OpenPoint(
            entry["id"], entry["row"], entry["question"], tuple((a["id"], a["meaning"]) for a in entry["answers"])
        )
        for entry in _checked("open-points.yaml", "open-points.schema.json")["open_points"]
    ]
    codes = _checked("error-codes.yaml", "error-codes.schema.json")
    _checked("document.yaml", "document.schema.json")
    for values, name in ((requirements, "requirements.yaml"), (points, "open-points.yaml")):
        seen: set[str] = set()
        for value in values:
            if value.id in seen:
                path = spec_folder() / name
                raise ContractError(f"{path}:{line_of(path, f'id: {value.id}')}: {value.id} stands twice; rename one")
            seen.add(value.id)
    return Contract(
        requirements={value.id: value for value in requirements},
        open_points={value.id: value for value in points},
        codes={entry["code"]: entry["status"] for entry in codes["codes"]},
        exceptions={entry["code"]: entry["status"] for entry in codes["exceptions"]},
        exception_body=next(entry["min_body_bytes"] for entry in codes["exceptions"] if "min_body_bytes" in entry),
        statuses=tuple(read("schemas/event-status.json")["enum"]),
        recovery=read("schemas/alert-event.json")["if"]["properties"]["event_status"]["const"],
        limits=_limits(),
        tables=_tables(),
        sha256=digest(),
    )
