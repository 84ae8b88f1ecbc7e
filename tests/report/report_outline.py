"""The page of a sample, and its outline: elements, attributes and text, as a browser would find them."""

from collections import Counter
from html.parser import HTMLParser

from report_samples import contract

from conformance.checks.verdicts import Result
from conformance.report.page import KillFigure, summary_html
from conformance.wire.records import Recording

#: Elements without an end.
_VOID = {"meta", "link", "img", "br", "hr", "input", "source"}


class Outline(HTMLParser):
    """Elements, attributes and text of a page, and whether they nest."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(told)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it; it needs no end."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """It must close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect it."""
        self.text += data

    def values(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [value for _, attribute, value in self.attributes if attribute == name]


def made(sample: tuple[Result, Recording], kill: KillFigure | None = None) -> str:
    """The page of a sample."""
    return summary_html(*sample, contract(), kill)
