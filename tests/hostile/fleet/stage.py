"""What the handlers of one running mode share: keys, the honest core, chance, counting, the side listener."""

import random
import threading
from dataclasses import dataclass, field

from .connection import Connection
from .core import Core
from .listener import Listener
from .messages import encode, without_body


@dataclass
class Stage:
    """The state of one running mode."""

    name: str
    key: str
    app_key: str
    listener: Listener
    seed: int
    received: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.core = Core(self.key, self.app_key)
        self.lock = threading.Lock()
        self._random = random.Random(f"{self.name}/{self.seed}")
        self._count = 0
        self._side: Listener | None = None

    def chance(self, probability: float) -> bool:
        """Whether this time is one of the unlucky ones."""
        return self.uniform(0, 1) < probability

    def uniform(self, low: float, high: float) -> float:
        """Draw a number, repeatable from the seed as far as threads allow."""
        with self.lock:
            return self._random.uniform(low, high)

    def count(self) -> int:
        """Count one more request and return how many there were."""
        with self.lock:
            self._count += 1
            return self._count

    def side_origin(self) -> str:
        """Return the origin of another server, one that would serve well whoever goes there, and records it."""
        with self.lock:
            if self._side is None:
                self._side = Listener(f"{self.listener.name}-side")
                self._side.start(self._record)
            return f"http://{self._side.origin}"

    def _record(self, connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            self.received.append(request.raw)
            reply = self.core.answer(request)
            data = encode(request, reply, reply.body())
            connection.send(without_body(data) if request.method == "HEAD" else data)

    def close(self) -> None:
        """Close both listeners and wait for their threads."""
        self.listener.close()
        if self._side is not None:
            self._side.close()
