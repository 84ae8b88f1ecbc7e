"""The honest core: push and read-back as the protocol document has them. Most modes are this with one oddity."""

import json
import secrets
import threading
from typing import TYPE_CHECKING, Any

from .messages import PUSH_PATH, READ_PATH, Reply, Request
from .store import BadEventError, Store

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS_OF = {
    "InvalidParameter": 400,
    "InvalidContentType": 400,
    "MethodNotAllowed": 400,
    "Unauthorized": 401,
    "RequestTooFrequently": 429,
    "RouteNotFound": 404,
    "InternalError": 500,
    "EntityTooLarge": 413,
    "ServiceUnavailable": 503,
}
LONGEST_WINDOW = 31 * 86400
LARGEST_BODY = 2**20


def success(data: dict[str, Any]) -> Reply:
    """Return a success in the envelope, with a fresh request id."""
    request_id = secrets.token_hex(16)
    return Reply(200, {"request_id": request_id, "data": data}, [("Flashcat-Request-Id", request_id)])


def failure(code: str, message: str, *headers: tuple[str, str]) -> Reply:
    """Return a failure in the envelope, with the status that belongs to its code."""
    request_id = secrets.token_hex(16)
    envelope = {"request_id": request_id, "error": {"code": code, "message": message}}
    return Reply(STATUS_OF[code], envelope, [("Flashcat-Request-Id", request_id), *headers])


def _refuse_constant(name: str) -> None:
    raise BadEventError(f"{name} is not JSON")


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise BadEventError("the body is not JSON") from problem


class Core:
    """Answers requests by the document, for one integration key and one app key."""

    def __init__(self, key: str, app_key: str) -> None:
        self._key = key
        self._app_key = app_key
        self._lock = threading.Lock()
        self.store = Store()

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        routes: dict[str, Callable[[Request], Reply]] = {PUSH_PATH: self._push, READ_PATH: self._read}
        if not request.well_formed:
            return failure("InvalidParameter", "the request is not HTTP/1.1")
        if request.path not in routes:
            return failure("RouteNotFound", "no such path")
        if request.method != "POST":
            return failure("MethodNotAllowed", "only POST is allowed")
        if len(request.body) >= LARGEST_BODY:
            return failure("EntityTooLarge", "the body is too large")
        try:
            with self._lock:
                return routes[request.path](request)
        except BadEventError as problem:
            return failure("InvalidParameter", str(problem))

    def _push(self, request: Request) -> Reply:
        if not self._key or request.query("integration_key") != self._key:
            return failure("InvalidParameter", "integration_key is not a valid one")
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return failure("InvalidContentType", "Content-Type must be application/json")
        return success({"alert_key": self.store.push(_parse(request.body))})

    def _read(self, request: Request) -> Reply:
        if not self._app_key or request.query("app_key") != self._app_key:
            return failure("Unauthorized", "app_key is not a valid one")
        asked = _parse(request.body)
        if not isinstance(asked, dict):
            raise BadEventError("the body must be a JSON object")
        start, end, limit = asked.get("start_time"), asked.get("end_time"), asked.get("limit", 20)
        keys, cursor, page = asked.get("alert_keys"), asked.get("search_after_ctx"), asked.get("p", 1)
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= end - start <= LONGEST_WINDOW:
            raise BadEventError("start_time and end_time are required, at most 31 days apart")
        if not isinstance(limit, int) or not 1 <= limit <= 100 or not isinstance(page, int) or page < 1:
            raise BadEventError("limit must be 1 to 100 and p at least 1")
        if keys is not None and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
            raise BadEventError("alert_keys must be an array of strings")
        first = int(cursor) if isinstance(cursor, str) and cursor.isdecimal() else (page - 1) * limit
        found = self.store.find(start, end, keys)
        items, last = found[first : first + limit], first + limit
        more = {"has_next_page": last < len(found), "search_after_ctx": str(last) if items else ""}
        return success({"total": len(found), "items": items, **more})
