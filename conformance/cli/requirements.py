"""``conformance requirements``: lists the catalogue; the catalogue itself is ``spec/requirements.yaml``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from conformance.cli.group import Refused

if TYPE_CHECKING:
    from conformance.contract import Contract, Requirement


@click.command("requirements")
@click.option("--row", "rows", multiple=True, metavar="ROW", help="Only this row, such as Payload/labels; repeatable.")
@click.option("--level", type=click.Choice(["must", "should"]), help="Only this level.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(rows: tuple[str, ...], level: str | None, as_json: bool) -> None:
    """List every requirement: id, level, where it can be observed, statement.

    \b
    Examples:
      conformance requirements --row Payload/labels
      conformance requirements --json | jq -r '.[].id'
    """  # noqa: D301 - \b is click's
    from conformance.contract import load  # noqa: PLC0415 - reads all of spec/

    contract = load()
    known(contract, rows)
    wanted = [
        entry
        for row in contract.rows
        for entry in contract.of_row(row)
        if (not rows or row in rows) and level in (None, entry.level)
    ]
    if as_json:
        click.echo(json.dumps([as_data(entry) for entry in wanted], ensure_ascii=False, indent=1))
        return
    row = ""
    for entry in wanted:
        if entry.row != row:
            row = entry.row
            click.echo(row)
        click.echo(f"  {entry.id:38} {entry.level:6} {entry.observed_in:8} {entry.statement}")
    click.echo(f"{len(wanted)} requirements")


def known(contract: Contract, rows: tuple[str, ...]) -> None:
    """Refuse rows that the document does not have."""
    for row in rows:
        if row not in contract.rows:
            raise Refused(f"--row {row}: no such row; the rows are {', '.join(contract.rows)}")


def as_data(entry: Requirement) -> dict[str, object]:
    """A requirement as plain data, in the words of the catalogue."""
    return {
        "id": entry.id,
        "row": entry.row,
        "level": entry.level,
        "statement": entry.statement,
        "observed_in": entry.observed_in,
        "accepts": list(entry.accepts),
        "needs": entry.needs,
        "source": entry.source,
    }
