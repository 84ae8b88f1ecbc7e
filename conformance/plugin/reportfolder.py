"""The report folder and the files in it that belong together; what stands in a report is written elsewhere."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract import load
from conformance.drive.journal import FILE_NAME as JOURNAL
from conformance.drive.journal import unfinished
from conformance.plugin.replaying import MANIFEST, RECORDING
from conformance.plugin.settings import Settings, UsageError
from conformance.wire import recording as recordings

if TYPE_CHECKING:
    from conformance.plugin.hooks import Plugin

_SEALED = (RECORDING, "conformance.json")
#: What a run writes into its folder, the journal apart.
_WRITTEN = (*_SEALED, MANIFEST, "conformance.html", "junit.xml", "badge.svg", "badge.json")


def usable(folder: Path) -> None:
    """Make the folder.  Raises UsageError where it cannot be written into: the end of a run is too late for that."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"--report-dir {folder}: cannot be written into ({error.strerror or error}); "
            "give a folder, or a place where one can be made"
        ) from None


def clear(settings: Settings) -> None:
    """Take away what an earlier run left in the report folder: no file may stand beside those of another run.

    A journal that lists open alerts stays, and a recording that is about to be judged again.
    """
    folder = settings.report_dir
    in_place = settings.replay is not None and settings.replay.resolve() == folder.resolve()
    for name in _WRITTEN:
        if not (in_place and name in (RECORDING, MANIFEST)):
            (folder / name).unlink(missing_ok=True)
    if not in_place and not unfinished(folder / JOURNAL):
        (folder / JOURNAL).unlink(missing_ok=True)


def write_recording(plugin: Plugin) -> None:
    """The exchanges of the run, redacted where they were recorded."""
    recording = plugin.run.recording
    if recording is None or plugin.settings.replay:
        return
    plugin.settings.report_dir.mkdir(parents=True, exist_ok=True)
    recordings.write(recording, plugin.settings.report_dir / RECORDING)


def seal(plugin: Plugin) -> None:
    """Digests of what a verdict rests on, so that a change made later is found."""
    folder = plugin.settings.report_dir
    files = {name: recordings.digest(folder / name) for name in _SEALED if (folder / name).is_file()}
    if files and not plugin.settings.replay:
        (folder / MANIFEST).write_text(
            json.dumps({"files": files, "spec_sha256": load().sha256}, indent=1) + "\n", encoding="utf-8"
        )
