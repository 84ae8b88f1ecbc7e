"""Commands that show the contract and the faults; and the help that teaches them."""

from __future__ import annotations

import itertools
import json

import pytest
from cli_runs import command, process

from conformance.cli.group import COMMANDS
from conformance.contract import load


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_helps_with_examples(name: str) -> None:
    """Its help names an example that begins with the command."""
    done = command(name, "--help")
    assert done.exit_code == 0
    assert "Example" in done.output
    assert f"conformance {name}" in done.output


def test_help_loads_nothing_heavy() -> None:
    """Naming the commands imports none of them."""
    done = process("--help")
    assert all(name in done.stdout for name in COMMANDS)
    code = "import sys; from conformance.cli import main; main.main(['--help'])"
    assert code  # the next line asks what was loaded by then
    import subprocess  # noqa: PLC0415 - one use
    import sys  # noqa: PLC0415 - one use

    asked = (
        "import sys\n"
        "from conformance.cli import main\n"
        "try: main.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('requests', 'hypothesis', 'jsonschema', 'pytest', 'yaml', 'rich')])\n"
    )
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


def test_wrong_usage_is_exit_code_4() -> None:
    """An unknown command, option or value: 4, named."""
    for arguments in (("nope",), ("serve", "--nope"), ("serve", "--port", "many"), ("faults", "--row", "Nope")):
        done = command(*arguments)
        assert done.exit_code == 4, arguments
        assert arguments[-1] in done.output


def test_requirements_lists_them_all() -> None:
    """As lines, as JSON, by row."""
    contract = load()
    told = json.loads(command("requirements", "--json").output)
    assert {entry["id"] for entry in told} == set(contract.requirements)
    some = command("requirements", "--row", "Payload/labels").output
    assert all(entry.id in some for entry in contract.of_row("Payload/labels"))
    assert "title-rule.cut" not in some


def test_explain_tells_what_a_requirement_demands() -> None:
    """Statement, cell, level, where it is seen, what breaks it, how to run it."""
    entry = load().requirements["title-rule.cut"]
    told = command("explain", entry.id).output
    for part in (entry.statement, "MUST", "will be truncated if exceeded", "read-back", "see it fall: pytest"):
        assert part in told
    assert f"--requirement {entry.id}" in told


@pytest.mark.parametrize("name", ["title-rule.cut", "Payload/labels"])
def test_explain_wraps_the_cell_of_the_document(name: str) -> None:
    """Some cells hold paragraphs: they stay within the terminal, and no word of them is broken."""
    lines = command("explain", name, COLUMNS="60").output.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("  document: "))
    cell = [lines[start], *itertools.takewhile(lambda line: line.startswith(" " * 12), lines[start + 1 :])]
    assert len(cell) > 3
    assert max(map(len, cell)) <= 60
    row = load().requirements[name].row if name in load().requirements else name
    words = [
        word for table in load().tables for it in table.rows if it.name == row for word in " ".join(it.cells).split()
    ]
    assert [word for line in cell for word in line.split() if word != "|"][1:] == words


def test_explain_knows_everything_that_has_a_name() -> None:
    """Every requirement, row and open point can be explained."""
    contract = load()
    for name in (*contract.requirements, *contract.rows, *contract.open_points):
        done = command("explain", name)
        assert done.exit_code == 0, name
        assert name in done.output


def test_explain_suggests_what_is_near() -> None:
    """A slip of the pen is met with the name that was meant."""
    done = command("explain", "title-rule.cutt")
    assert done.exit_code == 4
    assert "title-rule.cut" in done.output


def test_faults_are_listed_by_row() -> None:
    """As lines, as JSON, by row; the variants apart."""
    told = json.loads(command("faults", "--json").output)
    assert len(told) >= 200
    assert {entry["row"] for entry in told} == set(load().rows)
    assert "title-cut-at-511" in command("faults", "--row", "Payload/title_rule").output
    assert "utf16" in command("faults", "--variants").output


@pytest.mark.parametrize("given", [("--sample", "5"), ("--jobs", "2"), ("--budget", "quick"), ("--output", ".")])
def test_options_of_measuring_need_the_matrix(given: tuple[str, ...]) -> None:
    """Where nothing is measured they would be ignored; with --variants there is nothing to measure."""
    done = command("faults", *given)
    assert done.exit_code == 4
    assert given[0] in done.output
    assert "--matrix" in done.output
    assert command("faults", "--variants", "--matrix").exit_code == 4
