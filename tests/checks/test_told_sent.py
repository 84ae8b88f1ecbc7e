"""What was sent is told in a few words that could not be taken for what was sent."""

from __future__ import annotations

from conformance.checks.judge.bench import told
from conformance.model.scenario import Push, Scenario, Stage, encode


def sent(event: dict[str, object]) -> tuple[str, int]:
    """What is told of an event, and the size of its body."""
    push = Push(encode(event))
    return told(push, Scenario("s", "c", (), (Stage((push,)),))), len(push.body)


def test_a_long_value_is_not_told_as_a_value() -> None:
    """An alert_key "255 characters" was never sent: sizes stand in brackets, and the body's own beside them."""
    text, size = sent({"title_rule": "t", "alert_key": "k" * 255, "labels": {f"l{n}": "v" * 300 for n in range(50)}})
    assert (
        f'event {{"title_rule": "t", "alert_key": <255 characters>, "labels": <50 elements>}} in a body of {size} b'
        in text
    )
    assert size > 15_000


def test_a_short_event_is_told_as_it_is() -> None:
    """Nothing is left out, so that no size is needed."""
    assert sent({"title_rule": "t", "labels": {}})[0] == 'event {"title_rule": "t", "labels": {}}'


def test_what_is_told_is_bounded_and_plain() -> None:
    """However many fields an event has, and whatever they are called."""
    text, size = sent({f"field\x1b{n}": "v" * 39 for n in range(500)})
    assert len(text) < 600
    assert text.isprintable()
    assert f"in a body of {size} bytes" in text
