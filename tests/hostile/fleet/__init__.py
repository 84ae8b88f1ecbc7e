"""A fleet of misbehaving servers on the loopback: what the suite must survive, with what exit code, saying what.

`MODES` maps names to `Mode`; `start(name, key=…, app_key=…)` runs one until it is closed. Written from the protocol
document and from RFC 9110, 9112 and 8259 alone: it knows nothing of the suite's own code. The exit codes hold for a
run with both keys given and `--read-url` left to its default, with time limits of a second or more.
"""

from . import bodies, echoes, encodings, flaky, framing, heads, limits, readback, redirects, silence, stored, texts
from .modes import MODES, Mode
from .running import RunningHostile, start

FAMILIES = (silence, framing, heads, encodings, redirects, bodies, texts, echoes, limits, flaky, readback, stored)

__all__ = ["FAMILIES", "MODES", "Mode", "RunningHostile", "start"]
