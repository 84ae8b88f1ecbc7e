"""Recordings: what is read is what was written, and a line that was touched is found."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.scenario import Push, Scenario, Stage
from conformance.wire import lines, recording
from conformance.wire.body import elided
from conformance.wire.codec import original, plain
from conformance.wire.records import Exchange, Note, Observation, Problem, Recording, Reply, RunInfo, Sent, Story

if TYPE_CHECKING:
    from pathlib import Path

INFO = RunInfo("r1", "2026-11-23T00:00:00Z", "http://h/", "openapi", "quick", 7, "must", given=("app-key",))
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)  # lone surrogates included
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
BODY = st.binary(max_size=20) | TEXT.map(lambda text: text.encode("utf-8", "replace"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PLAIN = JSON | st.binary(max_size=4) | st.lists(JSON, max_size=3).map(tuple) | st.frozensets(st.integers(), max_size=3)
PUSH = st.builds(Push, BODY, TEXT, PAIRS, TEXT, TEXT, PAIRS, TEXT, st.none() | st.integers(0, 5), TEXT, TEXT)
REPLY = st.builds(Reply, st.integers(100, 999), TEXT, PAIRS, BODY)
PROBLEM = st.builds(Problem, TEXT, TEXT)
OBSERVATION = st.builds(
    Observation,
    TEXT,
    st.lists(st.dictionaries(TEXT, JSON, max_size=3), max_size=2).map(tuple),
    st.none() | TEXT,
    st.lists(st.integers(), max_size=3).map(tuple),
)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Any recording at all: odd texts everywhere, exchanges in stories, beside them and in none."""
    numbers = iter(range(1, 1000))

    def exchange() -> Exchange:
        reply = draw(st.none() | REPLY)
        return Exchange(
            next(numbers),
            draw(st.sampled_from(["push", "read"])),
            Note(draw(TEXT), draw(st.integers(0, 3)), draw(st.integers(0, 3)), draw(TEXT)),
            Sent(draw(TEXT), draw(TEXT), draw(PAIRS), draw(BODY)),
            reply,
            draw(st.none() | PROBLEM) if reply is None else None,
            draw(st.floats(0, 1e6)),
            draw(st.floats(0, 10)),
            tuple(draw(st.lists(st.integers(1, 9), max_size=2))),
            draw(st.booleans()),
            draw(st.booleans()),
        )

    def some(most: int) -> tuple[Exchange, ...]:
        return tuple(exchange() for _ in range(draw(st.integers(0, most))))

    stories = []
    for scenario_id in draw(st.lists(TEXT, max_size=3, unique=True)):
        stages = draw(st.lists(st.builds(Stage, st.lists(PUSH, max_size=2).map(tuple), st.booleans()), max_size=2))
        facts = tuple(draw(st.lists(st.tuples(TEXT, PLAIN), max_size=2)))
        serves = tuple(draw(st.lists(TEXT, max_size=2)))
        twin = draw(st.none() | TEXT)
        scenario = Scenario(scenario_id, draw(TEXT), serves, tuple(stages), twin, draw(st.integers(0, 99)), facts)
        exchanges = tuple(some(2) for _ in range(draw(st.integers(0, 2))))
        observations = tuple(draw(st.none() | OBSERVATION) for _ in exchanges)
        stories.append(Story(scenario, exchanges, observations, draw(st.none() | OBSERVATION), draw(TEXT), some(1)))
    return Recording(INFO, stories, list(some(2)))


@settings(max_examples=40, deadline=None)
@given(recordings())
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, given_one: Recording) -> None:
    """Reading undoes writing, whatever texts, bytes and facts a run met; and the seals hold."""
    path = tmp_path_factory.mktemp("r") / "exchanges.jsonl"
    recording.write(given_one, path)
    assert recording.read(path) == given_one
    assert recording.verify_lines(path) == []
    assert path.read_bytes().isascii()


@settings(deadline=None)
@given(PLAIN)
def test_the_codec_loses_nothing(value: Any) -> None:
    """Tuples, bytes, sets and lone surrogates come back as what they were."""
    assert original(json.loads(json.dumps(plain(value)))) == value


@pytest.mark.parametrize("value", [{"~bytes": "x"}, {"~": 1}, {1: 2}, {"a": {"~text": [()]}}, "\ud83d", "\ud83d\ude00"])
def test_values_that_look_like_the_codecs_own_come_back_too(value: Any) -> None:
    """What a server sends cannot pass for a tag."""
    assert original(json.loads(json.dumps(plain(value)))) == value


def test_what_is_no_plain_value_is_refused() -> None:
    """A fact that could not be read back would make replay judge something else."""
    with pytest.raises(TypeError, match="cannot be recorded"):
        plain(object())


def exchange(number: int, kind: str = "push", scenario: str = "s", stage: int = 0, body: bytes = b"{}") -> Exchange:
    """Return an exchange that was answered with the body that it sent."""
    sent = Sent("POST", "http://h/", (), body)
    return Exchange(number, kind, Note(scenario, stage), sent, Reply(200, "OK", (), body), None, 0.0, 0.1)


def sample(path: Path) -> Path:
    """Write a small recording."""
    scenario = Scenario("s", "check", ("R-1",), (Stage((Push(b"{}"),)), Stage((Push(b"{}"),))))
    story = Story(scenario, ((exchange(1),), (exchange(2, stage=1),)), (Observation("seen"), None))
    recording.write(Recording(INFO, [story], [exchange(3, "read", "")]), path)
    return path


