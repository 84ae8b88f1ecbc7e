"""A run as lines of JSON: written as it goes, read again for replay, checked for tampering; judges nothing.

Each line is one object with a ``type``: ``run`` first, then ``scenario``, ``exchange``, ``observation``, and ``story``,
which closes a scenario and says which exchanges belong to its stages; ``end`` comes last.  ``i`` numbers the lines and
``h`` is a digest over the line before and this one, so that a line changed, missing or moved can be named.

What a crash leaves is still a recording: scenarios without their ``story`` line are put together from the notes on the
exchanges, and a last line that was cut off in the middle is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from conformance.wire import lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from conformance.model.scenario import Scenario
    from conformance.wire.records import Exchange, Observation, Recording, RunInfo, Story

_SEAL = re.compile(rb',"i":(\d+),"h":"([0-9a-f]{12})"\}$')
FINAL = "final"  # the stage of the observation that closes a story


class Writer:
    """Appends to a recording as the run goes; every line is on its way to the disk before the next step is taken."""

    def __init__(self, path: str | Path) -> None:
        self._file: IO[bytes] = Path(path).open("wb")  # noqa: SIM115 - stays open for the run
        self._lock = threading.Lock()
        self._count = 0
        self._chain = b""
        self._exchanges: set[int] = set()
        self._scenarios: set[str] = set()
        self._observed: set[tuple[str, int | str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def run(self, info: RunInfo) -> None:
        """Begin with the facts of the run."""
        self._append(lines.run_line(info))

    def scenario(self, scenario: Scenario) -> None:
        """Record a scenario that is about to be driven; ids are unique within a run."""
        with self._lock:
            if scenario.id in self._scenarios:
                return
            self._scenarios.add(scenario.id)
            self._write(lines.scenario_line(scenario))

    def exchange(self, exchange: Exchange) -> None:
        """Record an exchange, once."""
        with self._lock:
            if exchange.n in self._exchanges:
                return
            self._exchanges.add(exchange.n)
            self._write(lines.exchange_line(exchange))

    def observation(self, scenario: str, stage: int | str, observation: Observation) -> None:
        """Record what the store showed after a stage of a scenario, or at its end (``FINAL``), once."""
        with self._lock:
            if (scenario, stage) in self._observed:
                return
            self._observed.add((scenario, stage))
            self._write(lines.observation_line(scenario, stage, observation))

    def story(self, story: Story) -> None:
        """Close a scenario: whatever of it has not been recorded yet, then which exchanges belong to which stage."""
        self.scenario(story.scenario)
        for exchange in sorted((*story.all_exchanges(), *story.aside), key=lambda exchange: exchange.n):
            self.exchange(exchange)
        for stage, observation in enumerate(story.observations):
            if observation is not None:
                self.observation(story.scenario.id, stage, observation)
        if story.final is not None:
            self.observation(story.scenario.id, FINAL, story.final)
        self._append(lines.story_line(story))

    def close(self) -> None:
        """Write the last line and close the file; a second time does nothing."""
        with self._lock:
            if not self._file.closed:
                self._write({"type": "end"})
                self._file.close()

    def _append(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        if self._file.closed:
            return  # an exchange that was under way when the run ended
        text = json.dumps(line, separators=(",", ":"))
        content = text[:-1].encode()
        self._count += 1
        self._chain = _digest(self._chain, self._count, content)
        self._file.write(b'%b,"i":%d,"h":"%b"}\n' % (content, self._count, self._chain))
        self._file.flush()


def write(recording: Recording, path: str | Path) -> None:
    """Write a whole recording."""
    with Writer(path) as writer:
        writer.run(recording.info)
        for story in recording.stories:
            writer.story(story)
        for exchange in recording.others:
            writer.exchange(exchange)


def read(path: str | Path) -> Recording:
    """Read a recording; a ValueError names the file and the line that cannot be understood."""
    assembly = lines.Assembly()
    for number, raw, whole in _raw_lines(path):
        try:
            assembly.add(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if not whole:
                break  # cut off by a crash
            kind = f"{type(error).__name__}: {error}"
            raise ValueError(f"{path}, line {number}: not a line of a recording ({kind})") from None
    try:
        return assembly.recording()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def digest(path: str | Path) -> str:
    """Return the SHA-256 of the whole file in hex."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_lines(path: str | Path) -> list[str]:
    """Return one sentence for each line that was changed, removed or moved since the recording was written."""
    complaints: list[str] = []
    seals = {0: b""} | {int(seal[1]): seal[2] for _, raw, _ in _raw_lines(path) if (seal := _SEAL.search(raw))}
    expected, last = 1, b""
    for number, raw, whole in _raw_lines(path):
        last = raw
        seal = _SEAL.search(raw)
        if seal is None or not whole:
            complaints.append(f"line {number} carries no seal: it was changed, added, or cut off by a crash")
            continue
        index, before = int(seal[1]), seals.get(int(seal[1]) - 1)
        gap = index - expected
        if gap > 0:
            what = f"entry {expected} is missing" if gap == 1 else f"entries {expected} to {index - 1} are missing"
            complaints.append(f"line {number} holds entry {index}: {what} before it, or it was moved")
        elif gap < 0:
            complaints.append(f"line {number} holds entry {index}, which belongs further up: it was moved or repeated")
        elif before is not None and _digest(before, index, raw[: seal.start()]) != seal[2]:
            complaints.append(f"line {number} (entry {index}) does not match its seal: it, or the line before, changed")
        expected = max(expected, index + 1)
    if not last.startswith(b'{"type":"end"'):
        complaints.append("the last line is missing: the run was cut short, or lines were removed from the end")
    return complaints


def _raw_lines(path: str | Path) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, bytes without the line feed, and whether the line feed was there."""
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            yield number, line.removesuffix(b"\n"), line.endswith(b"\n")


def _digest(chain: bytes, index: int, content: bytes) -> bytes:
    return hashlib.sha256(b"%b %d %b" % (chain, index, content)).hexdigest()[:12].encode()
