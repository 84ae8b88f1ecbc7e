"""``conformance lint``: what is broken, where, and what a server does; the clients of ``spec/clients`` bear it out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import PROPER, command

from conformance.cli.linting import ERROR, flaws, request_flaws
from conformance.contract import load
from conformance.contract.files import spec_folder

CLIENTS = sorted((spec_folder() / "clients").glob("*.json"))


def _with(**fields: object) -> str:
    return json.dumps({**json.loads(PROPER), **fields})


@pytest.mark.parametrize(
    ("body", "requirement", "said"),
    [
        (_with(event_status="critical"), "event-status.case", "refused: InvalidParameter"),
        (_with(event_status="Fatal"), "event-status.enum", "refused: InvalidParameter"),
        (_with(title_rule=5), "title-rule.type-refused", "is a number, must be a string"),
        ('{"event_status": "Info"}', "title-rule.missing-refused", "is missing"),
        (_with(alert_key="k" * 256), "alert-key.over-limit-refused", "256 characters, 255 are the most"),
        ('{"title_rule": "x", "event_status": "Ok"}', "alert-key.ok-needs-key", "refused"),
        (_with(labels={"a": 1}), "labels.type", "/labels/a is a number"),
        (_with(labels={f"l{n}": "x" for n in range(51)}), "labels.over-fifty", "51 labels, where 50 are the most"),
        (_with(images=[{"alt": "x"}]), "src.missing-discarded", "/images/0/src is missing"),
        (_with(images=[{"src": "javascript:alert(1)"}]), "src.scheme-discarded", "neither a public http"),
        ("[1]", "code.invalid-parameter.body", "not a JSON object"),
        ("{not json", "code.invalid-parameter.body", "not JSON"),
    ],
)
def test_what_breaks_the_document_is_an_error(body: str, requirement: str, said: str) -> None:
    """Exit code 1; requirement, row and reason are named."""
    done = command("lint", "-", stdin=body)
    assert done.exit_code == 1, done.output
    assert requirement in done.output
    assert said in done.output
    assert load().requirements[requirement].row in done.output


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_with(title_rule="t" * 513), "cut to 512"),
        (_with(description="d" * 2049), "cut to 2,048"),
        (_with(labels={"a": "v" * 2049}), "cut to 2,048"),
        (_with(images=[{"src": "https://e.test/a", "alt": "a" * 129}]), "cut to 128"),
        (_with(images=[{"src": "https://e.test/" + "a" * 250}]), "discarded"),
        (_with(labels={"a-b": "x"}), "outside Prometheus naming"),
        (_with(title_rule=" "), "open"),
    ],
)
def test_what_is_cut_or_open_is_told(body: str, said: str) -> None:
    """Exit code 0, unless it is asked to be strict."""
    done = command("lint", "-", stdin=body)
    assert done.exit_code == 0, done.output
    assert said in done.output
    assert command("lint", "--strict", "-", stdin=body).exit_code == 1


def test_a_proper_event_is_fine(tmp_path: Path) -> None:
    """Nothing is said of it, nor of several in a file."""
    file = tmp_path / "events.json"
    file.write_text(f"{PROPER}\n{PROPER}\n[{PROPER}]\n", "utf-8")
    done = command("lint", str(file))
    assert done.exit_code == 0, done.output
    assert "3 payloads: nothing to say" in done.output


def test_one_flaw_for_one_slip() -> None:
    """A payload with one thing wrong has one finding."""
    found = flaws({**json.loads(PROPER), "event_status": "ok"}, load())
    assert [flaw.requirement for flaw in found] == ["event-status.case"]


@pytest.mark.parametrize("file", CLIENTS, ids=lambda path: path.stem)
def test_clients_that_conform_have_no_error(file: Path) -> None:
    """Every request marked as conforming is free of errors."""
    told = json.loads(file.read_text("utf-8"))
    for request in told["requests"]:
        if request["conforms_to_document"]:
            found = [*request_flaws(request, load()), *flaws(request["body"], load())]
            assert [flaw for flaw in found if flaw.severity == ERROR] == [], request["name"]
    assert command("lint", str(file)).exit_code in (0, 1)


def test_what_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    """A missing file and an empty one are exit code 4."""
    assert command("lint", str(tmp_path / "none.json")).exit_code == 4
    assert command("lint", "-", stdin="  ").exit_code == 4
