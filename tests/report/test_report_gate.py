"""Baseline and lock: what is known passes the gate, what no longer holds does not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from report_samples import contract, failing, hostile, passing, run

from conformance.report import baseline, lock, outcome, toml
from conformance.report.baseline import Entry

TODAY = date(2026, 11, 23)
BOTH = (Entry("title-rule.cut", "being mended"), Entry("code.invalid-parameter.never-5xx", "later", date(2026, 12, 1)))


def test_known_failures_do_not_fail_the_gate() -> None:
    """A run whose failures are all listed conforms, and still shows them as known."""
    result = baseline.apply(failing()[0], BOTH, TODAY)
    assert (result.verdict, result.exit_code, result.complaints) == ("conforms", 0, ())
    assert [entry.id for entry in outcome.known(result)] == ["title-rule.cut", "code.invalid-parameter.never-5xx"]
    assert "2 known failures: Payload/title_rule (title-rule.cut)" in outcome.headline(result)


def test_one_failure_more_fails_the_gate() -> None:
    """What is not listed counts as before."""
    result = baseline.apply(failing()[0], BOTH[:1], TODAY)
    assert (result.verdict, result.exit_code) == ("does-not-conform", 1)
    assert [entry.id for entry in outcome.fallen(result)] == ["code.invalid-parameter.never-5xx"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry("title-rule.kept", "x"), "stale: title-rule.kept"),
        (Entry("no.such-requirement", "x"), "unknown requirement no.such-requirement"),
    ],
)
def test_entries_that_no_longer_hold_fail_the_gate(entry: Entry, words: str) -> None:
    """On a server without failures too, each named."""
    result = baseline.apply(passing()[0], [entry], TODAY)
    assert (result.verdict, result.exit_code) == ("does-not-conform", 1)
    assert words in result.complaints[0]
    assert words in outcome.headline(result)


def test_an_entry_counts_through_its_last_day() -> None:
    """On the day of expiry it holds, the day after the failure counts again and the entry is named."""
    assert baseline.apply(failing()[0], BOTH, date(2026, 12, 1)).exit_code == 0
    result = baseline.apply(failing()[0], BOTH, date(2026, 12, 2))
    assert result.exit_code == 1
    assert "expired: code.invalid-parameter.never-5xx" in result.complaints[0]


def test_known_failures_do_not_hide_what_was_blocked() -> None:
    """Once the failures are known, a blocked MUST still leaves the run incomplete."""
    result = run({"title-rule.cut": "fail", "labels.kept": "blocked"})[0]
    result = baseline.apply(result, BOTH[:1], TODAY)
    assert (result.verdict, result.exit_code) == ("incomplete", 5)
    assert "labels.kept" in outcome.headline(result)


def test_other_endings_stay(tmp_path: Path) -> None:
    """A target that could not be tested is not made to conform by a baseline."""
    untestable = replace(passing()[0], verdict="untestable", exit_code=4, sentence="connection refused")
    assert baseline.apply(untestable, BOTH, TODAY).exit_code == 4


def test_a_written_baseline_reads_back(tmp_path: Path) -> None:
    """Every failure is listed, reasons and dates of earlier entries kept; hostile findings stay text."""
    path = tmp_path / "baseline.toml"
    path.write_text(baseline.write(failing()[0], BOTH), encoding="utf-8")
    entries = {entry.requirement: entry for entry in baseline.read(path)}
    assert set(entries) == {"title-rule.cut", "code.invalid-parameter.never-5xx", "title-rule.extra-ignored"}
    assert entries["code.invalid-parameter.never-5xx"] == BOTH[1]
    path.write_text(baseline.write(hostile()[0]), encoding="utf-8")
    assert len(baseline.read(path)) > 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("known = 1", "is not expected here"),
        ("[[known]]", "names no requirement"),
        ('[[known]]\nrequirement = "a"', "gives no reason"),
        ('[[known]]\nrequirement = "a"\nreason = " "', "gives no reason"),
        ('[[known]]\nrequirement = "a"\nreason = "b"\nexpires = "soon"', "write a date such as"),
        ('[[known]]\nrequirement = "a"\nreason = "b"\nexpires = 3', "write a date such as"),
        ('[[known]]\nrequirement = "a"\nreason = "b"\nreasons = "c"', "holds reasons"),
        ("[other]", "other is not expected here"),
        ("[[known]", "not TOML"),
    ],
)
def test_a_baseline_that_is_wrong_is_explained(tmp_path: Path, text: str, words: str) -> None:
    """The message names the file, what is wrong and what to write instead."""
    path = tmp_path / "b.toml"
    path.write_text(text)
    with pytest.raises(toml.FileError, match=r"b\.toml") as caught:
        baseline.read(path)
    assert words in str(caught.value)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    """No traceback, but a sentence."""
    with pytest.raises(toml.FileError, match="cannot be read"):
        baseline.read(tmp_path / "none.toml")


def test_dates_may_be_written_either_way(tmp_path: Path) -> None:
    """As a TOML date, a date and time, or a string."""
    path = tmp_path / "b.toml"
    parts = [
        f'[[known]]\nrequirement = "a{n}"\nreason = "b"\nexpires = {value}'
        for n, value in enumerate(("2027-01-31", '"2027-01-31"', "2027-01-31T10:00:00"))
    ]
    path.write_text("\n".join(parts))
    assert {entry.expires for entry in baseline.read(path)} == {date(2027, 1, 31)}


def test_a_drift_fails_the_gate_and_is_explained() -> None:
    """The open point's question, what the answer was and what it is now."""
    result = passing()[0]
    now = replace(result, fingerprint={**result.fingerprint, "labels.more-than-fifty": "first"})
    judged = lock.apply(now, result.fingerprint, contract())
    assert (judged.verdict, judged.exit_code) == ("does-not-conform", 1)
    (complaint,) = judged.complaints
    assert complaint == (
        "lock: labels.more-than-fifty: What becomes of an event with 51 labels? Was: the event is refused; "
        "now: 50 are kept, the first in the order of sending"
    )


