"""Keys full of awkward characters, and the forms in which a server or a library may write them."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

AWKWARD = "ab/+ c&<>'\"\\é漢😀=%z-9"


def spellings(key: str) -> dict[str, str]:
    """Return the key in every form that a server or a library may put it in."""
    raw = key.encode()
    return {
        "raw": key,
        "quote": quote(key),
        "quote, no safe": quote(key, safe=""),
        "quote_plus": quote_plus(key),
        "lower hex": quote(key, safe="").lower() if key.islower() else quote(key, safe=""),
        "every byte": "".join(f"%{byte:02x}" for byte in raw),
        "every byte, upper": "".join(f"%{byte:02X}" for byte in raw),
        "twice": quote(quote(key, safe=""), safe=""),
        "JSON": json.dumps(key)[1:-1],
        "JSON, not ASCII": json.dumps(key, ensure_ascii=False)[1:-1],
        "JSON, slashes": json.dumps(key)[1:-1].replace("/", "\\/"),
        "JSON in JSON": json.dumps(json.dumps(key))[3:-3],
        "JSON, all escaped": "".join(f"\\u{ord(char):04X}" for char in key if ord(char) < 0x10000)
        if max(key) < "\U00010000"
        else json.dumps(key)[1:-1],
        "HTML": html.escape(key),
        "HTML, decimal": "".join(f"&#{ord(char)};" for char in key),
        "HTML, hex": "".join(f"&#x{ord(char):X};" for char in key),
        "HTML of a URL": html.escape(quote(key)),
        "hex": raw.hex(),
        "hex, upper": raw.hex().upper(),
        "latin-1": raw.decode("latin-1"),
        "upper case": key.upper() if key.isascii() else key,
    }


LATIN = 'K%2f+ "<é&=zQ7w'
APP = 'App/+= "<ü9xLm2'
MIXED_HEX = "".join(f"{byte:02X}"[0] + f"{byte:02x}"[1] for byte in LATIN.encode())
