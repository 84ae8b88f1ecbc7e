"""Header/Content-Type: media types taken that are none, and header names not recognised; must not know the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import breaks, constant, wrong
from conformance.reference.rules import Rules

if TYPE_CHECKING:
    from conformance.reference.faults.making import Call

ROW = "Header/Content-Type"


def _takes(*others: str) -> Any:
    """Take other media types as well."""
    return lambda call: call.value.lower() in others or call.plain()


def _name_in(call: Call, *, found: bool) -> Any:
    return call.plain() if found else call.rules.no_content_type(call.ctx)


def _names(call: Call) -> set[str]:
    return {name for name, _ in call.ctx.raw_headers if name.lower() == "content-type"}


def _after_the_key(call: Call) -> Any:
    """Look at the media type once the key is known to be good."""
    owner = call.plain()
    Rules.check_content_type(call.rules, call.ctx)
    return owner


wrong("content-type-any", ROW, "Any Content-Type is accepted.", media_accepted=constant(value=True))
wrong(
    "content-type-missing-accepted", ROW, "A push without a Content-Type is accepted.", no_content_type=constant(None)
)
wrong("content-type-missing-500", ROW, "A push without a Content-Type is answered with 500.", no_content_type=breaks)
wrong(
    "content-type-empty-accepted",
    ROW,
    "A Content-Type that is empty is accepted.",
    hard=True,
    media_accepted=_takes(""),
)
wrong(
    "content-type-form",
    ROW,
    "application/x-www-form-urlencoded, the default of curl -d, is accepted.",
    media_accepted=_takes("application/x-www-form-urlencoded"),
)
wrong(
    "content-type-prefix",
    ROW,
    "Every media type that begins with application/json is accepted, such as application/jsonp.",
    hard=True,
    media_accepted=lambda call: call.value.lower().startswith("application/json"),
)
wrong(
    "content-type-suffix",
    ROW,
    "Every media type that ends in +json is accepted, such as application/vnd.api+json.",
    hard=True,
    media_accepted=lambda call: call.plain() or call.value.lower().endswith("+json"),
)
wrong(
    "content-type-anywhere",
    ROW,
    "A Content-Type is accepted if application/json stands anywhere in it, as in a parameter of text/plain.",
    hard=True,
    content_type_accepted=lambda call: "application/json" in call.value.lower(),
)
wrong(
    "content-type-name-in-small-letters",
    ROW,
    "The header is not recognised if its name is written `content-type`, as HTTP/2 gateways do.",
    hard=True,
    check_content_type=lambda call: _name_in(call, found="content-type" not in _names(call)),
)
wrong(
    "content-type-name-in-capitals",
    ROW,
    "The header is not recognised if its name is written `CONTENT-TYPE`.",
    hard=True,
    check_content_type=lambda call: _name_in(call, found="CONTENT-TYPE" not in _names(call)),
)
wrong(
    "content-type-charset-refused",
    ROW,
    "A Content-Type with `charset=utf-8` is refused.",
    level="should",
    parameters_accepted=lambda call: call.value == "",
)
wrong(
    "content-type-charset-in-capitals-refused",
    ROW,
    "A Content-Type with `charset=UTF-8` is refused, one with `charset=utf-8` is not.",
    hard=True,
    level="should",
    parameters_accepted=lambda call: call.value in ("", "charset=utf-8"),
)
wrong(
    "content-type-case-sensitive",
    ROW,
    "The media type is accepted in small letters only.",
    level="should",
    media_accepted=lambda call: call.value == "application/json",
)
wrong(
    "content-type-unchecked-for-recoveries",
    ROW,
    "The media type of an Ok is not looked at.",
    hard=True,
    check_content_type=lambda call: None if b'"Ok"' in call.ctx.body else call.plain(),
)
wrong(
    "content-type-without-charset-500",
    ROW,
    "application/json without a charset is answered with 500.",
    check_content_type=constant(None),
    authorize=_after_the_key,
    parameters_accepted=lambda call: call.value.lower() == "charset=utf-8" or breaks(call),
)
wrong(
    "content-type-without-charset-refused",
    ROW,
    "application/json is refused unless `charset=utf-8` stands behind it.",
    check_content_type=constant(None),
    authorize=_after_the_key,
    parameters_accepted=lambda call: call.value.lower() == "charset=utf-8",
)
