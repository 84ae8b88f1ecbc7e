"""The journal: what is on disk before a push leaves, and what a later process makes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from drive_fakes import Runner, World, event, one, refusal, reply

from conformance.drive.budget import clean_up_slack
from conformance.drive.journal import Journal, keep_unfinished, target_of, unfinished
from conformance.model.scenario import Push
from conformance.wire.records import Note, Problem


def test_each_key_is_on_disk_before_its_push_leaves(run: Runner, tmp_path: Path) -> None:
    """Whenever the process dies, the journal knows every alert that may be open."""
    path, missing = tmp_path / "journal.jsonl", []

    def answer(push: Push, note: Note) -> None:
        key = push.event()["alert_key"]
        if note.role == "subject" and key not in {one.alert_key for one in unfinished(path)}:
            missing.append(key)

    run(World(answer), *(one(f"s{i}", event(f"k{i}")) for i in range(10)), journal=Journal(path, "run1"))
    assert not missing
    assert {one.alert_key for one in unfinished(path)} == {"control-1", *(f"k{i}" for i in range(10))}
    assert {(one.run, one.credential) for one in unfinished(path)} == {("run1", "main")}


def test_what_was_recovered_or_refused_is_not_open(run: Runner, tmp_path: Path) -> None:
    """A recovery that was accepted closes its entry; a refusal never opened one."""
    path = tmp_path / "journal.jsonl"
    plan = [one("a", event("a"), event("a", "Ok")), one("b", Push(event("b").body, role="refusal")), one("c", event())]
    run(World(), *plan, journal=Journal(path, "run1"), observed=False)
    assert [one.alert_key for one in unfinished(path)] == ["gen-1"]


def test_a_refused_update_leaves_the_alert_open(run: Runner, tmp_path: Path) -> None:
    """Only the refusal of the push that would have opened it clears an alert."""
    path = tmp_path / "journal.jsonl"
    world = World(lambda push, _note: refusal() if b"bad" in push.body else None)
    run(world, one("a", event("a"), event("a", description="bad")), journal=Journal(path, "r"), observed=False)
    assert [one.alert_key for one in unfinished(path)] == ["a"]


def test_a_generated_key_that_was_lost_is_possibly_open(run: Runner, tmp_path: Path) -> None:
    """Each lost try of a push without a key may have opened an alert that nobody can name."""
    path = tmp_path / "journal.jsonl"
    lost = iter([1])
    world = World(lambda _push, note: Problem("reset", "") if note.role == "subject" and next(lost, None) else None)
    run(world, one("a", event()), journal=Journal(path, "r"), observed=False)
    assert [one.alert_key for one in unfinished(path)] == [None, "gen-0"]


def test_a_lost_push_that_is_refused_when_repeated_opened_nothing(run: Runner, tmp_path: Path) -> None:
    """The same push gets the same answer: neither its key nor a generated one is possibly open."""
    path = tmp_path / "journal.jsonl"
    for name, push in {"key": event("k"), "none": event(), "bytes": Push(b"{")}.items():
        lost = iter([1, 1])
        world = World(lambda _push, _note, lost=lost: Problem("reset", "") if next(lost, None) else refusal())
        done = run(world, one(name, push), journal=Journal(path, "r"), observed=False)
        assert [one.alert_key for one in done.journal.open_entries()] == []
        assert done.budget.held == clean_up_slack(1)
    assert unfinished(path) == []


def test_a_lost_push_that_is_accepted_when_repeated_is_open_once(run: Runner, tmp_path: Path) -> None:
    """The repetition updated what the lost try had opened."""
    path, lost = tmp_path / "journal.jsonl", iter([1])
    world = World(lambda _push, _note: Problem("reset", "") if next(lost, None) else None)
    done = run(world, one("s", event("k")), journal=Journal(path, "r"), observed=False)
    assert [one.alert_key for one in unfinished(path)] == ["k"]
    assert done.budget.held == clean_up_slack(1) + 1


def test_a_connection_refused_opens_nothing(run: Runner, tmp_path: Path) -> None:
    """What never left is not possibly open."""
    path = tmp_path / "journal.jsonl"
    world = World(lambda _push, _note: Problem("connect", "refused"))
    run(world, one("a", event("k")), journal=Journal(path, "r"), observed=False)
    assert unfinished(path) == []


def test_a_key_other_than_the_one_sent_is_open_too(run: Runner, tmp_path: Path) -> None:
    """A server that answers another key may have stored the alert under it: both are recovered."""
    path = tmp_path / "journal.jsonl"
    world = World(lambda _push, _note: reply(200, {"data": {"alert_key": "other"}}))
    run(world, one("a", event("k")), journal=Journal(path, "r"), observed=False)
    assert [one.alert_key for one in unfinished(path)] == ["k", "other"]


def test_any_key_survives_the_journal(run: Runner, tmp_path: Path) -> None:
    """Line ends, quotes, other scripts and lone surrogates are read back as they were."""
    path, keys = tmp_path / "journal.jsonl", ["a\nb", '"', "报警", "😀", "\ud800", " ", "\u2028"]
    run(World(), *(one(f"s{i}", event(key)) for i, key in enumerate(keys)), journal=Journal(path, "r"), observed=False)
    assert {one.alert_key for one in unfinished(path)} == set(keys)


def test_a_line_cut_short_by_a_crash_is_skipped(tmp_path: Path) -> None:
    """The lines before it count, and what is appended later is not glued to it."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, "r")
    journal.before(event("a"))
    with path.open("a") as file:
        file.write('{"at": "opening", "n": 2, "ke')
    resumed = Journal.resume(path)
    assert [one.alert_key for one in resumed.open_entries()] == ["a"]
    resumed.before(event("b"))
    assert [one.alert_key for one in unfinished(path)] == ["a", "b"]


