"""What machines read is valid, complete and safe."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import contract, failing, hostile, passing, unobserved

from conformance.checks.verdicts import Result
from conformance.contract.schemas import validator
from conformance.report import badge, github, machine

RUNS = {"passing": passing, "failing": failing, "unobserved": unobserved}


@pytest.mark.parametrize("name", [*RUNS, "hostile"])
def test_the_json_keeps_to_its_schema(name: str, tmp_path: Path) -> None:
    """What is written can be read back and is valid, whatever the target said."""
    result = {**RUNS, "hostile": hostile}[name]()[0]
    path = machine.write(tmp_path, result, contract(), "1.2.3")
    report = json.loads(path.read_text(encoding="utf-8"))
    validator("conformance-report.json").validate(report)
    assert path.stat().st_size < 500_000


def test_the_json_says_what_the_result_says() -> None:
    """Verdicts, counts, findings and exchanges are the result's."""
    result = failing()[0]
    report = machine.document(result, contract(), "1.2.3")
    assert (report["verdict"], report["exit_code"]) == ("does-not-conform", 1)
    assert report["run"]["requests"] == result.tally.requests
    cut = next(entry for entry in report["requirements"] if entry["id"] == "title-rule.cut")
    assert cut["finding"] == "a title_rule of 514 characters was cut to 511 characters"
    assert cut["verdict"] == "fail"
    assert {"row": "Payload/title_rule", "verdict": "fail"} in report["rows"]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (passing()[0], "conforms 105/105"),
        (failing()[0], "does not conform, 2 of 105 fell"),
        (unobserved()[0], "conforms 61/105"),
    ],
    ids=["passing", "failing", "unobserved"],
)
def test_the_badge_says_the_verdict_with_its_denominator(result: Result, told: str) -> None:
    """The SVG is XML that names itself, and the endpoint's JSON says the same."""
    root = ET.fromstring(badge.svg(result))  # noqa: S314 - our own text
    assert root.attrib["aria-label"] == f"flashduty push: {told}"
    data = json.loads(badge.shields(result))
    assert (data["schemaVersion"], data["message"]) == (1, told)


def test_annotations_are_one_line_each() -> None:
    """No text of a target can begin a workflow command of its own."""
    lines = github.commands(hostile()[0])
    assert lines
    for line in lines:
        assert "\n" not in line
        assert line.startswith(("::error title=", "::warning title=", "::notice title="))
        assert line.count("::") == 2 or "::" in line.split("::", 2)[2]


def test_annotations_stay_below_what_github_shows() -> None:
    """Ten errors at most for requirements, the last one naming the rest."""
    result = failing()[0]
    many = tuple(replace(entry, verdict="fail") for entry in result.requirements)
    errors = [line for line in github.commands(replace(result, requirements=many)) if line.startswith("::error")]
    assert len(errors) == 10
    assert "more" in errors[-1]
    assert "Example/failure" in errors[-1]


def test_a_target_cannot_give_commands_to_the_runner() -> None:
    """What is printed between our own lines is no command, and outside GitHub nothing is said of it."""
    environment = {"GITHUB_ACTIONS": "true"}
    assert github.deaf("t0ken", environment) == ["::stop-commands::t0ken"]
    assert github.heard("t0ken", environment) == ["::t0ken::"]
    assert github.deaf("t0ken", {}) == github.heard("t0ken", {}) == []


def test_the_summary_is_appended_where_github_asks(tmp_path: Path) -> None:
    """Outside GitHub nothing is printed or written; inside, the summary is appended."""
    result = failing()[0]
    assert github.publish(result, contract(), {}) == []
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    lines = github.publish(result, contract(), {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(path)})
    assert lines
    assert path.read_text().startswith("before\n## Does not conform")


def test_markdown_keeps_hostile_text_as_text() -> None:
    """No tag, link, image, mention, code or table cell of a target's making is left."""
    told = github.summary(hostile()[0], contract())
    for sign in ("<", "`", "](", "@somebody", "\x1b", "\u202e"):
        assert sign not in told
    assert all(line.count("|") == 4 for line in told.splitlines() if line.startswith("| "))


def test_junit_properties_are_plain_strings() -> None:
    """What crosses to JUnit and between processes is text."""
    entry = replace(failing()[0].requirements[0], known=True, reason="later")
    pairs = dict(machine.junit_properties(entry))
    assert pairs["requirement"] == entry.id
    assert pairs["known"] == "later"
    assert all(isinstance(value, str) for value in pairs.values())
