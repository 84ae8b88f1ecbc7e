"""Judges a recorded run again, offline: the same judges, nothing sent, nothing generated."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from conformance.checks import conclude
from conformance.checks.verdicts import NOT_REACHED, Result, Tally
from conformance.contract import Contract, load
from conformance.contract.files import swapped
from conformance.plugin.judging import judged
from conformance.plugin.settings import Settings, UsageError
from conformance.wire import recording as recordings
from conformance.wire.records import Exchange, Recording

RECORDING = "exchanges.jsonl"
MANIFEST = "manifest.json"


class Replay:
    """Stands in for a run: ``ready`` reads, ``start`` and ``drive`` do nothing, ``result`` judges."""

    def __init__(self, settings: Settings) -> None:
        assert settings.replay is not None
        self.settings, self.folder = settings, Path(settings.replay)
        self.contract: Contract = load()
        self.recording: Recording | None = None
        self.selected: frozenset[str] = frozenset(self.contract.requirements)
        self.stop = threading.Event()
        self.warnings: list[str] = [told] if (told := swapped()) else []

    def start(self) -> None:
        """There is nothing to try."""
        self.ready()

    def ready(self) -> None:
        """Read the recording, once.  Raises UsageError where there is none."""
        if self.recording is not None:
            return
        path = self.folder / RECORDING
        try:
            self.recording = recordings.read(path)
        except OSError as error:
            raise UsageError(
                f"--replay {self.folder}: holds no {RECORDING} that can be read ({error.strerror or error}); "
                "give the report folder of a run"
            ) from None
        except ValueError as error:
            raise UsageError(f"--replay {self.folder}: {error}; give the report folder of another run") from None
        chosen = self.recording.info.selected
        if chosen:
            self.selected &= frozenset(chosen)

    def select(self, requirements: Collection[str]) -> None:
        """Narrow to these requirements as well."""
        self.selected &= frozenset(requirements)

    def drive(self, progress: Callable[..., None] = lambda *_: None) -> Recording:
        """Nothing is sent."""
        assert self.recording is not None
        del progress
        return self.recording

    def result(self, nodes: Mapping[str, str] | None = None) -> Result:
        """The recording judged."""
        assert self.recording is not None
        info = self.recording.info
        return judged(
            self.contract,
            self.recording,
            tally(self.recording),
            nodes or {},
            self.selected,
            flaky=info.flaky,
            interrupted=info.interrupted,
            warnings=tuple(self.warnings),
        )

    def close(self) -> None:
        """Nothing is open."""


def exchanges(recording: Recording) -> list[Exchange]:
    """Every exchange of a recording by its number."""
    own = [e for story in recording.stories for e in (*story.all_exchanges(), *story.aside)]
    return sorted({e.n: e for e in (*own, *recording.others)}.values(), key=lambda e: e.n)


def tally(recording: Recording) -> Tally:
    """What the recorded run cost."""
    every = exchanges(recording)
    pushes = sum(exchange.kind == "push" for exchange in every)
    return Tally(recording.info.seconds, len(every), pushes, len(every) - pushes)


def verify(folder: Path) -> list[str]:
    """Judge a report folder again and say everything that does not agree with what was written; empty: all agrees.

    Raises UsageError where there never was a recording; one that was taken away is a complaint.
    """
    if not (folder / RECORDING).is_file() and RECORDING not in _listed(folder):
        raise UsageError(
            f"{folder}: holds no {RECORDING}: it cannot be judged again; give the report folder of a run as it was left"
        )
    complaints = _files(folder)
    try:
        told: dict[str, Any] = json.loads((folder / "conformance.json").read_text(encoding="utf-8"))
        complaints += recordings.verify_lines(folder / RECORDING)
        replay = Replay(Settings(replay=folder))
        replay.start()
        result = replay.result()
    except (OSError, ValueError, UsageError) as error:
        return [*complaints, f"{folder}: cannot be judged again: {error}"]
    if told.get("suite", {}).get("spec_sha256") != replay.contract.sha256:
        complaints.append(
            "spec/: the contract is not the one that this run was judged by; verdicts may differ for that reason"
        )
    return complaints if _never_begun(told, replay) else complaints + _differences(told, result)


def _never_begun(told: Mapping[str, Any], replay: Replay) -> bool:
    """Whether the report judges nothing, and the recording holds nothing to judge: the target was tried, no more."""
    verdicts = {entry.get("verdict") for entry in told.get("requirements", [])}
    judged_nothing = told.get("verdict") != "conforms" and verdicts <= {NOT_REACHED}
    return judged_nothing and replay.recording is not None and not replay.recording.stories


def _listed(folder: Path) -> dict[str, str]:
    """The files that the manifest lists with their digests, none where it cannot be read."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files if isinstance(files, dict) else {}


def _files(folder: Path) -> list[str]:
    """Files that are not what the manifest says."""
    manifest = _listed(folder)
    if not manifest:
        return [f"{folder / MANIFEST}: no manifest that can be read; only verdicts are compared"]
    found = []
    for name, digest in manifest.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name}: is missing")
        elif recordings.digest(path) != digest:
            found.append(f"{name}: was changed after the run")
    return found


def _differences(told: Mapping[str, Any], result: Result) -> list[str]:
    written = {entry["id"]: entry for entry in told.get("requirements", [])}
    found = []
    for entry in result.requirements:
        before = written.get(entry.id)
        if before is None:
            found.append(f"{entry.id}: is not in the report; this version of the suite knows it, the recording may not")
        elif before.get("verdict") != entry.verdict:
            found.append(
                f"{entry.id}: the report says {before.get('verdict')!r}, the recording gives {entry.verdict!r}"
            )
    # A baseline or a lock may fail a run in which nothing fell, and pardon one in which something did: not replayed.
    by_gate = told.get("exit_code") == conclude.FALLS and result.exit_code == 0 and not found
    known = any(entry.get("known") for entry in written.values())
    if not known and not by_gate and told.get("exit_code") != result.exit_code:
        found.append(f"exit_code: the report says {told.get('exit_code')}, the recording gives {result.exit_code}")
    return found
