"""``conformance explain``: what the contract says of a requirement, a row or an open point, for people at a prompt."""

from __future__ import annotations

import difflib
import json
import shutil
import textwrap
from typing import TYPE_CHECKING

import click

from conformance.cli.group import Refused

if TYPE_CHECKING:
    from conformance.contract import Contract, OpenPoint, Requirement

_FAULTS = 8  # a line or two of them
_SEEN = {
    "response": "in the reply to the push",
    "stored": "in the stored alert: needs a read-back (--app-key KEY or --observer NAME); else not observed",
    "account": "in the reply to a push with a special key",
}


@click.command("explain")
@click.argument("name", metavar="ID|ROW|OPEN-POINT")
def command(name: str) -> None:
    """Explain a requirement (title-rule.cut), a row (Payload/title_rule) or an open point (labels.more-than-fifty).

    \b
    Examples:
      conformance explain title-rule.cut
      conformance explain Payload/labels
      conformance explain labels.more-than-fifty
    """  # noqa: D301 - \b is click's
    from conformance.contract import load  # noqa: PLC0415 - reads all of spec/

    contract = load()
    if name in contract.requirements:
        _requirement(contract.requirements[name], contract)
    elif name in contract.rows:
        _row(name, contract)
    elif name in contract.open_points:
        _open_point(contract.open_points[name])
    else:
        known = [*contract.requirements, *contract.rows, *contract.open_points]
        near = difflib.get_close_matches(name, known, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`conformance requirements` lists them"
        raise Refused(f"{name}: no requirement, row or open point is called so; {hint}")


_DECIDED = "a reading that the document leaves to whoever reads it: docs/decisions.md, Decided readings"


def _requirement(entry: Requirement, contract: Contract) -> None:
    """Statement, source, how it is seen, what breaks it, how to run it alone."""
    click.echo(f"{entry.id} ({entry.row}, {entry.level.upper()})")
    click.echo(f"  {entry.statement}")
    _wrapped("document", _cell(entry.row, contract))
    if entry.source:
        _wrapped("rests on", _DECIDED if entry.source == "decided" else entry.source)
    _wrapped("observed", _SEEN.get(entry.observed_in, entry.observed_in))
    if entry.accepts:
        click.echo(f"  accepted: {', '.join(entry.accepts)}")
    if entry.needs:
        click.echo(f"  needs:    {_needs(entry.needs)}")
    faults = _breaking(entry)
    more = f" and {len(faults) - _FAULTS} more" if faults[_FAULTS:] else ""
    _wrapped("broken by", f"{', '.join(faults[:_FAULTS])}{more}")
    click.echo(f"  run it:   pytest --pyargs conformance --target-url URL --requirement {entry.id}")
    if faults:
        click.echo(f"  see it fall: pytest --pyargs conformance --fault {faults[0]} --requirement {entry.id}")


def _row(name: str, contract: Contract) -> None:
    """The cells of a row, its requirements and its open points."""
    click.echo(name)
    _wrapped("document", _cell(name, contract))
    for entry in contract.of_row(name):
        click.echo(f"  {entry.level:6} {entry.id:38} {entry.statement}")
    for point in contract.open_points.values():
        if point.row == name:
            click.echo(f"  open   {point.id:38} {point.question}")
    click.echo(f"  run it:   pytest --pyargs conformance --target-url URL --row {name}")


def _open_point(point: OpenPoint) -> None:
    """The question and every answer that conforms."""
    click.echo(f"{point.id} ({point.row}, open)")
    click.echo(f"  {point.question}")
    for answer, meaning in point.answers:
        click.echo(f"    {answer:20} {meaning}")
    if not point.answers:
        click.echo("    any answer")
    click.echo("  the document is silent: every answer conforms, the one seen is recorded; --lock FILE pins it")


def _wrapped(name: str, text: str) -> None:
    """A labelled text within the terminal, its lines below each other."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 140)
    first, later = f"  {name}: ", " " * (len(name) + 4)
    made = textwrap.wrap(text, max(width, 40), initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
    click.echo("\n".join(made) or first.rstrip())


def _cell(row: str, contract: Contract) -> str:
    cells = next(entry.cells for table in contract.tables for entry in table.rows if entry.name == row)
    return " | ".join(" ".join(cell.split()) for cell in cells)


def _needs(needs: str) -> str:
    kind, _, code = needs.partition(":")
    return {
        "account": f"--account {code}=KEY, the key of an account that answers so",
        "second-key": "--second-key KEY, the key of another integration",
        "rate-limit": "--probe-rate-limit N, which goes over the rate at the end of the run",
    }.get(kind, needs)


def _breaking(entry: Requirement) -> list[str]:
    """The faults that fell a requirement when the kill matrix was last measured, else those of its row."""
    from conformance.contract.files import spec_folder  # noqa: PLC0415 - one use
    from conformance.reference.faults import all_faults  # noqa: PLC0415 - heavy

    known = all_faults()
    try:
        felled = json.loads((spec_folder() / "kill-figure.json").read_text(encoding="utf-8"))["felled"]
    except (OSError, ValueError, KeyError):
        felled = {}
    found = [name for name, ids in felled.items() if entry.id in ids and name in known]
    found.sort(key=lambda name: (known[name].row != entry.row, len(felled[name])))
    return found or [fault.name for fault in known.values() if fault.row == entry.row]
