"""The levels of images for the covering array: each is odd in one field of an image, so that a refusal names it.

Levels stand in order of worth, as those of the other fields do.  Nothing is sent or judged here.
"""

from __future__ import annotations

from conformance.checks.ground import Ground
from conformance.checks.levels import Level
from conformance.contract import Limits
from conformance.model.text import TRICKY, fill, straddling

Image = dict[str, str]


def link(length: int, place: int = 0, scheme: str = "https") -> str:
    """A plain link of exactly ``length`` characters."""
    head = f"{scheme}://img.example.com/{place}/"
    return fill(length, "ascii", head)


def image_levels(ground: Ground) -> list[Level]:
    """Levels of images; alts differ, because what becomes of equal ones is open."""
    lim = ground.contract.limits
    alt, src, href = (f"{name}.over-limit-accepted" for name in ("alt", "src", "href"))
    return [
        Level("alts", lambda: _alts(lim), "alt.optional"),
        Level("alts-over", lambda: _alts_over(lim), alt),
        Level("srcs", lambda: _srcs(lim), src),
        Level("hrefs", lambda: _hrefs(lim), href),
        Level("links", lambda: _links(lim), "src.accepted"),
        Level("empty", list, "images.optional"),
        Level("absent", lambda: None, "images.optional"),
        Level("no-alt", lambda: [{"src": link(45)}], "alt.optional"),
        Level("far-src", lambda: [_image(0, "far", src=link(lim.src * 10))], src),
        Level("only-long-src", lambda: [_image(0, "alone", src=link(lim.src + 1))], src),
        Level("far-alt", lambda: [_image(1, fill(lim.alt * 10))], alt),
        Level("far-href", lambda: [_image(2, "far", href=_far(lim))], href),
        Level("two", lambda: [_image(1, "one"), _image(2, "two")], "images.accepted"),
        Level("one", lambda: [_image(1, "one")], "images.accepted"),
        Level("many", lambda: [_image(n, f"n{n}", href=link(lim.href - 1, n)) for n in range(12)], "images.accepted"),
    ]


def _image(place: int, alt: str, *, src: str | None = None, href: str | None = None) -> Image:
    """An image with every field, each plain unless it is given."""
    return {"alt": alt, "src": src or link(50 + place, place), "href": href or link(60 + place, place)}


def _alts(lim: Limits) -> list[Image]:
    """Within the limit, and none."""
    bare = {name: value for name, value in _image(1, "").items() if name != "alt"}
    texts = ("Alt", "alt", "0", "disk of /var/log", TRICKY[88:], TRICKY[:90], fill(lim.alt, "cjk"), "last")
    full = _image(0, fill(lim.alt, "latin", "a<&>\"'" + TRICKY[68:90]))
    others = [_image(place, text) for place, text in enumerate(texts, 2)]
    others[-1]["src"] = others[-2]["src"]  # of two texts, though of one link
    others[0]["href"] = others[0]["src"]
    return [full, bare, *others]


def _alts_over(lim: Limits) -> list[Image]:
    texts = (
        fill(lim.alt + 1, "words"),
        straddling(lim.alt + 9, lim.alt, "cjk", "astral"),
        straddling(lim.alt + 8, lim.alt, "ascii", "astral"),
        "src",
    )
    return [_image(place, text) for place, text in enumerate(texts)]


def _links(lim: Limits) -> list[Image]:
    """Links of every form, and at the limit."""
    return [
        {"alt": "query", "src": "https://img.example.com/a-b.png?v&w=%2F&h=1&utm_source=a_b"},
        _image(1, "capitals", src="http://img.example.com/A/b.PNG"),
        _image(2, "deep", src="http://img.example.com/a//b.c/d-e_f~g/h.png"),
        _image(3, "plain http", src=link(90, 9, "http")),
        _image(4, "full", src=link(lim.src, 4)),
        _image(5, "one less", src=link(lim.src - 1, 5, "http")),
    ]


def _srcs(lim: Limits) -> list[Image]:
    """Links above the limit beside good ones."""
    return [
        _image(0, "too long", src=link(lim.src + 1)),
        _image(1, "good"),
        _image(2, "too long again", src=link(lim.src + 1, 6, "http")),
        _image(3, "as good"),
        {"src": link(lim.src + 2, 7)},
    ]


def _hrefs(lim: Limits) -> list[Image]:
    odd = "https://Wiki.example.com/a%20b/%E4?y=1&x=%26%2F#frag/ment?z"
    links = (link(lim.href), link(lim.href + 1), odd, "/relative?q=<é> x", "https://example.com/dir/", "/h")
    across = fill(lim.href - 1, "ascii", "https://example.com/p/") + "%41%41"
    more = ("http://example.com/a//b?c", "https://example.com/?a=1&b=<2>", _far(lim), across, "x")
    bare = {"src": link(40, 1), "href": link(lim.href, 1)}
    images = [_image(place, f"href {place}", href=href) for place, href in enumerate((*links, *more))]
    return [*images, bare, {**_image(12, "no link"), "href": ""}]


def _far(lim: Limits) -> str:
    head = "https://example.com/"
    return head + straddling(lim.href * 10, lim.href, "ascii", "astral")[len(head) :]
