"""Writes what a run leaves: the report folder, the page, the terminal; decides nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from conformance import __version__
from conformance.checks.verdicts import NOT_REACHED, RequirementResult, Result, RowResult, Tally
from conformance.contract import load
from conformance.drive.budget import BUDGETS
from conformance.drive.ports import Progress as Where
from conformance.plugin import reportfolder
from conformance.plugin.replaying import tally
from conformance.plugin.settings import Settings, UsageError
from conformance.report import badge, baseline, github, lock, machine, page_hooks, terminal
from conformance.report.page import KillFigure, css
from conformance.report.progress import Progress
from conformance.report.text import clean
from conformance.wire.records import RunInfo
from conformance.wire.target import shown_url as public_url
from conformance.wire.target import split_url

if TYPE_CHECKING:
    from conformance.plugin.hooks import Plugin


def prepare(config: pytest.Config, settings: Settings) -> None:
    """Ask pytest-html and pytest's JUnit writer for their files, and keep pytest's own tracebacks off the terminal.

    Raises UsageError where the folder cannot be written into: that must not be found out at the end of a run.
    """
    folder = settings.report_dir
    if config.getoption("collectonly", default=False):
        return
    reportfolder.usable(folder)
    if not getattr(config.option, "htmlpath", None) and config.pluginmanager.hasplugin("html"):
        config.option.htmlpath = str(folder / "conformance.html")
        config.option.self_contained_html = True
        config.option.css = [*(getattr(config.option, "css", None) or []), css()]
    if not config.option.xmlpath:
        config.option.xmlpath = str(folder / "junit.xml")
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
    if config.option.reportchars == "fE":
        config.option.reportchars = ""


def register_page(config: pytest.Config, plugin: Plugin) -> None:
    """Put the report into pytest-html's page."""
    if config.pluginmanager.hasplugin("html"):
        recording = lambda: plugin.run.recording  # noqa: E731 - a hook wants a callable
        hooks = page_hooks.ReportHooks(lambda: plugin.result, recording, kill_figure)
        config.pluginmanager.register(hooks, "conformance-page")


def kill_figure() -> KillFigure | None:
    """How many known faults this version catches, as measured when its matrix was last written."""
    from conformance.contract.files import spec_folder  # noqa: PLC0415 - one use

    path = spec_folder() / "kill-figure.json"
    try:
        figure = json.loads(path.read_text(encoding="utf-8"))
        return KillFigure(figure["caught"], figure["faults"])
    except (OSError, ValueError, KeyError):
        return None


def shown_url(settings: Settings) -> str:
    """The target without its key."""
    try:
        return clean(public_url(split_url(settings.target_url or "")[0]))
    except ValueError:
        return "a target URL that cannot be read"


@contextmanager
def progress(plugin: Plugin) -> Generator[Callable[[Where], None], None, None]:
    """Show how far the driving is."""
    stream = sys.__stderr__
    if plugin.worker or plugin.settings.replay or stream is None:
        yield lambda _: None
        return
    budget = BUDGETS[plugin.settings.budget]
    colour = not os.environ.get("NO_COLOR")
    with Progress(stream, budget=budget, max_seconds=plugin.settings.max_seconds, colour=colour) as bar:
        yield lambda where: bar.update(
            f"round {where.round}, {where.phase}, {where.done} of {where.total} scenarios", where.spent
        )


def check_gate(settings: Settings) -> None:
    """Read baseline and lock before anything is sent: a file that cannot be read must not cost a run."""
    if settings.lock is not None and not settings.lock.exists() and not settings.lock_update:
        raise UsageError(
            f"--lock {settings.lock}: there is no such file; give the path of an existing one, "
            "or --lock-update to write the answers of this run into it"
        )
    if settings.lock is not None and not settings.lock.parent.is_dir():
        raise UsageError(f"--lock {settings.lock}: there is no folder to write it into; make it, or give another path")
    for name, path, read in (("baseline", settings.baseline, baseline.read), ("lock", settings.lock, lock.read)):
        if path is not None and (name == "baseline" or path.exists()):
            try:
                read(path)
            except (OSError, ValueError) as error:
                raise UsageError(f"--{name} {error}") from None


def gate(result: Result, settings: Settings) -> Result:
    """The result after baseline and lock."""
    try:
        if settings.baseline is not None:
            result = baseline.apply(result, baseline.read(settings.baseline), date.today())  # noqa: DTZ011 - a calendar day
        if settings.lock is not None:
            if settings.lock_update:
                earlier = lock.read(settings.lock) if settings.lock.exists() else None
                settings.lock.write_text(lock.write(result, load(), earlier), encoding="utf-8")
            result = lock.apply(result, lock.read(settings.lock), load())
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from None
    return result


