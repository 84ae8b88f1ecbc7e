"""A run that ends before anything was judged still says what it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plugin_runs import answering, suite

from conformance.contract.schemas import validator

_KEYS = {"CONFORMANCE_INTEGRATION_KEY": "some-key", "CONFORMANCE_APP_KEY": "some-app-key"}


def _reply(status: str, code: str, *headers: str) -> bytes:
    body = json.dumps({"request_id": "r", "error": {"code": code, "message": "no"}}).encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


@pytest.mark.parametrize(
    ("reply", "code", "verdict", "said"),
    [
        (_reply("401 Unauthorized", "Unauthorized"), 4, "untestable", "the integration key is refused"),
        (_reply("503 Busy", "ServiceUnavailable", "Retry-After: 86400"), 5, "incomplete", "it is too busy (503"),
    ],
    ids=["key refused", "busy"],
)
def test_what_was_sent_before_a_run_could_begin_is_counted(
    tmp_path: Path, reply: bytes, code: int, verdict: str, said: str
) -> None:
    """Requests, seconds and the observer that was asked for; and the annotation gives the sentence, not 0 of 105."""
    with answering(reply) as url:
        done = suite(tmp_path, "--target-url", url, GITHUB_ACTIONS="true", **_KEYS)
    assert done.code == code, done.out
    report = done.report
    validator("conformance-report.json").validate(report)
    assert (report["verdict"], report["target"]["observer"]) == (verdict, "openapi")
    told = report["run"]
    assert told["requests"] == told["pushes"] > 0
    assert told["seconds"] > 0
    [annotation] = [line for line in done.out.splitlines() if line.startswith("::error title=")]
    assert said in annotation
    assert " of 105" not in annotation


def test_where_nothing_was_sent_nothing_is_counted(tmp_path: Path) -> None:
    """A target that may not be tested got no request, and the report says 0."""
    url = "https://api.flashcat.cloud/event/push/alert/standard"
    done = suite(tmp_path, "--target-url", url, **_KEYS)
    assert (done.report["run"]["requests"], done.report["target"]["observer"]) == (0, "none")
    page = (tmp_path / "reports/latest/conformance.html").read_text("utf-8")
    assert page.count("vendor&#39;s production service") == 1
    assert "<dt>Time</dt><dd>– " in page
