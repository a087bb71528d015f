"""The finder over HTTP: in front of Django, through Django, and a callable that only says hello.

All three run under granian with the options of production and the production middleware, in the same
run, turn by turn; one client with one kept connection for each server thread asks them the same.
"""

import http.client
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench._cpu import cpu_s
from bench._demo import VAR, demo_server, free_port, wait_for
from nuanxin.core import clock

ROOT = Path(__file__).resolve().parents[1]
PATH: Final = "/api/v1/stations/nearby"
_CLIENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """What one server did in one turn: answers a second, and its CPU seconds for each answer."""

    per_s: float
    cpu_s: float


def run(*, seed: int = 0, turns: int = 5, seconds: float = 4.0) -> dict[str, Any]:
    """Measure the three servers turn by turn.

    Parameters
    ----------
    seed
        Positions asked for follow from it.
    turns, seconds
        How often each server has its turn, and for how long.

    Returns
    -------
    dict
        ``vs_django_ratio`` and ``vs_hello_ratio`` are ratios of server CPU seconds for one answer
        (Django's over ours, hello's over ours), medians over turns; the same of answers a second end in
        ``_by_throughput``, where the client on the same two cores takes its share.
    """
    queries = _queries(random.Random(seed))
    with demo_server(f"{PATH}?{queries[0]}"):  # fills the demo
        pass
    servers = {
        "front": "config.server:application",
        "django": "bench._http_apps:django",
        "hello": "bench._http_apps:hello",
    }
    taken: dict[str, list[Turn]] = {name: [] for name in servers}
    with _serving(servers) as running:
        for name, (port, _process) in running.items():
            wait_for(f"http://127.0.0.1:{port}{PATH}?{queries[0]}")
            _ask(port, queries, 1.0, name)
        for _ in range(turns):
            for name, (port, process) in running.items():
                taken[name].append(_turn(port, process.pid, queries, seconds, name))
    return _figures(taken) | {"seed": seed, "turns": turns}


def _queries(rng: random.Random) -> list[str]:
    """Return positions in the towns of the demo, as the pages of phones ask, for ten in the morning.

    The hour is named, so that the figures do not hang on when they are taken: at night nearly every
    door is shut, the finder looks further, and its answer costs twice as much.
    """
    seats = [(30.076, 120.488), (29.872, 121.549), (30.254, 120.165), (30.746, 120.756)]
    points = [
        (lat + rng.gauss(0, 0.02), lon + rng.gauss(0, 0.02))
        for lat, lon in (rng.choice(seats) for _ in range(512))
    ]
    at = f"{clock.civil_date()}T10:00"
    return [f"lat={lat:.4f}&lon={lon:.4f}&by=ebike&at={at}" for lat, lon in points]


@contextmanager
def _serving(
    servers: dict[str, str],
) -> Iterator[dict[str, tuple[int, "subprocess.Popen[bytes]"]]]:
    variables = os.environ | {
        "NUANXIN_DEMO": "1",
        "NUANXIN_VAR": str(VAR),
        "NUANXIN_DEMO_SERVE": "0",
        "NUANXIN_BACKGROUND": "finder",
    }
    running = {}
    try:
        for name, application in servers.items():
            port = free_port()
            options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
            options += ["--no-access-log", "--blocking-threads", "2", application]
            granian = str(Path(sys.executable).with_name("granian"))
            process = subprocess.Popen(  # noqa: S603  our own server
                [granian, *options], cwd=ROOT, env=variables, stderr=subprocess.DEVNULL
            )
            running[name] = (port, process)
        yield running
    finally:
        for _port, process in running.values():
            process.terminate()
        for _port, process in running.values():
            process.wait(10)


def _turn(port: int, pid: int, queries: list[str], seconds: float, name: str) -> Turn:
    before, began = cpu_s(pid), time.perf_counter()
    count = _ask(port, queries, seconds, name)
    took = time.perf_counter() - began
    return Turn(per_s=count / took, cpu_s=(cpu_s(pid) - before) / count)


def _ask(port: int, queries: list[str], seconds: float, name: str) -> int:
    """Ask for some seconds over kept connections; return the number of answers."""
    counts = [0] * _CLIENTS
    faults: list[str] = []

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        until, at = time.perf_counter() + seconds, number * 97
        while time.perf_counter() < until:
            connection.request("GET", f"{PATH}?{queries[at % len(queries)]}")
            response = connection.getresponse()
            body = response.read()
            if response.status != 200 or (name != "hello" and b'"stations"' not in body):
                faults.append(f"{name}: {response.status}")
                return
            counts[number] += 1
            at += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(counts)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _figures(taken: dict[str, list[Turn]]) -> dict[str, Any]:
    ours = taken["front"]

    def ratio(peer: str, *, by_cpu: bool) -> float:
        pairs = zip(taken[peer], ours, strict=True)
        if by_cpu:
            return _median([theirs.cpu_s / own.cpu_s for theirs, own in pairs])
        return _median([own.per_s / theirs.per_s for theirs, own in pairs])

    figures: dict[str, Any] = {
        "vs_django_ratio": round(ratio("django", by_cpu=True), 2),
        "vs_hello_ratio": round(ratio("hello", by_cpu=True), 3),
        "vs_django_by_throughput": round(ratio("django", by_cpu=False), 2),
        "vs_hello_by_throughput": round(ratio("hello", by_cpu=False), 3),
    }
    for name, turns in taken.items():
        figures[f"{name}_us"] = round(_median([turn.cpu_s for turn in turns]) * 1e6)
        figures[f"{name}_per_s"] = round(_median([turn.per_s for turn in turns]))
    figures["client_cpu_s"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_utime, 1)
    return figures
