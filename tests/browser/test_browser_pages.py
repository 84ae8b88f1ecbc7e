"""Pages, opened in real Chromium: readable, within the window, and nothing of a target runs or loads."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
import report_samples
from conftest import Browser, Trap

from conformance.report import machine
from conformance.report.compare import compare
from conformance.report.compare_view import html

pytestmark = pytest.mark.browser

#: Asks a page for what no parser knows, and tells the page around it.
_PROBE = """<script>
addEventListener('load', () => setTimeout(() => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.sr, .skip, thead, .scroll'));
  const levels = [...document.querySelectorAll('main h1, main h2, main h3, header h1')].map(e => +e.tagName[1]);
  const named = e => e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim();
  parent.postMessage(JSON.stringify({
    page: document.documentElement.scrollWidth - innerWidth,
    wide: wide.slice(0, 5).map(e => e.tagName + '.' + e.className),
    skips: levels.filter((level, i) => i && level > levels[i - 1] + 1).length,
    unnamed: [...document.querySelectorAll('input, button, svg[role=img], section, nav, aside')]
      .filter(e => !named(e)).map(e => e.outerHTML.slice(0, 120)),
    mains: document.querySelectorAll('main').length,
    firsts: document.querySelectorAll('h1').length,
    items: document.querySelectorAll('#results-table .results-table-row').length,
    inner: innerWidth, lang: document.documentElement.lang, title: document.title,
  }), '*');
}, 100));
</script></body>"""
#: Scrolls the first table to its right end, and tells how far that was, and how far a row's name went along.
_SCROLLED = """<script>
addEventListener('load', () => {
  const box = document.querySelector('.scroll'), name = box.querySelector('tbody tr:nth-child(4) th');
  const before = name.getBoundingClientRect().left;
  box.scrollLeft = 100000;
  document.body.setAttribute('data-probe', box.scrollLeft + ' ' + (name.getBoundingClientRect().left - before));
});
</script></body>"""
#: A frame of any width: the window of a headless browser is never as narrow as a phone.
_FRAME = """<!DOCTYPE html><title>frame</title><iframe src="{name}" width="{width}" height="900"></iframe><script>
addEventListener('message', event => document.body.setAttribute('data-probe', btoa(event.data)));
</script>"""


#: Runs axe-core on a page, everything opened, and leaves its findings where --dump-dom shows them.
_AXE = """<script>
addEventListener('load', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  axe.run(document, {resultTypes: ['violations']}).then(({violations}) => document.body.setAttribute('data-probe',
    btoa(JSON.stringify(violations.map(({impact, id, nodes}) => [impact, id, nodes.length])))));
});
</script></body>"""


def probed(browser: Browser, page: Path, width: int) -> dict[str, object]:
    """What the probe says of a page, everything opened, at a width."""
    copy, frame = page.with_name(f"probe-{width}.html"), page.with_name(f"frame-{width}.html")
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", _PROBE), encoding="utf-8")
    frame.write_text(_FRAME.format(name=copy.name, width=width))
    found = re.search(r'data-probe="([^"]*)"', browser.dom(frame, "--window-size=1400,1000"))
    assert found is not None, "the page did not load to its end"
    answer: dict[str, object] = json.loads(base64.b64decode(found.group(1)))
    return answer


@pytest.mark.parametrize("sample", ["failing", "unobserved"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_stays_within_its_window(browser: Browser, report: Callable[..., Path], sample: str, width: int) -> None:
    """Everything opened, nothing is wider than a small window; landmarks and headings are in order and named."""
    answer = probed(browser, report(sample), width)
    assert (answer["wide"], answer["skips"], answer["unnamed"]) == ([], 0, [])
    assert answer["inner"] == width
    assert isinstance(answer["page"], int)
    assert answer["page"] <= 0
    assert (answer["mains"], answer["firsts"], answer["lang"]) == (1, 1, "en")
    assert answer["items"] == 4


def test_a_hostile_target_runs_and_loads_nothing(browser: Browser, report: Callable[..., Path], trap: Trap) -> None:
    """No script of its making ran, no element of its making is there, no request left."""
    page = report("hostile", trap.url)
    assert trap.url in page.read_text(encoding="utf-8")
    dom = browser.dom(page)
    assert '<title id="head-title">Flashduty push conformance</title>' in dom
    assert "ran</title>" not in dom
    answer = probed(browser, page, 390)
    assert (answer["wide"], answer["title"]) == ([], "Flashduty push conformance")
    assert trap.caught == []


def test_the_trap_catches_a_page_that_is_not_safe(browser: Browser, tmp_path: Path, trap: Trap) -> None:
    """The test above can fail: the same texts unescaped run and load."""
    page = tmp_path / "unsafe.html"
    page.write_text(f"<title>x</title><img src='{trap.url}/img'>{report_samples.HOSTILE[0]}")
    assert "<title>ran</title>" in browser.dom(page)
    assert trap.caught


def test_a_hostile_comparison_runs_and_loads_nothing(browser: Browser, tmp_path: Path, trap: Trap) -> None:
    """The same for reports that somebody else wrote."""
    for name, result in (("good", report_samples.passing()[0]), ("bad", report_samples.hostile(trap.url)[0])):
        (tmp_path / name).mkdir()
        machine.write(tmp_path / name, result, report_samples.contract(), "0.1.0")
    page = tmp_path / "compare.html"
    page.write_text(html(compare([tmp_path / "good", tmp_path / "bad"])), encoding="utf-8")
    assert "ran</title>" not in browser.dom(page)
    answer = probed(browser, page, 390)
    assert (answer["wide"], answer["page"], answer["skips"]) == ([], 0, 0)
    assert trap.caught == []


def test_a_wide_comparison_keeps_its_rows_in_sight(browser: Browser, tmp_path: Path) -> None:
    """Scrolled to its last column, a table still shows what each line is about."""
    names = [f"a-release-with-a-long-name-{number}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        machine.write(tmp_path / name, report_samples.passing()[0], report_samples.contract(), "0.1.0")
    page = tmp_path / "compare.html"
    told = html(compare([tmp_path / name for name in names]))
    page.write_text(told.replace("</body>", _SCROLLED), encoding="utf-8")
    found = re.search(r'data-probe="([^"]*)"', browser.dom(page, "--window-size=1280,1000"))
    assert found is not None
    scrolled, moved = found.group(1).split()
    assert float(scrolled) > 100
    assert abs(float(moved)) < 1


def test_the_page_reads_without_scripts(report: Callable[..., Path]) -> None:
    """Verdict, rows, findings and evidence are in the file itself, not drawn by a script."""
    told = report("failing").read_text(encoding="utf-8")
    body = re.sub(r"<script>.*?</script>", "", told, flags=re.DOTALL)
    for words in ("Does not conform", "title-rule.cut", "was cut to 511 characters", "Timeline of requests"):
        assert words in body


def test_a_picture_shows_the_page(browser: Browser, report: Callable[..., Path], tmp_path: Path) -> None:
    """Chromium draws it: a picture of some size comes out."""
    picture = browser.picture(report("failing"), tmp_path / "page.png")
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_axe_finds_nothing_serious(browser: Browser, report: Callable[..., Path], tmp_path: Path, scheme: int) -> None:
    """Screen readers and keyboards get along with the page, by light and in the dark."""
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = tmp_path / "axe.html"
    told = report("failing").read_text(encoding="utf-8")
    page.write_text(told.replace("</body>", f"<script>{axe}</script>{_AXE}"), encoding="utf-8")
    dom = browser.dom(page, "--virtual-time-budget=60000", f"--blink-settings=preferredColorScheme={scheme}")
    found = re.search(r'data-probe="([^"]*)"', dom)
    assert found is not None, "axe-core did not come to an end"
    violations = json.loads(base64.b64decode(found.group(1)))
    assert [entry for entry in violations if entry[0] in {"serious", "critical"}] == []
