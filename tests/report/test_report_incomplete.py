"""A run that came to no end of its own says why first, and in one line."""

from dataclasses import replace

import pytest
from report_samples import contract, run

from conformance.checks import conclude
from conformance.checks.causes import CUT_SHORT, GONE, RATE
from conformance.checks.verdicts import Finding, Result, Tally
from conformance.plugin import outputs
from conformance.report import github, outcome
from conformance.report.page import summary_html
from conformance.report.terminal import render

_MANY = [entry.id for entry in contract().requirements.values() if entry.level == "must"][:42]
_CAUSE = "the target answered no more after 61 requests"
_BUSY = "http://127.0.0.1:8080 keeps answering that it is too busy (503 ServiceUnavailable): wait"


def cut_short(ids: list[str], sentence: str = CUT_SHORT[GONE], cause: str = _CAUSE) -> Result:
    """A run in which these requirements are blocked for that reason."""
    result, _ = run(dict.fromkeys(ids, "blocked"), {name: (Finding(sentence),) for name in ids})
    return replace(result, verdict="incomplete", exit_code=5, cause=cause)


def not_begun() -> Result:
    """A run that ended before anything was judged."""
    result, _ = run(dict.fromkeys(contract().requirements, "not-reached"))
    entries = tuple(replace(entry, reason="the run could not begin") for entry in result.requirements)
    return replace(
        result, verdict="incomplete", exit_code=5, sentence=f"incomplete: {_BUSY}", requirements=entries, fingerprint={}
    )


def test_the_cause_comes_first_then_how_many_then_five_ids() -> None:
    """Two kilobytes of ids hid what had happened."""
    told = outcome.headline(cut_short(_MANY))
    five = ", ".join(_MANY[:5])
    assert told.startswith(f"incomplete: {_CAUSE}; 42 MUST were not decided: {five} …; 63 of 105 MUST")
    assert _MANY[5] not in told
    assert len(told) < 500


def test_few_undecided_are_all_named() -> None:
    """Where nothing is left out, no ellipsis says so."""
    told = outcome.headline(cut_short(_MANY[:1], cause=""))
    assert told.startswith(f"incomplete: nothing failed; 1 MUST was not decided: {_MANY[0]}; 104 of 105 MUST")


def test_a_run_that_fell_says_too_that_it_was_cut_short() -> None:
    """What fell stands first, and that most was never tried stands behind it."""
    result = cut_short(_MANY[1:])
    fell = tuple(replace(e, verdict="fail") if e.id == _MANY[0] else e for e in result.requirements)
    told = outcome.headline(replace(result, verdict="does-not-conform", exit_code=1, requirements=fell))
    assert told.startswith("does not conform: 1 of 105 MUST fell")
    assert f"; {_CAUSE}; 41 MUST were not decided: " in told


@pytest.mark.parametrize(
    ("sentence", "why", "how"),
    [
        (CUT_SHORT[GONE], "the target answered no more before this could be tried", "its log"),
        (CUT_SHORT[RATE], "the target kept refusing for its rate before this could be tried", "--max-rate"),
        ("The store could not be read: it answers 500.", "the store could not be read: it answers 500", "--read-url"),
        ("Its twin was not accepted.", "its twin was not accepted", "see the findings of the row"),
    ],
)
def test_what_is_blocked_says_what_stood_in_the_way(sentence: str, why: str, how: str) -> None:
    """Never only that something did not hold, and with what to do about it."""
    result = cut_short(_MANY[:3], sentence)
    told = render(result, None, contract(), width=140)
    assert f"3 requirements blocked ({why})" in " ".join(told.split())
    assert how in told
    assert "did not hold" not in told


def test_a_run_that_could_not_begin_gives_its_sentence_and_no_counts() -> None:
    """On the terminal, in the annotation and in the summary: 0 of 105 says nothing, a larger budget helps nobody."""
    result = not_begun()
    assert outcome.headline(result) == f"incomplete: {_BUSY}"
    assert outcome.lead(result) == _BUSY  # a URL stands first
    assert github.commands(result) == [f"::error title=Incomplete::incomplete: {_BUSY}"]
    summary = github.summary(result, contract())
    assert "of 105" not in summary
    assert "budget" not in summary


def test_a_url_at_the_beginning_stays_a_url() -> None:
    """Under the heading stands a sentence; Http://127.0.0.1 is none."""
    told = "http://127.0.0.1:8080 refuses connections"
    result = replace(not_begun(), verdict="untestable", exit_code=4, sentence=f"untestable: {told}")
    assert outcome.lead(result) == told
    assert outcome.lead(replace(result, sentence="untestable: the key is refused")) == "The key is refused"


def test_where_nothing_was_sent_no_time_is_told() -> None:
    """0.0 ms looks like a measurement."""
    result = replace(run()[0], tally=Tally())
    assert outcome.headline(result).endswith("; nothing was sent")
    page = summary_html(result, None, contract())
    assert "<dt>Time</dt><dd>– " in page
    assert "0.0 ms" not in page


@pytest.mark.parametrize("verdict", ["interrupted", "internal-error"])
def test_a_run_that_came_to_no_end_is_counted(verdict: str) -> None:
    """Its sentence is the only one that does not come from the headline, and is told once, without a verdict twice."""
    result = replace(run()[0], verdict=verdict, partial=True)
    told = outcome.headline(replace(result, sentence=conclude.sentence(result)))
    assert told == f"{verdict.replace('-', ' ')}: 105 of 105 MUST, 15 of 15 SHOULD; 480 requests in 3 s (partial run)"


def test_a_run_interrupted_while_it_was_shown_says_so_once() -> None:
    """What it had come to stands behind it."""
    shown = outputs.interrupted(replace(run()[0], sentence=conclude.sentence(run()[0])))
    told = outcome.headline(shown)
    assert told.startswith("interrupted: while it was shown: conforms: 105 of 105 MUST")
    assert told.count("interrupted") == 1
