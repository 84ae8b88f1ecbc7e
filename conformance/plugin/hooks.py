"""The hooks of a run inside pytest: drive once before the first item, then let each item show its judgement."""

from __future__ import annotations

import os
import secrets
import traceback
from collections.abc import Generator
from typing import Any

import pytest

from conformance.checks.conclude import INCOMPLETE
from conformance.checks.items import Verdicts, Violation
from conformance.checks.verdicts import Result
from conformance.contract import ContractError, load
from conformance.entry import plain_imports
from conformance.plugin import fixtures, outputs, reportfolder
from conformance.plugin.environment import by_variable
from conformance.plugin.options import from_config
from conformance.plugin.replaying import Replay
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings, UsageError
from conformance.plugin.stopping import stoppable
from conformance.report import github

_EXIT_INTERRUPTED, _EXIT_INTERNAL = 2, 3
NAME = fixtures.RUN


def register(config: pytest.Config) -> None:
    """Make the run and hook it into this pytest.  Wrong usage ends pytest with exit code 4, one sentence."""
    config.addinivalue_line("markers", "requirement(id): the catalogue entry that this item judges")
    try:
        load()
        settings = from_config(config)
    except ContractError as error:
        pytest.exit(f"the contract cannot be read: {error}", returncode=_EXIT_INTERNAL)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    worker = getattr(config, "workerinput", None)
    if worker is None:
        try:
            outputs.prepare(config, settings)
        except UsageError as error:
            raise pytest.UsageError(by_variable(str(error), settings.variables)) from None
    elif worker.get("conformance_recording"):
        settings = Settings(replay=worker["conformance_recording"], report_dir=settings.report_dir)
    config.pluginmanager.register(Plugin(config, settings, worker=worker is not None), NAME)
    config.pluginmanager.register(fixtures, "conformance-fixtures")


