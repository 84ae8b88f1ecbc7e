"""Text of unknown origin can be shown anywhere."""

import pytest
from report_samples import HOSTILE

from conformance.report.console import for_encoding
from conformance.report.text import clean, elide, from_bytes, plural, seconds


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_clean_text_is_one_printable_line(text: str) -> None:
    """No control character, bidi control or lone surrogate is left, and UTF-8 can take it."""
    shown = clean(text)
    assert shown.isprintable()
    assert shown.encode()
    assert not set(shown) & set("\u202e\u2066\u200b\ufeff\x1b\x9b\r\n")


def test_escapes_are_visible() -> None:
    """What was removed can still be read."""
    assert clean("\x1b[31m\n\x9b\u202e\ud800\U000e0041") == "\\x1b[31m\\n\\x9b\\u202e\\ud800\\U000e0041"


def test_ordinary_text_stays() -> None:
    """Letters, signs and emoji of any script, joined ones too, are not touched."""
    text = "磁盘 é 🔥 👨‍👩‍👧 \\n ﷽ e\u0301"
    assert clean(text) == text


def test_lines_keep_line_feeds_and_tabs_only() -> None:
    """A block of text keeps its lines, and a carriage return still shows."""
    assert clean("a\n\tb\r", lines=True) == "a\n\tb\\r"


def test_elision_says_how_much_is_missing() -> None:
    """The middle goes, both ends stay, and the number of characters left out stands between."""
    assert elide("a" * 400 + "b" * 1024 + "c" * 200, 600) == "a" * 400 + " … 1,024 characters left out … " + "c" * 200
    assert elide("short", 600) == "short"


def test_elided_before_escaped() -> None:
    """A huge hostile value costs no more than what is shown of it."""
    assert len(clean("\x1b" * 1_000_000, 100)) < 500


def test_bytes_that_are_no_text_show_as_escapes() -> None:
    """Nothing of a body is lost or replaced by a question mark."""
    assert from_bytes(b"a\xff\xc3\xa9") == "a\\xffé"


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0004, "0.4 ms"), (0.012, "12 ms"), (0.44, "0.4 s"), (3.04, "3 s"), (59, "59 s"), (125, "2 min 05 s")],
)
def test_durations_read_well(value: float, told: str) -> None:
    """A duration has the unit that a reader would choose."""
    assert seconds(value) == told


def test_counts_agree_with_their_nouns() -> None:
    """One request, two requests."""
    assert (plural(1, "request"), plural(1024, "request"), plural(2, "fix", "fixes")) == (
        "1 request",
        "1,024 requests",
        "2 fixes",
    )


def test_a_stream_gets_what_its_encoding_can_say() -> None:
    """An ASCII log gets ASCII signs, and an unknown encoding is no error."""
    assert for_encoding("✓ pass … é", "ascii") == "+ pass ... \\xe9"
    assert for_encoding("✓ é", "utf-8") == "✓ é"
    assert for_encoding("✓", "no-such-encoding") == "+"
    assert for_encoding("✓", None) == "✓"
