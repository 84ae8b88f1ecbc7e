"""Tells keys that the user gave and the target does not know: what was pushed with them shows nothing; no judgement.

A key of ``--second-key`` or ``--account`` with a slip in it is refused as a made-up key is.  That is no fault of the
target, and no alert of the second integration was there to be kept apart from the first one's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from conformance.checks.judge.bench import Bench
from conformance.checks.judge.expecting import pushes_of
from conformance.checks.judge.refused import words_of
from conformance.checks.judge.reply import REFUSED, read
from conformance.model.scenario import ACCOUNT, SECOND
from conformance.wire.records import Story


def unknown_keys(bench: Bench, stories: Mapping[str, Story]) -> frozenset[str]:
    """The credentials whose every event was refused in the words that made-up keys get, and nothing else does."""
    known: dict[str, set[bool]] = defaultdict(set)
    for story in stories.values():
        for _, push, exchange in pushes_of(story):
            is_recovery = (push.event() or {}).get("event_status") == bench.contract.recovery
            if not is_recovery and (push.credential == SECOND or push.credential.startswith(ACCOUNT)):
                answer = read(exchange)
                known[push.credential].add(answer.kind != REFUSED or words_of(answer) not in bench.said_of_keys)
    return frozenset(credential for credential, states in known.items() if states == {False})


def advice(credential: str) -> str:
    """Why nothing was decided, and what to do."""
    code = credential.removeprefix(ACCOUNT)
    option = "--second-key" if credential == SECOND else f"--account {code}=…"
    return f"The key given with {option} is refused just as a made-up key is: check that the target knows it."
