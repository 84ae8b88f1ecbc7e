"""Pages, opened in real Chromium: readable, within the window, and nothing of a target runs or loads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import report_samples
from conftest import Browser, Trap

from conformance.report import machine
from conformance.report.compare import compare
from conformance.report.compare_view import html

pytestmark = pytest.mark.browser

#: Asks a page for what no parser knows; the answer is left in an attribute, where --dump-dom shows it.
_PROBE = """<script>
addEventListener('load', () => setTimeout(() => {{
  for (const part of document.querySelectorAll('details')) part.open = {opened};
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.sr, .skip, thead, .scroll, aside.items'));
  const levels = [...document.querySelectorAll('main h1, main h2, main h3, header h1')].map(e => +e.tagName[1]);
  document.documentElement.setAttribute('data-probe', JSON.stringify({{
    page: document.documentElement.scrollWidth - innerWidth,
    wide: wide.slice(0, 5).map(e => e.tagName + '.' + e.className),
    skips: levels.filter((level, i) => i && level > levels[i - 1] + 1).length,
    unnamed: [...document.querySelectorAll('input, button, svg[role=img], section, nav, aside')]
      .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim()))
      .map(e => e.outerHTML.slice(0, 120)),
    mains: document.querySelectorAll('main').length, firsts: document.querySelectorAll('h1').length,
    inner: innerWidth, lang: document.documentElement.lang, items: document.querySelectorAll('#results-table .results-table-row').length,
  }}).replaceAll('"', "'"));
}}, 100));
</script></body>"""


def probed(browser: Browser, page: Path, width: int, *, opened: bool) -> dict[str, object]:
    """What the probe says of a page at a width."""
    copy = page.with_name(f"probe-{width}-{opened}.html")
    told = page.read_text(encoding="utf-8")
    copy.write_text(told.replace("</body>", _PROBE.format(opened=str(opened).lower())), encoding="utf-8")
    dom = browser.dom(copy, f"--window-size={width},900")
    found = re.search(r'data-probe="([^"]*)"', dom)
    assert found is not None, "the page did not load to its end"
    answer: dict[str, object] = json.loads(found.group(1).replace("'", '"'))
    return answer


@pytest.mark.parametrize("sample", ["failing", "unobserved"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_stays_within_its_window(browser: Browser, report: Callable[..., Path], sample: str, width: int) -> None:
    """Everything opened, nothing is wider than a small window; landmarks and headings are in order and named."""
    answer = probed(browser, report(sample), width, opened=True)
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
    assert probed(browser, page, 390, opened=True)["wide"] == []
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
    answer = probed(browser, page, 390, opened=True)
    assert (answer["wide"], answer["page"], answer["skips"]) == ([], 0, 0)
    assert trap.caught == []


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
