"""Starting a mode, and what is known of it while it runs."""

import socket
from contextlib import closing
from types import TracebackType
from typing import Self

from .listener import Listener
from .messages import PUSH_PATH, READ_PATH
from .modes import MODES, Mode
from .stage import Stage


class RunningHostile:
    """A misbehaving server that runs until it is closed; also a context manager."""

    def __init__(self, mode: Mode, key: str, app_key: str, seed: int) -> None:
        self.mode = mode
        self.key = key
        self.app_key = app_key
        self.received: list[bytes] = []
        self._reserved: socket.socket | None = None
        self._stage: Stage | None = None
        if mode.listens:
            listener = Listener(f"hostile-{mode.name}")
            self._stage = Stage(mode.name, key, app_key, listener, seed, self.received)
            listener.start(mode.handler(self._stage))
            origin = listener.origin
        else:  # bound, so that nobody else gets the port, but not listening
            self._reserved = socket.socket()
            self._reserved.bind(("127.0.0.1", 0))
            origin = f"127.0.0.1:{self._reserved.getsockname()[1]}"
        self.push_url = f"{mode.scheme}://{origin}{PUSH_PATH}"
        self.read_url = f"{mode.scheme}://{origin}{READ_PATH}"

    def close(self) -> None:
        """End the server with all its threads and sockets."""
        if self._stage is not None:
            self._stage.close()
        if self._reserved is not None:
            with closing(self._reserved):
                self._reserved = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(mode_name: str, *, key: str, app_key: str, seed: int = 0) -> RunningHostile:
    """Start the mode of that name on a free port of the loopback."""
    return RunningHostile(MODES[mode_name], key, app_key, seed)
