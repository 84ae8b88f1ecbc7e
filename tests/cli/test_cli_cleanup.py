"""``conformance cleanup DIR`` alone: where the alerts are stands in the journal, the keys in the environment."""

from __future__ import annotations

from pathlib import Path

from cli_runs import PROPER, command

from conformance.drive.journal import Journal
from conformance.model.scenario import Push
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings
from conformance.reference.options import ServerOptions
from conformance.reference.server import start

KEY = "key-of-a-test-integration"


def _killed(folder: Path, push_url: str) -> None:
    """Leave what a run leaves that was killed after its first push."""
    run = Run(Settings(target_url=push_url, integration_key=KEY, report_dir=folder))
    try:
        run.start()
    finally:
        run.close()


def test_cleanup_knows_the_target_from_the_journal(tmp_path: Path) -> None:
    """As the README says: the folder alone, and the keys of the environment."""
    with start(ServerOptions(key=KEY)) as server:
        _killed(tmp_path, server.push_url)
        done = command("cleanup", str(tmp_path), CONFORMANCE_INTEGRATION_KEY=KEY)
        assert done.exit_code == 0, done.output
        assert "1 alert was recovered" in done.output


def test_the_journal_holds_no_key(tmp_path: Path) -> None:
    """Not even where the key came in the URL; one with more of a query is not noted, for it may hold a secret."""
    with start(ServerOptions(key=KEY)) as server:
        _killed(tmp_path / "a", f"{server.push_url}?integration_key={KEY}")
        _killed(tmp_path / "b", f"{server.push_url}?tenant=somebody")
        first, second = ((tmp_path / name / "journal.jsonl").read_text("utf-8") for name in "ab")
    assert server.push_url in first
    assert KEY not in first
    assert "somebody" not in second
    assert "--target-url" in command("cleanup", str(tmp_path / "b"), CONFORMANCE_INTEGRATION_KEY=KEY).output


def test_cleanup_says_which_variable_holds_the_key(tmp_path: Path) -> None:
    """Where the target is known and the key is not."""
    with start(ServerOptions(key=KEY)) as server:
        _killed(tmp_path, server.push_url)
    done = command("cleanup", str(tmp_path))
    assert done.exit_code == 4
    assert "CONFORMANCE_INTEGRATION_KEY" in done.output


def test_journals_of_two_targets_are_not_mixed(tmp_path: Path) -> None:
    """Which alert is where is known of neither; a journal of old names no target."""
    for name, target in [("journal.jsonl", "http://127.0.0.1:1/push"), ("journal-old.jsonl", "")]:
        journal = Journal(tmp_path / name, "r", target)
        journal.before(Push(PROPER.encode()))
        journal.close()
    done = command("cleanup", str(tmp_path), CONFORMANCE_INTEGRATION_KEY=KEY)
    assert done.exit_code == 4
    assert "journal-old.jsonl none" in done.output
    assert "--target-url" in done.output
