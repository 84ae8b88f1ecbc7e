"""What languages, libraries and stores do by habit, and the document does not: one such habit in each server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.making import active_ones, alerts_of, breaks, wrong
from conformance.reference.rules.titles import DOLLAR_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.making import Call

QUERY, TITLE, STATUS = "Query/integration_key", "Payload/title_rule", "Payload/event_status"
KEY, LABELS, SRC, HREF = "Payload/alert_key", "Payload/labels", "Image/src", "Image/href"
_YAML = {"yes": "true", "no": "false", "on": "true", "off": "false"}
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z")


# Integrations


def _taken_elsewhere(call: Call) -> Any:
    """Refuse a key of which another integration has an active alert."""
    found, owner = call.plain(), call.rules.owner(call.ctx)
    others = (alert for alert in alerts_of(call.rules) if alert.active and alert.integration != owner)
    if found is None and any(alert.alert_key == call.value.key for alert in others):
        call.refuse("alert_key is in use")
    return found


def _description_of_the_first(call: Call) -> Any:
    """Take the description of a new alert from whichever integration used its key first."""
    alert = call.plain()
    owner, text = call.memory.setdefault(alert.alert_key, (alert.integration, alert.description))
    alert.description = alert.description if owner == alert.integration else text
    return alert


wrong(
    "integration-key-trailing-slash-ignored",
    QUERY,
    "A slash behind an integration key is ignored.",
    find_integration=lambda call: call.rules.keys.get(call.value.rstrip("/")),
)
wrong(
    "integration-key-owns-alert-keys", QUERY, "An alert_key serves one integration only.", find_active=_taken_elsewhere
)
wrong(
    "integration-key-cache-shared",
    QUERY,
    "A new alert has the description of another integration's alert of the same key.",
    hard=True,
    new_alert=_description_of_the_first,
)


# Titles, statuses, keys and updates


def _in_any_case(call: Call) -> str:
    labels = {name.lower(): value for name, value in call.value.items()}
    return DOLLAR_NAME.sub(lambda match: str(labels.get(match[1].lower(), match[0])), call.args[0])


def _status_of_the_active(call: Call) -> Any:
    """Do without a status where the key has an active alert."""
    key = call.ctx.document.get("alert_key")
    found = [alert for alert in active_ones(call) if alert.alert_key == key]
    return found[0].alert_status if found else call.plain()


def _same_in_any_case(call: Call) -> None:
    alert, event = call.args
    if (event.description or "").casefold() != alert.description.casefold():
        call.plain()


wrong(
    "title-label-in-any-case",
    TITLE,
    "`$Host` in a title takes the label `host`.",
    hard=True,
    level="should",
    render_part=_in_any_case,
)
wrong(
    "status-inherited-accepted",
    STATUS,
    "A status is looked up in an object that has more names than it was given: `constructor` is one.",
    hard=True,
    status_accepted=lambda call: call.value in ("constructor", "toString") or call.plain(),
)
wrong(
    "status-missing-keeps-the-last",
    STATUS,
    "An event without a status is accepted where its key has an active alert.",
    hard=True,
    missing_status=_status_of_the_active,
)
wrong(
    "alert-keys-end-at-a-comma",
    KEY,
    "Keys are compared up to their first comma.",
    hard=True,
    match_form=lambda call: call.value.split(",")[0],
)
wrong(
    "alert-keys-end-at-a-question-mark",
    KEY,
    "Keys are compared up to their first question mark.",
    hard=True,
    match_form=lambda call: call.value.split("?")[0],
)
wrong(
    "update-in-another-case-ignored",
    KEY,
    "A description that differs from the one before in letter case only is no change.",
    hard=True,
    update_description=_same_in_any_case,
)


# Labels


def _reformatted(call: Call) -> str:
    value = call.plain()
    found = _MOMENT.fullmatch(value)
    return f"{found[2]}/{found[3]}/{found[1]} {found[4]}" if found else value


wrong(
    "label-named-like-a-method-500",
    LABELS,
    "A label named hasOwnProperty is answered with 500.",
    hard=True,
    label_name=lambda call: breaks(call) if call.value == "hasOwnProperty" else call.plain(),
)
wrong(
    "label-key-underscores-collapsed",
    LABELS,
    "Two underscores in a label key become one.",
    hard=True,
    label_name=lambda call: re.sub("_+", "_", call.plain() or "") or None,
)
wrong(
    "label-value-yes-is-true",
    LABELS,
    "A label value of yes, no, on or off becomes true or false, as in YAML.",
    hard=True,
    tidy_label_value=lambda call: _YAML.get(call.value, call.plain()),
)
wrong(
    "label-value-date-reformatted", LABELS, "A moment as a label value is written anew.", tidy_label_value=_reformatted
)
wrong(
    "label-value-nan-lost",
    LABELS,
    "A label whose value is NaN or infinite, as text, is left out.",
    hard=True,
    read_label=lambda call: None if call.value in ("NaN", "+Inf") else call.plain(),
)


# Images


def _src(change: Callable[[str], str]) -> Callable[[Call], Any]:
    def read(call: Call) -> Any:
        src = call.plain()
        return None if src is None else change(src)

    return read


def _before_an_escape(call: Call) -> str:
    text = call.plain()
    return text if len(call.value) <= call.rules.href_limit else re.sub(r"%[0-9A-Fa-f]?$", "", text)


wrong(
    "src-s3-kept",
    SRC,
    "A src with the scheme s3 is kept.",
    src_of_other_scheme=lambda call: call.value if call.value.startswith("s3:") else None,
)
wrong(
    "src-tracking-lost",
    SRC,
    "Parameters such as utm_source are taken out of a src.",
    hard=True,
    read_src=_src(lambda src: re.sub(r"&utm_[a-z]+=[^&]*", "", src)),
)
wrong(
    "src-parameter-gets-an-equals-sign",
    SRC,
    "A parameter without a value in a src gets an equals sign.",
    hard=True,
    read_src=_src(lambda src: re.sub(r"([?&][a-z]+)(?=&|$)", r"\1=", src)),
)
wrong(
    "src-slashes-collapsed",
    SRC,
    "Two slashes in the path of a src become one.",
    hard=True,
    read_src=_src(lambda src: re.sub(r"(?<!:)//+", "/", src)),
)
wrong("href-cut-before-an-escape", HREF, "A href is never cut within `%41`.", hard=True, cut_href=_before_an_escape)
wrong(
    "href-like-src-lost",
    HREF,
    "A href that is the src is left out.",
    hard=True,
    read_href=lambda call: "" if call.value.get("href") == call.value.get("src") else call.plain(),
)


# Replies, descriptions and keys


def _placeholder(_: Call) -> str:
    """Give the src of an image that stands for one that may not be kept."""
    return "https://static.example.com/none.png"


def _whole_lines(call: Call) -> str:
    kept = str(call.plain())
    return kept if kept == call.value else kept.rpartition("\n")[0] or kept


wrong(
    "recovery-data-is-text",
    "Response/data",
    "The data of the reply to an Ok is a word.",
    success_data=lambda call: "success" if call.value.status == "Ok" else call.plain(),
)
wrong(
    "made-up-key-in-capitals",
    "Data/alert_key",
    "A made-up key is stored as it is, and told in capital letters.",
    shown_key=lambda call: call.plain() if call.ctx.document.get("alert_key") else call.plain().upper(),
)
wrong(
    "src-placeholder-kept", SRC, "An image of another scheme gets a src of its own.", src_of_other_scheme=_placeholder
)
wrong(
    "title-soft-hyphen-lost",
    TITLE,
    "Soft hyphens are taken out of a title.",
    hard=True,
    cut_title_rule=lambda call: call.plain().replace("\u00ad", ""),
)
wrong(
    "description-cut-to-whole-lines",
    "Payload/description",
    "A description that is cut ends with its last whole line.",
    hard=True,
    cut_description=_whole_lines,
)
wrong(
    "description-quotes-taken-off",
    "Payload/description",
    "Quotes around a whole description are taken off, as from a cell of CSV.",
    hard=True,
    cut_description=lambda call: re.sub(r'\A"(.*)"\Z', r"\1", call.plain(), flags=re.DOTALL),
)
wrong(
    "alert-keys-of-digits-never-updated",
    KEY,
    "An event whose key is all digits always opens another alert.",
    hard=True,
    find_active=lambda call: None if call.value.key.isdigit() and call.value.status != "Ok" else call.plain(),
)
