"""Redis as a peer of the finder: a geo set by distance, the rest filtered by the client.

The client holds amenities and hours itself, so two calls give an answer: which stations lie near,
and the texts of ten. Redis sorts all stations of the radius however few it is to give, so it is
asked for a small circle first, and for a wider one or for more when ten do not fit.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, cast

import redis

from bench._peers_world import LIMIT, RADIUS_M, Question, World

_WAIT_S: Final = 10.0
_BATCH: Final = 10_000
_FIRST: Final = 40
_MORE: Final = 4


Found = list[tuple[bytes, float]]


class Library:
    """Redis through its client library.

    Parameters
    ----------
    path
        Of the server's socket.
    """

    def __init__(self, path: Path) -> None:
        self._client = redis.Redis(unix_socket_path=str(path))

    def near(self, question: Question, radius_m: int, count: int) -> Found:
        """Return members and metres, by distance."""
        found = self._client.geosearch(
            "place", longitude=question.lon, latitude=question.lat, radius=radius_m, unit="m",
            sort="ASC", count=count, withdist=True,
        )  # fmt: skip
        return cast("Found", found)

    def texts(self, members: list[bytes]) -> list[bytes]:
        """Return the texts of members."""
        return cast("list[bytes]", self._client.mget(members))

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class Wire:
    """Redis through its bare protocol, in as few steps as Python can: what no application writes.

    Parameters
    ----------
    path
        Of the server's socket.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._read = self._socket.makefile("rb", 1 << 16)

    def near(self, question: Question, radius_m: int, count: int) -> Found:
        """Return members and metres, by distance."""
        self._send(
            *(b"GEOSEARCH", b"place", b"FROMLONLAT", b"%.4f" % question.lon, b"%.4f" % question.lat),
            *(b"BYRADIUS", b"%d" % radius_m, b"m", b"ASC", b"COUNT", b"%d" % count, b"WITHDIST"),
        )  # fmt: skip
        line = self._read.readline
        found = []
        for _ in range(self._count()):
            line(), line()  # two values follow, and how long the first is
            member = line()[:-2]
            line()
            found.append((member, float(line())))
        return found

    def texts(self, members: list[bytes]) -> list[bytes]:
        """Return the texts of members."""
        self._send(b"MGET", *members)
        return [self._read.read(self._count() + 2)[:-2] for _ in range(self._count())]

    def close(self) -> None:
        """Hang up."""
        self._read.close()
        self._socket.close()

    def _send(self, *words: bytes) -> None:
        parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
        self._socket.sendall(b"*%d\r\n%b" % (len(words), b"".join(parts)))

    def _count(self) -> int:
        return int(self._read.readline()[1:])


class RedisGeo:
    """The stations in Redis.

    Parameters
    ----------
    clients
        By name, to the filled server.
    world
        What it holds.
    pid
        Of the server.
    """

    def __init__(self, clients: Mapping[str, Library | Wire], world: World, pid: int) -> None:
        self.pid = pid
        self._mask = world.columns.facility_mask.tolist()
        is_open = world.is_open
        self._is_open = [is_open[schedule] for schedule in world.columns.schedule.tolist()]
        # for each client, the same with different first circles
        self.ways: dict[str, dict[str, Callable[[Question], bytes]]] = {
            name: {
                f"{radius_m // 1000} km": partial(self._answer, client, radius_m)
                for radius_m in (2_000, 4_000, int(RADIUS_M))
            }
            for name, client in clients.items()
        }

    def _answer(self, client: Library | Wire, radius_m: int, question: Question) -> bytes:
        count = _FIRST
        while True:
            found = client.near(question, radius_m, count)
            fitting = self._fitting(question.mask, found)
            if len(fitting) == LIMIT or (len(found) < count and radius_m >= RADIUS_M):
                break
            if len(found) == count:
                count *= _MORE
            else:
                radius_m = min(_MORE * radius_m, int(RADIUS_M))
        texts = client.texts([member for member, _metres in fitting]) if fitting else []
        return b'{"stations":[%b]}' % b",".join(
            [
                b'%b"distance_m":%d}' % (text, round(far_m * _OF_OUR_EARTH))
                for text, (_member, far_m) in zip(texts, fitting, strict=True)
            ]
        )

    def _fitting(self, mask: int, found: Found) -> Found:
        fitting = []
        for station in found:
            number = int(station[0])
            if self._is_open[number] and self._mask[number] & mask == mask:
                fitting.append(station)
                if len(fitting) == LIMIT:
                    break
        return fitting


# Redis' Earth is a little larger than everybody else's
_OF_OUR_EARTH: Final = 6_371_008.8 / 6_372_797.560856


@contextmanager
def redis_geo(world: World) -> Iterator[RedisGeo]:
    """Start a server of its own that keeps nothing, fill it, and give the peer.

    Raises
    ------
    RuntimeError
        When Redis is not installed or does not come up.
    """
    program = shutil.which("redis-server")
    if program is None:
        msg = "Redis is missing: apt install redis-server"
        raise RuntimeError(msg)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "socket"
        options = ["--port", "0", "--unixsocket", str(path), "--dir", folder]
        options += ["--save", "", "--appendonly", "no"]
        server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            _fill(path, world)
            library, wire = Library(path), Wire(path)
            yield RedisGeo({"library": library, "wire": wire}, world, server.pid)
            library.close()
            wire.close()
        finally:
            server.terminate()
            server.wait(_WAIT_S)


def _fill(path: Path, world: World) -> None:
    columns = world.columns
    places = list(zip(columns.lon_deg.tolist(), columns.lat_deg.tolist(), strict=True))
    with redis.Redis(unix_socket_path=str(path)) as client:
        _wait_for(client)
        for first in range(0, len(places), _BATCH):
            numbers = range(first, min(first + _BATCH, len(places)))
            client.geoadd("place", [part for n in numbers for part in (*places[n], n)])
            client.mset({str(n): columns.static_json[n] for n in numbers})


def _wait_for(client: "redis.Redis") -> None:
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
