"""The page mirrors the document, shows its evidence, and lets nothing of a target act."""

import math
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_samples import HOSTILE, contract, failing, hostile, passing, push, run, story, unobserved

from conformance.checks.verdicts import WORST_FIRST, Result
from conformance.report import page, page_hooks
from conformance.report.evidence import Evidence, differences
from conformance.report.page import BEGIN, END, KillFigure, summary_html
from conformance.report.templates import stylesheet
from conformance.report.timeline import timeline
from conformance.wire.records import Recording

#: Elements without an end.
_VOID = {"meta", "link", "img", "br", "hr", "input", "source"}
_ALLOWED = {
    *(
        "a",
        "article",
        "b",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
    ),
    *("g", "h1", "h2", "h3", "header", "i", "ins", "li", "main", "nav", "p", "path", "pre", "section", "small", "span"),
    *("summary", "svg", "table", "tbody", "td", "text", "th", "thead", "tr", "ul"),
}


class Outline(HTMLParser):
    """Elements, attributes and text of a page, and whether they nest."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(told)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it; it needs no end."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """It must close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect it."""
        self.text += data

    def values(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [value for _, attribute, value in self.attributes if attribute == name]


def made(sample: tuple[Result, Recording], kill: KillFigure | None = None) -> str:
    """The page of a sample."""
    return summary_html(*sample, contract(), kill)


@pytest.mark.parametrize("sample", [passing, failing, unobserved, hostile])
def test_the_page_is_well_formed(sample) -> None:  # noqa: ANN001 - a sample
    """Elements nest, ids are unique, links lead somewhere, and nothing loads or runs."""
    told = made(sample())
    outline = Outline(told)
    assert outline.open == []
    assert set(outline.tags) <= _ALLOWED
    ids = outline.values("id")
    assert len(ids) == len(set(ids))
    assert set(outline.values("href")) <= {f"#{name}" for name in ids}
    assert not [
        name for _, name, _ in outline.attributes if name.startswith("on") or name in {"src", "style", "srcset"}
    ]
    assert told.encode()
    assert len(told) < 3_000_000


def test_every_row_and_requirement_is_on_the_page_in_the_documents_order() -> None:
    """The document's tables, its own words in each cell, every requirement with verdict and level."""
    outline = Outline(made(passing()))
    for table in contract().tables:
        for row in table.rows:
            assert all(cell in outline.text for cell in row.cells)
    anchors = [value.removeprefix("row-") for value in outline.values("id") if value.startswith("row-")]
    assert anchors == [row.replace("/", "-") for row in contract().rows]
    assert {f"r-{name}" for name in contract().requirements} <= set(outline.values("id"))
    assert all(requirement.statement in outline.text for requirement in contract().requirements.values())


@pytest.mark.parametrize("verdict", WORST_FIRST)
def test_every_verdict_is_worded_too(verdict: str) -> None:
    """Never colour alone: a sign and the words stand beside it, in the row and in the requirement."""
    result, recording = run({"title-rule.cut": verdict})
    told = made((result, recording))
    row = told[told.index('id="row-Payload-title_rule"') :]
    pill = re.search(r'<span class="pill ([a-z-]+)">.*?</span> ([a-z ]+)</span>', row)
    assert pill is not None
    assert pill.groups() == (verdict, verdict.replace("-", " "))


def test_the_first_screen_says_what_matters() -> None:
    """Verdict, target, counts with their denominators, time, requests, and what was not seen with how to see it."""
    text = " ".join(Outline(made(unobserved())).text.split())
    for words in (
        "Conforms",
        "61 of 105 passed",
        "12 of 15 passed",
        "480",
        "3.1 s",
        "40 requirements: only a read-back",
        "--app-key KEY",
    ):
        assert words in text
    assert text.index("--app-key KEY") < text.index("The document, row by row")
    assert "standard" in text


def test_a_failure_has_its_finding_and_two_lines_to_copy() -> None:
    """Sent, expected, got, stored; one pytest line, one curl line; its row stands open."""
    told = made(failing())
    part = told[told.index('id="r-title-rule.cut"') :]
    text = Outline(f"<article {part[: part.index('</article>')]}</article>").text
    for words in (
        "title_rule of 514 characters (ascii)",
        "exactly the first 512 characters",
        "200, accepted",
        "511 characters",
    ):
        assert words in text
    assert "pytest --pyargs conformance.checks.test_payload::test_title_rule_cut --target-url" in text
    assert 'integration_key=\'"$CONFORMANCE_INTEGRATION_KEY"' in text
    assert "the first 511 characters of 514" in text
    assert re.search(r"<details open>\s*<summary>6 MUST and 3 SHOULD", told)


def test_passes_show_their_evidence_too() -> None:
    """A few exchanges for each requirement, each on the page once."""
    outline = Outline(made(passing()))
    shown = [value for value in outline.values("id") if re.fullmatch(r"x\d+", value)]
    assert len(shown) == len(set(shown)) == 3 * len(contract().requirements)


def test_an_exchange_is_shown_once_and_linked_elsewhere() -> None:
    """The second requirement that rests on it links to it."""
    result, recording = passing()
    one, other = result.requirements[:2]
    other = replace(other, exchanges=one.exchanges)
    told = made((replace(result, requirements=(one, other, *result.requirements[2:])), recording))
    assert told.count(f'id="x{one.exchanges[0]}"') == 1
    assert f'Rests on <a href="#x{one.exchanges[0]}">' in told


