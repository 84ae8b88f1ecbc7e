"""Other answers about keys, media types, methods and paths; must refuse what the document refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference.records import Refusal, Reply
from conformance.reference.rules import Rules
from conformance.reference.rules.http import PUSH_PATH

if TYPE_CHECKING:
    from conformance.reference.records import Exchange


class BadKeyIsUnauthorized(Rules):
    """A bad integration key is answered with Unauthorized."""

    def bad_key_code(self, ctx: Exchange) -> str:
        """Give the code."""
        return "Unauthorized"


class BadKeyIsAccessDenied(Rules):
    """An unknown integration key is answered with AccessDenied, a missing one with InvalidParameter."""

    def bad_key_code(self, ctx: Exchange) -> str:
        """Give the code."""
        return "AccessDenied" if self.key_of(ctx) else "InvalidParameter"


class LastKeyCounts(Rules):
    """Of two integration keys the last one counts."""

    def choose_key(self, ctx: Exchange, values: list[str]) -> str:
        """Take the last."""
        return values[-1]


class RefusesTwoKeys(Rules):
    """Two integration keys are refused."""

    def choose_key(self, ctx: Exchange, values: list[str]) -> str:
        """Take the only one."""
        if len(values) > 1:
            raise Refusal(self.bad_key_code(ctx), "integration_key must be given once")
        return values[0]


class WrongMethodIsRouteNotFound(Rules):
    """A wrong method is a route that there is not."""

    def wrong_method(self, ctx: Exchange) -> Reply:
        """Answer as for an unknown path."""
        return self.unknown_route(ctx)


class AnswersOptions(Rules):
    """OPTIONS is answered, for browsers that ask first."""

    def wrong_method(self, ctx: Exchange) -> Reply:
        """Say what is allowed."""
        if ctx.method == "OPTIONS":
            reply = self.reply(ctx, 200, {"request_id": ctx.request_id, "data": {}})
            reply.headers += [("Allow", "POST, OPTIONS"), ("Access-Control-Allow-Origin", "*")]
            return reply
        return super().wrong_method(ctx)


class ForgivingPath(Rules):
    """Letter case, doubled and trailing slashes of the path do not matter."""

    def route_path(self, ctx: Exchange) -> str:
        """Give the plain form."""
        return re.sub("/+", "/", ctx.path).rstrip("/").lower()


class LiteralPath(Rules):
    """A path with percent-encoding in it is another path."""

    def is_push_path(self, ctx: Exchange, path: str) -> bool:
        """Compare what is on the wire."""
        return ctx.raw_path == PUSH_PATH.encode()


class RefusesOtherCharsets(Rules):
    """A charset other than utf-8 is not supported."""

    def parameters_accepted(self, ctx: Exchange, parameters: str) -> bool:
        """Look at the charset."""
        found = re.search(r"charset\s*=\s*\"?([^\";\s]*)", parameters, re.IGNORECASE)
        return found is None or found[1].lower() in ("utf-8", "utf8")


class NoContentTypeIsInvalidParameter(Rules):
    """A push without a Content-Type is answered with InvalidParameter."""

    def no_content_type(self, ctx: Exchange) -> None:
        """Give the other code that is fine."""
        raise Refusal("InvalidParameter", "header Content-Type is required")
