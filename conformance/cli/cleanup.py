"""``conformance cleanup``: recovers what a killed run left open; the recovering itself is done in ``drive.cleanup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.group import Refused

if TYPE_CHECKING:
    from conformance.drive.cleanup import CleanupReport
    from conformance.plugin.settings import Settings

_SHOWN = 20


@click.command("cleanup")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--cleanup-only-prefix", "prefix", metavar="PREFIX", help="Recover every active alert under keys that begin so."
)
@click.option("--target-url", metavar="URL", envvar="CONFORMANCE_TARGET_URL", show_envvar=True, help="The push URL.")
@click.option(
    "--integration-key", metavar="KEY", envvar="CONFORMANCE_INTEGRATION_KEY", show_envvar=True, help="Its key."
)
@click.option(
    "--second-key", metavar="KEY", envvar="CONFORMANCE_SECOND_KEY", show_envvar=True, help="As given to the run."
)
@click.option(
    "--app-key",
    metavar="KEY",
    envvar="CONFORMANCE_APP_KEY",
    show_envvar=True,
    help="Lets the read-back confirm, and find lost keys.",
)
@click.option(
    "--read-url", metavar="URL", envvar="CONFORMANCE_READ_URL", help="Default: /alert/list beside the push URL."
)
@click.option("--observe-timeout", metavar="S", type=float, help="How long a recovery may take to show (default 10).")
@click.option("--exchange-timeout", metavar="S", type=float, help="Time limit of one exchange (default 10).")
@click.option("--max-rate", metavar="N/s", help="Recoveries a second (default 50/s beyond loopback).")
@click.option("--header", multiple=True, metavar="'Name: value'", help="An extra header for a gateway; repeatable.")
@click.option("--proxy", metavar="URL", help="An HTTP proxy.")
@click.option("--ca-bundle", metavar="FILE", help="Certificates to trust.")
@click.option("--insecure", is_flag=True, help="Do not check certificates.")
@click.option("--allow-production", is_flag=True, help="Allow the vendor's production service.")
def command(folder: Path | None, prefix: str | None, **given: Any) -> int:
    """Recover the alerts that the run in DIR left open, as its journal lists them.

    A run cleans up after itself, also when it is interrupted; this is for one that was killed. It may be repeated, and
    goes on where it was cut off. The journal knows the push URL, and no key: keys come from the environment. With an
    app key the read-back confirms each recovery and finds alerts whose generated key was lost. Exit code 1 when
    something is known to be left open.

    \b
    Examples:
      conformance cleanup reports/latest
      conformance cleanup --cleanup-only-prefix cfm- --target-url URL     every run's leftovers
    """  # noqa: D301 - \b is click's
    from conformance.drive.cleanup import cleanup, sweep  # noqa: PLC0415 - heavy
    from conformance.drive.ports import DriveSettings  # noqa: PLC0415 - with it

    if prefix is not None and not prefix.strip():
        raise click.UsageError(
            "--cleanup-only-prefix is empty, and would mean every alert: give the beginning of the keys"
        )
    if (folder is None) == (prefix is None):
        raise click.UsageError("give either DIR, the folder of a run, or --cleanup-only-prefix PREFIX")
    journals = [] if folder is None else _unfinished(folder)
    if folder is not None and not journals:
        click.echo(f"{folder}: its journal lists nothing that is still open")
        return 0
    settings = _settings({**given, "target_url": given["target_url"] or _noted_target(journals)})
    client, observer = _connect(settings)
    driving = DriveSettings(observe_timeout=settings.observe_timeout)
    try:
        if folder is not None:
            report = cleanup(folder, client, observer, driving)
        elif observer is None:
            raise Refused("--cleanup-only-prefix lists alerts through the read-back: give --app-key KEY")
        else:
            report = sweep(prefix or "", client, observer, driving)
    finally:
        client.close()
    _tell(report)
    return 0 if report.ok else 1


def _unfinished(folder: Path) -> list[Path]:
    """The journals of a folder that list anything that is still open."""
    from conformance.drive.journal import FILE_NAME, unfinished  # noqa: PLC0415 - heavy

    if not folder.is_dir():
        raise Refused(f"{folder}: no such folder; give the report folder of the run, such as reports/latest")
    journals = [path for path in (*folder.glob("journal-*.jsonl"), folder / FILE_NAME) if path.is_file()]
    if not journals:
        raise Refused(f"{folder}: holds no {FILE_NAME}; give the report folder of a run")
    return [path for path in journals if unfinished(path)]


def _noted_target(journals: list[Path]) -> str:
    """The push URL that all of these journals name."""
    from conformance.drive.journal import target_of  # noqa: PLC0415 - heavy

    targets = {path: target_of(path) for path in journals}
    known = {target for target in targets.values() if target is not None}
    if len(known) == 1 and None not in targets.values():
        return known.pop()
    if known:
        shown = ", ".join(f"{path.name} {target or 'none'}" for path, target in sorted(targets.items()))
        raise Refused(f"the journals do not name one and the same target ({shown}): give --target-url URL")
    raise Refused("the target is not known: give --target-url URL, or CONFORMANCE_TARGET_URL in the environment")


def _settings(given: dict[str, Any]) -> Settings:
    from conformance.plugin.options import settings  # noqa: PLC0415 - heavy
    from conformance.plugin.settings import UsageError  # noqa: PLC0415 - with it

    values = {name.replace("_", "-"): value for name, value in given.items()}
    values["header"] = list(values["header"])
    if not values["integration-key"] and "integration_key=" not in values["target-url"]:
        raise Refused(
            "the integration key is not known: set CONFORMANCE_INTEGRATION_KEY in the environment, or give "
            "--integration-key KEY"
        )
    try:
        return settings(values)
    except UsageError as error:
        raise Refused(str(error)) from None


def _connect(settings: Settings) -> tuple[Any, Any]:
    """A client and, where an app key is given, an observer, as a run has them."""
    from conformance.plugin.connecting import connect  # noqa: PLC0415 - heavy
    from conformance.plugin.settings import UsageError  # noqa: PLC0415 - with it

    try:
        return connect(settings)
    except UsageError as error:
        raise Refused(str(error)) from None


def _tell(report: CleanupReport) -> None:
    from conformance.report.text import clean  # noqa: PLC0415 - with the rest

    for one in report.left[:_SHOWN]:
        click.echo(f"left open: {clean(one.open.alert_key, 80)}: {clean(one.reason, 200)}")
    for lost in report.unnamed[:_SHOWN]:
        click.echo(
            f"possibly open: opening {lost.number} of run {lost.run}, under a generated key whose reply was lost"
        )
    click.echo(clean(report.sentence, 2000))
