"""The target: what a user typed, taken apart, or a sentence that says what to type instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.wire.target import Target, split_url

KEY = "k3y-0123456789abcdef"


@pytest.mark.parametrize(
    ("given", "url", "key"),
    [
        ("http://h/p?integration_key=a%2Fb", "http://h/p", "a/b"),
        ("HTTP://h:8080/p?x=1&integration_key=a+b&y=%20#f", "http://h:8080/p?x=1&y=%20", "a b"),
        ("https://h/p?integration%5Fkey=k", "https://h/p", "k"),
        ("http://h/p?integration_key=", "http://h/p", None),
        ("http://h", "http://h/", None),
        ("http://[::1]:80/p?x", "http://[::1]:80/p?x", None),
        ("  http://h/p\n", "http://h/p", None),
    ],
)
def test_the_key_is_split_off_and_the_rest_is_kept(given: str, url: str, key: str | None) -> None:
    """The push URL holds everything but the key, as it was written."""
    assert split_url(given) == (url, key)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("h:8080/p", "must begin with http"),
        ("ftp://h/", "must begin with http"),
        ("", "must begin with http"),
        ("http:///p", "no host"),
        ("http://h:0/", "port 0"),
        ("http://h:99999/", "cannot be read"),
        ("http://h:x/", "cannot be read"),
        ("http://[::1/", "cannot be read"),
        ("http://u:p@h/", "--header"),
        ("http://h/a b", "blank"),
    ],
)
def test_a_url_that_is_no_use_is_refused_with_advice(url: str, says: str) -> None:
    """The message says what is wrong, and what a good URL looks like."""
    with pytest.raises(ValueError, match=says):
        split_url(url)


def test_a_key_must_come_from_somewhere_and_not_from_two_places() -> None:
    """Without a key, or with two different ones, nothing can be tested."""
    assert Target.from_options("http://h/?integration_key=k", "k").key == "k"
    assert Target.from_options("http://h/?integration_key=k").key == "k"
    with pytest.raises(ValueError, match="no integration key"):
        Target.from_options("http://h/")
    with pytest.raises(ValueError, match="give only one"):
        Target.from_options("http://h/?integration_key=k", "other")


def test_the_read_back_is_beside_the_push_endpoint_unless_said_otherwise() -> None:
    """An app key in the read URL is taken from there."""
    assert Target.from_options("https://h:1/a/b?x=1", KEY).reading_url == "https://h:1/alert/list"
    target = Target.from_options("http://h/", KEY, read_url="http://r/list?app_key=a%21&z=1")
    assert (target.reading_url, target.app_key) == ("http://r/list?z=1", "a!")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1/", True),
        ("http://127.9.9.9:80/", True),
        ("http://[::1]/", True),
        ("http://LOCALHOST./", True),
        ("http://localhost.example.com/", False),
        ("http://10.0.0.1/", False),
        ("http://127.0.0.1.example.com/", False),
    ],
)
def test_loopback_is_told_by_name_or_address(url: str, expected: bool) -> None:
    """Only this machine is not paced."""
    assert Target.from_options(url, KEY).is_loopback is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.flashcat.cloud/event/push/alert/standard", True),
        ("https://API.FlashCat.cloud./x", True),
        ("https://eu.api.flashcat.cloud/x", True),
        ("https://api.flashcat.cloud.example.com/x", False),
        ("https://notapi.flashcat.cloud/x", False),
        ("https://example.com/?x=api.flashcat.cloud", False),
    ],
)
def test_the_vendors_production_service_is_recognised(url: str, expected: bool) -> None:
    """Pushing there pages people, so it needs to be asked for twice."""
    assert Target.from_options(url, KEY).is_vendor_production is expected


@pytest.mark.parametrize("proxy", ["https://h:1", "socks5://h:1", "h:1", "http://", "http://h:x", "http://u:k@["])
def test_a_proxy_that_cannot_be_bounded_in_time_is_refused(proxy: str) -> None:
    """Only plain HTTP proxies are spoken to."""
    with pytest.raises(ValueError, match="--proxy must be"):
        Target.from_options("http://h/", KEY, proxy=proxy)


def test_a_host_in_another_script_is_sent_as_it_is_looked_up() -> None:
    """Names with other letters than ASCII have a form of their own on the wire."""
    assert split_url("http://bücher.example:80/p") == ("http://xn--bcher-kva.example:80/p", None)
    with pytest.raises(ValueError, match="cannot be read"):
        split_url("http://" + "ü" * 80 + "/")


def test_one_key_is_not_given_for_two_things() -> None:
    """Two integrations with one key are one: what tells them apart would fail on every server; keys are not told."""
    for given in (
        {"second_key": KEY},
        {"accounts": {"NoLicense": KEY}},
        {"second_key": "other", "accounts": {"NoLicense": "other"}},
    ):
        with pytest.raises(
            ValueError, match=r"^--(second-key|account NoLicense=…) is the .*: give the key of an"
        ) as told:
            Target.from_options("http://h/", KEY, **given)  # type: ignore[arg-type]  # one of several
        assert KEY not in str(told.value)
        assert "other" not in str(told.value).replace("another", "")
    with pytest.raises(ValueError, match="--second-key is"):
        Target.from_options(f"http://h/?integration_key={KEY}", second_key=KEY)
    assert Target.from_options("http://h/", KEY, second_key="other", accounts={"NoLicense": "third"}).second_key


def test_a_read_url_that_is_no_use_is_told_with_one_that_is() -> None:
    """The example is of the same kind, and not the push URL."""
    with pytest.raises(ValueError, match=r"the read-back URL must begin with http.*/alert/list$"):
        Target.from_options("http://h/", KEY, read_url="foo")
    with pytest.raises(ValueError, match=r"the target URL must begin with http.*/event/push/alert/standard$"):
        Target.from_options("foo", KEY)


def test_a_bundle_that_is_no_use_is_told_with_advice(tmp_path: Path) -> None:
    """One that is not there, and one that holds no certificate."""
    (tmp_path / "empty.pem").write_text("", "utf-8")
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(
            ValueError, match=rf"--ca-bundle .*{name} cannot be used \(.+\): give a file of certificates"
        ):
            Target.from_options("http://h/", KEY, ca_bundle=str(tmp_path / name))
