"""Turns the names that stand for secrets in recordings into words of a POSIX shell; knows no curl and no verdict.

Some names stand for a key that is derived from the integration key: nobody has a variable of such a name, and an empty
key would show the opposite of what was found.  So the shell derives them in the same way.
"""

from __future__ import annotations

import re

from conformance.model.scenario import MAIN_ENCODED, MAIN_ENCODED_SMALL

_KEY = "INTEGRATION_KEY"
#: Names as recordings have them.  Whatever follows a name belongs to the text: a longer key is ``$INTEGRATION_KEY0``.
NAME = re.compile(
    r"\$(INTEGRATION_KEY(?:_NEAR|_SHORTER|_OTHER_CASE|_ENCODED_TWICE)?|SECOND_KEY|APP_KEY|PROXY_PASSWORD"
    r"|(?:ACCOUNT_KEY|HEADER|QUERY)_[A-Z0-9_]+)"
)
_OCTETS = f'printf %s "${_KEY}" | od -An -v -tx1 | tr -d " \\n"'
_CAPITALS = " | tr a-f A-F"
#: What the shell makes of the integration key, by the name that stands for it.
_DERIVED = {
    f"{_KEY}_NEAR": f"${{{_KEY}%?}}$(case ${_KEY} in (*1) echo 2;; (*) echo 1;; esac)",
    f"{_KEY}_SHORTER": f"${{{_KEY}%?}}",
    f"{_KEY}_OTHER_CASE": f'$(printf %s "${_KEY}" | tr a-zA-Z A-Za-z)',
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
    return f'"{_DERIVED.get(name, f"${name}")}"'
