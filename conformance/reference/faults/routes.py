"""Codes InvalidContentType, MethodNotAllowed, RouteNotFound: wrong answers to wrong requests; must not know bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, coded, hang_up, pages, status_of, stored_although, wrong
from conformance.reference.records import Refusal, Reply
from conformance.reference.rules.http import PUSH_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

TYPE = "Code/InvalidContentType"
METHOD = "Code/MethodNotAllowed"
ROUTE = "Code/RouteNotFound"


def _code_instead(code: str, other: str) -> Callable[[Call], Any]:
    return lambda call: other if call.plain() == code else call.plain()


def _empty(code: str, status: int) -> Callable[[Call], Any]:
    """Answer one code with a status and nothing else."""
    return lambda call: Reply(status, raw=b"") if call.value.code == code else call.plain()


# InvalidContentType

wrong(
    "unsupported-media-type-415",
    TYPE,
    "A wrong Content-Type is answered with status 415.",
    failure_status=status_of("InvalidContentType", 415),
)
wrong(
    "wrong-content-type-is-invalid-parameter",
    TYPE,
    "A wrong Content-Type is answered with the code InvalidParameter.",
    shown_code=_code_instead("InvalidContentType", "InvalidParameter"),
)
wrong(
    "wrong-content-type-500",
    TYPE,
    "A wrong Content-Type is answered with 500.",
    check_content_type=lambda call: (
        call.plain() if call.rules.content_type_accepted(call.ctx, _type(call)) else breaks(call)
    ),
)
wrong(
    "wrong-content-type-page",
    TYPE,
    "A wrong Content-Type is answered with an HTML page.",
    **pages(coded("InvalidContentType"), 415, "415 Unsupported Media Type"),
)
wrong(
    "wrong-content-type-stored",
    TYPE,
    "A push with a wrong Content-Type is refused, and stored all the same.",
    push=stored_although("InvalidContentType"),
)


def _type(call: Call) -> str:
    return call.ctx.header("content-type") or "application/json"


# MethodNotAllowed


def _methods(*methods: str) -> Callable[[Call], Any]:
    return lambda call: call.plain() or call.ctx.method in methods


def _on_method(*methods: str, then: Callable[[Call], Any]) -> Callable[[Call], Any]:
    return lambda call: then(call) if call.ctx.method in methods else call.plain()


def _greets(call: Call) -> Reply:
    """Answer as a health check would."""
    return call.rules.reply(call.ctx, 200, {"request_id": call.ctx.request_id, "data": {"status": "up"}})


wrong(
    "method-not-allowed-405",
    METHOD,
    "A wrong method is answered with status 405.",
    failure_status=status_of("MethodNotAllowed", 405),
)
wrong(
    "wrong-method-is-invalid-parameter",
    METHOD,
    "A wrong method is answered with the code InvalidParameter.",
    shown_code=_code_instead("MethodNotAllowed", "InvalidParameter"),
)
wrong(
    "wrong-method-empty",
    METHOD,
    "A wrong method is answered with status 405 and an empty body.",
    failure=_empty("MethodNotAllowed", 405),
)
wrong(
    "get-greets",
    METHOD,
    "GET on the push path is answered with 200.",
    wrong_method=_on_method("GET", "HEAD", then=_greets),
)
wrong("put-pushes", METHOD, "PUT pushes as POST does.", is_push_method=_methods("PUT"))
wrong(
    "delete-500",
    METHOD,
    "DELETE on the push path is answered with 500.",
    hard=True,
    wrong_method=_on_method("DELETE", then=breaks),
)
wrong(
    "patch-unanswered",
    METHOD,
    "PATCH on the push path gets no reply, the connection is cut.",
    hard=True,
    answer=lambda call: _cut(call) if call.ctx.method == "PATCH" else call.plain(),
)
wrong(
    "head-500",
    METHOD,
    "HEAD on the push path is answered with 500.",
    hard=True,
    wrong_method=_on_method("HEAD", then=breaks),
)


async def _cut(_: Call) -> Reply:
    return hang_up()


# RouteNotFound


def _other_path(_: Call) -> Any:
    raise Refusal("MethodNotAllowed", "Request Method+Path not matched")


wrong(
    "unknown-path-400",
    ROUTE,
    "An unknown path is answered with status 400.",
    failure_status=status_of("RouteNotFound", 400),
)
wrong(
    "unknown-path-page",
    ROUTE,
    "An unknown path is answered with an HTML page.",
    **pages(coded("RouteNotFound"), 404, "404 Not Found"),
)
wrong(
    "unknown-path-is-method-not-allowed",
    ROUTE,
    "An unknown path is answered with the code MethodNotAllowed.",
    unknown_route=_other_path,
)
wrong(
    "unknown-path-is-resource-not-found",
    ROUTE,
    "An unknown path is answered with 404 and the code ResourceNotFound.",
    failure_body=lambda call: (
        call.plain("ResourceNotFound", call.value) if call.args[0] == "RouteNotFound" else call.plain()
    ),
)
wrong(
    "unknown-path-to-login",
    ROUTE,
    "An unknown path is redirected to the start page.",
    unknown_route=lambda _: Reply(302, raw=b"", headers=[("Location", "/")]),
)
wrong(
    "path-with-a-tail-pushes",
    ROUTE,
    "A path that goes on after the push path pushes too.",
    hard=True,
    is_push_path=lambda call: call.value.startswith(PUSH_PATH),
)
wrong(
    "any-path-pushes",
    ROUTE,
    "A POST to any path pushes.",
    is_push_path=lambda call: not call.rules.is_read_path(call.ctx, call.value),
)
wrong(
    "get-of-unknown-path-is-found",
    ROUTE,
    "GET of an unknown path is answered with the start page of the application.",
    hard=True,
    unknown_route=_on_method("GET", then=lambda _: Reply(200, raw=b"<!doctype html><html></html>")),
)
