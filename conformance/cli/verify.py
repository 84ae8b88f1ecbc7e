"""``conformance verify``: judges a recorded run again, offline, and names whatever does not agree."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.group import Refused


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
def command(folder: Path) -> int:
    """Judge the run recorded in DIR again: same judges, nothing sent, nothing generated.

    Exit code 0 when the files are as the run left them and give the same verdicts, 1 otherwise: a changed byte, a
    changed verdict and another contract are each named. Exit code 4 where DIR holds no recording.

    \b
    Example:
      conformance verify reports/latest
    """  # noqa: D301 - \b is click's
    from conformance.plugin.replaying import verify  # noqa: PLC0415 - heavy
    from conformance.plugin.settings import UsageError  # noqa: PLC0415 - with it
    from conformance.report.text import clean, plural  # noqa: PLC0415 - with it

    try:
        complaints = verify(folder)
    except UsageError as error:
        raise Refused(str(error)) from None
    for complaint in complaints:
        click.echo(clean(complaint, 1000))
    if complaints:
        click.echo(f"{folder}: {plural(len(complaints), 'complaint')}: the report does not follow from its recording")
        return 1
    click.echo(f"{folder}: the recorded exchanges give the same verdicts as the report, and no file was changed")
    return 0
