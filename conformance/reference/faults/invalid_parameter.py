"""Code/InvalidParameter: refusals with another status or code, or that store all the same; must not know bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, coded, hang_up, pages, status_of, store, wrong
from conformance.reference.faults.registry import fault
from conformance.reference.records import Refusal
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call
    from conformance.reference.records import Exchange, Reply

ROW = "Code/InvalidParameter"
CODE = "InvalidParameter"


@fault("invalid-parameter-with-200", row=ROW, summary="Invalid parameters are answered with status 200.")
class InvalidParameterWith200(Rules):
    """The code is in the body only."""

    def failure_status(self, ctx: Exchange, code: str) -> int:
        """Give 200 for one code."""
        return 200 if code == "InvalidParameter" else super().failure_status(ctx, code)


# The status and the code

wrong(
    "invalid-parameter-with-422",
    ROW,
    "Invalid parameters are answered with status 422.",
    failure_status=status_of(CODE, 422),
)


def _coded_where(words: str, code: str) -> Callable[[Call], Any]:
    return lambda call: code if words in call.value.message else call.plain()


wrong(
    "invalid-json-is-internal-error",
    ROW,
    "A body that is not JSON is answered with 500 InternalError.",
    bad_json=breaks,
)
wrong(
    "missing-title-is-resource-not-found",
    ROW,
    "An event without title_rule is answered with the code ResourceNotFound.",
    shown_code=_coded_where("title_rule is required", "ResourceNotFound"),
)
wrong(
    "invalid-parameter-page",
    ROW,
    "Invalid parameters are answered with an HTML page.",
    **pages(coded(CODE), 400, "400 Bad Request"),
)

wrong(
    "invalid-json-cut",
    ROW,
    "After a body that is not JSON the connection is cut without a reply.",
    failure=lambda call: hang_up() if "not valid JSON" in call.value.message else call.plain(),
)

# Refused, and stored all the same


def _stored_where(words: str, **other: Any) -> Callable[[Call], Any]:
    """Make a `push` that stores an event which it refuses with these words, some of its fields put right."""

    async def push(call: Call) -> Any:
        try:
            return await call.plain()
        except Refusal as refusal:
            if refusal.code == CODE and words in refusal.message:
                await store(call, **other)
            raise

    return push


async def _misread_after_refusal(call: Call) -> Any:
    """Leave the body of what is refused on the connection, where the next request begins with it."""
    unread: set[str] = call.memory.setdefault("unread", set())
    if call.ctx.peer in unread:
        unread.discard(call.ctx.peer)
        return call.rules.not_http(call.ctx, invented_method=False)
    reply: Reply = await call.plain()
    if reply.status >= 400 and call.ctx.body:
        unread.add(call.ctx.peer)
    return reply


wrong(
    "unknown-status-stored",
    ROW,
    "An event whose event_status is not known is refused, and stored as Info all the same.",
    push=_stored_where("event_status must be one of", event_status="Info"),
)
wrong(
    "missing-title-stored",
    ROW,
    "An event without title_rule is refused, and stored all the same.",
    push=_stored_where("title_rule is required", title_rule="untitled"),
)
wrong(
    "bad-images-stored",
    ROW,
    "An event whose images are not an array of objects is refused, and stored without them all the same.",
    hard=True,
    push=_stored_where("images must be", images=[]),
)
wrong(
    "connection-misread-after-a-refusal",
    ROW,
    "The body of what is refused is left unread, so that the next request on the connection is not understood.",
    hard=True,
    answer=_misread_after_refusal,
)
