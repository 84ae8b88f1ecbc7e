"""Real Chromium, headless, for tests that look at pages; where it is missing they are skipped, and say so."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=2000",
)


def pytest_configure(config: pytest.Config) -> None:
    """The marker of these tests."""
    config.addinivalue_line("markers", "browser: opens pages in headless Chromium")


@dataclass
class Browser:
    """Opens a page in a fresh profile and gives back what became of it."""

    binary: str
    profiles: Path
    opened: int = 0

    def _run(self, page: Path | str, *options: str) -> str:
        self.opened += 1
        profile = self.profiles / str(self.opened)
        url = page if isinstance(page, str) else page.as_uri()
        command = [self.binary, *_OPTIONS, f"--user-data-dir={profile}", *options, url]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True, errors="replace")
        shutil.rmtree(profile, ignore_errors=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def dom(self, page: Path, *options: str) -> str:
        """The page's document after every script has run."""
        return self._run(page, "--dump-dom", *options)

    def picture(self, page: Path, to: Path, width: int = 1280, height: int = 900) -> Path:
        """A picture of the page."""
        self._run(page, f"--screenshot={to}", f"--window-size={width},{height}")
        return to


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Chromium: CHROMIUM names another binary."""
    binary = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if binary is None:
        pytest.skip("no Chromium found: install Debian's package chromium, or name one in CHROMIUM")
    return Browser(binary, tmp_path_factory.mktemp("profiles"))


@dataclass
class Trap:
    """A loopback listener that counts who connects."""

    socket: socket.socket
    caught: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self) -> None:
        """Note every request until the socket is closed."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.caught.append(connection.recv(4096))
                    connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                except OSError:
                    self.caught.append(b"")


@pytest.fixture
def trap() -> Iterator[Trap]:
    """A trap that hostile pages point at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Trap(server)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


_SUITE = """
import pytest

@pytest.mark.parametrize("n", range(3))
def test_item(n, record_property):
    assert n != 1, {text!r}

def test_skipped():
    pytest.skip({text!r})
"""


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a page as a run writes it: by pytest-html, in a process of its own; each page once."""

    @cache
    def write(sample: str, *arguments: str) -> Path:
        folder = tmp_path_factory.mktemp(sample)
        here = Path(__file__).parent.parent
        (folder / "conftest.py").write_text(
            f"import sys\nsys.path[:0] = [{str(here / 'report')!r}, {str(here.parent)!r}]\n"
            "import report_samples\n"
            "from conformance.report.page import KillFigure\n"
            "from conformance.report.page_hooks import ReportHooks\n"
            f"RESULT, RECORDING = report_samples.{sample}(*{list(arguments)!r})\n"
            "def pytest_configure(config):\n"
            "    figure = KillFigure(212, 214, '0.1.0', ('a-fault',))\n"
            "    config.pluginmanager.register(ReportHooks(lambda: RESULT, lambda: RECORDING, lambda: figure))\n"
        )
        text = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
        (folder / "test_items.py").write_text(_SUITE.format(text=text))
        (folder / "pytest.ini").write_text("[pytest]\n")
        page = folder / "conformance.html"
        css = here.parent / "conformance" / "report" / "templates" / "page.css"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider"]
        command += ["-p", "no:conformance", f"--html={page}", "--self-contained-html", f"--css={css}", "test_items.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60, text=True)
        assert done.returncode == 1, done.stdout + done.stderr
        return page

    return write
