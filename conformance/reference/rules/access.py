"""Header/Content-Type, Query/integration_key and the rate: who may push, and how often; must not look into the body."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from urllib.parse import parse_qsl

from conformance.reference.records import Exchange, Refusal
from conformance.reference.rules.base import LIMITED
from conformance.reference.rules.envelope import EnvelopeRules

MESSAGE_OF_ACCOUNT = {
    "Unauthorized": "Login authentication failed",
    "AccessDenied": "Permission authentication failed",
    "RequestTooFrequently": "Request too frequent",
    "ResourceNotFound": "Account hasn't purchased resources, please go to the cost center to place an order",
    "NoLicense": "Account has insufficient subscription licenses",
    "InternalError": "Internal or unknown error",
}


class AccessRules(EnvelopeRules):
    """The checks before the body is read."""

    media_type_required = "application/json"

    def __init__(self) -> None:
        super().__init__()
        self.accepted_at: defaultdict[str, deque[float]] = defaultdict(deque)

    # Header/Content-Type

    def check_content_type(self, ctx: Exchange) -> None:
        """Refuse another media type than the fixed value."""
        value = ctx.header("content-type")
        if value is None:
            self.no_content_type(ctx)
        elif not self.content_type_accepted(ctx, value):
            raise Refusal("InvalidContentType", f"Content-Type {value[:100]!r} is not supported, send application/json")

    def no_content_type(self, ctx: Exchange) -> None:
        """Refuse a push without a Content-Type."""
        raise Refusal("InvalidContentType", "Content-Type is missing, send application/json")

    def content_type_accepted(self, ctx: Exchange, value: str) -> bool:
        """Accept the media type in any case, with any parameter."""
        media, _, parameters = value.partition(";")
        return self.media_accepted(ctx, media.strip()) and self.parameters_accepted(ctx, parameters.strip())

    def media_accepted(self, ctx: Exchange, media: str) -> bool:
        """Tell whether a media type, without parameters, is the documented one."""
        return media.lower() == self.media_type_required

    def parameters_accepted(self, ctx: Exchange, parameters: str) -> bool:
        """Tell whether the parameters of the media type are fine (open: a charset other than utf-8)."""
        return True

    # Query/integration_key

    def query_pairs(self, ctx: Exchange) -> list[tuple[str, str]]:
        """Take the query apart, percent-encoding decoded."""
        return parse_qsl(ctx.query, keep_blank_values=True)

    def key_of(self, ctx: Exchange) -> str:
        """Give the integration key of the query, empty if there is none (open: given twice, the first one here)."""
        values = [value for name, value in self.query_pairs(ctx) if self.is_key_name(ctx, name)]
        return self.choose_key(ctx, values) if values else ""

    def is_key_name(self, ctx: Exchange, name: str) -> bool:
        """Tell whether a query parameter is the integration key."""
        return name == "integration_key"

    def choose_key(self, ctx: Exchange, values: list[str]) -> str:
        """Choose among several keys."""
        return values[0]

    def authorize(self, ctx: Exchange) -> str:
        """Give the integration of this push, or refuse it."""
        key = self.key_of(ctx)
        if not key:
            return self.missing_key(ctx)
        if key in self.accounts:
            return self.refusing_account(ctx, self.accounts[key])
        integration = self.find_integration(ctx, key)
        if integration is None:
            return self.unknown_key(ctx, key)
        return integration

    def find_integration(self, ctx: Exchange, key: str) -> str | None:
        """Look a key up."""
        return self.keys.get(key)

    def missing_key(self, ctx: Exchange) -> str:
        """Refuse a push without a key, or with an empty one."""
        raise Refusal(self.bad_key_code(ctx), "integration_key is required")

    def unknown_key(self, ctx: Exchange, key: str) -> str:
        """Refuse a key that nobody was given, in the words of Example/failure."""
        raise Refusal(self.bad_key_code(ctx), "integration_key is not a valid one")

    def bad_key_code(self, ctx: Exchange) -> str:
        """Give the code for a bad key (open: three are fine; this is the one of Example/failure)."""
        return "InvalidParameter"

    def refusing_account(self, ctx: Exchange, code: str) -> str:
        """Answer with the code of an account that may not push."""
        raise Refusal(self.account_code(ctx, code), MESSAGE_OF_ACCOUNT.get(code, code))

    def account_code(self, ctx: Exchange, code: str) -> str:
        """Give the code for an account of this kind."""
        return code

    # Code/RequestTooFrequently

    def check_rate(self, ctx: Exchange) -> None:
        """Refuse what is beyond the rate of its integration; what is refused does not count."""
        if not self.is_limited(ctx):
            return
        now = self.now()
        seen = self.accepted_at[ctx.integration]
        while seen and seen[0] <= now - 60:
            seen.popleft()
        wait = max(
            self.wait_for(seen, self.options.rate, 1.0, now),
            self.wait_for(seen, self.options.per_minute, 60.0, now),
        )
        if wait > 0:
            self.over_rate(ctx, wait)
        else:
            seen.append(now)

    def is_limited(self, ctx: Exchange) -> bool:
        """Tell whether a rate holds for the integration."""
        if self.options.limited_key and ctx.integration != LIMITED:
            return False
        return bool(self.options.rate or self.options.per_minute)

    def wait_for(self, seen: deque[float], limit: int, window: float, now: float) -> float:
        """Give the seconds until one more is within a limit, 0 if it is already."""
        if not limit or len(seen) < limit:
            return 0.0
        return max(0.0, seen[-limit] + window - now)

    def over_rate(self, ctx: Exchange, wait: float) -> None:
        """Refuse a push that came too soon."""
        raise Refusal("RequestTooFrequently", "Request too frequent", self.retry_after(ctx, wait))

    def retry_after(self, ctx: Exchange, wait: float) -> tuple[tuple[str, str], ...]:
        """Give the header Retry-After, in whole seconds."""
        return (("Retry-After", str(max(1, math.ceil(wait)))),)