def test_a_long_read_is_kept_in_part_with_its_length_and_digest(tmp_path: Path) -> None:
    """The alerts of a read stand in observations, so its body need not be kept twice."""
    body = "漢".encode() * 5000
    recording.write(Recording(INFO, [], [exchange(1, "read", body=body), exchange(2, body=body)]), tmp_path / "r")
    read, push = recording.read(tmp_path / "r").others
    assert read.reply is not None
    assert push.reply is not None
    assert push.reply.body == body
    assert len(read.reply.body) < 2304
    assert hashlib.sha256(body).hexdigest() in read.reply.body.decode()
    assert "15000 bytes" in read.reply.body.decode()
    assert elided(read.reply.body) == read.reply.body


def test_the_lines_are_in_order_and_say_what_they_are(tmp_path: Path) -> None:
    """The run first, then each scenario with its exchanges and observations, then what belongs to none."""
    lines = [json.loads(line) for line in sample(tmp_path / "r").read_text().splitlines()]
    kinds = ["run", "scenario", "exchange", "exchange", "observation", "story", "exchange", "end"]
    assert [line["type"] for line in lines] == kinds
    assert [line["i"] for line in lines] == list(range(1, 9))


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"type":"exchange"}', '{"type":"nonsense"}', '"\\ud8', "\x00"])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    """The error says which file and which line, not just that JSON is broken."""
    path = sample(tmp_path / "recorded.jsonl")
    lines = path.read_text().splitlines()
    lines[2] = broken
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=r"recorded\.jsonl, line 3: "):
        recording.read(path)


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    """An empty file has no run in it, and another format is not guessed at."""
    (tmp_path / "empty").write_text("")
    with pytest.raises(ValueError, match="not a recording"):
        recording.read(tmp_path / "empty")
    (tmp_path / "newer").write_text('{"type":"run","format":2}\n')
    with pytest.raises(ValueError, match=r"line 1: .*format 2"):
        recording.read(tmp_path / "newer")


def test_every_change_to_a_recording_is_found_and_named(tmp_path: Path) -> None:
    """Changed, removed, moved, repeated, added and cut lines each get a sentence with their number."""
    path = sample(tmp_path / "r")
    good = path.read_bytes().splitlines(keepends=True)

    def complaints(lines: list[bytes]) -> list[str]:
        path.write_bytes(b"".join(lines))
        return recording.verify_lines(path)

    assert complaints(good) == []
    changed = [*good[:2], good[2].replace(b'"status":200', b'"status":201'), *good[3:]]
    assert complaints(changed) == ["line 3 (entry 3) does not match its seal: it, or the line before, changed"]
    assert complaints([*good[:2], *good[3:]]) == ["line 3 holds entry 4: entry 3 is missing before it, or it was moved"]
    assert "line 3 holds entry 5: entries 3 to 4 are missing" in complaints([*good[:2], *good[4:]])[0]
    moved = complaints([*good[:2], good[3], good[2], *good[4:]])
    assert [it.split()[1] for it in moved] == ["3", "4"]
    assert "belongs further up" in complaints([*good[:3], good[2], *good[3:]])[0]
    assert "line 3 carries no seal" in complaints([*good[:2], b'{"type":"exchange"}\n', *good[2:]])[0]
    assert "the last line is missing" in complaints(good[:-1])[0]


def test_a_field_added_to_a_record_is_recorded_too() -> None:
    """No field of an exchange is left behind because somebody forgot to spell it out."""
    odd = replace(exchange(1), reused=True, resent=True, repeats=(3,), note=Note("s", 1, 2, "twin"))
    line = json.loads(json.dumps(lines.exchange_line(odd)))
    for name in (field.name for kind in (Exchange, Note) for field in fields(kind) if field.name != "note"):
        assert name in line or getattr(odd, name) is None, name


def test_a_recording_after_a_crash_can_be_read(tmp_path: Path) -> None:
    """Whole lines are on the disk after each step; a cut line is left out, and stories are put together."""
    path = tmp_path / "r"
    writer = recording.Writer(path)
    writer.run(INFO)
    scenario = Scenario("s", "check", (), (Stage((Push(b"{}"),)), Stage((Push(b"{}"),))))
    writer.scenario(scenario)
    writer.exchange(exchange(1))
    writer.observation("s", 0, Observation("seen"))
    writer.exchange(exchange(2, stage=1))
    with path.open("ab") as file:
        file.write(b'{"type":"exchange","n":3,"ki')
    found = recording.read(path)
    writer.close()
    (story,) = found.stories
    assert [[it.n for it in stage] for stage in story.exchanges] == [[1], [2]]
    assert story.observations == (Observation("seen"), None)
    assert story.ended == "interrupted"


def test_what_was_recorded_already_is_not_recorded_again(tmp_path: Path) -> None:
    """The driver reports exchanges as they happen and stories when they end; each line is written once."""
    path = tmp_path / "r"
    scenario = Scenario("s", "check", (), (Stage((Push(b"{}"),)),))
    with recording.Writer(path) as writer:
        writer.run(INFO)
        writer.scenario(scenario)
        writer.exchange(exchange(1))
        writer.observation("s", 0, Observation("seen"))
        writer.story(Story(scenario, ((exchange(1),),), (Observation("seen"),)))
    writer.exchange(exchange(2))  # after the end: of no consequence
    writer.close()
    kinds = [json.loads(line)["type"] for line in path.read_text().splitlines()]
    assert kinds == ["run", "scenario", "exchange", "observation", "story", "end"]


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    """Anyone can check it with sha256sum."""
    path = tmp_path / "r"
    path.write_bytes(random.Random(0).randbytes(100_000))
    assert recording.digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()
