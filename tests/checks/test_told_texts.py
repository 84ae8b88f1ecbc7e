"""A finding on a text shows what was altered, and calls it by its name."""

from __future__ import annotations

import pytest

from conformance.checks.judge.stored_text import text
from conformance.model.text import difference

_LIMIT = 50


def said(sent: str, stored: object) -> str:
    """The sentence on a text that was stored otherwise."""
    [(_, sentence)] = text(sent, stored, _LIMIT, "description.kept", "description.cut")
    assert sentence is not None
    return sentence


@pytest.mark.parametrize(
    ("sent", "stored", "what"),
    [
        ("a &amp; b", "a & b", "HTML-unescaped"),
        ("a & b", "a &amp; b", "HTML-escaped"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;", "HTML-escaped"),
        ("<b>&amp;", "&lt;b&gt;&amp;", "HTML-escaped"),
        ("&lt;" * 20, ("<" * 20)[:_LIMIT], "HTML-unescaped"),
    ],
)
def test_escaping_is_told_from_unescaping(sent: str, stored: str, what: str) -> None:
    """The one makes more of a text, the other less."""
    assert difference(sent, stored, _LIMIT) == what


@pytest.mark.parametrize(
    ("sent", "stored", "shows"),
    [
        ("a &amp; b", "a & b", '"a &amp; b" → "a & b"'),
        ("0123456789abcdef!0123456789abcdef", "0123456789abcdef?0123456789abcdef", None),
        ("\U0001f600 line", "? line", '"\\ud83d\\ude00 line" → "? line"'),
        ("one\ttwo", "one two", '"one\\ttwo" → "one two"'),
        ("abc", "abcd", '"abc" → "abcd"'),
    ],
)
def test_what_was_altered_is_shown_as_sent_and_as_stored(sent: str, stored: str, shows: str | None) -> None:
    """A dozen characters on either side, every sign of them visible."""
    sentence = said(sent, stored)
    shows = shows or '"456789abcdef!0123456789ab" → "456789abcdef?0123456789ab"'  # twelve on either side
    assert sentence.endswith(shows)
    assert sentence.isprintable()


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("two  blanks   three", ["two  blanks   three", "two blanks three", "two  blanks  three"]),
        (" both ends \t", [" both ends \t", "both ends", " both ends", "both ends \t"]),
        ("  " + "x" * 60, ["  " + "x" * 48, "x" * 48, "x" * 50]),
        ("a  " * 30, ["a  " * 16 + "a ", "a  " * 16 + "a", "a " * 25, ("a " * 25).strip()]),
    ],
)
def test_a_server_may_be_free_with_white_space(sent: str, stored: list[str]) -> None:
    """Ends and runs of blanks are open, before the text is cut or after it."""
    outcomes = [list(text(sent, entry, _LIMIT, "description.kept", "description.cut")) for entry in stored]
    assert [sentence for found in outcomes for _, sentence in found] == [None] * len(stored)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("two  blanks   three", ["", None, "two", "two  blanks", "twoblanksthree", "two  blanks   Three"]),
        (" both ends \t", ["both", "ends", ""]),
        ("one\u00a0two", ["one two", "onetwo", "one"]),
        ("  " + "x" * 60, ["", "x" * 47, "x" * 51, "  " + "x" * 47 + "y", "x" * 60]),
    ],
)
def test_nothing_but_white_space_may_be_lost(sent: str, stored: list[str | None]) -> None:
    """A text in which some white space is open is judged in everything else."""
    for entry in stored:
        assert "otherwise" in said(sent, entry), entry


@pytest.mark.parametrize("stored", [None, "", "x" * 60, "0123456789"], ids=["none", "empty", "not cut", "cut"])
def test_where_nothing_was_altered_nothing_is_shown(stored: str | None) -> None:
    """Lost, not cut or cut too short: the count says it."""
    assert "→" not in said("x" * 60 if stored != "0123456789" else "0123456789" * 6, stored)


def test_one_character_is_not_all_1_characters() -> None:
    """A sentence reads as people speak."""
    assert said("2", "two").startswith("its one character was to be kept; the server did otherwise: ")
