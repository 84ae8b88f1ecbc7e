"""Why a run ended before everything was tried, in one sentence drawn from its recording; pure, and no verdict.

What lies with the target (it is gone, it refuses for its rate, its read-back broke) comes before what the user bounded.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract import Contract
from conformance.wire.records import Exchange, Recording

GONE, RATE, TIME = "gone", "rate", "time"

#: What is said of a requirement that a story was to serve, by the reason for which the story ended.
CUT_SHORT = {
    GONE: "The target answered no more before this could be tried.",
    RATE: "The target kept refusing for its rate before this could be tried.",
}
_BROKEN = ("broken", "blind")


def cause(contract: Contract, recording: Recording) -> str:
    """Why the run came to no end of its own, or an empty text where it did."""
    ended = {story.ended for story in recording.stories}
    own = [e for story in recording.stories for e in (*story.all_exchanges(), *story.aside)]
    made = {e.n: e for e in (*own, *recording.others) if e.note.role != "cleanup"}.values()
    if GONE in ended:
        return f"the target answered no more after {_counted(e for e in made if e.reply is not None)}"
    if RATE in ended:
        busy = (contract.codes["RequestTooFrequently"], contract.exceptions["ServiceUnavailable"])
        served = (e for e in made if e.reply is not None and e.reply.status not in busy)
        return f"the target kept refusing for its rate after it had served {_counted(served)}"
    if problem := _read_problem(recording):
        return problem if "the read-back" in problem else f"the read-back broke: {problem}"
    return f"the time of --max-seconds was over after {_counted(made)}" if TIME in ended else ""


def _counted(exchanges: Iterable[Exchange]) -> str:
    number = sum(1 for _ in exchanges)
    return f"{number:,} request{'' if number == 1 else 's'}"


def _read_problem(recording: Recording) -> str:
    """Why nothing could be read back, from the first look on or from a later one."""
    if recording.info.observer == "none":
        return ""
    looks = (look for story in recording.stories for look in (*story.observations, story.final) if look is not None)
    problems = (look.problem for look in looks if look.state in _BROKEN and look.problem)
    return (recording.info.read_problem or next(problems, "")).rstrip(".")
