"""Redaction: each spelling of a key becomes its name, and nothing else is altered."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_servers import KEY
from wire_spellings import AWKWARD, LATIN, spellings

from conformance.wire.redact import Redactor


@pytest.mark.parametrize("key", [AWKWARD, KEY, "0123456789abcdefABCDEF", "p%2Fq+r s/t", "漢字漢字漢字"])
def test_every_spelling_of_a_key_becomes_its_name(key: str) -> None:
    """Raw, percent-encoded, JSON, HTML and hex, in text and in bytes."""
    redactor = Redactor({"NAME": key})
    for form, text in spellings(key).items():
        assert redactor.text(f"x {text} y") == "x $NAME y", form
        assert redactor.data(f"x {text} y".encode()) == b"x $NAME y", form


def test_what_ends_in_the_middle_of_a_key_ends_with_its_name() -> None:
    """A sentence may show what came before the rest of the key did."""
    redactor = Redactor({"NAME": LATIN})
    assert redactor.beginning(b"x " + LATIN.encode()[:9]) == b"x $NAME"
    assert redactor.beginning(b"x " + LATIN.encode() + b" y") == b"x $NAME y"
    assert redactor.beginning(b"x K%2") == b"x K%2"


@pytest.mark.parametrize("key", [AWKWARD, KEY])
@pytest.mark.parametrize("before", ["", "a", "bc"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_gives_a_key_away_at_no_alignment(key: str, before: str, encode) -> None:  # noqa: ANN001
    """However many bytes stand before the key, what is left of it in base64 is less than three characters."""
    clean = Redactor({"NAME": key}).data(encode(f"{before}{key}tail".encode()))
    assert b"$NAME" in clean
    assert len(clean.replace(b"$NAME", b"")) <= len(before) + 3 + 8


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30), st.data())
def test_spellings_may_be_mixed(key: str, data: st.DataObject) -> None:
    """Each character may be escaped in its own way."""
    ways = (str, lambda char: "".join(f"%{byte:02X}" for byte in char.encode()), lambda char: f"&#{ord(char)};")
    text = "".join(data.draw(st.sampled_from(ways))(char) for char in key)
    assert Redactor({"NAME": key}).text(text) == "$NAME"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_holds_no_key_is_left_as_it_is(data: bytes) -> None:
    """The very same object comes back, so that nothing has to be compared or copied."""
    assert Redactor({"NAME": KEY}).data(data) is data


def test_lone_surrogates_and_broken_utf8_survive_redaction() -> None:
    """Servers send both, and a crash in the redactor would be the worst of answers."""
    redactor = Redactor({"NAME": KEY})
    assert redactor.text(f"\ud800{KEY}\udfff") == "\ud800$NAME\udfff"
    assert redactor.data(b"\xff" + KEY.encode() + b"\xc3") == b"\xff$NAME\xc3"


def test_of_two_keys_that_begin_alike_the_longer_one_is_named() -> None:
    """A key that begins with another is not cut in two."""
    redactor = Redactor({"A": "key-123456", "B": "key-123456789"})
    assert redactor.text("key-123456789 key-123456") == "$B $A"


def test_a_short_key_is_replaced_only_where_a_key_stands() -> None:
    """A key of three characters would otherwise eat its way through every word."""
    redactor = Redactor({"K": "abc"})
    assert redactor.text("abc abcd xabc") == "abc abcd xabc"
    assert redactor.text("?integration_key=abc&x=abc") == "?integration_key=$K&x=abc"
    assert redactor.text('{"app_key": "abc", "x": "abc"}') == '{"app_key": "$K", "x": "abc"}'
    assert redactor.text("integration_key%3Dabc key=abcd") == "integration_key%3D$K key=abcd"


def test_nothing_to_hide_is_no_trouble() -> None:
    """A run without keys redacts nothing, and empty keys are none."""
    assert Redactor({}).text("abc") == "abc"
    assert Redactor({"K": ""}).text("abc") == "abc"


@pytest.mark.parametrize("noise", [b"\\" * 500_000, b"&#0" * 200_000, b"key " * 100_000, b"%25" * 200_000])
def test_hostile_text_does_not_stall_the_redactor(noise: bytes) -> None:
    """Megabytes of escape signs are searched in a time that grows no faster than they do."""
    started = time.process_time()
    redactor = Redactor({"NAME": AWKWARD, "SHORT": "abc", "OTHER": "\\\\\\\\&&%%00"})
    redactor.data(noise)
    assert time.process_time() - started < 3
