"""Makes a faulty server of one small function or setting; must not know any row of the document."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from conformance.reference.faults.registry import fault
from conformance.reference.records import Alert, Exchange, Refusal, Reply
from conformance.reference.rules import Rules
from conformance.reference.store import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = "integration-1"
END_OF_TIME = 2**53
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr></body></html>"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a rule that a fault has overridden."""

    rules: Rules
    given: tuple[Any, ...]  # all arguments, the request first where the rule is given one
    rule: Callable[..., Any]  # the rule as it would be without the fault

    @property
    def ctx(self) -> Exchange:
        """The request."""
        return cast("Exchange", self.given[0])

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments besides the request."""
        return self.given[1:] if self.given and isinstance(self.given[0], Exchange) else self.given

    @property
    def value(self) -> Any:
        """The last argument: the text, key or record that the rule is about."""
        return self.given[-1]

    @property
    def memory(self) -> dict[str, Any]:
        """What the fault remembers from one request of this server to the next."""
        return cast("dict[str, Any]", vars(self.rules).setdefault("fault_memory", {}))

    def plain(self, *args: Any) -> Any:
        """Call the rule without the fault, with other arguments if some are given."""
        if not args:
            return self.rule(*self.given)
        return self.rule(*self.given[: len(self.given) - len(self.args)], *args)

    def refuse(self, message: str, code: str = "InvalidParameter") -> Any:
        """Refuse the request."""
        raise Refusal(code, message)

    def count(self, what: str) -> int:
        """Count one more of something, from 1."""
        self.memory[what] = self.memory.get(what, 0) + 1
        return cast("int", self.memory[what])


def wrong(name: str, row: str, summary: str, *, hard: bool = False, level: str = "must", **changes: Any) -> type[Rules]:
    """Put a server on the list whose rules are the plain ones but for the changes: functions of a Call, or settings."""
    made = cast("type[Rules]", type(name.title().replace("-", ""), (Rules,), {"__doc__": summary}))
    for rule, change in changes.items():
        if not hasattr(Rules, rule):
            raise AttributeError(f"fault {name}: there is no rule {rule}")
        setattr(made, rule, _method(made, rule, change) if callable(change) else change)
    return fault(name, row=row, summary=summary, hard=hard, level=level)(made)


def _method(made: type[Rules], rule: str, change: Callable[[Call], Any]) -> Callable[..., Any]:
    def method(self: Rules, *given: Any) -> Any:
        return change(Call(self, given, getattr(super(made, self), rule)))

    method.__name__ = rule
    return method


def constant(value: Any) -> Callable[[Call], Any]:
    """Give the same value whatever is asked."""
    return lambda _: value


def breaks(_: Call) -> Any:
    """Break, as a programme does that meets what it did not expect."""
    raise RuntimeError("the fault broke here")


def alerts_of(rules: Rules) -> list[Alert]:
    """Give all alerts of a server, oldest first."""
    wanted = Selection(0, END_OF_TIME, order="seq ASC")
    numbers = rules.store.select(wanted)
    return [
        alert
        for start in range(0, len(numbers), 500)
        for alert in rules.store.load(numbers[start : start + 500], wanted)
    ]


def active_ones(call: Call) -> list[Alert]:
    """Give the active alerts of the integration that pushes, oldest first."""
    owner = call.rules.owner(call.ctx)
    return [alert for alert in alerts_of(call.rules) if alert.active and alert.integration == owner]


def stored_although(*codes: str) -> Callable[[Call], Any]:
    """Make a `push` that stores what it refuses with one of these codes."""

    async def push(call: Call) -> Any:
        try:
            return await call.plain()
        except Refusal as refusal:
            if refusal.code in codes:
                await store(call)
            raise

    return push


async def store(call: Call, **other: Any) -> None:
    """Store the event of a request, with other values for some of its fields, if it can be read then."""
    rules, ctx = call.rules, call.ctx
    ctx.integration = ctx.integration or MAIN
    with contextlib.suppress(Refusal):
        await rules.apply(ctx, rules.read_event(ctx, {**rules.parse_body(ctx), **other}))


def page(status: int, title: str) -> Reply:
    """Make a page as a gateway shows it."""
    return Reply(status, raw=PAGE.format(title).encode())


def pages(when: Callable[[Exchange, Refusal], bool], status: int, title: str) -> dict[str, Any]:
    """Give the changes of a server that answers some refusals with a page."""
    return {
        "failure": lambda call: page(status, title) if when(call.ctx, call.value) else call.plain(),
        "media_type": lambda call: "text/html" if call.value.raw is not None else call.plain(),
    }


def coded(code: str) -> Callable[[Exchange, Refusal], bool]:
    """Tell refusals of one code from others."""
    return lambda _ctx, refusal: refusal.code == code


def status_of(code: str, status: int) -> Callable[[Call], Any]:
    """Make a `failure_status` that gives another status for one code."""
    return lambda call: status if call.value == code else call.plain()


def hang_up() -> Reply:
    """Make no reply: the connection is cut."""
    return Reply(0, hang_up=True)
