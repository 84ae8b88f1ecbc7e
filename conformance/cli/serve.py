"""``conformance serve``: starts the embedded server in the foreground; how it behaves is told by its options alone."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import click

from conformance.cli.group import Refused


def accounts(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """CODE=KEY pairs as a mapping; in the environment there may be commas between them."""
    if not values:
        return {}
    from conformance.reference.rules.access import MESSAGE_OF_ACCOUNT  # noqa: PLC0415 - heavy, and only for accounts

    found = {}
    for value in (part for given in values for part in re.split(rf",(?=(?:{'|'.join(MESSAGE_OF_ACCOUNT)})=)", given)):
        code, equals, key = value.partition("=")
        if not (equals and key) or code not in MESSAGE_OF_ACCOUNT:
            # without an equals sign it may be the key alone, which must not be shown
            shown = f"{code}=…" if equals and code.isalpha() else "what was given"
            codes = ", ".join(MESSAGE_OF_ACCOUNT)
            raise click.BadParameter(f"{shown} is no account: give CODE=KEY, where CODE is one of {codes}", ctx, param)
        found[code] = key
    return found


def rate(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """A rate such as ``20/s`` as a number."""
    try:
        number = int(value.removesuffix("/s"))
    except ValueError:
        raise click.BadParameter(f"{value}: give pushes a second, such as 20/s", ctx, param) from None
    if number < 0:
        raise click.BadParameter(f"{value}: give a number above 0", ctx, param)
    return number


@click.command("serve")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option(
    "--key",
    default="",
    envvar="CONFORMANCE_INTEGRATION_KEY",
    show_envvar=True,
    help="The integration key; drawn if absent.",
)
@click.option(
    "--second-key",
    default="",
    envvar="CONFORMANCE_SECOND_KEY",
    show_envvar=True,
    help="The key of another integration.",
)
@click.option(
    "--app-key",
    default="",
    envvar="CONFORMANCE_APP_KEY",
    show_envvar=True,
    help="The key of the read-back, /alert/list.",
)
@click.option("--limited-key", default="", help="A third integration: if given, the rate holds for it alone.")
@click.option(
    "--account", multiple=True, metavar="CODE=KEY", envvar="CONFORMANCE_ACCOUNT", callback=accounts,
    help="A key whose account answers CODE, such as NoLicense; repeatable.",
)  # fmt: skip
@click.option(
    "--latency", default=0.0, metavar="S", type=click.FloatRange(0), help="Seconds before a request is looked at."
)
@click.option(
    "--visible-after",
    default=0.0,
    metavar="S",
    type=click.FloatRange(0),
    help="Seconds until the read-back shows a change.",
)
@click.option(
    "--rate", default="0", metavar="N/s", callback=rate, help="Pushes a second and integration; beyond that, 429."
)
@click.option(
    "--per-minute",
    default=0,
    metavar="N",
    type=click.IntRange(0),
    help="Pushes a minute and integration; beyond that, 429.",
)
@click.option(
    "--db",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep alerts in FILE (default: in memory).",
)
@click.option("--webhook", default="", metavar="URL", help="A URL on loopback that is told of every change.")
@click.option(
    "--fault", multiple=True, metavar="NAME", help="Be wrong in one way; `conformance faults` lists them. Repeatable."
)
@click.option(
    "--variant", default="", metavar="NAME", help="Conform, but answer otherwise where the document is silent."
)
def command(
    port: int,
    key: str,
    second_key: str,
    app_key: str,
    limited_key: str,
    account: dict[str, str],
    latency: float,
    visible_after: float,
    rate: int,
    per_minute: int,
    db: Path | None,
    webhook: str,
    fault: tuple[str, ...],
    variant: str,
) -> None:
    """Start the embedded server on 127.0.0.1 and print its URL, its keys and a curl line.

    It is written from the document and conforms to it. Keys that are not given are drawn at random; they are better
    given in the environment, where no list of processes shows them.

    \b
    Examples:
      conformance serve                                 on port 8080, until Ctrl-C
      conformance serve --db alerts.sqlite              nothing is lost on a restart
      conformance serve --rate 20/s --visible-after 5   a strict limit, a slow store
      conformance serve --fault title-cut-at-511        wrong in one place, on purpose
      conformance serve --account NoLicense=unpaid      an account without a licence
    """  # noqa: D301 - \b is click's
    from conformance.reference.assembly import UnknownNameError  # noqa: PLC0415 - with the server
    from conformance.reference.options import ServerOptions  # noqa: PLC0415 - heavy
    from conformance.reference.server import serve  # noqa: PLC0415 - heavy

    try:
        options = ServerOptions(
            port=port,
            key=key,
            second_key=second_key,
            app_key=app_key,
            limited_key=limited_key,
            accounts=account,
            latency=latency,
            visible_after=visible_after,
            rate=rate,
            per_minute=per_minute,
            db=db or "",
            webhook=webhook,
            faults=fault,
            variant=variant,
        )
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        serve(options)
    except UnknownNameError as error:
        raise Refused(str(error)) from None
    except ValueError as error:
        raise Refused(f"{error}; `conformance serve --help` lists the options") from None
    except OSError as error:
        told = error.strerror or str(error)
        advice = "; stop what runs there, or give another --port (0: any free one)" if "port" in told else ""
        raise Refused(f"{told}{advice}") from None