def test_an_unfinished_journal_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    """The next run in the same folder loses nothing: the old file gets a name of its own, a finished one goes."""
    path = tmp_path / "journal.jsonl"
    for expected in ["journal-old.jsonl", "journal-old-again.jsonl"]:
        Journal(path, "old").before(event("a"))
        assert keep_unfinished(path) == tmp_path / expected
        assert not path.exists()
    Journal(path, "old").close()
    assert keep_unfinished(path) is None
    assert not path.exists()
    assert keep_unfinished(path) is None


def test_a_killed_process_leaves_a_journal_that_knows_all_it_opened(tmp_path: Path) -> None:
    """SIGKILL in the middle of a run: every key that reached the target is in the journal."""
    path = tmp_path / "journal.jsonl"
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        from drive_fakes import World, event
        from conformance.drive.budget import Budget
        from conformance.drive.journal import Journal
        from conformance.drive.ports import DriveSettings
        from conformance.drive.sending import Sender
        from conformance.wire.records import Note

        def answer(push, note):
            print(push.event()["alert_key"], flush=True)
            if push.event()["alert_key"] == "k7":
                os.kill(os.getpid(), signal.SIGKILL)

        sender = Sender(World(answer), budget=Budget(99), journal=Journal(Path(sys.argv[1]), "r"),
                        settings=DriveSettings())
        for number in range(20):
            sender.deliver(event(f"k{number}"), Note())
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(Path(__file__).parent)],
        capture_output=True,
        env=environment,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    assert [one.alert_key for one in unfinished(path)] == done.stdout.decode().split() == [f"k{n}" for n in range(8)]


def test_the_journal_holds_credential_names_only(tmp_path: Path) -> None:
    """Each line says which credential opened the alert, by name."""
    path = tmp_path / "journal.jsonl"
    Journal(path, "r").before(Push(event("a").body, credential="account:NoLicense"))
    (line,) = map(json.loads, path.read_text().splitlines())
    assert line == {"at": "opening", "n": 1, "key": "a", "credential": "account:NoLicense", "run": "r"}


def test_the_journal_says_where_its_alerts_are(tmp_path: Path) -> None:
    """The push URL stands in the first line, once; a journal without that line is read as before."""
    path, old = tmp_path / "journal.jsonl", tmp_path / "journal-old.jsonl"
    journal = Journal(path, "r", "https://alerts.example/push")
    journal.before(event("a"))
    journal.close()
    Journal.resume(path).close()
    assert json.loads(path.read_text().splitlines()[0])["target"] == "https://alerts.example/push"
    assert path.read_text().count("alerts.example") == 1
    assert target_of(path) == "https://alerts.example/push"
    assert [one.alert_key for one in unfinished(path)] == ["a"]
    Journal(old, "r").before(event("a"))
    assert target_of(old) is None
    assert [one.alert_key for one in unfinished(old)] == ["a"]


def test_a_journal_that_only_says_where_is_finished(tmp_path: Path) -> None:
    """A run that opened nothing leaves nothing to be kept."""
    path = tmp_path / "journal.jsonl"
    Journal(path, "r", "https://alerts.example/push").close()
    assert keep_unfinished(path) is None
    assert not path.exists()


def test_a_key_that_was_refused_before_is_open_when_a_body_that_nobody_reads_opens_it(
    run: Runner, tmp_path: Path
) -> None:
    """Of a body that is not JSON the key is known from the reply alone; that another push of it was refused is past."""
    path = tmp_path / "journal.jsonl"
    answers = iter([refusal(), reply(200, {"data": {"alert_key": "k"}})])
    world = World(lambda _push, _note: next(answers))
    journal = Journal(path, "r")
    run(
        world, one("a", event("k")), one("b", Push(b'{"alert_key": "k", "x": "\xff"}')), journal=journal, observed=False
    )
    assert [entry.alert_key for entry in unfinished(path)] == ["k"]
