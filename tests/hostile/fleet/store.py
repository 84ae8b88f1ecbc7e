"""What an honest server keeps of the events pushed to it."""

import re
import secrets
import time
from typing import Any

STATUSES = ("Critical", "Warning", "Info", "Ok")
LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
IMAGE_KEY = re.compile(r"[\w./-]+", re.ASCII)
NAME = re.compile(r"\$([a-zA-Z_][a-zA-Z0-9_]*)")
BRACED = re.compile(r"\$\{([a-zA-Z_][a-zA-Z0-9_]*)\}")


class BadEventError(ValueError):
    """The event breaks a rule; the text says which."""


def _text(holder: dict[str, Any], name: str, limit: int) -> str | None:
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise BadEventError(f"{name} must be a string")
    return None if value is None else value[:limit]


def _labels(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise BadEventError("labels must be a map of strings")
    if len(value) > 50:
        raise BadEventError("more than 50 labels")
    return {name: text[:2048] for name, text in value.items() if len(name) <= 128}


def _images(value: Any) -> list[dict[str, str]] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadEventError("images must be an array of objects")
    kept = []
    for one in value:
        alt, href, src = _text(one, "alt", 128), _text(one, "href", 256), one.get("src")
        if isinstance(src, str) and len(src) <= 256 and (LINK.fullmatch(src) or IMAGE_KEY.fullmatch(src)):
            kept.append({"alt": alt or "", "src": src, "href": href or ""})
    return kept


def render(rule: str, labels: dict[str, str]) -> str:
    """Return the title that a title rule makes of the labels."""
    if rule.startswith("[TPL]"):
        return BRACED.sub(lambda match: labels.get(match[1], "<no value>"), rule.removeprefix("[TPL]"))
    if not NAME.search(rule):
        return rule
    return " / ".join(NAME.sub(lambda match: labels.get(match[1], match[0]), part) for part in rule.split("::"))


def clean(event: Any) -> dict[str, Any]:
    """Check an event and cut it to the limits; what was not sent is None."""
    if not isinstance(event, dict):
        raise BadEventError("the body must be a JSON object")
    named = "title_rule" if event.get("title_rule") is not None else "title"
    title = _text(event, named, 512)
    if title is None:
        raise BadEventError("title_rule is required")
    status, key = event.get("event_status"), event.get("alert_key")
    if not isinstance(status, str) or status not in STATUSES:
        raise BadEventError("event_status must be one of Critical, Warning, Info, Ok")
    if key is not None and (not isinstance(key, str) or len(key) > 255):
        raise BadEventError("alert_key must be a string of at most 255 characters")
    if status == "Ok" and not key:
        raise BadEventError("alert_key is required for a recovery")
    return {
        "title_rule": title,
        "event_status": status,
        "alert_key": key or None,
        "description": _text(event, "description", 2048),
        "labels": _labels(event.get("labels")),
        "images": _images(event.get("images")),
    }


class Store:
    """Alerts by key: at most one active for each, recovered ones kept beside it."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self._active: dict[str, dict[str, Any]] = {}

    def push(self, event: Any) -> str:
        """Take an event and return its alert key."""
        sent = clean(event)
        key = sent["alert_key"] or secrets.token_urlsafe(16)
        now = int(time.time())
        alert = self._active.get(key)
        if sent["event_status"] == "Ok":
            if alert is not None:
                alert |= {"alert_status": "Ok", "end_time": now, "last_time": now, "updated_at": now}
                del self._active[key]
            return key
        if alert is None:
            alert = self._active[key] = {
                "alert_id": secrets.token_hex(12),
                "alert_key": key,
                "description": "",
                "labels": {},
                "images": [],
                "start_time": now,
                "end_time": 0,
                "created_at": now,
                "event_cnt": 0,
            }
            self.alerts.append(alert)
        alert |= {name: sent[name] for name in ("description", "labels", "images") if sent[name] is not None}
        alert |= {"alert_severity": sent["event_status"], "alert_status": sent["event_status"]}
        alert |= {"title_rule": sent["title_rule"], "title": render(sent["title_rule"], alert["labels"])}
        alert |= {"last_time": now, "updated_at": now, "event_cnt": alert["event_cnt"] + 1}
        return key

    def find(self, start: int, end: int, keys: list[str] | None) -> list[dict[str, Any]]:
        """Return copies of the alerts of a time window, oldest first."""
        wanted = None if keys is None else set(keys)
        return [
            dict(alert)
            for alert in self.alerts
            if start <= alert["last_time"]
            and alert["start_time"] <= end
            and (not wanted or alert["alert_key"] in wanted)
        ]
