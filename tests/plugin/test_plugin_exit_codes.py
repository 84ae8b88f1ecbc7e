"""Every way in which a run can end has its exit code, and a sentence that says what to do."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from plugin_runs import Done, answering, environment, suite

from conformance.contract.files import spec_folder
from conformance.reference.options import ServerOptions
from conformance.reference.server import start

TITLE = ("--requirement", "title-rule.cut")
UNTESTABLE, SOON = 4, 10


def test_a_server_that_conforms_gives_0(quick_run: Done) -> None:
    """0, the word, and the report beside it."""
    assert quick_run.code == 0, quick_run.out
    assert "\nconforms: " in quick_run.out
    assert quick_run.report["verdict"] == "conforms"
    assert quick_run.report["exit_code"] == 0
    for name in ("conformance.html", "junit.xml", "exchanges.jsonl", "manifest.json", "badge.svg"):
        assert (quick_run.folder / "reports/latest" / name).is_file()


def test_a_fault_gives_1_and_names_the_row(tmp_path: Path) -> None:
    """The last lines say which row fell, and by which requirement."""
    done = suite(tmp_path, "--fault", "title-cut-at-511", *TITLE)
    assert done.code == 1, done.out
    assert "does not conform" in done.last
    assert "Payload/title_rule (title-rule.cut)" in done.last


def test_an_interrupt_gives_2_and_cleans_up(tmp_path: Path) -> None:
    """Ctrl-C ends the run; what it opened is recovered."""
    command = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "--latency", "0.3", "-p", "no:cacheprovider"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True)
    journal, until = tmp_path / "reports/latest/journal.jsonl", time.monotonic() + 200
    while not (journal.exists() and journal.read_text().count("opening") > 3) and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 2, out
    from conformance.drive.journal import unfinished  # noqa: PLC0415 - after the process

    assert unfinished(journal) == []


@pytest.mark.parametrize(
    ("name", "line", "instead"),
    [
        ("requirements.yaml", 7, "  - id: [never closed"),
        ("open-points.yaml", 5, "  - id: labels.more-than-fifty\n    colour: red"),
    ],
)
def test_a_catalogue_that_cannot_be_read_gives_3(tmp_path: Path, name: str, line: int, instead: str) -> None:
    """File and line are named."""
    broken = tmp_path / "spec"
    shutil.copytree(spec_folder(), broken)
    lines = (broken / name).read_text("utf-8").splitlines()
    lines[line - 1] = instead
    (broken / name).write_text("\n".join(lines), "utf-8")
    done = suite(tmp_path, CONFORMANCE_SPEC=str(broken))
    assert done.code == 3, done.out
    assert f"{name}:" in done.out
    number = int(done.out.partition(f"{name}:")[2].partition(":")[0])
    assert line <= number <= line + 2
    assert "Traceback" not in done.out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--budget", "huge"), "--budget huge: give one of quick, standard, thorough"),
        (("--level", "may"), "--level may"),
        (("--requirement", "nope"), "--requirement nope: no such requirement"),
        (("--row", "Nope/x"), "--row Nope/x: no such row"),
        (("--fault", "nope"), "no fault 'nope'"),
        (("--seed", "x"), "--seed"),
        (("--replay", "nowhere"), "--replay"),
        (("--baseline", "nowhere.toml", *TITLE), "nowhere.toml"),
        (("--target-url", "ftp://example.test/x", "--integration-key", "k"), "must begin with http"),
        (("--target-url", "http://127.0.0.1:1/event/push/alert/standard"), "--integration-key"),
    ],
    ids=lambda value: "-".join(value)[:30] if isinstance(value, tuple) else "",
)
def test_wrong_usage_gives_4_and_names_the_option(tmp_path: Path, options: tuple[str, ...], named: str) -> None:
    """The value is named, with what to give instead, and no traceback."""
    done = suite(tmp_path, *options)
    assert done.code == UNTESTABLE, done.out
    assert named in done.out
    assert "Traceback" not in done.out


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>hi</html>", "protocol"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not speak HTTP"),
    ],
    ids=["a page", "not HTTP"],
)
def test_what_is_no_such_server_gives_4_soon(tmp_path: Path, reply: bytes, said: str) -> None:
    """One sentence says what answers there instead."""
    with answering(reply) as url:
        done = suite(tmp_path, "--target-url", url, CONFORMANCE_INTEGRATION_KEY="some-key")
    assert done.code == UNTESTABLE, done.out
    assert said in done.out
    assert done.own_seconds < SOON


def test_an_unreachable_target_gives_4_soon(tmp_path: Path) -> None:
    """Nothing answers there, and the sentence says so."""
    url = "http://127.0.0.1:1/event/push/alert/standard"
    done = suite(tmp_path, "--target-url", url, CONFORMANCE_INTEGRATION_KEY="some-key")
    assert done.code == UNTESTABLE, done.out
    assert "nothing answers at http://127.0.0.1:1" in done.out
    assert done.own_seconds < SOON
    assert "some-key" not in done.out


def test_a_wrong_key_gives_4_soon(tmp_path: Path) -> None:
    """A server that refuses the key is no server that does not conform."""
    with start(ServerOptions()) as server:
        done = suite(tmp_path, "--target-url", server.push_url, CONFORMANCE_INTEGRATION_KEY="a-wrong-key")
    assert done.code == UNTESTABLE, done.out
    assert "key" in done.last
    assert "a-wrong-key" not in done.out
    assert done.own_seconds < SOON


def test_the_vendors_production_gives_4_and_sends_nothing(tmp_path: Path) -> None:
    """It pages people: without leave it is refused before a name is resolved."""
    url = "https://api.flashcat.cloud/event/push/alert/standard"
    done = suite(tmp_path, "--target-url", url, CONFORMANCE_INTEGRATION_KEY="some-key")
    assert done.code == UNTESTABLE, done.out
    assert "nothing was sent" in done.out
    assert "--allow-production" in done.out


def test_time_that_runs_out_gives_5(tmp_path: Path) -> None:
    """Nothing fell, but not everything was reached: that is no conformity."""
    done = suite(tmp_path, "--max-seconds", "8", "--latency", "0.5")
    assert done.code == 5, done.out
    assert "incomplete" in done.last


def test_a_selection_of_nothing_gives_5(tmp_path: Path) -> None:
    """A run that tested nothing is never green."""
    done = suite(tmp_path, "-k", "no_check_is_called_so")
    assert done.code == 5, done.out


def test_a_page_that_cannot_be_written_gives_3(tmp_path: Path) -> None:
    """What breaks in the suite itself is no verdict about the target."""
    broken = "import conformance.report.page_hooks as page\npage.summary_html = lambda *_: 1 / 0\n"
    (tmp_path / "breaks_the_page.py").write_text(broken, encoding="utf-8")
    done = suite(tmp_path, "-p", "breaks_the_page", "--budget", "quick", PYTHONPATH=str(tmp_path))
    assert done.code == 3
    assert "ZeroDivisionError" in done.out
    assert "the report could not be written" in done.out
