"""The proper events that a run sends beside its plan: for preflight, and to see whether the store is up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.contract import Contract
from conformance.model.names import Names
from conformance.model.scenario import Push, encode


@dataclass
class Controls:
    """Makes control pushes, each with a key of its own; none is more severe than the run may send."""

    contract: Contract
    names: Names
    max_severity: str | None
    fuller: bool = False  # minimal events were seen not to show, though fuller ones of another status do

    def control(self, number: int) -> Push:
        """The control push of a round."""
        event = self._event(f"control-{number}") | (self._more() if self.fuller else {})
        return Push(encode(event), role="control", varies="content-type.json")

    def minimal(self) -> Push:
        """An event with what is required, and a key."""
        return Push(encode(self._event("preflight")), role="control")

    def full(self) -> Push:
        """An event of another status with every field."""
        return Push(encode(self._event("preflight-full") | self._more()), role="control")

    def _event(self, name: str) -> dict[str, Any]:
        status = self._allowed()[-1]
        return {"title_rule": self.names.title(name), "event_status": status, "alert_key": self.names.key(name)}

    def _more(self) -> dict[str, Any]:
        """Every other field, and a status other than the mildest where the run may send one."""
        status = self._allowed()[-2:][0]
        return {"event_status": status, "description": "control", "labels": {"check": "control"}, "images": []}

    def _allowed(self) -> list[str]:
        active = [status for status in self.contract.statuses if status != self.contract.recovery]
        return active[active.index(self.max_severity) :] if self.max_severity else active
