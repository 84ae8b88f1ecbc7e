"""Where a run sends to and with which credentials; opens no connection and never shows a secret in its repr."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VENDOR_HOST = "api.flashcat.cloud"
_READ = "read-back URL"
_SECRET_HEADER = re.compile(r"auth|cookie|token|key|secret|passw|signature|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a run: URLs without keys in them, the keys beside them, and how to get there."""

    push_url: str
    key: str = field(repr=False)
    second_key: str | None = field(default=None, repr=False)
    app_key: str | None = field(default=None, repr=False)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    read_url: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    insecure: bool = False
    exchange_timeout: float = 10.0

    @classmethod
    def from_options(
        cls,
        target_url: str,
        integration_key: str | None = None,
        *,
        second_key: str | None = None,
        app_key: str | None = None,
        accounts: Mapping[str, str] | None = None,
        read_url: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        proxy: str | None = None,
        ca_bundle: str | None = None,
        insecure: bool = False,
        exchange_timeout: float = 10.0,
    ) -> Target:
        """Return the target that the options describe; a ValueError says what is wrong and what to give instead."""
        push_url, found = split_url(target_url)
        if found and integration_key and found != integration_key:
            raise ValueError("the target URL holds one integration_key and --integration-key another: give only one")
        key = integration_key or found
        if not key:
            raise ValueError("no integration key: give --integration-key KEY, or put ?integration_key=… into the URL")
        if read_url:
            read_url, found = _split(read_url, _READ, "app_key")
            app_key = app_key or found
        _check_apart(key, second_key, accounts or {})
        _check_proxy(proxy)
        _check_bundle(ca_bundle)
        return cls(
            push_url=push_url,
            key=key,
            second_key=second_key or None,
            app_key=app_key or None,
            accounts=dict(accounts or {}),
            read_url=read_url,
            headers=tuple((name, value) for name, value in headers),
            proxy=proxy or None,
            ca_bundle=ca_bundle or None,
            insecure=insecure,
            exchange_timeout=exchange_timeout,
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port of the push URL."""
        parts = urlsplit(self.push_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def shown_url(self) -> str:
        """The push URL as it may be shown."""
        return shown_url(self.push_url)

    @property
    def reading_url(self) -> str:
        """Where alerts are listed: the read URL that was given, else ``/alert/list`` beside the push endpoint."""
        return self.read_url or f"{self.origin}/alert/list"

    @property
    def secrets(self) -> dict[str, str]:
        """Every secret of the target under the name that stands for it in records, for the redactor."""
        found = {"INTEGRATION_KEY": self.key, "SECOND_KEY": self.second_key, "APP_KEY": self.app_key}
        found |= {account_name(code): key for code, key in self.accounts.items()}
        found["INTEGRATION_KEY_NEAR"] = near(self.key)  # these tell all of the key but one character
        found["INTEGRATION_KEY_SHORTER"] = self.key[:-1]
        found["INTEGRATION_KEY_OTHER_CASE"] = in_other_case(self)
        for name, value in self.headers:
            if _SECRET_HEADER.search(name):
                # "Bearer abc": the scheme is no secret, and the token may be echoed without it.
                found[f"HEADER_{_identifier(name)}"] = value.split(" ", 1)[-1]
        for name, value in self._query():
            if _SECRET_HEADER.search(name):
                found[f"QUERY_{_identifier(name)}"] = value
        if self.proxy and (password := urlsplit(self.proxy).password):
            found["PROXY_PASSWORD"] = unquote_plus(password)
        return {name: secret for name, secret in found.items() if secret}

    def _query(self) -> list[tuple[str, str]]:
        """Return the parameters in the queries of both URLs."""
        return [pair for url in (self.push_url, self.reading_url) for pair in parse_qsl(urlsplit(url).query)]

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by name or by literal address: such a target is not paced."""
        host = _host(self.push_url)
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def is_vendor_production(self) -> bool:
        """Whether this is the vendor's production service, where pushes page real people."""
        host = _host(self.push_url)
        return host == _VENDOR_HOST or host.endswith("." + _VENDOR_HOST)


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: of its query only the names, since any value may be a secret."""
    parts = urlsplit(url)
    names = "&".join(f"{piece.partition('=')[0]}=…" for piece in parts.query.split("&") if piece)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, names, ""))


def in_other_case(target: Target) -> str:
    """The integration key with small letters for capitals and the other way round; empty where that is a good key."""
    other = target.key.swapcase()
    return "" if other in {target.key, target.second_key, *target.accounts.values()} else other


def near(key: str) -> str:
    """A key that differs from this one in its last character."""
    return key[:-1] + ("1" if key[-1:] != "1" else "2")


def account_name(code: str) -> str:
    """Return the name that stands for the key of ``--account CODE=KEY`` in everything written."""
    return f"ACCOUNT_KEY_{_identifier(code)}"


def split_url(url: str) -> tuple[str, str | None]:
    """Return the push URL without its integration key, and the key found in it; a ValueError explains a bad URL."""
    return _split(url, "target URL", "integration_key")


def _split(url: str, what: str, parameter: str) -> tuple[str, str | None]:
    """Take the named query parameter out of the URL and leave the other parameters as they were written."""
    parts = _parse(url, what)
    rest, found = [], None
    for piece in parts.query.split("&") if parts.query else []:
        name, _, value = piece.partition("=")
        if unquote_plus(name) == parameter:
            found = found or unquote_plus(value) or None
        else:
            rest.append(piece)
    cleaned = urlunsplit((parts.scheme.lower(), _ascii(parts), parts.path or "/", "&".join(rest), ""))
    return cleaned, found


def _parse(url: str, what: str) -> SplitResult:
    """Return the parts of an http(s) URL with a host; the messages never repeat the query, where keys stand."""
    url = url.strip()
    path = "/alert/list" if what == _READ else "/event/push/alert/standard"
    example = f"give something like http://127.0.0.1:8080{path}"
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise ValueError(f"the {what} cannot be read ({error}): {example}") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise ValueError(f"the {what} must begin with http:// or https://: {example}")
    if not parts.hostname or port == 0:
        raise ValueError(f"the {what} names no host, or port 0: {example}")
    if "@" in parts.netloc:
        raise ValueError(f"the {what} holds a user name or password: pass it with --header 'Authorization: …' instead")
    if any(char <= " " or char == "\x7f" for char in url):
        raise ValueError(f"the {what} holds a blank or a control character: percent-encode it, or remove it")
    return parts


def _ascii(parts: SplitResult) -> str:
    """Return host and port, a name in other scripts in the form in which it is looked up and sent."""
    if parts.netloc.isascii():
        return parts.netloc
    host = (parts.hostname or "").encode("idna").decode()
    return host if parts.port is None else f"{host}:{parts.port}"


def _check_apart(key: str, second_key: str | None, accounts: Mapping[str, str]) -> None:
    """Refuse a key given for two things: a server that conforms would seem to mix up what is one and the same."""
    if second_key == key:
        raise ValueError("--second-key is the integration key once more: give the key of another integration, or none")
    for code, other in accounts.items():
        if other in (key, second_key):
            what = "the integration key" if other == key else "the second key"
            raise ValueError(f"--account {code}=… is {what} once more: give the key of an account that answers {code}")


def _check_proxy(proxy: str | None) -> None:
    """Refuse proxies that the transport cannot bound in time; plain HTTP proxies tunnel https targets as well."""
    if not proxy:
        return
    try:
        parts = urlsplit(proxy)
        good = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("--proxy must be http://HOST:PORT (https targets are tunnelled through it with CONNECT)")


def _check_bundle(path: str | None) -> None:
    """Refuse a bundle without certificates before every exchange fails for it."""
    if path:
        try:
            ssl.create_default_context(cafile=path)
        except OSError as error:  # an SSLError, too
            why = error.strerror or error
            raise ValueError(
                f"--ca-bundle {path} cannot be used ({why}): give a file of certificates in PEM form, or leave it out"
            ) from None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _identifier(text: str) -> str:
    return re.sub(r"\W+", "_", text.upper(), flags=re.ASCII)
