"""PostGIS as a peer of the finder: a temporary cluster, the stations in one table, the ten nearest by KNN."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg

from bench._cpu import parent_of
from bench._peers_world import LIMIT, Question, World

_ROOT: Final = Path(__file__).resolve().parents[1]
# everything in memory, and no work of the server's own beside the questions
_OPTIONS: Final = (
    "-c shared_buffers=512MB -c jit=off -c fsync=off -c autovacuum=off "
    "-c max_parallel_workers_per_gather=0"
)
_FIELDS: Final = (
    "id uuid, code text, name text, brand text, host text, is_co_built boolean, address text, "
    "floor text, parking text, access text, facilities text[], is_24h boolean, lat float8, lon float8"
)
_NAMES: Final = [field.split()[0] for field in _FIELDS.split(", ")]
_LISTED: Final = ", ".join(_NAMES)
# beside the columns the same as JSON kept ready, and what the questions ask of: bits, minutes of the week
_TABLE: Final = f"""
CREATE UNLOGGED TABLE station (
  {_FIELDS}, place geography(Point, 4326), mask integer, open int4multirange, body bytea)
"""
_NEAREST: Final = "place <-> st_makepoint($1, $2)::geography AS metres FROM station"
_FITTING: Final = "WHERE mask & $3::int = $3::int AND open @> $4::int"
_ORDER: Final = f"ORDER BY metres LIMIT {LIMIT}"
_ROWS: Final = f"SELECT {_LISTED}, {_NEAREST} {_FITTING} {_ORDER}"
_TEXTS: Final = f"SELECT body, {_NEAREST} {_FITTING} {_ORDER}"
_INDEX_ONLY: Final = f"SELECT body, {_NEAREST} {_ORDER}"
_WHOLE: Final = f"""
SELECT '{{"stations":[' || string_agg(row_to_json(told)::text, ',') || ']}}'
FROM (SELECT {_LISTED}, round(metres)::int AS distance_m FROM ({_ROWS}) AS nearest) AS told
"""  # noqa: S608  words of this module


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Postgis:
    """The stations in PostGIS.

    Parameters
    ----------
    connection
        To the temporary cluster.
    world
        What it is to hold.

    Raises
    ------
    RuntimeError
        When PostGIS is not installed, or the plan is not the index giving stations by distance.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", world: World) -> None:
        _create_extension(connection)
        _fill(connection, world)
        self._minute = world.minute
        # the plan is made once, not for each question, and so without knowing that much will fit
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_sort = off")
        for statement in (_ROWS, _TEXTS, _WHOLE):
            _check_plan(connection, statement)
        self._cursor = psycopg.RawCursor(connection)
        self.pid = parent_of(connection.info.backend_pid)
        self.ways: dict[str, Callable[[Question], bytes]] = {
            "client": self._by_client,
            "server": self._by_server,
        }

    def ready(self, question: Question) -> bytes:
        """Return the answer from rows kept ready as JSON."""
        return self._texts(_TEXTS, self._parameters(question))

    def nearest(self, question: Question) -> bytes:
        """Return the ten nearest, open or not, whatever they have, from rows kept ready."""
        return self._texts(_INDEX_ONLY, (question.lon, question.lat))

    def _by_client(self, question: Question) -> bytes:
        """Return the answer; the client writes the JSON."""
        rows = self._cursor.execute(_ROWS, self._parameters(question), prepare=True, binary=True)
        told = [
            dict(zip(_NAMES, (str(key), *values), strict=True)) | {"distance_m": round(metres)}
            for key, *values, metres in rows
        ]
        return _JSON({"stations": told}).encode()

    def _by_server(self, question: Question) -> bytes:
        """Return the answer; the server writes the JSON."""
        rows = self._cursor.execute(_WHOLE, self._parameters(question), prepare=True, binary=True)
        row = rows.fetchone()
        return str(row[0]).encode() if row else b""

    def _parameters(self, question: Question) -> tuple[float, ...]:
        return question.lon, question.lat, question.mask, self._minute

    def _texts(self, statement: LiteralString, parameters: tuple[float, ...]) -> bytes:
        rows = self._cursor.execute(statement, parameters, prepare=True, binary=True)
        texts = [b'%b"distance_m":%d}' % (body, round(metres)) for body, metres in rows]
        return b'{"stations":[%b]}' % b",".join(texts)


@contextmanager
def postgis(world: World) -> Iterator[Postgis]:
    """Start a cluster of its own, fill it, and give the peer.

    Raises
    ------
    RuntimeError
        When PostgreSQL or PostGIS is not installed.
    """
    variables = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    with subprocess.Popen(  # noqa: S603  our own script
        [
            str(_ROOT / "scripts" / "with-postgres.sh"),
            *("sh", "-c", 'echo "$DATABASE_URL"; exec cat'),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=variables | {"POSTGRES_OPTIONS": _OPTIONS},
    ) as cluster:
        said = cluster.stdout.readline().strip() if cluster.stdout else ""
        if not said.startswith("postgres://"):
            raise RuntimeError(said or "no temporary PostgreSQL cluster")
        try:
            with _by_socket(said) as connection:
                yield Postgis(connection, world)
        finally:
            cluster.communicate("")  # at the end of its input it stops, and the cluster with it


def _by_socket(address: str) -> "psycopg.Connection[Any]":
    """Connect by the cheapest way there is."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SHOW unix_socket_directories").fetchone()
    folder = row[0] if row else ""
    return psycopg.connect(address, host=folder, autocommit=True)


def _create_extension(connection: "psycopg.Connection[Any]") -> None:
    found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")
    if not found.fetchone():
        major = connection.info.server_version // 10_000
        msg = f"PostGIS is missing: apt install postgresql-{major}-postgis-3"
        raise RuntimeError(msg)
    connection.execute("CREATE EXTENSION postgis")


def _fill(connection: "psycopg.Connection[Any]", world: World) -> None:
    connection.execute(_TABLE)
    week = ["{" + ",".join(f"[{a},{b})" for a, b in spans) + "}" for spans in world.week]
    columns = world.columns
    stations = zip(
        columns.lat_deg.tolist(),
        columns.lon_deg.tolist(),
        columns.facility_mask.tolist(),
        columns.schedule.tolist(),
        columns.static_json,
        strict=True,
    )
    with connection.cursor().copy("COPY station FROM STDIN") as copy:
        for lat, lon, mask, schedule, body in stations:
            fields = json.loads(body[:-1] + b"}")
            point = f"SRID=4326;POINT({lon!r} {lat!r})"
            copy.write_row((*(fields[name] for name in _NAMES), point, mask, week[schedule], body))
    connection.execute("CREATE INDEX station_place ON station USING gist (place)")
    connection.execute("CLUSTER station USING station_place")
    connection.execute("VACUUM ANALYZE station")


def _check_plan(connection: "psycopg.Connection[Any]", statement: LiteralString) -> None:
    """Refuse a plan that does not take the stations from the index by distance."""
    connection.execute("PREPARE asked (float8, float8, int, int) AS " + statement)
    row = connection.execute("EXPLAIN (FORMAT JSON) EXECUTE asked (120, 30, 6, 617)").fetchone()
    connection.execute("DEALLOCATE asked")
    nodes = list(_nodes(row[0][0]["Plan"])) if row else []
    if not any(node["Node Type"] == "Index Scan" and "Order By" in node for node in nodes) or any(
        "Sort" in node["Node Type"] for node in nodes
    ):
        msg = f"not a plan by distance: {json.dumps(nodes)}"
        raise RuntimeError(msg)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
