"""Runs the suite as a user does, in a process and a folder of its own; and small targets that are none."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: schemathesis' own pytest plugin takes 0.3 s of a processor to load; the suite imports the library itself.
BARE = ("-p", "no:schemathesis")
SECRETS = ("CONFORMANCE_INTEGRATION_KEY", "CONFORMANCE_APP_KEY", "CONFORMANCE_SECOND_KEY")


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    seconds: float
    folder: Path

    @property
    def own_seconds(self) -> float:
        """How long pytest says it took: a busy machine is slow to start a process, which is not the suite's doing."""
        found = re.findall(r" in ([0-9.]+)s", self.out)
        return float(found[-1]) if found else self.seconds

    @property
    def last(self) -> str:
        """The last lines, where the verdict stands."""
        return "\n".join(self.out.splitlines()[-8:])

    @property
    def report(self) -> dict[str, Any]:
        """What the run wrote for machines."""
        found: dict[str, Any] = json.loads((self.folder / "reports/latest/conformance.json").read_text("utf-8"))
        return found

    def verdicts(self) -> dict[str, str]:
        """Verdict by requirement."""
        return {entry["id"]: entry["verdict"] for entry in self.report["requirements"]}


def environment(**variables: str) -> dict[str, str]:
    """This environment without anything that would steer a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONFORMANCE_", "PYTEST_"))}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1", **variables}


def suite(folder: Path, *options: str, timeout: float = 300, bare: bool = True, **variables: str) -> Done:
    """Run the suite from a folder; ``bare``: without the plugin of others that is slow to load."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-p", "no:cacheprovider"]
    command += [*(BARE if bare else ()), *options]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout, time.monotonic() - began, folder)


@contextlib.contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """A listener that gives every connection the same bytes; yields a push URL on it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(1)
                    connection.recv(65536)
                    connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/event/push/alert/standard"
        stopped.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
