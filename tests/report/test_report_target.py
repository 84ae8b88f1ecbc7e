"""Readers are told what was tested in words that mean something."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import INFO, URL, contract, run

from conformance.report import github, machine, outcome
from conformance.report.page import summary_html
from conformance.report.terminal import render

OPTIONS = ("--insecure", "--fault", "title-cut-at-511", "--max-seconds", "9", "--variant", "utf16")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "the embedded server"),
        (OPTIONS[1:3], "the embedded server, fault title-cut-at-511"),
        (OPTIONS, "the embedded server, fault title-cut-at-511, variant utf16"),
        (("--fault", "<b>\x1b[31m"), "the embedded server, fault <b>\\x1b[31m"),
    ],
)
def test_an_embedded_server_is_told_by_what_it_was_told_to_be(options: tuple[str, ...], told: str) -> None:
    """Its address leads nowhere once the run is over."""
    assert outcome.target(replace(INFO, embedded=True, options=options)) == told


def test_page_terminal_and_summary_tell_it_and_the_file_has_the_address() -> None:
    """Programs get what the design says."""
    result, recording = run(info=replace(INFO, embedded=True, options=OPTIONS))
    told = "the embedded server, fault title-cut-at-511, variant utf16"
    assert f'<p class="target">{told}</p>' in summary_html(result, recording, contract())
    assert f"tested: {told}" in render(result, recording, contract(), width=120).splitlines()
    assert URL not in github.summary(result, contract())
    assert machine.document(result, contract(), "0.1.0")["target"]["url"] == URL


def test_any_other_target_is_told_by_its_url() -> None:
    """That is what the user gave."""
    assert outcome.target(INFO) == URL
