"""What a run was asked to do, as one value; parses nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

QUICK_OBSERVE = 10.0


@dataclass(frozen=True)
class Settings:
    """The options of a run, after defaults; no secret shows in its repr."""

    target_url: str | None = None
    integration_key: str | None = field(default=None, repr=False)
    second_key: str | None = field(default=None, repr=False)
    app_key: str | None = field(default=None, repr=False)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    read_url: str | None = None
    observers: tuple[str, ...] = ("auto",)
    webhook_listen: str | None = None
    observe_timeout: float = QUICK_OBSERVE
    exchange_timeout: float = 10.0
    budget: str = "standard"
    max_seconds: float | None = None
    level: str = "must"
    seed: int = 0
    requirements: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    max_rate: float | None = None
    max_per_minute: float | None = None
    probe_rate_limit: int | None = None
    baseline: Path | None = None
    lock: Path | None = None
    lock_update: bool = False
    report_dir: Path = Path("reports/latest")
    replay: Path | None = None
    wait_for_target: float = 0.0
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str | None = None
    ca_bundle: str | None = None
    insecure: bool = False
    allow_production: bool = False
    max_severity: str | None = None
    fault: str | None = None
    variant: str | None = None
    visible_after: float = 0.0
    latency: float = 0.0
    variables: frozenset[str] = frozenset()  # options that came from the environment: what is wrong is told so


class UsageError(Exception):
    """Wrong usage, or a target that cannot be tested at all: one sentence, and the exit code that goes with it."""

    def __init__(self, sentence: str, exit_code: int = 4) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
