"""Servers that are overloaded, limit rates, break down or come back."""

from collections.abc import Callable

from .connection import Connection, HangUp
from .core import failure
from .hooks import around, each, hang_up
from .listener import Serve
from .messages import Reply, Request, plain
from .modes import mode
from .stage import Stage

DAY = ("Retry-After", "86400")
NOTHING = "Nothing can be executed: incomplete (5), or could not be tested at all (4)."
BUSY_WORDS = ("429", "rate", "frequent", "busy", "overload", "503", "unavailable", "retry-after", "retry")
GONE = "What was judged by then passed; the rest went unanswered ever after, which blocks and never fails."


def _always(code: str, *headers: tuple[str, str]) -> Callable[[Stage], Serve]:
    return lambda stage: around(stage, instead=lambda _: failure(code, "not now, sorry", *headers))


mode("429-forever", "Answers everything with 429 in the envelope.", {4, 5}, NOTHING, BUSY_WORDS)(
    _always("RequestTooFrequently")
)
mode(
    "429-for-a-day",
    "Answers everything with 429 in the envelope and a Retry-After of a day.",
    {4, 5},
    NOTHING,
    BUSY_WORDS,
)(_always("RequestTooFrequently", DAY))
mode(
    "429-until-a-strange-date",
    "Answers everything with 429 and a Retry-After that is a date in the year 9999.",
    {4, 5},
    NOTHING,
    BUSY_WORDS,
)(_always("RequestTooFrequently", ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")))
mode(
    "429-retry-after-nonsense",
    "Answers everything with 429 and a Retry-After that is neither number nor date.",
    {4, 5},
    NOTHING,
    BUSY_WORDS,
)(_always("RequestTooFrequently", ("Retry-After", "-1e309 NaN soon")))
mode(
    "503-for-a-day",
    "Answers everything with 503 in the envelope and a Retry-After of a day.",
    {4, 5},
    NOTHING,
    BUSY_WORDS,
)(_always("ServiceUnavailable", DAY))
mode(
    "500-forever",
    "Answers everything with 500 InternalError in the envelope.",
    {1, 4},
    "Every push, made-up key or not, gets the same failure: the key counts as refused (4), or a 5xx to an event breaks "
    "its row (1).",
    BUSY_WORDS,
)(_always("InternalError"))


@mode(
    "503-html-for-a-day",
    "Answers everything with an HTML page, 503 and a Retry-After of a day.",
    {4, 5},
    "No envelope anywhere: untestable (4); a service that says it is down may count as incomplete (5).",
    BUSY_WORDS,
)
def html_503(stage: Stage) -> Serve:
    """Build a gateway whose service is down."""
    page = plain(503, b"<html><h1>503 Service Unavailable</h1></html>", "text/html", DAY)
    return each(lambda connection, _: connection.send(page))


@mode(
    "429-every-third",
    "Serves honestly, but refuses each third request with 429 and a Retry-After of 1 s.",
    {0, 5},
    "Refusals are obeyed and requests sent again, so it conforms (0); what meets 429 too often in a row, or no time "
    "is left for, is blocked (5).",
)
def every_third(stage: Stage) -> Serve:
    """Build a conforming server with a strange rate limit."""

    def instead(_: Request) -> Reply | None:
        return failure("RequestTooFrequently", "slow down", ("Retry-After", "1")) if stage.count() % 3 == 0 else None

    return around(stage, instead=instead)


def _dies(name: str, after: int, codes: set[int], why: str, words: tuple[str, ...] = ()) -> None:
    @mode(name, f"Serves honestly, and is gone for good after {after} requests.", codes, why, words)
    def build(stage: Stage) -> Serve:
        def before(connection: Connection, request: Request) -> None:
            if stage.count() > after:
                stage.listener.hang_up()
                raise HangUp("dead")

        return around(stage, before=before)


_dies(
    "dies-after-1",
    1,
    {4, 5},
    "One answer is hardly a test: untestable (4), or incomplete (5).",
    ("answer", "reach", "connect", "refused", "closed", "stopped", "gone"),
)
_dies("dies-after-40", 40, {5}, GONE)


@mode(
    "hangs-after-40",
    "Serves honestly, and answers nothing any more after 40 requests, though it still accepts.",
    {5},
    GONE,
)
def hangs_after_40(stage: Stage) -> Serve:
    """Build a server that freezes in the middle of a run."""

    def before(connection: Connection, request: Request) -> None:
        if stage.count() > 40:
            connection.stall()

    return around(stage, before=before)


@mode(
    "turns-to-html-after-40",
    "Serves honestly, and after 40 requests a gateway answers with 502 and HTML.",
    {1, 5},
    "A 5xx without an envelope is a failure of its row (1); a target that ceases to be one is incomplete (5).",
)
def turns_to_html(stage: Stage) -> Serve:
    """Build a server that is lost behind its gateway."""
    page = plain(502, b"<html><h1>502 Bad Gateway</h1></html>", "text/html")

    def before(connection: Connection, request: Request) -> None:
        if stage.count() > 40:
            connection.send(page)
            hang_up(connection, request)

    return around(stage, before=before)


@mode(
    "key-revoked-after-40",
    "Serves honestly, and refuses the key as unauthorized after 40 requests.",
    {1, 5},
    "The first refused event breaks a row (1), unless it is seen that the key itself went bad (5).",
)
def key_revoked(stage: Stage) -> Serve:
    """Build a server on which somebody deletes the integration during the run."""

    def instead(request: Request) -> Reply | None:
        late = request.is_push and stage.count() > 40
        return failure("Unauthorized", "integration_key is not a valid one") if late else None

    return around(stage, instead=instead)


@mode(
    "away-for-20-requests",
    "Serves honestly, but resets the 30th to 49th request.",
    {0, 5},
    "An outage that ends: repeated and decided (0), or undecided and blocked (5), never a failure.",
)
def away(stage: Stage) -> Serve:
    """Build a conforming server that restarts during the run."""

    def before(connection: Connection, request: Request) -> None:
        if 30 <= stage.count() < 50:
            connection.reset()

    return around(stage, before=before)
