"""Reads settings from pytest's options and the environment, and says which value is wrong; starts nothing."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from conformance.contract import load
from conformance.drive.budget import BUDGETS
from conformance.entry import OPTIONS, dest
from conformance.plugin.environment import account_codes, by_variable, given
from conformance.plugin.settings import Settings, UsageError
from conformance.wire import headers

T = TypeVar("T")
_SECRET = ("integration-key", "second-key", "app-key", "account", "header", "proxy", "target-url", "read-url")


def from_config(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a run.  Raises UsageError that names the option, what was given, and what to give."""
    values: dict[str, Any] = {}
    named: set[str] = set()  # by variables
    for name, how, _ in OPTIONS:
        value = config.getoption(dest(name), None)
        if value is None or value == []:
            value = given(name, how, environment)
            if value is not None:
                named.add(name)
        values[name] = value
    for name in _SECRET:  # so that nothing that shows the configuration shows a key
        setattr(config.option, dest(name), None)
    try:
        return replace(settings(values), variables=frozenset(named))
    except UsageError as error:
        raise UsageError(by_variable(str(error), named)) from None


def settings(values: Mapping[str, Any]) -> Settings:
    """Settings from option values, each checked."""

    def chosen(name: str, default: T) -> T:
        value = values.get(name)
        return default if value is None else value

    return Settings(
        target_url=chosen("target-url", None),
        integration_key=chosen("integration-key", None),
        second_key=chosen("second-key", None),
        app_key=chosen("app-key", None),
        accounts=_accounts(chosen("account", [])),
        read_url=chosen("read-url", None),
        observers=tuple(chosen("observer", ["auto"])),
        webhook_listen=chosen("webhook-listen", None),
        observe_timeout=_positive("observe-timeout", chosen("observe-timeout", 10.0)),
        exchange_timeout=_positive("exchange-timeout", chosen("exchange-timeout", 10.0)),
        budget=_one_of("budget", chosen("budget", "standard"), tuple(BUDGETS)),
        max_seconds=_positive("max-seconds", values.get("max-seconds")),
        level=_one_of("level", chosen("level", "must"), ("must", "should")),
        seed=chosen("seed", 0),
        requirements=_known("requirement", chosen("requirement", []), load().requirements),
        rows=_known("row", chosen("row", []), load().rows),
        max_rate=_rate(values.get("max-rate")),
        max_per_minute=_positive("max-per-minute", values.get("max-per-minute")),
        probe_rate_limit=_positive("probe-rate-limit", values.get("probe-rate-limit")),
        baseline=_path(values.get("baseline")),
        lock=_path(values.get("lock")),
        lock_update=_lock_update(values),
        report_dir=Path(chosen("report-dir", "reports/latest")),
        replay=_path(values.get("replay")),
        wait_for_target=_not_negative("wait-for-target", chosen("wait-for-target", 0.0)),
        headers=_headers(chosen("header", [])),
        proxy=chosen("proxy", None),
        ca_bundle=chosen("ca-bundle", None),
        insecure=bool(values.get("insecure")),
        allow_production=bool(values.get("allow-production")),
        max_severity=_severity(values.get("max-severity")),
        fault=_embedded_only("fault", values),
        variant=_embedded_only("variant", values),
        visible_after=_not_negative("visible-after", chosen("visible-after", 0.0)),
        latency=_not_negative("latency", chosen("latency", 0.0)),
    )


def _known(name: str, chosen: list[str], known: Collection[str]) -> tuple[str, ...]:
    """Names of the catalogue, as chosen; one that it does not hold is told with what is near it."""
    for value in chosen:
        if value not in known:
            near = difflib.get_close_matches(value, known, 3, 0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "`conformance requirements` lists them"
            raise UsageError(f"--{name} {value}: no such {name}; {hint}")
    return tuple(chosen)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UsageError(f"--{name} {value}: give one of {', '.join(allowed)}")
    return value


def _positive(name: str, value: T) -> T:
    if isinstance(value, int | float) and not 0 < value < float("inf"):
        raise UsageError(f"--{name} {value}: give a number above 0")
    return value


def _not_negative(name: str, value: float) -> float:
    if not 0 <= value < float("inf"):
        raise UsageError(f"--{name} {value:g}: give a number of seconds, 0 or more")
    return value


def _rate(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        rate = float(str(text).removesuffix("/s"))
    except ValueError:
        raise UsageError(f"--max-rate {text}: give pushes a second, such as 20/s") from None
    return _positive("max-rate", rate)


def _accounts(texts: list[str]) -> dict[str, str]:
    codes = account_codes()
    found = {}
    for text in texts:
        code, equals, key = text.partition("=")
        if not equals or not key or code not in codes:
            shown = f" {code}=…" if equals else ""  # without an equals sign it may be the key alone
            raise UsageError(f"--account{shown}: give CODE=KEY, where CODE is one of {', '.join(codes)}")
        found[code] = key
    return found


def _headers(texts: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple(_header(text) for text in texts)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError("--header: give 'Name: value', with a colon after the name")
    try:
        headers.check(name.strip(), value.strip())
    except ValueError as error:
        raise UsageError(f"--header: {error}") from None
    return name.strip(), value.strip()


def _lock_update(values: Mapping[str, Any]) -> bool:
    if values.get("lock-update") and not values.get("lock"):
        raise UsageError("--lock-update: no file is named to write the answers into; give --lock FILE as well")
    return bool(values.get("lock-update"))


def _severity(value: str | None) -> str | None:
    contract = load()
    active = tuple(status for status in contract.statuses if status != contract.recovery)
    return None if value is None else _one_of("max-severity", value, active)


def _embedded_only(name: str, values: Mapping[str, Any]) -> str | None:
    value = values.get(name)
    if value and values.get("target-url"):
        raise UsageError(f"--{name} is for the embedded server: leave out --target-url, or --{name}")
    return value or None
