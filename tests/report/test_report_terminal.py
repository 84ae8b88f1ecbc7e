"""The end of a run reads well on any terminal."""

import io
import re
import unicodedata

import pytest
from report_samples import contract, failing, hostile, passing, run, unobserved

from conformance.report.progress import EVERY, Progress
from conformance.report.terminal import render

_CODES = re.compile(r"\x1b\[[0-9;]*m")


def columns(line: str) -> int:
    """The width of a line on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def test_a_failure_says_all_it_takes() -> None:
    """Requirement, row, statement, sent, expected, got, stored, curl and how to run it again."""
    told = render(*failing(), contract(), width=120)
    block = told.split("\n\n")[0]
    for words in (
        "FAIL Payload/title_rule title-rule.cut (MUST)",
        contract().requirements["title-rule.cut"].statement,
        "sent     title_rule of 514 characters",
        "expected exactly the first 512 characters",
        "got      200, accepted",
        "stored   511 characters",
        "again    pytest --pyargs conformance.checks.test_payload::test_title_rule_cut --target-url http://127.0.0.1:8080/",
        "curl     see #1 in conformance.html",
    ):
        assert words in block
    assert '"$CONFORMANCE_INTEGRATION_KEY"' in told.split("\n\n")[1]


def test_the_last_line_is_the_verdict() -> None:
    """One sentence on one line, with every row that fell."""
    last = render(*failing(), contract(), width=60).splitlines()[-1]
    assert last == (
        "does not conform: 2 of 105 MUST fell in 2 rows: Payload/title_rule (title-rule.cut); "
        "Code/InvalidParameter (code.invalid-parameter.never-5xx); 480 requests in 3.1 s"
    )
    last = render(*passing(), contract()).splitlines()[-1]
    assert last == "conforms: 105 of 105 MUST, 15 of 15 SHOULD; 50 of 57 open points answered; 480 requests in 3.1 s"


def test_what_was_not_seen_is_never_hidden() -> None:
    """The verdict counts it apart, and a line says how to see it."""
    told = render(*unobserved(), contract(), width=200)
    assert "61 of 105 MUST (37 not observed, 7 not applicable)" in told.splitlines()[-1]
    assert "--app-key KEY" in told
    assert "--second-key KEY" in told


@pytest.mark.parametrize("width", [40, 60, 80, 160])
@pytest.mark.parametrize("make", [passing, failing, unobserved, hostile])
def test_no_line_is_wider_than_the_terminal(width: int, make) -> None:  # noqa: ANN001 - a sample
    """But for lines to be copied and the verdict, which must stay whole."""
    lines = render(*make(), contract(), width=width).splitlines()
    for line in lines[:-1]:
        if not line.lstrip().startswith(("curl ", "again ")):
            assert columns(line) <= width, line


@pytest.mark.parametrize("width", [48, 60, 80, 100])
def test_no_name_is_broken(width: int) -> None:
    """Rows, verdicts and ids stay whole, so that they can be read and searched for."""
    fallen = ["title-rule.cut", "code.invalid-parameter.body", "code.invalid-parameter.never-5xx"]
    verdicts = dict.fromkeys(fallen, "fail") | {"code.request-too-frequently": "not-applicable"}
    told = render(*run(verdicts), contract(), width=width)
    table = told[told.index("row  ") :].splitlines()
    table = table[: table.index("")]
    names = contract().rows if width >= 60 else [row.partition("/")[2] for row in contract().rows]
    assert [line.split()[0] for line in table if line.startswith("  ") and line[2] != " "] == list(names)
    assert any("not applicable" in line for line in table)
    words = {word.rstrip(",") for line in table for word in line.split()}
    assert set(fallen) <= words


def test_without_colour_there_are_no_control_characters() -> None:
    """A log gets text alone, whatever the target said."""
    for make in (failing, hostile):
        told = render(*make(), contract(), colour=False)
        assert all(line.isprintable() for line in told.splitlines())


def test_colour_only_adds_colour() -> None:
    """The words are the same with and without colour."""
    plain, coloured = (render(*failing(), contract(), width=100, colour=colour) for colour in (False, True))
    assert "\x1b[" in coloured
    stripped = "\n".join(line.rstrip() for line in _CODES.sub("", coloured).splitlines()) + "\n"
    assert stripped == plain


def test_an_ascii_stream_gets_ascii() -> None:
    """Where the stream takes no other, signs have ASCII kin."""
    assert render(*failing(), contract(), encoding="ascii").isascii()


def test_a_target_that_fails_everything_is_told_briefly() -> None:
    """Twelve blocks, then the rest by name; the verdict still names every row."""
    result, recording = run(dict.fromkeys(contract().requirements, "fail"))
    told = render(result, recording, contract(), width=100)
    assert len(told.splitlines()) < 250
    assert all(row in told.splitlines()[-1] for row in contract().rows)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_log_gets_a_line_now_and_then() -> None:
    """Every ten seconds, without control characters: row, requests of budget, rate, time left."""
    log, clock = io.StringIO(), Clock()
    with Progress(log, budget=1000, clock=clock) as progress:
        for second in range(31):
            clock.now = float(second)
            progress.update("Payload/labels", second * 10)
    lines = log.getvalue().splitlines()
    assert len(lines) == 30 // EVERY
    assert lines[-1] == "Payload/labels: 300 of 1,000 requests, 10/s, about 70 s left"


def test_a_terminal_gets_a_line_that_goes_away() -> None:
    """The line is redrawn in place and gone at the end; a hostile row cannot move the cursor."""
    screen, clock = Terminal(), Clock()
    with Progress(screen, budget=150, max_seconds=60, clock=clock) as progress:
        clock.now = 2.0
        progress.update("Payload/\x1b]0;x\x07", 30, planned=100)
    told = screen.getvalue()
    assert "30 of 100 requests (budget 150)" in _CODES.sub("", told)
    assert "\x1b]0" not in told
    assert told.endswith(("\x1b[2K", "\x1b[?25h"))


def _after(*steps: tuple[float, int], budget: int = 150, max_seconds: float | None = None) -> str:
    """What is said after so many requests at those seconds."""
    clock = Clock()
    with Progress(io.StringIO(), budget=budget, max_seconds=max_seconds, clock=clock) as progress:
        for now, requests in steps:
            clock.now = now
            progress.update("Payload/labels", requests)
        return progress.sentence()


@pytest.mark.parametrize(
    "steps",
    [((8.0, 1),), ((8.0, 14),), ((0.5, 60),), ((3.0, 1), (6.0, 2))],
    ids=["a slow first exchange", "too few", "too soon", "slow ones"],
)
def test_nothing_is_promised_before_enough_has_been_done(steps: tuple[tuple[float, int], ...]) -> None:
    """A first exchange that took eight seconds says nothing about the other 149."""
    assert "left" not in _after(*steps)


def test_a_wait_does_not_make_the_rest_of_a_run_long() -> None:
    """Sixty requests in two seconds, then ten seconds of waiting for alerts to show: not minutes are left."""
    told = _after(*[(second / 10, 3 * second) for second in range(21)], *[(float(s), 60) for s in range(3, 13)])
    assert told.endswith("about 18 s left")


def test_a_time_limit_is_a_bound_and_no_guess() -> None:
    """Before anything can be guessed, and where the guess goes beyond it."""
    assert _after((1.0, 1), max_seconds=20).endswith("at most 19 s left")
    assert _after((5.0, 20), max_seconds=20).endswith("at most 15 s left")