def untestable(plugin: Plugin, code: int, sentence: str) -> Result:
    """The result of a run that could not begin: nothing was judged, and why."""
    contract, recording = load(), plugin.run.recording
    info = _unrecorded(plugin) if recording is None else recording.info
    spent = Tally() if recording is None else tally(recording)
    requirements = tuple(
        RequirementResult(r.id, r.row, r.level, NOT_REACHED, reason="the run could not begin")
        for r in contract.requirements.values()
    )
    rows = tuple(RowResult(row, NOT_REACHED) for row in contract.rows)
    verdict = {2: "interrupted", 3: "internal-error", 5: "incomplete"}.get(code, "untestable")
    return Result(verdict, code, f"{verdict}: {sentence}", info, requirements, rows, {}, spent)


def _unrecorded(plugin: Plugin) -> RunInfo:
    """The facts of a run that ended before it sent anything."""
    s = plugin.settings
    started = datetime.now(UTC).isoformat(timespec="seconds")
    shown = "the embedded server" if not s.target_url else shown_url(s)
    return RunInfo(getattr(plugin.run, "id", "replay"), started, shown, "none", s.budget, s.seed, s.level)


def interrupted(result: Result) -> Result:
    """A result whose showing was cut short."""
    return replace(
        result, verdict="interrupted", exit_code=2, sentence=f"interrupted while it was shown: {result.sentence}"
    )


def stopped_early(result: Result, why: str) -> Result:
    """A result of which pytest, told so by -x or --maxfail, did not show every item."""
    told = f"pytest was told to stop early ({clean(why, 80)}): the items after that were not shown"
    return replace(result, partial=True, warnings=(*result.warnings, told))


def write(plugin: Plugin) -> None:
    """The machine outputs."""
    assert plugin.result is not None
    folder = plugin.settings.report_dir
    folder.mkdir(parents=True, exist_ok=True)
    machine.write(folder, plugin.result, load(), __version__)
    badge.write(folder, plugin.result)
    lines = github.publish(plugin.result, load(), os.environ)
    token = plugin.token  # texts of the target are printed before these lines and after them
    say([*github.heard(token, os.environ), *lines, *github.deaf(token, os.environ)])


def say(lines: list[str]) -> None:
    """Workflow commands, where GitHub reads them."""
    for place, line in enumerate(lines):  # the first must begin a line: pytest's dots may stand before it
        print(line if place else f"\n{line}")  # noqa: T201 - workflow commands are read from standard output


def told(entry: RequirementResult) -> str:
    """A fallen requirement as the log of its item."""
    lines = [f"{entry.id} ({entry.row}, {entry.level.upper()})", load().requirements[entry.id].statement]
    for finding in entry.findings[:3]:
        parts = {
            "finding": finding.sentence,
            "sent": finding.sent,
            "expected": finding.expected,
            "got": finding.got,
            "stored": finding.stored,
        }
        lines += [f"  {name}: {clean(value, 400)}" for name, value in parts.items() if value]
    return "\n".join(lines)


def summary(plugin: Plugin, reporter: Any) -> None:
    """The end of the terminal's output."""
    if plugin.failure is not None:
        reporter.write_line("")
        reporter.write_line(f"conformance: {clean(plugin.failure[1], 1000)} (exit code {plugin.failure[0]})", red=True)
        return
    if plugin.result is None:
        return
    writer = reporter._tw  # noqa: SLF001 - pytest offers the width of the terminal nowhere else
    width = min(max(shutil.get_terminal_size((writer.fullwidth, 24)).columns, 40), 140)
    encoding = getattr(sys.stdout, "encoding", None)
    text = terminal.render(
        plugin.result, plugin.run.recording, load(), width=width, colour=writer.hasmarkup, encoding=encoding
    )
    report = plugin.settings.report_dir / "conformance.html"
    reporter.write_line("")
    reporter.write(text if text.endswith("\n") else text + "\n")
    if report.parent.is_dir() and plugin.config.pluginmanager.hasplugin("html"):
        reporter.write_line(f"report: {report}")


def known(result: Result, names: set[str]) -> Result:
    """The result with these requirements marked as known failures."""
    return replace(result, requirements=tuple(replace(r, known=r.id in names) for r in result.requirements))
