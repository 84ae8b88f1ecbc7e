"""``conformance faults``: lists the faulty servers; how many of them are caught is measured in ``matrix``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from conformance.cli.group import Refused


@click.command("faults")
@click.option("--row", "rows", multiple=True, metavar="ROW", help="Only faults of this row; repeatable.")
@click.option("--variants", is_flag=True, help="List the conforming variants instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--matrix", is_flag=True, help="Run the suite against each, and write which requirements fell.")
@click.option(
    "--budget", "budgets", multiple=True, metavar="SIZE", help="Budgets to try in turn (default: quick, then standard)."
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="How many to run side by side (default: processors + 2)."
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="With --matrix: only every so many that N are run; writes nothing.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="A checkout to write docs/ and spec/ of.",
)
def command(
    rows: tuple[str, ...],
    variants: bool,
    as_json: bool,
    matrix: bool,
    budgets: tuple[str, ...],
    jobs: int | None,
    sample: int | None,
    output: Path | None,
) -> int:
    """List the servers that are wrong in one place, for --fault NAME; or measure how many the suite catches.

    With --matrix every fault is run at the smallest budget first, then those not caught at the next. That takes about
    a second of one processor for each fault and writes docs/kill-matrix.md and spec/kill-figure.json; with --row,
    --sample or --budget nothing is written. Exit code 1 when a fault survives.

    \b
    Examples:
      conformance faults --row Payload/title_rule
      conformance faults --matrix --row Image/src --sample 5
      conformance faults --matrix --budget standard
      pytest --fault title-cut-at-511
    """  # noqa: D301 - \b is click's
    measuring = {"--budget": budgets, "--jobs": jobs, "--sample": sample, "--output": output}
    idle = [name for name, value in measuring.items() if value]
    if idle and not matrix:
        raise click.UsageError(f"{idle[0]} says how to measure, and nothing is measured: give --matrix as well")
    whole = not (rows or sample or budgets)
    if output and not whole:
        raise click.UsageError("--output says where to write, and a part of the matrix is not written: leave it out")
    if variants and (matrix or rows):
        raise click.UsageError("--variants lists servers that conform: they have no row and no matrix; give it alone")
    if variants:
        _print([_variant(entry) for entry in _variants()], as_json)
        return 0
    from conformance.cli.requirements import known  # noqa: PLC0415 - with it
    from conformance.contract import load  # noqa: PLC0415 - reads all of spec/
    from conformance.reference.faults import all_faults  # noqa: PLC0415 - heavy

    known(load(), rows)
    wanted = [fault for fault in all_faults().values() if not rows or fault.row in rows]
    if not matrix:
        order = {row: place for place, row in enumerate(load().rows)}
        wanted.sort(key=lambda fault: (order.get(fault.row, 99), fault.name))
        _print(
            [{"name": f.name, "row": f.row, "level": f.level, "hard": f.hard, "summary": f.summary} for f in wanted],
            as_json,
        )
        return 0
    names = [fault.name for fault in wanted]
    if sample is not None:
        names = names[:: max(1, -(-len(names) // sample))]
    return _measure(names, budgets or ("quick", "standard"), jobs, output, write=whole)


def _variants() -> list[Any]:
    from conformance.reference.variants import all_variants  # noqa: PLC0415 - heavy

    return list(all_variants().values())


def _variant(entry: Any) -> dict[str, Any]:
    return {"name": entry.name, "row": "", "level": "", "hard": False, "summary": entry.summary}


def _print(entries: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    row = ""
    for entry in entries:
        if entry["row"] != row:
            row = entry["row"]
            click.echo(row)
        marks = "".join((" (hard)" if entry["hard"] else "", " (should)" if entry["level"] == "should" else ""))
        click.echo(f"  {entry['name']:44} {entry['summary']}{marks}")
    click.echo(f"{len(entries)} in all")


def _measure(names: list[str], budgets: tuple[str, ...], jobs: int | None, output: Path | None, *, write: bool) -> int:
    """Run the faults, print what survives, and write the matrix where all were run."""
    from conformance.cli import matrix as measuring  # noqa: PLC0415 - heavy
    from conformance.cli import matrix_view  # noqa: PLC0415 - with it
    from conformance.drive.budget import BUDGETS  # noqa: PLC0415 - with it

    for budget in budgets:
        if budget not in BUDGETS:
            raise Refused(f"--budget {budget}: give one of {', '.join(BUDGETS)}")
    root = output or Path.cwd()
    if write and not (root / "spec" / "requirements.yaml").is_file():
        raise Refused(f"{root}: no checkout of this suite, so there is nowhere to write; give --output, or --sample N")
    made = measuring.escalate(names, budgets, jobs, lambda text: click.echo(text, err=True))
    click.echo(matrix_view.summary(made))
    for entry in made.survivors:
        click.echo(f"survives: {entry.fault} ({entry.row}){f': {entry.problem}' if entry.problem else ''}")
    for entry in made.misplaced:
        click.echo(f"elsewhere: {entry.fault} is of {entry.row}, but fells {', '.join(entry.rows)}")
    if write:
        for path in matrix_view.write(made, root):
            click.echo(f"written: {path}")
    return int(bool(made.survivors))
