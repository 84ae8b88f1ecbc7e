"""The file that pytest-html writes: the report stands in it, and what pytest-html does not escape is escaped."""

import re
from pathlib import Path

import pytest
from report_samples import HOSTILE

from conformance.report import page_hooks
from conformance.report.page import BEGIN, END

WRITTEN = f"""<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8"/>
  </head>
  <body>
    <h1 id="title">Title</h1>
    <div class="prefix">{BEGIN}<main>ours</main>{END}</div>
    <input class="filter" data-test-result="passed">
  <footer><script></script></footer>
  </body>
</html>"""


def test_the_written_page_declares_language_and_width() -> None:
    """And puts the report before what pytest-html draws."""
    told = page_hooks.finished(WRITTEN)
    assert '<html lang="en">' in told
    assert '<meta name="viewport"' in told
    assert '<h1 id="title">' not in told
    assert (
        told.index("<main>")
        < told.index('<aside class="items"')
        < told.index("data-test-result")
        < told.index("<script>")
    )
    assert 'data-test-result="passed" aria-label="show passed"' in told


def test_a_page_of_another_shape_stays_as_it_is(tmp_path: Path) -> None:
    """As does one that is missing."""
    assert page_hooks.finished("<html><body>other</body></html>") == "<html><body>other</body></html>"
    page_hooks.finish(tmp_path / "none.html")


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_hooks_escape_what_pytest_html_does_not(text: str) -> None:
    """Node ids, requirements, environment."""
    hooks = page_hooks.ReportHooks(lambda: None, lambda: None)
    report = pytest.TestReport(
        f"test_a.py::test[{text}]", ("a", 1, "b"), {}, "passed", None, "call", user_properties=[("requirement", text)]
    )
    cells = ['<td class="col-result">Passed</td>', f'<td class="col-testId">{text}</td>', "<td></td>"]
    hooks.pytest_html_results_table_row(report, cells)
    assert len(cells) == 4
    for cell in cells:
        assert set(re.findall(r"<[^>]*>", cell)) <= {
            "<td>",
            "</td>",
            '<td class="col-result">',
            '<td class="col-requirement">',
            '<td class="col-testId">',
        }
        assert cell.isprintable()
    facts: dict[str, object] = {"Python": "3", "Packages": {"a": text}, text: text}
    page_hooks.environment(facts)
    assert len(facts) == 3
    assert "<" not in str(facts)
    assert all(isinstance(value, str) and value.isprintable() for value in facts.values())


def test_no_result_leaves_no_report() -> None:
    """A run that was never judged has pytest-html's page alone."""
    prefix: list[str] = []
    page_hooks.ReportHooks(lambda: None, lambda: None).pytest_html_results_summary(prefix)
    assert prefix == []
