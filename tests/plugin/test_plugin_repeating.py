"""The line that runs a check again sends no more, and to nobody else, than the run did."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from typing import Any

import pytest

from conformance.entry import OPTIONS, dest
from conformance.plugin import repeating
from conformance.plugin.connecting import target_of
from conformance.plugin.options import settings
from conformance.report.outcome import again
from conformance.wire.records import RunInfo
from conformance.wire.redact import Redactor

URL = "https://alerts.example.com/event/push/alert/standard"
SECRETS = ("k3y-of-a-run", "s3cond-key", "app-k3y", "acc0unt-key", "pa55word", "bearer-t0ken", "qu3ry-token")
#: Every option that changes what is sent or seen, but for those of the embedded server.
GIVEN: dict[str, Any] = {
    "read-url": "https://read.example.com/alert/list?app_key=app-k3y&token=qu3ry-token",
    "observer": ["openapi", "webhook"],
    "webhook-listen": "127.0.0.1:9000",
    "observe-timeout": 30.0,
    "exchange-timeout": 2.5,
    "max-seconds": 60.0,
    "level": "should",
    "max-rate": "5/s",
    "max-per-minute": 100.0,
    "probe-rate-limit": 120,
    "wait-for-target": 3.0,
    "header": ["Authorization: Bearer bearer-t0ken", "X-Team: a"],
    "proxy": "http://me:pa55word@proxy.example.com:3128",
    "insecure": True,
    "allow-production": True,
    "max-severity": "Info",
}
_KEYS = {
    "target-url": URL,
    "integration-key": SECRETS[0],
    "second-key": SECRETS[1],
    "account": [f"NoLicense={SECRETS[3]}"],
}


def line(values: dict[str, Any]) -> str:
    """The line that a run with these options gives for a check."""
    made = settings(values)
    target = target_of(made)
    options = repeating.options(made, target, Redactor(target.secrets).text)
    info = RunInfo("r", "now", target.shown_url, "none", made.budget, made.seed, made.level, options=options)
    return again("checks/test_payload.py::test_x", info)


def parsed(text: str) -> dict[str, Any]:
    """The options of such a line, as pytest reads them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("check")
    parser.add_argument("--pyargs", action="store_true")
    for name, how, _ in OPTIONS:
        parser.add_argument(f"--{name}", dest=dest(name), default=None, **how)
    found = vars(parser.parse_args(shlex.split(text)[1:]))
    return {name: found[dest(name)] for name, _, _ in OPTIONS if found[dest(name)] is not None}


def test_a_line_to_run_again_bounds_what_the_run_bounded() -> None:
    """Pasted, it sends no severity above, no more a second, through the same proxy, and looks in the same place."""
    values = {**_KEYS, **GIVEN}
    again_, first = settings({**parsed(line(values)), "integration-key": SECRETS[0]}), settings(values)
    said = {"read_url": "https://read.example.com/alert/list?token=…", "proxy": "http://…@proxy.example.com:3128"}
    said |= {"headers": (("Authorization", "…"), ("X-Team", "…")), "second_key": None, "accounts": {}}
    assert again_ == replace(first, **said)


@pytest.mark.parametrize("name", ["visible-after", "latency", "fault", "variant"])
def test_options_of_the_embedded_server_are_repeated(name: str) -> None:
    """They make the server what it was."""
    values = {name: 0.5 if name in ("visible-after", "latency") else "a-name"}
    target = target_of(settings(_KEYS))
    assert repeating.options(settings(values), target, str) == (f"--{name}", str(values[name]))


def test_no_secret_is_repeated() -> None:
    """Keys, passwords, tokens and the values of headers are left out."""
    told = line({**_KEYS, **GIVEN})
    assert not [secret for secret in SECRETS if secret in told]
    assert "--header 'Authorization: …'" in told


def test_a_run_without_options_is_repeated_without() -> None:
    """Nothing that was not given is said."""
    assert line(_KEYS).endswith(f"::test_x --target-url {URL} --seed 0")


def test_every_option_is_repeated_or_told_apart() -> None:
    """A new option must be one or the other: forgotten, a line would send what the run did not."""
    tried = {*GIVEN, "ca-bundle", "fault", "variant", "visible-after", "latency", "level"}
    assert {name for name, _, _ in OPTIONS} == tried | repeating.APART
    assert not repeating.APART & (tried - {"level"})
