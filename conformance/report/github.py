"""Tells a GitHub workflow what happened: annotations on its log, and a summary in Markdown; decides nothing."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

from conformance.checks.verdicts import RequirementResult, Result
from conformance.contract import Contract
from conformance.report import outcome
from conformance.report.remedies import remedies
from conformance.report.text import clean, plural

#: GitHub shows at most ten annotations of a kind for a step: the last one then names the rest.
_MOST = 10
_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
#: Every ASCII sign as an entity: Markdown and HTML then have nothing left to act upon.
_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in string.punctuation if sign not in ".,/-()"})


def commands(result: Result) -> list[str]:
    """Workflow commands: an error for each requirement that fell, warnings and notices for the others."""
    lines = _limited("error", outcome.fallen(result))
    lines += [_command("error", "gate", clean(text, 500)) for text in result.complaints[:_MOST]]
    if result.exit_code not in {0, 1}:
        lines.append(_command("error", outcome.TITLES.get(result.verdict, result.verdict), outcome.headline(result)))
    lines += _limited("warning", outcome.warned(result))
    lines += _limited("notice", outcome.known(result))
    return lines


def _limited(kind: str, entries: tuple[RequirementResult, ...]) -> list[str]:
    lines = [_command(kind, f"{entry.row}: {entry.id}", _finding(entry)) for entry in entries]
    if len(lines) <= _MOST:
        return lines
    rest = entries[_MOST - 1 :]
    return [*lines[: _MOST - 1], _command(kind, f"{len(rest)} more", outcome.rows_of(rest))]


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={title.translate(_PROPERTY)}::{text.translate(_TEXT)}"


def _finding(entry: RequirementResult) -> str:
    known = f" (known: {clean(entry.reason, 200)})" if entry.known else ""
    return (clean(entry.findings[0].sentence, 500) if entry.findings else outcome.words(entry.verdict)) + known


def summary(result: Result, contract: Contract) -> str:
    """The step summary: verdict, what fell, a table by section of the document, open points apart."""
    lines = [f"## {outcome.TITLES.get(result.verdict, result.verdict)}", "", _md(outcome.headline(result)), ""]
    lines.append(f"Target {_md(outcome.target(result.info))}, observer {_md(clean(result.info.observer))}.")
    for title, entries in (
        ("Fell", outcome.fallen(result)),
        ("Warnings", outcome.warned(result)),
        ("Known", outcome.known(result)),
    ):
        if entries:
            lines += ["", f"### {title}", "", "| Row | Requirement | Finding |", "|---|---|---|"]
            lines += [f"| {_md(e.row)} | {_md(e.id)} | {_md(_finding(e))} |" for e in entries[:50]]
    if result.complaints:
        lines += ["", "### Baseline and lock", "", *(f"- {_md(clean(text, 500))}" for text in result.complaints)]
    lines += ["", "### By section", "", "| Section | Rows | Verdict |", "|---|---|---|"]
    verdicts = {entry.row: entry.verdict for entry in outcome.chosen(result).rows}
    for table in contract.tables:
        rows = [verdicts[row.name] for row in table.rows if row.name in verdicts]
        if not rows:
            continue
        told = ", ".join(f"{rows.count(verdict)} {outcome.words(verdict)}" for verdict in dict.fromkeys(rows))
        lines.append(f"| {_md(table.title)} | {len(rows)} | {told} |")
    for remedy in remedies(result, contract):
        what = f"{plural(remedy.count, 'requirement')} {outcome.words(remedy.verdict)}"
        lines += ["", f"{what}: {_md(remedy.why)}; give {_md(remedy.how)}."]
    return "\n".join(lines) + "\n"


def _md(text: str) -> str:
    return text.translate(_SIGNS)


def deaf(token: str, environment: Mapping[str, str]) -> list[str]:
    """The line after which GitHub takes nothing for a command until ``heard`` is printed: a target's text follows."""
    return [f"::stop-commands::{token}"] if environment.get("GITHUB_ACTIONS") == "true" else []


def heard(token: str, environment: Mapping[str, str]) -> list[str]:
    """The line that lets GitHub listen to commands again."""
    return [f"::{token}::"] if environment.get("GITHUB_ACTIONS") == "true" else []


def publish(result: Result, contract: Contract, environment: Mapping[str, str]) -> list[str]:
    """Append the step summary where the environment asks for one; returns the lines to print, none outside GitHub."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    if path := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(result, contract))
    return commands(result)
