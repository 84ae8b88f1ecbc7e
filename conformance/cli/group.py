"""The group of commands, loaded by name; knows where each command stands, and how errors end the process.

Exit codes are those of a run: 1 found something, 2 interrupted, 3 the contract or the suite failed, 4 wrong usage.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from conformance import __version__

USAGE, INTERNAL, INTERRUPTED = 4, 3, 2

#: Command, module, what it does in a line: enough for ``--help`` without importing any of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve", "Start the embedded server, to point a client at."),
    "lint": ("lint", "Say what a payload breaks, rule by rule."),
    "compare": ("compare", "Compare reports: regressions, fixes, fingerprints."),
    "verify": ("verify", "Judge a recorded run again and say what disagrees."),
    "cleanup": ("cleanup", "Recover alerts that a killed run left open."),
    "baseline": ("baseline", "Write the failures of a run as known failures."),
    "faults": ("faults", "List the faulty servers; measure the kill matrix."),
    "requirements": ("requirements", "List the catalogue of requirements."),
    "explain": ("explain", "Explain a requirement, a row or an open point."),
}


class Commands(click.Group):
    """Imports a command only when it is run or asked for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(f"conformance.cli.{COMMANDS[cmd_name][0]}").command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command; every ending has an exit code of its own."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args=args, prog_name=prog_name, **extra)
        except click.UsageError as error:
            error.show()
            sys.exit(USAGE)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # the reader, such as head, has seen enough
            sys.stderr.close()
            sys.exit(0)
        except Exception as error:
            from conformance.contract import ContractError  # noqa: PLC0415 - only for what went wrong

            if not isinstance(error, ContractError):
                raise
            click.echo(f"Error: the contract cannot be read: {error}", err=True)
            sys.exit(INTERNAL)
        sys.exit(code if isinstance(code, int) else 0)


class Refused(click.ClickException):
    """What the user asked for cannot be done: one sentence, exit code 4."""

    exit_code = USAGE


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="The checks themselves run under pytest:  pytest --pyargs conformance --target-url URL",
)
@click.version_option(__version__, message="conformance %(version)s")
def main() -> None:
    """Conformance suite for the Flashduty standard alert-event push protocol.

    \b
    Examples:
      conformance serve --port 8080           a server to test clients against
      conformance lint event.json             what is wrong with a payload
      conformance compare old/ new/           what changed between two releases
      conformance explain Payload/title_rule  what the suite demands, and how it sees it
    """  # noqa: D301 - \b is click's sign for a paragraph that is not wrapped
