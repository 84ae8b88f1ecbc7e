"""Hand-made runs for tests of the report: a passing one, a failing one, and one that is hostile in every text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from conformance.checks.verdicts import (
    FAIL,
    NOT_APPLICABLE,
    NOT_OBSERVED,
    PASS,
    WARNING,
    WORST_FIRST,
    Finding,
    RequirementResult,
    Result,
    RowResult,
    Tally,
)
from conformance.contract import Contract, load
from conformance.model.scenario import Push, Scenario, Stage
from conformance.wire.records import Exchange, Note, Observation, Problem, Recording, Reply, RunInfo, Sent, Story

URL = "http://127.0.0.1:8080/event/push/alert/standard"
KEYED = f"{URL}?integration_key=$INTEGRATION_KEY"
JSON = (("Content-Type", "application/json"),)
INFO = RunInfo(
    id="1f9c2e", started="2026-11-23T22:40:00Z", target=URL, observer="openapi", budget="standard", seed=1, level="must"
)
#: Texts that a target may send back to do harm wherever they are shown.
HOSTILE = (
    "<script>document.title='ran'</script>",
    '"><img src=x onerror="document.title=\'ran\'">',
    "</style></title></script><svg onload=\"document.title='ran'\">",
    "]]><![CDATA[",
    "<!-- conformance:end --><!--",
    "{{ 7*7 }}{% raw %}",
    "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "line\r\n::error::injected\n",
    "\u202eback\u2066wards\u200b\ufeff",
    "lone \ud800 and \udfff",
    "`|*_[x](javascript:alert(1))_*|` @somebody #1 $(id) `id` ${HOME}",
    "x" * 1_000_000,
)


@cache
def contract() -> Contract:
    """The real contract."""
    return load()


def push(
    n: int,
    body: bytes,
    status: int = 200,
    reply: object = None,
    method: str = "POST",
    url: str = KEYED,
    headers: tuple[tuple[str, str], ...] = JSON,
    scenario: str = "sample",
) -> Exchange:
    """A recorded push with a reply."""
    said = {"request_id": f"{n:032x}", "data": {"alert_key": "k"}} if reply is None else reply
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Exchange(
        n=n,
        kind="push",
        note=Note(scenario=scenario),
        sent=Sent(method, url, headers, body),
        reply=Reply(status, "OK" if status < 300 else "Refused", (("Content-Type", "application/json"),), raw),
        problem=None,
        started=n * 0.007,
        seconds=0.002 + (n * 37 % 100) / 20_000,
    )


def story(n: int, event: Mapping[str, object], alert: Mapping[str, object] | None = None, **more: object) -> Story:
    """A story of one push, and what the store showed after it."""
    body = json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")
    exchange = push(n, body, scenario=f"story-{n}", **more)  # type: ignore[arg-type]
    scenario = Scenario(f"story-{n}", "check", (), (Stage((Push(body),)),))
    look = Observation("seen", (alert,)) if alert is not None else None
    return Story(scenario, ((exchange,),), (look,))


def rows_of(entries: Iterable[RequirementResult]) -> tuple[RowResult, ...]:
    """Verdicts of rows as DESIGN tells them: a failed MUST, a failed SHOULD, the worst of the others."""
    entries = list(entries)
    rows = []
    for row in contract().rows:
        mine = [entry for entry in entries if entry.row == row]
        failed = [entry.level for entry in mine if entry.verdict == FAIL]
        if failed:
            rows.append(RowResult(row, FAIL if "must" in failed else WARNING))
        elif mine:
            rows.append(RowResult(row, min((entry.verdict for entry in mine), key=WORST_FIRST.index)))
    return tuple(rows)


def run(
    verdicts: Mapping[str, str] | None = None,
    findings: Mapping[str, tuple[Finding, ...]] | None = None,
    info: RunInfo = INFO,
    extra: Iterable[Story] = (),
) -> tuple[Result, Recording]:
    """A run of every requirement, passing but for ``verdicts``, three exchanges and a read for each."""
    chance = random.Random(7)
    verdicts, findings = verdicts or {}, findings or {}
    recording = Recording(info, list(extra))
    entries, n = [], 100
    for place, requirement in enumerate(contract().requirements.values()):
        numbers = []
        for twist in range(3):
            n += 1
            event = {
                "title_rule": f"conformance 1f9c2e {requirement.id}",
                "event_status": "Warning",
                "alert_key": f"cfm-1f9c2e-{n:04d}",
                "description": "d" * (40 + 700 * twist),
                "labels": {"check": requirement.id, "resource": "171.26.23.22"},
            }
            refused = {"request_id": f"{n:032x}", "error": {"code": "InvalidParameter", "message": "no"}}
            alert = {**event, "alert_status": "Warning", "description": event["description"][:2048]}
            bad = twist == 2 and place % 3 == 0  # every ninth push is refused
            more = {"status": 400, "reply": refused} if bad else {}
            made = story(n, event, None if bad else alert, **more)
            exchange = replace(made.exchanges[0][0], seconds=chance.lognormvariate(-5.6, 0.6))
            recording.stories.append(replace(made, exchanges=((exchange,),)))
            numbers.append(n)
        found = findings.get(requirement.id, ())
        verdict = verdicts.get(requirement.id, PASS)
        name = requirement.id.replace(".", "_").replace("-", "_")
        node = f"conformance/checks/test_{requirement.row.partition('/')[0].lower()}.py::test_{name}"
        entries.append(
            RequirementResult(
                requirement.id, requirement.row, requirement.level, verdict, (node,), found, tuple(numbers)
            )
        )
        n += 1
        read = push(
            n, b'{"limit":100}', url=f"{URL.replace('/event/push/alert/standard', '/alert/list')}?app_key=$APP_KEY"
        )
        recording.others.append(replace(read, kind="read", note=Note(role="read")))
    fingerprint = {
        point.id: point.answers[0][0] if point.answers else "32 hexadecimal digits"
        for point in list(contract().open_points.values())[:50]
    }
    failed = any(entry.verdict == FAIL and entry.level == "must" for entry in entries)
    result = Result(
        verdict="does-not-conform" if failed else "conforms",
        exit_code=1 if failed else 0,
        sentence="",
        info=info,
        requirements=tuple(entries),
        rows=rows_of(entries),
        fingerprint=fingerprint,
        tally=Tally(3.14, n - 100, n - 100 - len(entries), len(entries)),
    )
    return result, recording


def passing() -> tuple[Result, Recording]:
    """Everything passes."""
    return run()


def unobserved() -> tuple[Result, Recording]:
    """What a run without a read-back or a second key comes to."""
    verdicts = {
        requirement.id: NOT_APPLICABLE if requirement.needs else NOT_OBSERVED
        for requirement in contract().requirements.values()
        if requirement.needs or requirement.observed_in == "stored"
    }
    return run(verdicts, info=replace(INFO, observer="none"))


def failing() -> tuple[Result, Recording]:
    """Two MUST and one SHOULD fail, the exchanges to show for it."""
    title = "".join(chr(97 + place % 26) for place in range(514))
    event = {
        "title_rule": title,
        "event_status": "Critical",
        "alert_key": "cfm-cut",
        "labels": {"check": "a", "x": "b"},
    }
    alert = {**event, "title_rule": title[:511], "alert_status": "Critical", "labels": {"check": "a"}}
    cut = story(1, event, alert)
    crash = story(
        2, {"title_rule": "x", "event_status": {"a": 1}}, None, status=500, reply=b"<h1>Internal Server Error</h1>"
    )
    late = replace(
        push(3, b'{"title_rule": 1}', status=429, reply={"request_id": "3", "error": {"code": "RequestTooFrequently"}}),
        seconds=0.09,
    )
    silent = replace(push(4, b"{"), reply=None, problem=Problem("timeout", "no whole reply within 10 s"), seconds=0.4)
    findings = {
        "title-rule.cut": (
            Finding(
                "a title_rule of 514 characters was cut to 511 characters",
                sent="title_rule of 514 characters (ascii)",
                expected="exactly the first 512 characters",
                got="200, accepted",
                stored="511 characters: “" + title[:511] + "”",
                exchanges=(1,),
                scenario="story-1",
            ),
        ),
        "code.invalid-parameter.never-5xx": (
            Finding(
                "an event_status that is an object was answered with 500 and HTML",
                sent='event_status {"a": 1}',
                expected="400 InvalidParameter in the envelope",
                got="500 Internal Server Error, text/html, 30 bytes",
                exchanges=(2, 4),
                scenario="story-2",
            ),
        ),
        "title-rule.extra-ignored": (
            Finding(
                "an event with an unknown field was refused",
                "extra: 1",
                "accepted",
                "400 InvalidParameter",
                None,
                (103,),
            ),
        ),
    }
    result, recording = run(dict.fromkeys(findings, FAIL), findings, extra=(cut, crash))
    recording.others += [late, silent]
    return result, recording


def hostile(url: str = "http://127.0.0.1:9/x") -> tuple[Result, Recording]:
    """A failing run whose every text does harm where it is not made safe; ``url`` is what it tries to load."""
    loads = (
        f'<img src="{url}/img"><link rel=stylesheet href="{url}/css">',
        f"<script src='{url}/js'></script>",
        f"url({url}/bg)",
    )
    texts = [*HOSTILE, *loads]
    findings, extra, verdicts = {}, [], {}
    for place, (text, requirement) in enumerate(
        zip(texts * 2, contract().requirements.values(), strict=False), start=1
    ):
        event = {"title_rule": text, "event_status": "Info", "alert_key": "k" + text[:300], "labels": {text[:99]: text}}
        alert = {**event, "title_rule": text[::-1], "alert_status": text, "labels": {"other": text}}
        reply = {"request_id": text, "error": {"code": text, "message": text}}
        made = story(place, event, alert, status=400, reply=reply)
        exchange = made.exchanges[0][0]
        headers = tuple((name, text[:2000]) for name in ("X-Hostile", "Set-Cookie"))
        answer = replace(exchange.reply, headers=headers, reason=text[:2000])
        exchange = replace(exchange, reply=answer, note=replace(exchange.note, role=text[:50], scenario=text[:500]))
        extra.append(replace(made, exchanges=((exchange,),)))
        findings[requirement.id] = (Finding(text, text, text, text, text, (place,), text),)
        verdicts[requirement.id] = FAIL
    result, recording = run(verdicts, findings, replace(INFO, target=f"{URL}/{texts[1]}", observer=texts[0]), extra)
    entries = tuple(
        replace(
            entry,
            checks=(f"conformance/checks/test_x.py::test_y[{texts[place % len(texts)][:80]}]",),
            reason=texts[place % len(texts)],
        )
        for place, entry in enumerate(result.requirements)
    )
    fingerprint = {point: texts[place % len(texts)] for place, point in enumerate(result.fingerprint)}
    spoken = {"complaints": tuple(texts), "warnings": tuple(texts), "sentence": texts[0]}
    return replace(result, requirements=entries, fingerprint=fingerprint, **spoken), recording