def test_the_same_answers_pass() -> None:
    """A lock that holds changes nothing."""
    result = passing()[0]
    assert lock.apply(result, result.fingerprint, contract()) == result


def test_points_that_only_one_side_has_are_no_drift() -> None:
    """They are warnings, an unknown point in the lock is a complaint."""
    result = passing()[0]
    pinned = dict(result.fingerprint)
    unseen = next(point for point in contract().open_points if point not in pinned)
    pinned.pop("labels.key-naming")
    pinned[unseen] = "x"
    judged = lock.apply(result, pinned, contract())
    assert judged.exit_code == 0
    assert unseen in judged.warnings[0]
    assert "labels.key-naming" in judged.warnings[1]
    assert lock.apply(result, {**pinned, "no.such": "x"}, contract()).exit_code == 1


def test_a_written_lock_reads_back(tmp_path: Path) -> None:
    """Every answer, free and hostile ones too; earlier answers that this run could not see are kept."""
    path = tmp_path / "lock.toml"
    for make in (passing, hostile):
        result = make()[0]
        path.write_text(lock.write(result, contract()), encoding="utf-8")
        assert set(lock.read(path)) == set(result.fingerprint)
    unseen = next(point for point in contract().open_points if point not in result.fingerprint)
    path.write_text(lock.write(passing()[0], contract(), {unseen: "seen before", "gone": "x"}), encoding="utf-8")
    assert lock.read(path)[unseen] == "seen before"
    assert "gone" not in lock.read(path)
    assert lock.apply(passing()[0], lock.read(path), contract()).exit_code == 0


@pytest.mark.parametrize(
    ("text", "words"), [("[answers]\na = 1", "is no text"), ("b = 1", "only a table"), ("x", "not TOML")]
)
def test_a_lock_that_is_wrong_is_explained(tmp_path: Path, text: str, words: str) -> None:
    """The message says what to do."""
    path = tmp_path / "lock.toml"
    path.write_text(text)
    with pytest.raises(toml.FileError) as caught:
        lock.read(path)
    assert words in str(caught.value)
