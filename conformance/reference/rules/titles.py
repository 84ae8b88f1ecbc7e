"""How title_rule renders to title; must not know the life cycle, nor where the labels came from."""

from __future__ import annotations

import re
from typing import Any

from conformance.reference.records import Event, Exchange
from conformance.reference.rules.images import ImageRules

DOLLAR_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
TEMPLATE_NAME = re.compile(r"\$\{([^{}]*)\}")


class TitleRules(ImageRules):
    """The title, and with it the reading of the whole event."""

    template_mark = "[TPL]"

    def read_event(self, ctx: Exchange, document: dict[str, Any]) -> Event:
        """Read all fields of a push; the first one that is wrong is named."""
        status = self.read_status(ctx, document)
        title_rule = self.read_title_rule(ctx, document)
        alert_key = self.read_key(ctx, document, status)
        event = Event(
            status=status,
            title_rule=title_rule,
            title="",
            alert_key=alert_key,
            description=self.read_description(ctx, document),
            labels=self.read_labels(ctx, document),
            images=self.read_images(ctx, document),
        )
        event.title = self.cut_title(ctx, self.render_title(ctx, title_rule, event.labels or {}))
        return event

    def cut_title(self, ctx: Exchange, title: str) -> str:
        """Cut the rendered title to the limit of a title."""
        return self.cut(ctx, title, self.title_limit)

    def render_title(self, ctx: Exchange, rule: str, labels: dict[str, Any]) -> str:
        """Make the title of a rule and the labels (SHOULD)."""
        if rule.startswith(self.template_mark):
            return self.render_template(ctx, rule, labels)
        if DOLLAR_NAME.search(rule):
            return self.render_parts(ctx, rule, labels)
        return rule

    def render_parts(self, ctx: Exchange, rule: str, labels: dict[str, Any]) -> str:
        """Fill the `::` parts and join them."""
        return self.joint(ctx).join(self.render_part(ctx, part, labels) for part in rule.split("::"))

    def joint(self, ctx: Exchange) -> str:
        """Give what stands between two parts."""
        return " / "

    def render_part(self, ctx: Exchange, part: str, labels: dict[str, Any]) -> str:
        """Put label values in place of `$name`; what has no label stays as it is."""
        return DOLLAR_NAME.sub(lambda match: str(labels.get(match[1], match[0])), part)

    def render_template(self, ctx: Exchange, rule: str, labels: dict[str, Any]) -> str:
        """Put label values in place of `${name}` (open: everything else about templates stays as it is)."""
        text = rule.removeprefix(self.template_mark)
        if not TEMPLATE_NAME.search(text):
            return rule
        return TEMPLATE_NAME.sub(lambda match: str(labels.get(match[1], self.no_value_mark(ctx))), text)

    def no_value_mark(self, ctx: Exchange) -> str:
        """Give what stands in a template for a label that is missing."""
        return "<no value>"
