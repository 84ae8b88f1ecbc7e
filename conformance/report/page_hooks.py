"""Puts the report into pytest-html's page through its hooks; knows that page's shape, and no protocol.

pytest-html escapes nothing that a hook hands it, and has no place for the language or the width of the page.  The
first is met by rendering everything through the templates; the second by ``finished``, which touches up the written
file: it puts our part first and pytest's own below, and leaves a page that it does not recognise as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from pytest_metadata.plugin import metadata_key  # type: ignore[import-untyped]

from conformance.checks.verdicts import Result
from conformance.contract import Contract, load
from conformance.report.page import BEGIN, END, KillFigure, css, summary_html
from conformance.report.text import clean
from conformance.wire.records import Recording

_TITLE = "Flashduty push conformance"
_HEADER = '<th class="sortable" data-column-type="requirement">Requirement</th>'


class ReportHooks:
    """pytest-html's hooks; register an instance where pytest-html is loaded and the run is not a worker of xdist.

    The result must be ready when pytest-html asks for it, in its ``trylast`` ``pytest_sessionfinish``.
    """

    def __init__(
        self,
        get_result: Callable[[], Result | None],
        get_recording: Callable[[], Recording | None],
        get_kill_figure: Callable[[], KillFigure | None] = lambda: None,
        contract: Callable[[], Contract] = load,
    ) -> None:
        self._get_result, self._get_recording = get_result, get_recording
        self._get_kill_figure, self._contract = get_kill_figure, contract

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Tidy the facts that pytest-html is about to take as its Environment."""
        metadata = session.config.stash.get(metadata_key, None)
        if metadata is not None:
            environment(metadata)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Title of the page."""
        report.title = _TITLE

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """The report itself."""
        result = self._get_result()
        if result is not None:
            prefix.append(summary_html(result, self._get_recording(), self._contract(), self._get_kill_figure()))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """A column for the requirements of an item."""
        cells.insert(1, _HEADER)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """The requirements of an item; its id, which pytest-html does not escape, is written anew."""
        ids = " ".join(str(value) for name, value in report.user_properties if name == "requirement")
        node = report.nodeid if report.when == "call" else f"{report.nodeid}::{report.when}"
        safe = f'<td class="col-testId">{escape(clean(node, 300))}</td>'
        cells[:] = [safe if 'class="col-testId"' in cell else cell for cell in cells]
        cells.insert(1, f'<td class="col-requirement">{escape(clean(ids, 300))}</td>')

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, data: list[str]) -> None:
        """The log of an item, already escaped by pytest-html: control characters made visible, long logs elided."""
        data[:] = [clean(text, 20_000, lines=True) for text in data]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Touch up the page once pytest-html has written it."""
        try:
            return (yield)
        finally:
            path = session.config.getoption("htmlpath", None)
            if path:
                finish(Path(path))


def environment(metadata: MutableMapping[str, Any]) -> None:
    """Make each fact one line of harmless text: pytest-html escapes none, and nests lists as no browser expects."""
    for name in list(metadata):
        value = metadata.pop(name)
        parts = value if isinstance(value, Mapping) else None
        told = ", ".join(f"{key} {part}" for key, part in parts.items()) if parts is not None else str(value)
        metadata[str(escape(clean(name, 80)))] = str(escape(clean(told, 600)))


def finish(path: Path) -> None:
    """Touch up a written page in place; a page that is not there or not ours stays as it is."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    made = finished(page).replace(css(), Path(css()).name)  # pytest-html tells where a style sheet came from
    if made != page:
        path.write_text(made, encoding="utf-8")


def finished(page: str) -> str:
    """The page with language and width declared, the report first, and what pytest-html draws folded away below it."""
    begin, end = page.find(BEGIN), page.rfind(END)
    body = page.find("<body>")
    footer = page.find("<footer>", end)
    if not 0 <= body < begin < end < footer:
        return page
    report = page[begin + len(BEGIN) : end]
    rest = page[body + len("<body>") : begin] + page[end + len(END) : footer]
    rest = re.sub(r'<h1 id="title">.*?</h1>', "", rest, count=1, flags=re.DOTALL)
    rest = re.sub(r'(<input [^>]*data-test-result="([a-z]+)")', r'\1 aria-label="show \2"', rest)
    head = page[:body].replace("<html>", '<html lang="en">', 1)
    head = head.replace(
        '<meta charset="utf-8"/>',
        '<meta charset="utf-8"/>\n    <meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '    <meta name="color-scheme" content="light dark"/>\n'
        '    <meta name="referrer" content="no-referrer"/>',
        1,
    )
    items = (
        '<aside class="items" aria-label="Test items"><details><summary><h2>Test items as pytest ran them</h2>'
        f"</summary>{rest}</details></aside>"
    )
    # pytest-html keeps its data and script in a footer of its own; a page has one, and ours says something.
    data = page[footer:].replace("<footer>", "<div>", 1).replace("</footer>", "</div>", 1)
    return f"{head}<body>{report}{items}{data}"
