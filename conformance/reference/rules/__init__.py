"""The behaviour as small named rules, one decision each; must not know faults or variants, which override them."""

from conformance.reference.rules.wire import WireRules


class Rules(WireRules):
    """All rules. Override one in a subclass to make a server that is wrong, or different, in one way."""


__all__ = ["Rules"]
