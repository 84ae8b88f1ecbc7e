"""Reads options from CONFORMANCE_… variables: flags, numbers, lists; what they mean is checked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from conformance.contract import load
from conformance.entry import OPTIONS, variable
from conformance.plugin.settings import UsageError

_LISTS = {name for name, how, _ in OPTIONS if how.get("action") == "append"}
_FLAGS = {name for name, how, _ in OPTIONS if how.get("action") == "store_true"}
_YES, _NO = ("1", "yes", "true", "on"), ("0", "no", "false", "off")


def given(name: str, how: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    """The value of an option as its variable gives it, None where there is none.  Raises UsageError."""
    text = environment.get(variable(name), "")
    if not text.strip():
        return None
    if name in _FLAGS:
        return _flag(name, text)
    if name in _LISTS:
        return _parts(name, text)
    convert: Callable[[str], Any] = how.get("type", str)
    try:
        return convert(text)
    except ValueError:
        raise UsageError(f"{variable(name)}: {text!r} is no number; give one, or unset the variable") from None


def account_codes() -> list[str]:
    """The codes for which an account can be given, in the order of the catalogue."""
    needs = [entry.needs for entry in load().requirements.values() if entry.needs]
    return [need.partition(":")[2] for need in needs if need.startswith("account:")]


def by_variable(sentence: str, names: Collection[str]) -> str:
    """A sentence on a wrong option by the name under which it was given: these options came from the environment."""
    option = re.match(r"--([a-z-]+)", sentence)
    if option is None or option[1] not in names:
        return sentence
    return variable(option[1]) + sentence[option.end() :]


def _flag(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES + _NO:
        raise UsageError(
            f"{variable(name)}: {text!r} is neither yes nor no; give one of {', '.join(_YES)} or {', '.join(_NO)}, "
            "or unset the variable"
        )
    return word in _YES


def _parts(name: str, text: str) -> list[str]:
    """A list: a line for each, or commas between them where no value can hold one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if name == "header" or (name == "account" and len(lines) > 1):
        return lines
    if name != "account":
        return text.replace(",", " ").split()
    # A key may hold commas and even blanks: only what a known code follows can be the end of one.
    parts = re.split(rf"[,\s]+(?=(?:{'|'.join(account_codes())})=)", lines[0])
    if any(re.search(r"[,\s][A-Z][A-Za-z]+=.", part) for part in parts):
        raise UsageError(
            f"{variable(name)}: a comma is followed by what looks like a code, and is none that is known; "
            f"give each CODE=KEY on a line of its own, where CODE is one of {', '.join(account_codes())}"
        )
    return parts
