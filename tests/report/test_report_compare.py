"""Runs side by side: regressions fail, fixes and drifts are told."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import INFO, contract, failing, hostile, passing, run, unobserved

from conformance.checks.verdicts import Result
from conformance.report import machine
from conformance.report.compare import CompareError, compare
from conformance.report.compare_view import headline, html, terminal


def folder(tmp_path: Path, name: str, result: Result) -> Path:
    """A report folder of a result."""
    path = tmp_path / name
    path.mkdir()
    machine.write(path, result, contract(), "0.1.0")
    return path


def test_a_faulty_server_is_a_regression(tmp_path: Path) -> None:
    """What passed and fails now is named, and the exit code is 1."""
    found = compare([folder(tmp_path, "good", passing()[0]), folder(tmp_path, "bad", failing()[0])])
    assert [change.requirement for change in found.regressions] == [
        "title-rule.cut",
        "code.invalid-parameter.never-5xx",
    ]
    assert found.exit_code == 1
    assert [change.requirement for change in found.steps[0].warnings] == ["title-rule.extra-ignored"]
    told = terminal(found, width=200)
    assert "regression: Payload/title_rule title-rule.cut: pass → fail: a title_rule of 514" in told
    assert told.splitlines()[-1].startswith("2 regressions in 2 rows: Payload/title_rule, Code/InvalidParameter")


def test_a_variant_differs_in_its_fingerprint_only(tmp_path: Path) -> None:
    """Both conform: exit code 0, the question and both answers told."""
    result = passing()[0]
    other = replace(result, fingerprint={**result.fingerprint, "labels.more-than-fifty": "sorted"})
    found = compare([folder(tmp_path, "plain", result), folder(tmp_path, "variant", other)])
    assert found.exit_code == 0
    told = terminal(found, width=120)
    assert "What becomes of an event with 51 labels?" in told
    assert "variant: 50 are kept, the first in alphabetical order" in told
    assert "What becomes of an event with 51 labels?" in html(found)


def test_fixes_are_told(tmp_path: Path) -> None:
    """The other way round nothing regresses."""
    found = compare([folder(tmp_path, "bad", failing()[0]), folder(tmp_path, "good", passing()[0])])
    assert found.exit_code == 0
    assert len(found.steps[0].fixes) == 3
    assert "no regression; 3 fixes" in headline(found)


def test_what_was_not_seen_is_neither(tmp_path: Path) -> None:
    """Losing the read-back is no regression and no pass."""
    found = compare([folder(tmp_path, "a", passing()[0]), folder(tmp_path, "b", unobserved()[0])])
    assert found.exit_code == 0
    assert len(found.steps[0].others) == 47


def test_a_known_failure_is_no_regression(tmp_path: Path) -> None:
    """What the baseline of the later run lists is a warning."""
    result = failing()[0]
    known = replace(result, requirements=tuple(replace(entry, known=True) for entry in result.requirements))
    assert compare([folder(tmp_path, "a", passing()[0]), folder(tmp_path, "b", known)]).exit_code == 0


def test_a_should_counts_where_the_run_demands_it(tmp_path: Path) -> None:
    """At level should a failed SHOULD is a regression."""
    should = run({"title-rule.extra-ignored": "fail"}, info=replace(INFO, level="should"))[0]
    assert compare([folder(tmp_path, "a", passing()[0]), folder(tmp_path, "b", should)]).exit_code == 1


def test_steps_are_between_runs_of_one_target_and_from_first_to_last(tmp_path: Path) -> None:
    """Runs of other targets in between are not compared with their neighbours."""
    other = run(info=replace(INFO, target="http://127.0.0.1:9/other"))[0]
    runs = [passing()[0], failing()[0], other]
    found = compare([folder(tmp_path, name, result) for name, result in zip("abc", runs, strict=True)])
    assert [(step.before.name, step.after.name) for step in found.steps] == [("a", "b"), ("a", "c")]


def test_a_row_that_only_one_catalogue_knows_is_shown(tmp_path: Path) -> None:
    """An older report with fewer requirements can still be compared."""
    old = passing()[0]
    older = replace(old, requirements=old.requirements[:50], rows=old.rows[:10])
    found = compare([folder(tmp_path, "old", older), folder(tmp_path, "new", failing()[0])])
    assert found.exit_code == 1
    assert "unknown" in html(found)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_table_fits_the_terminal(tmp_path: Path, width: int) -> None:
    """But for the last line."""
    runs = [
        folder(tmp_path, name, make()[0])
        for name, make in (("a", passing), ("b", failing), ("c", unobserved), ("d", hostile))
    ]
    lines = terminal(compare(runs), width=width).splitlines()
    assert all(len(line) <= width for line in lines[:-1])
    assert all(line.isprintable() for line in lines)


def test_many_runs_are_told_row_by_row(tmp_path: Path) -> None:
    """Where ten runs do not fit beside each other no word is broken: each verdict names the runs that have it."""
    names = [f"release-{number}" for number in range(9)]
    runs = [folder(tmp_path, name, passing()[0]) for name in names] + [folder(tmp_path, "broken", failing()[0])]
    lines = terminal(compare(runs), width=80).splitlines()
    place = lines.index("Payload/title_rule")
    assert lines[place + 1] == "  fail: broken"
    assert lines[place + 2].startswith("  pass: release-0, release-1,")
    words = {word.strip(",:") for line in lines for word in line.split()}
    assert {*names, "broken", "conforms", "Code/InvalidParameter"} <= words
    assert max(map(len, lines[:-1])) <= 80


def test_runs_that_fell_stand_first_where_there_are_many(tmp_path: Path) -> None:
    """Nobody finds the one failing column behind nine others; two or three stay as they were given."""
    names = [f"release-{number}" for number in range(5)]
    runs = [folder(tmp_path, name, passing()[0]) for name in names] + [folder(tmp_path, "broken", failing()[0])]
    assert [run.name for run in compare(runs).columns] == ["broken", *names]
    assert [run.name for run in compare(runs[-2:]).columns] == ["release-4", "broken"]
    page = html(compare(runs))
    heads = re.findall(r'<th scope="col"><b>([a-z0-9-]+)</b>', page[page.index('id="matrix"') :])
    assert heads[:6] == ["broken", *names]
    row = page[page.index('<span class="field">Payload/title_rule</span>') :]
    assert re.findall(r'<span class="pill ([a-z-]+)">', row[: row.index("</tr>")])[:2] == ["fail", "pass"]


def test_few_runs_are_a_table(tmp_path: Path) -> None:
    """Two runs stand beside each other, every row on one line."""
    runs = [folder(tmp_path, "good", passing()[0]), folder(tmp_path, "bad", failing()[0])]
    lines = terminal(compare(runs), width=60).splitlines()
    assert lines[0].split() == ["row", "good", "bad"]
    assert lines[2].split() == ["Payload/title_rule", "pass", "fail"]


def test_hostile_reports_stay_text(tmp_path: Path) -> None:
    """No tag of a report's making is in the page."""
    told = html(compare([folder(tmp_path, "a", passing()[0]), folder(tmp_path, "b", hostile()[0])]))
    assert "<script" not in told
    assert "<img" not in told
    assert "\u202e" not in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "not JSON"),
        ("[]", "no report of this format"),
        ('{"format": 2}', "no report of this format"),
    ],
)
def test_a_folder_that_is_no_report_is_explained(tmp_path: Path, content: str | None, words: str) -> None:
    """The message names the file and what is wrong with it."""
    bad = tmp_path / "bad"
    bad.mkdir()
    if content is not None:
        (bad / "conformance.json").write_text(content)
    with pytest.raises(CompareError, match=r"conformance\.json") as caught:
        compare([folder(tmp_path, "good", passing()[0]), bad])
    assert words in str(caught.value)


def test_one_folder_is_no_comparison(tmp_path: Path) -> None:
    """It takes two."""
    with pytest.raises(CompareError, match="two report folders"):
        compare([folder(tmp_path, "a", passing()[0])])


def test_an_edited_verdict_is_refused(tmp_path: Path) -> None:
    """A report whose verdict and exit code contradict each other is no report."""
    path = folder(tmp_path, "a", passing()[0])
    report = json.loads((path / "conformance.json").read_text())
    (path / "conformance.json").write_text(json.dumps({**report, "exit_code": 1}))
    with pytest.raises(CompareError):
        compare([path, path])
