"""Turns the names that stand for secrets in recordings into words of a POSIX shell; knows no curl and no verdict.

An empty key would show the opposite of what was found.  So the keys are read from the variables that a run reads, those
that are derived from the integration key are derived by the shell, and for any other secret the shell asks.
"""

from __future__ import annotations

import re

from conformance.model.scenario import MAIN_ENCODED, MAIN_ENCODED_SMALL

_KEY, _PREFIX = "INTEGRATION_KEY", "CONFORMANCE_"
_VARIABLE = _PREFIX + _KEY
#: Secrets that have a variable of their own, by the name in recordings.
_GIVEN = {name: _PREFIX + name for name in (_KEY, "SECOND_KEY", "APP_KEY")}
#: What to put into the variables of the others, by what their names begin with.
_ASKED = {
    "ACCOUNT_KEY": "the key of that --account",
    "HEADER": "the secret part of that --header",
    "QUERY": "the value of that parameter",
    "PROXY": "the password of --proxy",
}
#: Names as recordings have them.  Whatever follows a name belongs to the text: a longer key is ``$INTEGRATION_KEY0``.
NAME = re.compile(
    r"\$(INTEGRATION_KEY(?:_NEAR|_SHORTER|_OTHER_CASE|_ENCODED_TWICE)?|SECOND_KEY|APP_KEY|PROXY_PASSWORD"
    r"|(?:ACCOUNT_KEY|HEADER|QUERY)_[A-Z0-9_]+)"
)
_OCTETS = f'printf %s "${_VARIABLE}" | od -An -v -tx1 | tr -d " \\n"'
_CAPITALS = " | tr a-f A-F"
#: What the shell makes of the integration key, by the name that stands for it.
_DERIVED = {
    f"{_KEY}_NEAR": f"${{{_VARIABLE}%?}}$(case ${_VARIABLE} in (*1) echo 2;; (*) echo 1;; esac)",
    f"{_KEY}_SHORTER": f"${{{_VARIABLE}%?}}",
    f"{_KEY}_OTHER_CASE": f'$(printf %s "${_VARIABLE}" | tr a-zA-Z A-Za-z)',
    f"{_KEY}_ENCODED_TWICE": f"$({_OCTETS}{_CAPITALS} | sed 's/../%25&/g')",
}
#: Recordings show a key that was percent-encoded whole as the key itself: the credential of the push tells.
_ENCODED = {
    MAIN_ENCODED: f"$({_OCTETS}{_CAPITALS} | sed 's/../%&/g')",
    MAIN_ENCODED_SMALL: f"$({_OCTETS} | sed 's/../%&/g')",
}


def word(name: str, credential: str = "") -> str:
    """The double-quoted word that gives the secret of that name, as a push with that credential carried it."""
    if name == _KEY and credential in _ENCODED:
        return f'"{_ENCODED[credential]}"'
    if name in _DERIVED:
        return f'"{_DERIVED[name]}"'
    if name in _GIVEN:
        return f'"${_GIVEN[name]}"'
    asked = next(told for prefix, told in _ASKED.items() if name.startswith(prefix))
    return f'"${{{name}:?{asked}}}"'
