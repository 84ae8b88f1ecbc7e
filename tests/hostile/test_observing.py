"""Whole runs through each way to read stored alerts: they conform, and what an observer cannot show is not observed."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from suite_claims import broken, report_of
from suite_runs import APP_KEY, KEY, SuiteRun, run
from test_crashes import served

from conformance.plugin.connecting import risks
from conformance.plugin.settings import Settings
from conformance.reference.options import ServerOptions
from conformance.reference.server import start
from conformance.wire import recording as recordings
from conformance.wire.target import Target

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def _verdicts(done: SuiteRun) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in report_of(done)["requirements"]}


def _conforms(done: SuiteRun) -> dict[str, str]:
    assert done.code == 0, done.output[-3000:]
    assert not broken(done, KEY, APP_KEY)
    return _verdicts(done)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _webhook_run(folder: Path, *options: str, app_key: str = "") -> dict[str, str]:
    port = _free_port()
    with start(ServerOptions(key=KEY, app_key=APP_KEY, webhook=f"http://127.0.0.1:{port}/")) as server:
        listen = ("--observer", "webhook", "--webhook-listen", f"127.0.0.1:{port}")
        return _conforms(run(server.push_url, folder, *listen, *options, app_key=app_key))


def test_a_run_through_the_webhook_conforms_and_does_not_see_images(tmp_path: Path) -> None:
    """Titles, labels and the life cycle pass; what only images would show is not observed, and not failed."""
    verdicts = _webhook_run(tmp_path)
    for seen in ("title-rule.cut", "labels.kept", "event-status.ok-closes", "alert-key.update"):
        assert verdicts[seen] == "pass"
    for unseen in ("images.kept", "src.kept", "alt.cut", "href.cut", "src.over-limit-discarded"):
        assert verdicts[unseen] == "not-observed"
    assert verdicts["src.accepted"] == "pass"


def test_two_observers_that_agree_show_what_either_shows(tmp_path: Path) -> None:
    """Webhook and Open API together: images are seen through the one that shows them."""
    verdicts = _webhook_run(tmp_path, "--observer", "openapi", app_key=APP_KEY)
    assert verdicts["images.kept"] == "pass"
    assert verdicts["title-rule.cut"] == "pass"


def test_a_run_through_an_observer_of_ones_own_conforms(tmp_path: Path) -> None:
    """The documented example reads the table of a server, and images with it."""
    with served(tmp_path, latency=0) as (url, db):
        more = {"_": ""}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ALERTS_DB", str(db))
            patch.setenv("PYTHONPATH", str(EXAMPLES))
            done = run(url, tmp_path / "run", "--observer", "sql_observer:observer", app_key="", more=more)
    verdicts = _conforms(done)
    assert verdicts["images.kept"] == "pass"
    assert verdicts["title-rule.cut"] == "pass"


def test_without_an_observer_nothing_stored_is_passed(tmp_path: Path) -> None:
    """Not seen is not passed."""
    with start(ServerOptions(key=KEY, app_key=APP_KEY)) as server:
        done = run(server.push_url, tmp_path, app_key="")
    assert done.code == 0, done.output[-3000:]
    assert _verdicts(done)["title-rule.cut"] == "not-observed"
    assert "not observed" in done.output


def test_a_bound_on_severity_sends_nothing_above_it(tmp_path: Path) -> None:
    """--max-severity Warning: no Critical leaves, the requirement is not applicable, with the reason."""
    with start(ServerOptions(key=KEY, app_key=APP_KEY)) as server:
        done = run(server.push_url, tmp_path, "--max-severity", "Warning")
    entry = next(e for e in report_of(done)["requirements"] if e["id"] == "event-status.critical")
    assert done.code == 0, done.output[-3000:]
    assert entry["verdict"] == "not-applicable"
    recording = recordings.read(done.report / "exchanges.jsonl")
    told = [e.sent.body for story in recording.stories for e in (*story.all_exchanges(), *story.aside)]
    told += [e.sent.body for e in recording.others]
    assert told
    assert not [body for body in told if b"critical" in body.lower()]


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://alerts.example.com/event/push/alert/standard", True),
        ("https://alerts.example.com/event/push/alert/standard", False),
        ("http://127.0.0.1:8080/event/push/alert/standard", False),
    ],
)
def test_a_key_over_plain_http_to_another_machine_is_warned_about(url: str, warned: bool) -> None:
    """Whoever listens on the way can read it; on the loopback nobody does."""
    told = _warnings(url)
    assert any("plain HTTP" in one for one in told) == warned


@pytest.mark.parametrize(("severity", "warned"), [(None, True), ("Warning", False)])
def test_alerts_that_may_page_people_are_warned_about(severity: str | None, warned: bool) -> None:
    """Unless the run is bound to mild ones."""
    told = _warnings("https://alerts.example.com/event/push/alert/standard", max_severity=severity)
    assert any("page people" in one for one in told) == warned


def _warnings(url: str, **settings: Any) -> list[str]:
    return risks(Settings(target_url=url, integration_key=KEY, **settings), Target.from_options(url, KEY))
