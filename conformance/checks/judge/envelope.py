"""Judges the envelope of every reply: request_id, error, code with its status, message (Response, Error, Code rows)."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.checks.judge.bench import Bench, shown
from conformance.checks.judge.reply import ACCEPTED, Answer, read
from conformance.checks.verdicts import Finding
from conformance.wire.records import Exchange

CHECK = "envelope"


def judge(bench: Bench, exchanges: Sequence[Exchange], big: int) -> None:
    """Every reply of the run; ``big`` is the size in bytes from which a body may be called too large."""
    answered = [exchange for exchange in exchanges if exchange.reply is not None and exchange.sent.method != "HEAD"]
    for exchange in answered:
        answer = read(exchange)
        _request_id(bench, exchange, answer)
        if answer.body is None:
            continue
        if _is_success(answer):
            _success(bench, exchange, answer)
        else:
            _failure(bench, exchange, answer, big)
    _unique(bench, answered)


def _is_success(answer: Answer) -> bool:
    return answer.kind == ACCEPTED


def _request_id(bench: Bench, exchange: Exchange, answer: Answer) -> None:
    value = answer.body.get("request_id") if answer.body is not None else None
    if isinstance(value, str) and value:
        bench.passes("request-id.present", CHECK, (exchange.n,))
        return
    if answer.body is None:
        got = f"{answer.status}, a body that is no JSON object: {_start(exchange)}"
    else:
        got = f"{answer.status}, request_id {shown(value) if 'request_id' in answer.body else 'absent'}"
    bench.fails("request-id.present", CHECK, Finding(
        f"A reply holds no usable request_id: {got}.", sent=f"{exchange.sent.method} request{_of(exchange)}",
        expected="a JSON object with a non-empty string request_id", got=got, exchanges=(exchange.n,),
    ))  # fmt: skip


def _of(exchange: Exchange) -> str:
    """Which request it was, where a scenario sent it."""
    return f" of {exchange.note.scenario}" if exchange.note.scenario else ""


def _start(exchange: Exchange) -> str:
    return ascii(exchange.reply.body[:60]) if exchange.reply is not None else ""


def _unique(bench: Bench, exchanges: Sequence[Exchange]) -> None:
    """No two replies of a run hold the same request_id."""
    first: dict[str, int] = {}
    for exchange in exchanges:
        body = read(exchange).body
        value = body.get("request_id") if body is not None else None
        if not isinstance(value, str) or not value:
            continue
        if value in first:
            bench.fails("request-id.unique", CHECK, Finding(
                f"Two replies hold the same request_id {shown(value)}.", expected="one of its own for each reply",
                got=f"the same in exchanges {first[value]} and {exchange.n}", exchanges=(exchange.n, first[value]),
            ))  # fmt: skip
        first.setdefault(value, exchange.n)
    if len(first) > 1:
        bench.passes("request-id.unique", CHECK, list(first.values())[:2])


def _success(bench: Bench, exchange: Exchange, answer: Answer) -> None:
    assert answer.body is not None
    bench.answer("reply.status-on-success", str(answer.status))
    if "error" not in answer.body:
        bench.passes("error.absent-on-success", CHECK, (exchange.n,))
        bench.passes("error.null-on-success", CHECK, (exchange.n,))
    elif answer.body["error"] is None:
        bench.passes("error.absent-on-success", CHECK, (exchange.n,))
        bench.fails("error.null-on-success", CHECK, Finding(
            "A reply of success holds error: null; the document returns error only when one occurs.",
            expected="no error", got="error: null", exchanges=(exchange.n,),
        ))  # fmt: skip
    else:
        value = answer.body["error"]
        bench.fails("error.absent-on-success", CHECK, Finding(
            f"A reply of success ({answer.status}) holds an error: {shown(value)}.",
            expected="no error", got=f"{answer.status} with error {shown(value)}", exchanges=(exchange.n,),
        ))  # fmt: skip


def _failure(bench: Bench, exchange: Exchange, answer: Answer, big: int) -> None:
    assert answer.body is not None
    data = "absent" if "data" not in answer.body else "null" if answer.body["data"] is None else "present"
    bench.answer("reply.data-on-error", data)
    if answer.error is None:
        value = shown(answer.body["error"]) if "error" in answer.body else "absent"
        bench.fails("error.present-on-failure", CHECK, Finding(
            f"A reply of failure ({answer.status}) holds no error object: error is {value}.",
            expected="error, an object", got=f"{answer.status}, error {value}", exchanges=(exchange.n,),
        ))  # fmt: skip
        return
    bench.passes("error.present-on-failure", CHECK, (exchange.n,))
    _message(bench, exchange, answer)
    _code(bench, exchange, answer, big)


def _sent_length(exchange: Exchange) -> int:
    """The length of the body as it was sent: a long one is recorded in part."""
    told = [value for name, value in exchange.sent.headers if name.lower() == "content-length" and value.isdigit()]
    return int(told[0]) if told else len(exchange.sent.body)


def _message(bench: Bench, exchange: Exchange, answer: Answer) -> None:
    assert answer.error is not None
    value = answer.error.get("message")
    bench.answer("reply.message", "absent" if value is None else "present")
    if value is None or isinstance(value, str):
        bench.passes("error-message.string", CHECK, (exchange.n,))
        return
    bench.fails("error-message.string", CHECK, Finding(
        f"The message of an error is no string: {shown(value)}.", expected="a string, or none", got=shown(value),
        exchanges=(exchange.n,),
    ))  # fmt: skip


def _code(bench: Bench, exchange: Exchange, answer: Answer, big: int) -> None:
    """The code is one of the ten, with the status of the table; two exceptions are accepted."""
    contract, code = bench.contract, answer.code
    if isinstance(code, str) and code in contract.exceptions and answer.status == contract.exceptions[code]:
        too_large = code == "EntityTooLarge"
        if not too_large or _sent_length(exchange) >= big:
            return
    if not isinstance(code, str) or code not in contract.codes:
        bench.fails("error-code.listed", CHECK, Finding(
            f"The code of an error is none of the ten: {shown(code)} (status {answer.status}).",
            expected="one of " + ", ".join(contract.codes), got=shown(code), exchanges=(exchange.n,),
        ))  # fmt: skip
        return
    bench.passes("error-code.listed", CHECK, (exchange.n,))
    requirement, status = bench.code_requirement(code), contract.codes[code]
    if answer.status != status:
        bench.fails(requirement, CHECK, Finding(
            f"{code} came with status {answer.status} instead of {status}.", expected=f"{status} {code}",
            got=f"{answer.status} {code}", exchanges=(exchange.n,),
        ))  # fmt: skip
