"""Who may push to the plain server, and how: keys, accounts, media types, methods and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference_client import Client, refused

if TYPE_CHECKING:
    from collections.abc import Callable


def test_integrations_do_not_see_each_other(client: Client) -> None:
    """A recovery with another key leaves the alert of this one alone."""
    client.push(alert_key="k")
    client.push(alert_key="k", event_status="Ok", key=client.server.second_key)
    assert client.alert("k")["alert_status"] == "Warning"


@pytest.mark.parametrize("key", ["", "unknown", "a b&c"])
def test_a_bad_integration_key_is_refused(client: Client, key: str) -> None:
    """The answer is the one of Example/failure."""
    refused(client.push(key=key), "InvalidParameter", 400)


def test_accounts_answer_with_their_code(run: Callable[..., Client]) -> None:
    """A key whose account may not push gets that account's code and its status."""
    codes = {"NoLicense": 400, "ResourceNotFound": 400, "AccessDenied": 403, "Unauthorized": 401, "InternalError": 500}
    client = run(accounts={code: f"key-{code}" for code in codes})
    for code, status in codes.items():
        refused(client.push(key=f"key-{code}"), code, status)


@pytest.mark.parametrize("value", ["application/json", "APPLICATION/JSON", "application/json; charset=UTF-8"])
def test_the_content_type_is_accepted_in_any_case(client: Client, value: str) -> None:
    """Case and a charset do not matter."""
    assert client.raw('{"title_rule":"t","event_status":"Info"}', Content_Type=value).status_code == 200


@pytest.mark.parametrize("value", ["text/plain", "application/jsonx", "application/xml", ""])
def test_another_content_type_is_refused(client: Client, value: str) -> None:
    """Anything else is InvalidContentType."""
    refused(client.raw('{"title_rule":"t","event_status":"Info"}', Content_Type=value), "InvalidContentType", 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
def test_another_method_is_not_allowed(client: Client, method: str) -> None:
    """A wrong method is MethodNotAllowed with status 400, and the connection stays usable."""
    refused(client.session.request(method, client.server.push_url, timeout=5), "MethodNotAllowed", 400)
    assert client.push().status_code == 200


def test_head_is_answered_by_status(client: Client) -> None:
    """HEAD gets the status and no body."""
    assert client.session.head(client.server.push_url, timeout=5).status_code == 400


@pytest.mark.parametrize("path", ["/", "/event/push/alert", "/event/push/alert/standard/", "/x?y"])
def test_another_path_is_not_found(client: Client, path: str) -> None:
    """A path that leads nowhere is RouteNotFound."""
    origin = client.server.push_url.removesuffix("/event/push/alert/standard")
    refused(client.session.post(origin + path, timeout=5), "RouteNotFound", 404)