class Plugin:
    """Owns the run of a session."""

    def __init__(self, config: pytest.Config, settings: Settings, *, worker: bool) -> None:
        self.config, self.settings, self.worker = config, settings, worker
        self.run: Run | Replay = Replay(settings) if settings.replay else Run(settings)
        self.result: Result | None = None
        self.failure: tuple[int, str] | None = None
        self.nodes: dict[str, str] = {}
        self.token = secrets.token_hex(16)  # by which a workflow's runner knows our commands from a target's text
        config.add_cleanup(self.run.close)  # it may have been made ready, and then nothing was collected
        if not worker:
            outputs.register_page(config, self)

    # -- collection ----------------------------------------------------------------------------------------------

    def pytest_report_header(self) -> list[str]:
        """What is about to be tested."""
        target = "the recording in " + str(self.settings.replay) if self.settings.replay else None
        shown = target or ("the embedded server" if not self.settings.target_url else outputs.shown_url(self.settings))
        fault = f" with fault {self.settings.fault}" if self.settings.fault else ""
        return [f"conformance: {shown}{fault}, budget {self.settings.budget}, seed {self.settings.seed}"]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tell every report which requirement an item judges; --requirement and --row deselect the others."""
        wanted = self._asked()
        kept: list[pytest.Item] = []
        dropped: list[pytest.Item] = []
        for item in items:
            mark = item.get_closest_marker("requirement")
            if mark is None:
                kept.append(item)
                continue
            identifier = str(mark.args[0])
            item.user_properties.append(("requirement", identifier))
            item.user_properties.append(("row", load().requirements[identifier].row))
            (kept if wanted is None or identifier in wanted else dropped).append(item)
        if dropped:
            self.config.hook.pytest_deselected(items=dropped)
            items[:] = kept

    def _asked(self) -> set[str] | None:
        settings = self.settings
        if not settings.requirements and not settings.rows:
            return None
        of_rows = {r.id for row in settings.rows for r in load().of_row(row)}
        return {*settings.requirements, *of_rows}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which item judges which requirement."""
        for item in session.items:
            mark = item.get_closest_marker("requirement")
            if mark is not None:
                self.nodes[str(mark.args[0])] = item.nodeid

    # -- driving -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Make every exchange of the run before the first item, then judge."""
        collect_only = self.config.getoption("collectonly", default=False)
        if collect_only or session.testsfailed:
            return
        spread = self.worker or self.config.getoption("numprocesses", default=None)  # xdist: others hold the items
        if self.nodes:
            self._perform()
        elif not session.items and not spread:
            reportfolder.clear(self.settings)  # the verdict of an earlier run would be taken for that of this one
            self._end(INCOMPLETE, "nothing was selected: check -k, --requirement or --row", shown=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Whatever is wrong with the options is said here, before the report of an earlier run is touched.

        Under xdist the run is made here, too, in the controller; the workers only judge its recording.
        """
        if self.worker:
            return
        outputs.say(github.deaf(self.token, os.environ))
        if self.config.getoption("collectonly", default=False):
            return
        try:
            outputs.check_gate(self.settings)
            with plain_imports():
                self.run.ready()
        except UsageError as error:
            raise pytest.UsageError(by_variable(str(error), self.settings.variables)) from None
        if self.config.getoption("numprocesses", default=None):
            self._perform(shown=False)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give each worker the recording."""
        node.workerinput["conformance_recording"] = str(self.settings.report_dir)

    def _perform(self, *, shown: bool = True) -> None:
        """Make the run; ``shown``: whether pytest goes on to the end of a session, where the report is written."""
        if not self.worker:
            reportfolder.clear(self.settings)
        try:
            with plain_imports(), stoppable(self.run.stop, self.config), outputs.progress(self) as progress:
                self.run.start()
                if self.nodes:
                    self.run.select(self.nodes)
                self.run.drive(progress)
            self.result = outputs.gate(self.run.result(self.nodes), self.settings)
            if not self.worker:
                reportfolder.write_recording(self)
        except UsageError as error:
            self._end(error.exit_code, str(error), shown=shown)
        except ContractError as error:
            self._end(_EXIT_INTERNAL, f"the contract cannot be read: {error}", shown=shown)
        except KeyboardInterrupt:
            self._end(_EXIT_INTERRUPTED, "interrupted before anything was judged", shown=shown)
        finally:
            self.run.close()

    def _end(self, code: int, sentence: str, *, shown: bool) -> None:
        self.failure = (code, sentence)
        self.result = outputs.untestable(self, code, sentence)
        if not self.worker:
            reportfolder.write_recording(self)
        if not shown:
            outputs.write(self)
            reportfolder.seal(self)
        raise pytest.exit.Exception(sentence, returncode=code)

    # -- judging -------------------------------------------------------------------------------------------------

    def verdicts(self) -> Verdicts:
        """The verdicts of the run; a worker of xdist judges the recording that the controller made."""
        if self.result is None:
            self._perform()
        assert self.result is not None, "nothing was driven"
        return Verdicts({entry.id: entry for entry in self.result.requirements}, self.settings.level == "should")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """A violation is told by its finding, never by a traceback of ours."""
        report = yield
        if call.excinfo is not None and isinstance(call.excinfo.value, Violation):
            report.longrepr = outputs.told(call.excinfo.value.entry)
        elif isinstance(report.longrepr, tuple):  # a skip names the file of ours that skipped: a path of this machine
            report.longrepr = (item.nodeid.split("::")[0], *report.longrepr[1:])
        return report

    # -- the end -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """The exit code is the verdict's; the report is written from the same result."""
        if self.worker:
            return (yield)
        if self.failure is None and self.result is not None:
            if session.exitstatus == _EXIT_INTERRUPTED:  # while items were being shown
                self.result = outputs.interrupted(self.result)
            elif session.exitstatus != _EXIT_INTERNAL:
                session.exitstatus = self.result.exit_code
                if session.shouldfail:
                    self.result = outputs.stopped_early(self.result, str(session.shouldfail))
        try:
            if self.result is not None:
                outputs.write(self)
            finished = yield
            if self.result is not None:
                reportfolder.seal(self)
        except Exception:  # noqa: BLE001 - of the suite: it says nothing about the target, and must not be taken for it
            outputs.say(
                [*traceback.format_exc().splitlines(), "conformance: the report could not be written (exit code 3)"]
            )
            session.exitstatus = _EXIT_INTERNAL
            return None
        return finished

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Whatever this process prints after the run is its own."""
        if not self.worker:
            outputs.say(github.heard(self.token, os.environ))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Failures first, then a table of the document, then the verdict in one sentence."""
        if not self.worker:
            outputs.summary(self, terminalreporter)
