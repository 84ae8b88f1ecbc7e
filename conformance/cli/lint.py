"""``conformance lint``: reads payloads and prints what they break; the judging is done in ``linting``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from conformance.cli.group import Refused

_CLIENT = {"client", "requests"}


@click.command("lint")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--strict", is_flag=True, help="Exit with 1 also for what is cut, discarded or open.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(files: tuple[Path, ...], strict: bool, as_json: bool) -> int:
    """Say what the payloads in FILE (- for standard input) break, and what a server does about it.

    A file holds one JSON event, several after each other or in an array, or the requests of a client in the format of
    spec/clients. Exit code 1 when an event breaks the document so that a server refuses it, or may; what is merely cut
    or left open is told and exits with 0.

    \b
    Examples:
      conformance lint event.json
      echo '{"title_rule": "disk full", "event_status": "critical"}' | conformance lint -
    """  # noqa: D301 - \b is click's
    from conformance.cli import linting  # noqa: PLC0415 - heavy
    from conformance.contract import load  # noqa: PLC0415 - reads all of spec/
    from conformance.report.text import clean, plural  # noqa: PLC0415 - with it

    contract, found, count = load(), [], 0
    for name, body, request in _payloads(files):
        count += 1
        around = linting.request_flaws(request, contract) if request else []
        found += [(name, flaw) for flaw in (*around, *linting.flaws(body, contract))]
    if as_json:
        click.echo(
            json.dumps([{"payload": name, **asdict(flaw)} for name, flaw in found], ensure_ascii=False, indent=1)
        )
    else:
        for name, flaw in found:
            click.echo(f"{clean(name)}: {flaw.severity}: {clean(flaw.place, 80)} {clean(flaw.wrong, 200)}")
            click.echo(f"    {flaw.row}, {flaw.requirement}; a server: {flaw.server}")
        errors = sum(flaw.severity == linting.ERROR for _, flaw in found)
        rest = len(found) - errors
        told = "nothing to say" if not found else f"{plural(errors, 'error')}, {plural(rest, 'remark')}"
        click.echo(f"{plural(count, 'payload')}: {told}")
    return int(any(strict or flaw.severity == linting.ERROR for _, flaw in found))


def _payloads(files: tuple[Path, ...]) -> Iterator[tuple[str, Any, dict[str, Any] | None]]:
    """Each payload of each file: its name, its body, and the request around it where one is known."""
    for file in files:
        values = list(_values(file))
        if not values:
            raise Refused(f"{file}: holds nothing; give a JSON event")
        for number, value in enumerate(values, start=1):
            name = str(file) if len(values) == 1 else f"{file}#{number}"
            if isinstance(value, dict) and value.keys() >= _CLIENT:
                for request in value["requests"]:
                    yield f"{file}: {request.get('name', '?')}", request.get("body"), request
            elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
                for place, one in enumerate(value, start=1):
                    yield f"{name}[{place}]", one, None
            else:
                yield name, value, None


def _values(file: Path) -> Iterator[Any]:
    """The JSON values of a file, one after the other."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refused(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise Refused(f"{file}: not UTF-8 at byte {error.start}: what a server does with that is open") from None
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        if text[place] in " \t\r\n":
            place += 1
            continue
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            click.echo(f"{file}:{error.lineno}:{error.colno}: not JSON: {error.msg}", err=True)
            value, place = None, len(text)  # no object: the oracle says what a server does with it
        except RecursionError:
            raise Refused(f"{file}: nested too deeply to be read") from None
        yield value
