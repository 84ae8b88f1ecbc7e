"""The page mirrors the document, says first what matters, can be read in light and dark, and loads nothing."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_outline import Outline, made
from report_samples import contract, failing, hostile, passing, run, unobserved

from conformance.checks.verdicts import WORST_FIRST
from conformance.report import page
from conformance.report.page import KillFigure, summary_html
from conformance.report.templates import stylesheet
from conformance.wire.records import Recording

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
