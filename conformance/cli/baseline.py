"""``conformance baseline``: writes the failures of a report as known failures, in the form of ``report.baseline``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from conformance.cli.group import Refused


@click.command("baseline")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write there (default: print).",
)
def command(folder: Path, output: Path | None) -> None:
    """Write every failure of the report in DIR as a known failure, for --baseline.

    Where FILE exists, the reasons and expiry dates of entries that still fail are kept; entries that pass now go.
    Edit the reasons: they are what a reader of the gate sees.

    \b
    Examples:
      conformance baseline reports/latest -o known.toml
      pytest --target-url URL --baseline known.toml
    """  # noqa: D301 - \b is click's
    from conformance.report import baseline, toml  # noqa: PLC0415 - heavy

    try:
        result = _result(json.loads((folder / "conformance.json").read_text(encoding="utf-8")))
        earlier = baseline.read(output) if output is not None and output.exists() else ()
        text = baseline.write(result, earlier)
    except toml.FileError as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}; give the folder of a finished run") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(
            f"{folder / 'conformance.json'}: no report of this format; run the suite again to write it"
        ) from None
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"--output {output}: cannot be written ({error.strerror}); give a path in a folder that exists"
        ) from None
    click.echo(f"{output}: {text.count('[[known]]')} known failures")


def _result(told: Any) -> Any:
    """As much of a result as a baseline is written from."""
    from conformance.checks.verdicts import Finding, RequirementResult, Result, Tally  # noqa: PLC0415 - heavy
    from conformance.wire.records import RunInfo  # noqa: PLC0415 - with it

    run = told["run"]
    info = RunInfo(
        run["id"],
        run["started"],
        told["target"]["url"],
        told["target"]["observer"],
        run["budget"],
        run["seed"],
        run["level"],
    )
    entries = tuple(
        RequirementResult(
            entry["id"], entry["row"], entry["level"], entry["verdict"],
            findings=(Finding(entry["finding"]),) if entry["finding"] else (),
        )
        for entry in told["requirements"]
    )  # fmt: skip
    return Result(told["verdict"], told["exit_code"], "", info, entries, (), {}, Tally())