def test_a_thousand_exchanges_stay_light() -> None:
    """Long bodies are elided, and what finds no room is named."""
    result, recording = passing()
    heavy = [
        story(
            10_000 + n,
            {"title_rule": "<&\"'>" * 400, "labels": {f"k{i}": "<" * 400 for i in range(50)}},
            {"alert_key": "k"},
        )
        for n in range(1000)
    ]
    entries = tuple(
        replace(entry, exchanges=tuple(range(10_000 + 9 * n, 10_009 + 9 * n)))
        for n, entry in enumerate(result.requirements)
    )
    recording = replace(recording, stories=heavy)
    told = made((replace(result, requirements=entries), recording))
    assert len(told) < 3_000_000
    assert "left out here, see <code>exchanges.jsonl</code>" in told
    assert "characters left out" in told


def test_a_run_without_recording_or_exchanges_still_has_its_page() -> None:
    """A target that was never reached leaves a verdict and no timeline."""
    result = replace(
        run()[0], verdict="untestable", exit_code=4, sentence="the target refuses connections", rows=(), requirements=()
    )
    text = Outline(made((result, Recording(result.info)))).text
    assert "Could not be tested" in text
    assert "refuses connections" in text
    assert Outline(summary_html(result, None, contract())).open == []


def test_open_points_have_question_answer_and_meaning() -> None:
    """Those that were answered, and those that were not."""
    text = Outline(made(passing())).text
    assert "What becomes of an event with 51 labels?" in text
    assert "the event is refused" in text
    assert "7 questions not answered by this run" in text


def test_the_kill_figure_is_told() -> None:
    """With what is not caught."""
    assert "This version catches 212 of 214 known faults." in made(passing(), KillFigure(212, 214, "0.1.0", ("a", "b")))


def test_known_failures_stand_apart() -> None:
    """With the reason of the baseline, and the page says known beside fail."""
    result, recording = failing()
    entries = tuple(
        replace(entry, known=True, reason="being mended") if entry.verdict == "fail" else entry
        for entry in result.requirements
    )
    told = made((replace(result, requirements=entries, verdict="conforms", exit_code=0), recording))
    assert "fail, known" in told
    assert "being mended" in told
    assert "What fell" not in told


def test_the_timeline_counts_every_exchange() -> None:
    """One mark for each, by kind, and the same in words."""
    _, recording = failing()
    drawn = timeline(Evidence(recording).all())
    assert drawn is not None
    counts = {kind: count for kind, _, _, count in drawn.paths}
    assert sum(counts.values()) == len(Evidence(recording))
    assert counts["limited"] == 1
    assert counts["broken"] == 2
    assert "1 over the rate (429)" in drawn.words
    assert "the slowest, #4, took 0.4 s" in drawn.words


@pytest.mark.parametrize("started", [0.0, 3.0, 100_000.0])
def test_a_timeline_of_one_exchange_can_be_drawn(started: float) -> None:
    """No division by nothing."""
    drawn = timeline([replace(push(1, b"{}"), started=started, seconds=0.0)])
    assert drawn is not None
    assert all(math.isfinite(y) for y, _ in drawn.up)
    assert timeline([]) is None


def test_differences_are_placed() -> None:
    """Cut, altered, dropped, added: each says what happened and where."""
    event = {
        "title_rule": "abcdef",
        "event_status": "Ok",
        "labels": {"a": "x", "b": "y"},
        "images": [{"alt": "one", "src": "s"}],
    }
    alert = {
        "title_rule": "abcd",
        "alert_status": "Ok",
        "labels": {"a": "z", "c": "new"},
        "images": [{"alt": "one", "src": "", "href": ""}],
    }
    told = {found.field: found.note for found in differences(event, alert) if not found.same}
    assert told == {
        "title_rule": "the first 4 characters of 6",
        "labels.a": "differs from character 1 on; 1 sent, 1 stored",
        "labels.b": "not stored",
        "labels.c": "stored, though not sent",
        "images[0].src": "the first 0 characters of 1",
    }


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _over(top: str, below: str) -> str:
    """A colour with an alpha over an opaque one."""
    if len(top) == 7:
        return top
    alpha = int(top[7:], 16) / 255
    parts = [round(int(top[i : i + 2], 16) * alpha + int(below[i : i + 2], 16) * (1 - alpha)) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_has_contrast(dark: bool) -> None:
    """4.5 or more for every text on every ground that it stands on."""
    blocks = re.findall(r":root \{(.*?)\}", str(stylesheet()), re.DOTALL)[: 2 if dark else 1]
    colours = {name: value for block in blocks for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]{6,8});", block)}
    verdicts = ("pass", "fail", "warning", "unseen", "blocked", "idle")
    pairs = [(ink, ground) for ink in ("ink", "soft", "link", *verdicts) for ground in ("paper", "card", "sunk")]
    pairs += [(ink, f"{name}-bg") for name in verdicts for ink in (name, "ink", "soft")]
    pairs += [("ink", "del-bg"), ("ink", "ins-bg")]
    for ink, ground in pairs:
        light, deep = sorted(
            (_luminance(colours[ink]), _luminance(_over(colours[ground], colours["paper"]))), reverse=True
        )
        assert (light + 0.05) / (deep + 0.05) >= 4.5, (ink, ground)


def test_the_style_loads_nothing() -> None:
    """No import, no URL, and nothing that ends the style element."""
    told = str(stylesheet())
    assert "url(" not in told
    assert "@import" not in told
    assert "<" not in told
    assert Path(page.css()).read_text(encoding="utf-8") == told


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
