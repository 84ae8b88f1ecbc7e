"""What a run says of the alerts that it could not close, and that an interrupt at any moment leaves none unsaid."""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.plugin import choosing, ending, session
from conformance.plugin.session import Run
from conformance.plugin.settings import Settings, UsageError
from conformance.reference.options import ServerOptions
from conformance.reference.server import RunningServer, start

ONE = "alert-key.accepted"


def _run(server: RunningServer, folder: Path, **settings: Any) -> Run:
    given = {"integration_key": "k", "report_dir": folder, "budget": "quick", "requirements": (ONE,)} | settings
    return Run(Settings(target_url=server.push_url, **given))


def _interrupted(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


def _active(server: RunningServer) -> int:
    now = int(time.time())
    query = json.dumps({"start_time": now - 86400, "end_time": now + 60, "limit": 100}).encode()
    url = f"{server.read_url}?app_key={server.app_key}"
    request = urllib.request.Request(url, query, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return sum(alert["alert_status"] != "Ok" for alert in json.loads(reply.read())["data"]["items"])


def test_the_warning_names_the_command_that_closes_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the folder, in quotes where it needs them."""
    folder = tmp_path / "my reports"
    monkeypatch.setattr(ending, "close_all", _interrupted)
    with start(ServerOptions(key="k", app_key="a")) as server:
        run = _run(server, folder)
        run.start()
        run.drive()
        run.close()
    assert any("could not be" in text and f"`conformance cleanup '{folder}'`" in text for text in run.warnings)


def test_a_clean_up_that_is_interrupted_before_the_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C twice while the target is tried: what is open is said, and how to close it."""
    with start(ServerOptions(key="k", app_key="a")) as server:
        run = _run(server, tmp_path)
        really = session.preflight

        def stopped(*given: Any, **named: Any) -> Any:
            found = really(*given, **named)
            run.stop.set()
            return replace(found, ok=False)

        monkeypatch.setattr(session, "preflight", stopped)
        monkeypatch.setattr(ending, "close_all", _interrupted)
        with pytest.raises(UsageError) as told:
            run.start()
        run.close()
    assert told.value.exit_code == 2
    assert f"1 alert may be left open: `conformance cleanup {tmp_path}`" in str(told.value)


def test_an_interrupt_while_planning_is_cleaned_up_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event that tried the target is open then already."""
    monkeypatch.setattr(choosing, "plan", _interrupted)
    with start(ServerOptions(key="k", app_key="a")) as server:
        run = _run(server, tmp_path)
        run.start()
        assert _active(server) == 1
        run.drive()
        run.close()
        assert _active(server) == 0
    assert run.keeper.interrupted
    assert run.result().exit_code == 2


def test_looking_leaves_the_recoveries_their_requests(tmp_path: Path) -> None:
    """What an observer may still ask for is the budget without what is open."""
    with start(ServerOptions(key="k", app_key="a")) as server:
        run = _run(server, tmp_path)
        run.start()
        assert run.client.spare is not None
        assert run.client.spare() == run.budget.limit - len(run.keeper.exchanges) - 1
        run.drive()
        run.close()


def test_a_run_that_outlasts_its_bound_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the time that it took and the reason; one that is hardly late says nothing."""

    def slowly(*_: Any, **__: Any) -> list[Any]:
        time.sleep(1.8)
        return []

    monkeypatch.setattr(choosing, "plan", slowly)
    with start(ServerOptions(key="k", app_key="a")) as server:
        for limit, late in ((0.5, True), (60.0, False)):
            run = _run(server, tmp_path, max_seconds=limit)
            run.start()
            run.drive()
            run.close()
            assert any(f"--max-seconds {limit:g} was exceeded" in text for text in run.warnings) is late


def test_waiting_for_the_target_counts(tmp_path: Path) -> None:
    """--wait-for-target does not go on when the time of --max-seconds is over."""
    began = time.monotonic()
    run = Run(
        Settings(
            target_url="http://127.0.0.1:1/push",
            integration_key="k",
            report_dir=tmp_path,
            max_seconds=0.5,
            wait_for_target=30.0,
        )
    )
    with pytest.raises(UsageError):
        run.start()
    run.close()
    assert time.monotonic() - began < 15
