"""``conformance compare``: two reports or more side by side; the comparing itself is done in ``report.compare``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from conformance.cli.group import Refused


@click.command("compare")
@click.argument("folders", metavar="BEFORE AFTER [MORE]...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the comparison as a page, too.",
)
def command(folders: tuple[Path, ...], page: Path | None) -> int:
    """Compare report folders, oldest first: rows that differ, regressions, fixes, answers to open points.

    Exit code 1 when something that did not fail before fails now. Two servers that differ only in their answers to
    open points both conform: that is listed, and is no regression.

    \b
    Examples:
      conformance compare reports/v1 reports/v2
      conformance compare ours theirs --html comparison.html
    """  # noqa: D301 - \b is click's
    from conformance.report.compare import CompareError, compare  # noqa: PLC0415 - heavy
    from conformance.report.compare_view import html, terminal  # noqa: PLC0415 - heavy
    from conformance.report.console import for_encoding  # noqa: PLC0415 - with them

    try:
        comparison = compare(folders)
    except CompareError as error:
        raise Refused(str(error)) from None
    width = min(shutil.get_terminal_size((100, 24)).columns, 140)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = terminal(comparison, width=width, colour=colour)
    click.echo(for_encoding(text, getattr(sys.stdout, "encoding", None)), nl=False, color=colour)
    if page is not None:
        try:
            page.write_text(html(comparison), encoding="utf-8")
        except OSError as error:
            raise Refused(f"--html {page}: cannot be written ({error.strerror})") from None
        click.echo(f"page: {page}")
    return comparison.exit_code
