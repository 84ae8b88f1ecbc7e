"""What every rule can reach: options, store, clock, and how text is counted and cut; must not know any field."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.options import ServerOptions
    from conformance.reference.records import Exchange
    from conformance.reference.store import Store

LIMITED = "integration-3"


class BaseRules:
    """One object per running server; a subclass overrides one rule to be wrong, or different, in one way."""

    unique_active = True  # whether the database itself forbids two active alerts of one key

    def __init__(self) -> None:
        self.options: ServerOptions
        self.store: Store
        self.keys: dict[str, str] = {}  # integration key -> name of the integration
        self.accounts: dict[str, str] = {}  # integration key -> the code that its account answers
        self.app_key = ""

    def bind(self, options: ServerOptions, store: Store) -> None:
        """Take up work: called once, before the first request."""
        self.options = options
        self.store = store
        self.app_key = options.app_key
        self.keys = {options.key: "integration-1", options.second_key: "integration-2"}
        if options.limited_key:
            self.keys[options.limited_key] = LIMITED
        self.accounts = {key: code for code, key in options.accounts.items()}

    def now(self) -> float:
        """Tell the time, in Unix seconds."""
        return time.time()

    def random_hex(self, digits: int) -> str:
        """Give random hexadecimal digits."""
        return secrets.token_hex((digits + 1) // 2)[:digits]

    def length(self, ctx: Exchange, text: str) -> int:
        """Count characters: code points here (open: UTF-16 units)."""
        return len(text)

    def cut(self, ctx: Exchange, text: str, limit: int) -> str:
        """Give exactly the first so many characters."""
        return text if self.length(ctx, text) <= limit else text[:limit]

    def tidy(self, ctx: Exchange, field: str, text: str) -> str:
        """Give the text of a field as it is kept, before it is cut: as sent."""
        return text
