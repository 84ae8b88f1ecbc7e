"""Codes of accounts: Unauthorized, AccessDenied, ResourceNotFound, NoLicense, InternalError; must not know bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import MAIN, coded, hang_up, pages, status_of, store, wrong
from conformance.reference.records import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call


@dataclass(frozen=True, slots=True)
class Account:
    """A code that an account answers with."""

    code: str
    slug: str
    whose: str

    def listed(self, name: str, summary: str, *, hard: bool = False, **changes: Any) -> None:
        """List a server that treats this account wrongly."""
        wrong(f"{self.slug}-{name}", f"Code/{self.code}", summary.format(self.whose), hard=hard, **changes)

    def with_status(self, status: int, summary: str) -> None:
        """List a server that answers with another status."""
        self.listed(f"with-{status}", summary, failure_status=status_of(self.code, status))

    def with_code(self, other: str, slug: str) -> None:
        """List a server that answers with another code, and that one's status."""
        self.listed(
            f"is-{slug}", f"A push for {{}} is answered with the code {other}.", account_code=self._mapped(other)
        )

    def accepted(self, *, hard: bool = False) -> None:
        """List a server that lets this account push."""
        self.listed("accepted", "A push for {} is accepted.", hard=hard, refusing_account=self._let_in())

    def stored(self) -> None:
        """List a server that stores what it refuses to this account."""
        self.listed("stored", "A push for {} is refused, and stored all the same.", hard=True, push=self._stored())

    def page(self, status: int, title: str) -> None:
        """List a server that shows a page to this account."""
        self.listed("page", "A push for {} is answered with an HTML page.", **pages(coded(self.code), status, title))

    def _mapped(self, other: str) -> Callable[[Call], Any]:
        return lambda call: other if call.value == self.code else call.plain()

    def _let_in(self) -> Callable[[Call], Any]:
        return lambda call: MAIN if call.value == self.code else call.plain()

    def _stored(self) -> Callable[[Call], Any]:
        async def push(call: Call) -> Any:
            try:
                return await call.plain()
            except Refusal as refusal:
                if refusal.code == self.code and not call.ctx.integration:
                    await store(call)
                raise

        return push


UNAUTHORIZED = Account("Unauthorized", "unauthorized", "an account that is not logged in")
DENIED = Account("AccessDenied", "access-denied", "an account without permission")
RESOURCE = Account("ResourceNotFound", "resource-not-found", "an account that has bought nothing")
LICENSE = Account("NoLicense", "no-license", "an account without licences")
INTERNAL = Account("InternalError", "internal-error", "an account that breaks the server")

UNAUTHORIZED.with_status(403, "Unauthorized has status 403.")
UNAUTHORIZED.with_code("AccessDenied", "access-denied")
UNAUTHORIZED.accepted()
UNAUTHORIZED.stored()
UNAUTHORIZED.page(401, "401 Authorization Required")

DENIED.with_status(401, "AccessDenied has status 401.")
DENIED.with_status(404, "AccessDenied has status 404, so that nobody learns of the resource.")
DENIED.with_code("Unauthorized", "unauthorized")
DENIED.accepted()

RESOURCE.with_status(404, "ResourceNotFound has status 404, as its name suggests.")
RESOURCE.with_code("RouteNotFound", "route-not-found")
RESOURCE.with_code("NoLicense", "no-license")
RESOURCE.accepted()

LICENSE.with_status(402, "NoLicense has status 402.")
LICENSE.with_code("ResourceNotFound", "resource-not-found")
LICENSE.with_code("AccessDenied", "access-denied")
LICENSE.accepted()
LICENSE.stored()

INTERNAL.with_status(400, "InternalError has status 400, as most codes have.")
INTERNAL.with_code("InvalidParameter", "invalid-parameter")
INTERNAL.page(500, "500 Internal Server Error")
INTERNAL.listed(
    "cut",
    "After an internal error the connection is cut without a reply.",
    failure=lambda call: hang_up() if call.value.code == "InternalError" else call.plain(),
)
