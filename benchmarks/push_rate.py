"""Measure pushes per second of the embedded server on one core, beside a uvicorn app that does nothing.

Each server runs in a process of its own, pinned to one core; the clients keep their connections alive and share the
other cores. Keys go through the environment, never through process arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from multiprocessing import get_context

FLOOR = 1500.0
NOTHING = """
import uvicorn
async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})
uvicorn.run(app, host="127.0.0.1", port=%d, loop="uvloop", http="httptools", lifespan="off", ws="none",
            access_log=False, log_level="critical")
"""
EMBEDDED = """
import os
from conformance.reference.options import ServerOptions
from conformance.reference.server import serve
serve(ServerOptions(port=%d, key=os.environ["BENCH_KEY"], db=os.environ["BENCH_DB"]))
"""


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def requests_of(key: str, worker: int, count: int) -> list[bytes]:
    """Prepare the bytes of the pushes: new alerts, updates and recoveries, with labels."""
    made = []
    for number in range(count):
        event = {
            "title_rule": "$cluster::$resource::$check",
            "event_status": ("Critical", "Warning", "Ok")[number % 3],
            "alert_key": f"bench-{worker}-{number // 3}",
            "description": f"cpu idle low, sample {number}",
            "labels": {"cluster": "nj", "resource": f"es.nj.{number % 50}", "check": "cpu.idle<20%"},
        }
        body = json.dumps(event).encode()
        head = (
            f"POST /event/push/alert/standard?integration_key={key} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def talk(port: int, messages: list[bytes]) -> int:
    """Send each message on one connection, and count the replies that are a success."""
    good = 0
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in messages:
            sock.sendall(message)
            reply = sock.recv(65536)
            head, _, body = reply.partition(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += sock.recv(65536)
            good += head.startswith(b"HTTP/1.1 200")
    return good


def client(port: int, batches: list[list[bytes]], results: object) -> None:
    """Talk over several connections at once, a thread each."""
    totals = [0] * len(batches)

    def work(place: int) -> None:
        totals[place] = talk(port, batches[place])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sum(totals))  # type: ignore[attr-defined]


def measure(program: str, key: str, core: int, *, pushes: int, connections: int, db: str = "") -> float:
    """Start a server on one core, push, and give the pushes per second."""
    port = free_port()
    environment = {**os.environ, "BENCH_KEY": key, "BENCH_DB": db}
    server = subprocess.Popen(
        [sys.executable, "-c", program % port], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(server.pid, {core})
        wait_for(port)
        each = pushes // connections
        batches = [requests_of(key, worker, each) for worker in range(connections)]
        talk(port, requests_of(key, connections, 200))  # warm up
        context = get_context("fork")
        results = context.Queue()
        others = [context.Process(target=client, args=(port, batches[half::2], results)) for half in (0, 1)]
        began = time.perf_counter()
        for process in others:
            process.start()
        good = sum(results.get() for _ in others)
        seconds = time.perf_counter() - began
        for process in others:
            process.join()
    finally:
        server.terminate()
        server.wait()
    if good != each * connections:
        raise SystemExit(f"only {good} of {each * connections} pushes were accepted")
    return good / seconds


def wait_for(port: int) -> None:
    """Wait until a server accepts connections."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def main() -> int:
    """Measure both servers in turns, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=9000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--db", default="", help="a file for the store, instead of memory")
    options = parser.parse_args()
    key = secrets.token_hex(16)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    sizes = {"pushes": options.pushes, "connections": options.connections}
    bare, ours = [], []
    for _ in range(options.rounds):
        bare.append(measure(NOTHING, key, cores[0], **sizes))
        ours.append(measure(EMBEDDED, key, cores[0], **sizes, db=options.db))
    rate, nothing = statistics.median(ours), statistics.median(bare)
    print(f"embedded server  {rate:8.0f} pushes/s (median of {options.rounds}; {options.pushes} pushes each)")
    print(f"does nothing     {nothing:8.0f} requests/s")
    print(f"ratio            {rate / nothing:8.2f}")
    print(f"floor            {FLOOR:8.0f} pushes/s: {'met' if rate >= FLOOR else 'NOT met'}")
    return 0 if rate >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
