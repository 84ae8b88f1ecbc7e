"""Finds and parses the files of ``spec/``; knows their shapes by schema only, and nothing of what they mean."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGED = Path(__file__).resolve().parent.parent / "_spec"
_CHECKOUT = Path(__file__).resolve().parent.parent.parent / "spec"
_OVERRIDE = "CONFORMANCE_SPEC"


class ContractError(Exception):
    """The contract cannot be read; the message names file and line, what was seen and what to do."""


def spec_folder() -> Path:
    """The folder of the contract: beside the package in a checkout, inside it in an installed wheel.

    CONFORMANCE_SPEC names another one, to try a changed contract without touching this one.
    """
    if other := os.environ.get(_OVERRIDE):
        if not (Path(other) / "requirements.yaml").is_file():
            raise ContractError(f"{other}:1: {_OVERRIDE} names no contract: it holds no requirements.yaml; unset it")
        return Path(other)
    for folder in (_CHECKOUT, _PACKAGED):
        if (folder / "requirements.yaml").is_file():
            return folder
    raise ContractError(f"{_PACKAGED}: no contract found; reinstall the package, or run from a whole checkout")


def swapped() -> str:
    """What a reader of a run must know where its contract is not the one of this version; else nothing."""
    told = f"{_OVERRIDE} is set: this run was judged by another contract than that of the suite"
    return told if os.environ.get(_OVERRIDE) else ""


def read(name: str, folder: Path | None = None) -> Any:
    """A YAML or JSON file of the contract, parsed.  Raises ContractError with file and line."""
    path = (folder or spec_folder()) / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}:1: cannot be read ({error}); restore it from the repository") from error
    try:
        return json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    except json.JSONDecodeError as error:
        raise ContractError(f"{path}:{error.lineno}: not JSON ({error.msg}); mend the line") from error
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 1
        raise ContractError(f"{path}:{line}: not YAML ({error.problem}); mend the line") from error


def line_of(path: Path, words: str) -> int:
    """The first line of a file that holds ``words``, 1 when none does: to point at an entry that is wrong."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if words in line:
            return number
    return 1


@cache
def digest() -> str:
    """SHA-256 over every file that decides a verdict, in a fixed order."""
    folder, total = spec_folder(), hashlib.sha256()
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("schemas/*.json")]):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
