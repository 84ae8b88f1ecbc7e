"""Keys full of awkward characters, servers that echo them everywhere: none of it is in anything that a run leaves."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest
from fleet import MODES, start
from key_search import leaks
from suite_claims import secrets_kept
from suite_runs import SuiteRun, begin, run

KEYS = {
    "signs": "a/b+c=&%\"'<\u00e9>\\tail-of-a-key",
    "blank": "two words; and = a `tick` $(x) {y}",
    "percent": "100%25%2Freally%41key",
    "plain": "0123456789abcdefABCDEF0123456789",
    "wide": "\u043a\u043b\u044e\u0447-\u0434\u043b\u044f-\u0442\u0435\u0441\u0442\u043e\u0432-\U0001f511",
}
APP = "app\\\"k\u00eby'/+&=<>%20"
PAIRS = [("signs", "percent"), ("wide", "blank"), ("plain", "another")]
_ECHOES = sorted(name for name in MODES if "echoes" in name and 0 in MODES[name].exit_codes)
#: Each form of echo with two of the three pairs in turn.
ECHOED = [(mode, PAIRS[place % 3]) for number, mode in enumerate(_ECHOES) for place in (number, number + 1)]
UNTESTABLE = [
    "echoes-the-request",
    "redirects-with-key",
    "refuses-the-key",
    "refuses-connections",
    "answers-with-the-key",
]
SEEN = ("-vv", "--tb=long", "--showlocals")


def _spellings(key: str) -> dict[str, str]:
    raw = key.encode()
    return {
        "raw": key,
        "percent": quote(key, safe=""),
        "percent twice": quote(quote(key, safe=""), safe=""),
        "json": json.dumps(key),
        "html": html.escape(key),
        "html of json": html.escape(json.dumps(key)),
        "repr": repr(key),
        "base64": base64.b64encode(raw).decode(),
        "base64 inside": base64.b64encode(b"x" + raw + b"yz").decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode(),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "hex in mixed case": "".join(one.upper() if at % 2 else one for at, one in enumerate(raw.hex())),
        "hex with colons": raw.hex(":"),
        "other case": key.swapcase(),
        "accents apart": unicodedata.normalize("NFD", key),
        "misread": raw.decode("latin-1"),
        "repr of bytes": repr(raw)[2:-1],
        "utf-16": key.encode("utf-16-le").decode("latin-1"),
        "utf-16 in base64": base64.b64encode(key.encode("utf-16-le")).decode(),
        "base32": base64.b32encode(raw).decode(),
    }


@pytest.mark.parametrize("name", KEYS)
def test_the_search_finds_a_key_in_every_spelling(name: str) -> None:
    """The check of the other tests can fail: each spelling in the middle of other text is found."""
    key = KEYS[name]
    missed = [how for how, text in _spellings(key).items() if not leaks(f"before {text} after", key)]
    assert not missed
    assert not leaks("before $INTEGRATION_KEY after", key)


def _kept(done: SuiteRun, codes: Iterable[int], *keys: str) -> None:
    assert done.code in codes, done.output[-3000:]
    told = secrets_kept(done, *keys)
    assert not told, told[:10]


def _against(mode: str, folder: Path, key: str, *options: str, codes: Iterable[int] = (0,), app: str = APP) -> None:
    with start(mode, key=key, app_key=app) as server:
        _kept(run(server.push_url, folder, *options, key=key, app_key=app), codes, key, app)


def test_a_run_that_shows_everything_shows_no_key(tmp_path: Path) -> None:
    """With -vv, long tracebacks and local variables, against a server that echoes the key in URL form and headers."""
    _against("echoes-url-in-message", tmp_path, KEYS["signs"], *SEEN)


@pytest.mark.parametrize(
    "mode", ["echoes-key-latin1-in-headers", "echoes-key-latin-1-in-body", "echoes-key-utf-16-in-body"]
)
def test_a_key_in_another_charset_is_shown_nowhere(mode: str, tmp_path: Path) -> None:
    """In bytes of latin-1 in a header, and in bodies that are no UTF-8, base64 of them in the recording included."""
    _against(mode, tmp_path, KEYS["signs"], *SEEN, codes=MODES[mode].exit_codes)


def test_workers_of_xdist_know_no_key(tmp_path: Path) -> None:
    """With -n 2 neither logs nor command lines hold a key."""
    _against("echoes-key-in-headers", tmp_path, KEYS["blank"], "-n", "2", *SEEN)


def test_a_failing_run_leaks_nothing(tmp_path: Path) -> None:
    """Findings, tracebacks and the database of Hypothesis are clean, too."""
    _against("redirects-in-envelope", tmp_path, KEYS["signs"], *SEEN, codes=(1,))


@pytest.mark.parametrize("mode", UNTESTABLE)
def test_a_target_that_cannot_be_tested_leaks_nothing(mode: str, tmp_path: Path) -> None:
    """Exit code 4 with a sentence that quotes the target, not the key."""
    _against(mode, tmp_path, KEYS["signs"], *SEEN, codes=(4,))


def test_keys_in_options_and_in_the_url_are_kept_as_well(tmp_path: Path) -> None:
    """A key in the query of --target-url or in --header shows nowhere but on the command line that the user typed."""
    key, gateway = KEYS["plain"], "Bearer gateway-token-0123456789"
    with start("echoes-key-raw-in-body", key=key, app_key=APP) as server:
        url = f"{server.push_url}?integration_key={quote(key, safe='')}"
        begun = begin(url, tmp_path, "--header", f"Authorization: {gateway}", *SEEN, key="", app_key=APP)
        done = begun.wait()
    done.command_lines = ""
    _kept(done, (0,), key, gateway, APP)


def test_of_the_target_nothing_is_shown_behind_the_names_of_its_query(tmp_path: Path) -> None:
    """An app key in the query of --target-url is on neither the first line nor any page."""
    with start("echoes-url-in-message", key=KEYS["plain"], app_key=APP) as server:
        done = run(f"{server.push_url}?app_key={quote(APP, safe='')}", tmp_path, key=KEYS["plain"], app_key=APP)
    done.command_lines = ""
    assert "app_key=\u2026" in done.output
    told = secrets_kept(done, KEYS["plain"], APP)
    assert not told, told[:10]


def test_a_usage_error_quotes_no_key(tmp_path: Path) -> None:
    """A malformed --account, --header or URL is told without its secret part."""
    key = KEYS["plain"]
    for number, options in enumerate(
        (("--account", f"Nonsense={key}"), ("--header", key), ("--proxy", f"http://u:{key}@["))
    ):
        done = run(f"http://127.0.0.1:9/?integration_key={key}", tmp_path / str(number), *options, key="", app_key="")
        done.command_lines = ""
        _kept(done, (4,), key)


@pytest.mark.hostile_long
@pytest.mark.parametrize(("mode", "names"), ECHOED)
def test_no_echo_in_any_form_gets_a_key_into_a_report(mode: str, names: tuple[str, str], tmp_path: Path) -> None:
    """Every form of echo with every kind of key: one as the integration's, another as that of the read-back."""
    key, app = (KEYS.get(name, APP) for name in names)
    _against(mode, tmp_path, key, *SEEN, codes=MODES[mode].exit_codes, app=app)
