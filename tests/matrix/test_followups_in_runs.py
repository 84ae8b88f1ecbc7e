"""Whole runs with follow-ups: what a faulty server's report says, what they cost, and that replay agrees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.checks.verdicts import FOLLOW_UP, Finding, Result
from conformance.drive.budget import BUDGETS
from conformance.plugin.replaying import RECORDING, Replay, exchanges
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.wire import recording as recordings
from conformance.wire.records import Recording

TOGETHER = "images-lost-with-a-long-description"
IN_SEQUENCE = "update-after-retrigger-changes-the-old-alert"
_SEEDS = {TOGETHER: 1, IN_SEQUENCE: 6}  # of the second, one whose machines show it in more pushes than it takes


@dataclass(frozen=True)
class Ran:
    """A run and what it recorded."""

    result: Result
    recording: Recording
    folder: Path
    open_alerts: int

    @property
    def asked(self) -> list[str]:
        """The follow-ups."""
        return [s.scenario.id for s in self.recording.stories if s.scenario.id.startswith(FOLLOW_UP)]

    def first(self, requirement: str) -> Finding:
        """The finding that a reader sees first."""
        return next(entry for entry in self.result.requirements if entry.id == requirement).findings[0]


def _ran(folder: Path, **settings: object) -> Ran:
    made = Run(Settings(report_dir=folder, observe_timeout=1.0, **settings))  # type: ignore[arg-type]
    try:
        made.start()
        recording = made.drive()
        result = made.result()
        left = len(made.journal.open_entries())
    finally:
        made.close()
    recordings.write(recording, folder / RECORDING)
    return Ran(result, recording, folder, left)


@pytest.fixture(scope="module", params=[TOGETHER, IN_SEQUENCE])
def faulty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Ran]:
    """A standard run against a server whose fault takes two fields, and one whose fault takes four pushes in order."""
    return request.param, _ran(tmp_path_factory.mktemp("faulty"), fault=request.param, seed=_SEEDS[request.param])


def test_the_first_finding_shows_what_matters_and_no_more(faulty: tuple[str, Ran]) -> None:
    """Two fields are named, of an event that is plain in all others; a program of the machine is cut to four pushes."""
    fault, ran = faulty
    if fault == TOGETHER:
        finding = ran.first("images.kept")
        assert finding.sentence.endswith(": it takes description and images together.")
        sent = next(s for s in ran.recording.stories if s.scenario.id == finding.scenario).scenario.pushes()[0].event()
        assert set(sent or {}) == {"title_rule", "event_status", "alert_key", "description", "images"}
    else:
        finding = ran.first("alert-key.one-active")
        assert finding.scenario.startswith("followup.machine.")
        assert len(finding.sequence) == 4, "an event, its Ok, another event, an update"


def test_follow_ups_keep_the_budget_and_are_counted(faulty: tuple[str, Ran]) -> None:
    """No run makes more requests than its budget, everything that it opened is closed, and the tally counts it all."""
    _, ran = faulty
    assert ran.asked
    assert ran.result.tally.requests == len(exchanges(ran.recording)) <= BUDGETS["standard"]
    assert ran.open_alerts == 0


def test_follow_ups_fell_no_other_row(faulty: tuple[str, Ran]) -> None:
    """Judged without its follow-ups, the run falls in the same rows."""
    _, ran = faulty
    folder = ran.folder / "without"
    folder.mkdir(exist_ok=True)
    plan = [story for story in ran.recording.stories if story.scenario.id not in ran.asked]
    recordings.write(Recording(ran.recording.info, plan, ran.recording.others), folder / RECORDING)
    assert _fallen(_replayed(folder)) == _fallen(ran.result)


def _fallen(result: Result) -> set[str]:
    return {row.row for row in result.rows if row.verdict in ("fail", "warning")}


def _replayed(folder: Path) -> Result:
    replay = Replay(Settings(replay=folder))
    replay.start()
    return replay.result()


def test_a_replay_judges_follow_ups_to_the_same_verdicts(faulty: tuple[str, Ran]) -> None:
    """From the recording alone come the same verdicts and the same findings, those of follow-ups among them."""
    _, ran = faulty
    again = _replayed(ran.folder)
    assert [(e.id, e.verdict, e.findings) for e in again.requirements] == [
        (e.id, e.verdict, e.findings) for e in ran.result.requirements
    ]


def test_a_quick_run_of_one_row_follows_up_within_150_requests(tmp_path: Path) -> None:
    """A whole quick run has hardly any room; one row leaves enough to say that one field alone does it."""
    ran = _ran(tmp_path, fault="description-cut-at-2047", budget="quick", rows=("Payload/description",))
    told = [ran.first(requirement).sentence for requirement in ("description.kept", "description.cut")]
    assert any(sentence.endswith(": description alone does it.") for sentence in told)
    assert ran.result.tally.requests <= BUDGETS["quick"]


@pytest.mark.parametrize("variant", [None, "strict", "lenient"])
def test_a_conforming_server_sees_no_follow_up(variant: str | None, tmp_path: Path) -> None:
    """Where nothing failed nothing more is sent."""
    assert _ran(tmp_path, variant=variant, budget="quick").asked == []
