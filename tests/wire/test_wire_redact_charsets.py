"""Redaction of what another charset, case or escaping makes of a key, without taking other bytes for one."""

from __future__ import annotations

import base64
import json
import unicodedata
from urllib.parse import quote

import pytest
from wire_servers import KEY
from wire_spellings import APP, LATIN, MIXED_HEX

from conformance.wire.redact import Redactor

SPELT_IN_BYTES = {
    "latin-1": LATIN.encode("latin-1"),
    "latin-1, percent-encoded": quote(LATIN.encode("latin-1"), safe="").encode(),
    "UTF-8 read as latin-1": LATIN.encode().decode("latin-1").encode(),
    "UTF-8 read as latin-1, JSON": json.dumps(LATIN.encode().decode("latin-1"))[1:-1].encode(),
    "latin-1 read as UTF-8": LATIN.encode("latin-1").decode("utf-8", "replace").encode(),
    "latin-1 read as UTF-8, JSON": json.dumps(LATIN.encode("latin-1").decode("utf-8", "replace"))[1:-1].encode(),
    "UTF-8 read as ASCII": LATIN.encode().decode("ascii", "replace").encode(),
    "written in ASCII": LATIN.encode("ascii", "replace"),
    "repr of UTF-8": repr(LATIN.encode())[2:-1].encode(),
    "repr of latin-1": repr(LATIN.encode("latin-1"))[2:-1].encode(),
    "repr of UTF-8, upper case": repr(LATIN.encode())[2:-1].replace("xc3", "xC3").replace("xa9", "xA9").encode(),
    "ascii()": ascii(LATIN)[1:-1].encode(),
    "ascii() of ascii()": ascii(ascii(LATIN)[1:-1])[1:-1].encode(),
    "every byte as in C": "".join(f"\\x{byte:02x}" for byte in LATIN.encode()).encode(),
    "hex in mixed case": MIXED_HEX.encode(),
    "hex with colons": LATIN.encode().hex(":").encode(),
    "hex with blanks, upper case": LATIN.encode().hex(" ").upper().encode(),
    "hex of latin-1": LATIN.encode("latin-1").hex().encode(),
    "JSON, mixed case of hex": "".join(f"\\u{ord(char):04x}" for char in LATIN).replace("2f", "2F").encode(),
    "upper case": LATIN.upper().encode(),
    "lower case": LATIN.lower().encode(),
    "other case": LATIN.swapcase().encode(),
    "accents apart": unicodedata.normalize("NFD", LATIN).encode(),
    "accents apart, JSON": json.dumps(unicodedata.normalize("NFD", LATIN))[1:-1].encode(),
    "base32": base64.b32encode(LATIN.encode()).rstrip(b"="),
    "base64 of latin-1": base64.b64encode(LATIN.encode("latin-1")).rstrip(b"="),
    "percent-encoded three times": quote(quote(quote(LATIN, safe=""), safe=""), safe="").encode(),
}


@pytest.mark.parametrize("form", SPELT_IN_BYTES)
def test_a_key_in_another_charset_case_or_escaping_becomes_its_name(form: str) -> None:
    """Whatever a server's charset makes of the key, and whatever Python shows of that."""
    data = SPELT_IN_BYTES[form]
    clean = Redactor({"NAME": LATIN, "APP": APP}).data(b"x:" + data + b";y")
    assert clean.startswith(b"x:$NAME")
    assert clean.endswith(b";y")
    assert len(clean) <= len(b"x:$NAME;y") + 2  # of base32 two digits may be left over, which tell nothing


@pytest.mark.parametrize("key", [LATIN, APP, KEY, "漢字漢字漢字"])
@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [b"", b"x"])
def test_a_key_in_utf_16_becomes_its_name(key: str, charset: str, before: bytes) -> None:
    """With and without a mark, at even and odd places, plain and escaped as in JSON; the rest stays as it is."""
    redactor = Redactor({"NAME": key})
    for spelled in (key, json.dumps(key)[1:-1], json.dumps(key, ensure_ascii=False)[1:-1]):
        data = before + f'{{"é": "{spelled}", "z": 1}}'.encode(charset)
        assert redactor.data(data) == before + '{"é": "$NAME", "z": 1}'.encode(charset)


def test_bytes_that_look_like_utf_16_are_left_as_they_are() -> None:
    """Zero bytes alone alter nothing."""
    data = bytes(range(256)) * 9 + b"\0\xd8\0\xdc\0"
    assert Redactor({"NAME": LATIN}).data(data) is data


def test_question_marks_are_no_key() -> None:
    """Of a key in other scripts nothing is left when it is lost in decoding: ordinary text must not be taken for it."""
    redactor = Redactor({"NAME": "ключ-для", "SHORT": "é漢"})
    for text in ("????????", "??", "\ufffd" * 9, "key=??"):
        assert redactor.text(text) == text
