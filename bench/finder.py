"""The finder over 200,000 clustered stations: time of a whole answer, and agreement with the plain rules."""

import datetime as dt
import gc
import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import known_calendar
from nuanxin.algorithms.finder import (
    MODES,
    FinderSnapshot,
    StationColumns,
    TravelMode,
    Vocabulary,
    answer,
)
from nuanxin.algorithms.finder_query import parse_query
from nuanxin.algorithms.finder_snapshot import KINDS, unit_vector
from nuanxin.algorithms.geo import unit_xyz
from nuanxin.algorithms.hours import parse_hours
from nuanxin.algorithms.openness import Door, EvidenceLine, OpennessParams, State, openness

CIVIL = dt.timezone(dt.timedelta(hours=8))
TODAY = dt.date(2026, 3, 10)
CALENDAR = known_calendar(2026)
_PARAMS = OpennessParams()
_SPANS = [
    f"{a:02d}:{m:02d}-{b:02d}:00" for a in range(6, 10) for m in (0, 30) for b in range(17, 23)
]
TEXTS = ["24/7", *(f"{days} {span}" for days in ("Mo-Su", "WD", "Mo-Sa") for span in _SPANS)]
TEXTS += [f"WD {a:02d}:30-12:00,14:30-{b}:00; Sa 09:00-12:00" for a in (7, 8) for b in (17, 18)]
BITS = {f"f{bit}": bit for bit in range(16)}
_HOSTS = [
    f"{brand}{city}分公司" for brand in ("邮政", "电信", "石化", "银行") for city in "甲乙丙丁"
]
_PARKING = ["门口可停电瓶车", "街口可停电瓶车", ""]
PAIRS = [("f1", "f2"), ("f1", "f3"), ("f2", "f4"), ("f3", "f5"), ("f0", "f10")]
_SHARES = np.array(
    [0.98, 0.97, 0.93, 0.72, 0.9, 0.59, 0.5, 0.6, 0.55, 0.3, 0.011, 0.35, 0.15, 0.08, 0.2, 0.01]
)


def run(
    *, seed: int = 1, stations: int = 200_000, queries: int = 10_000, checked: int = 200
) -> dict[str, Any]:
    """Measure answers of the finder.

    Parameters
    ----------
    seed
        Of stations and queries.
    stations, queries
        How many.
    checked
        Queries whose order and states are compared with the plain rules over all stations.

    Returns
    -------
    dict
        ``p50_us``, ``p99_us`` of thread CPU a query, ``same_as_oracle`` (share of the checked
        queries with the very same rows), ``snapshot_mb``, ``build_s``; ``times_faster_than_scan``
        is the ratio to a peer that asks for less: the ten nearest by distance alone, open or not,
        by one pass of NumPy over all stations.
    """
    rng = np.random.default_rng(seed)
    columns = columns_of(stations, rng)
    began = time.perf_counter()
    snapshot = snapshot_of(columns)
    build_s = time.perf_counter() - began
    asked = _queries(columns, queries, rng)
    now_s = int(dt.datetime(2026, 3, 10, 10, 17, tzinfo=CIVIL).timestamp())
    for query in asked[:200]:
        answer(snapshot, query, now_s=now_s)
    gc.collect()
    gc.freeze()  # as the server does once it has warmed up
    taken_us = _timed_us(lambda query: answer(snapshot, query, now_s=now_s), asked)
    scan_us = float(np.median(_timed_us(_scan_of(columns), asked[::50])))
    print(f"{len(set(asked))} distinct queries timed", file=sys.stderr)  # noqa: T201  progress of a command
    same = [
        _is_same(snapshot, columns, query, now_s)
        for query in asked[:: max(1, queries // checked)][:checked]
    ]
    return {
        "p50_us": round(float(np.percentile(taken_us, 50)), 1),
        "p99_us": round(float(np.percentile(taken_us, 99)), 1),
        "times_faster_than_scan": round(scan_us / float(np.median(taken_us)), 1),
        "same_as_oracle": sum(same) / len(same),
        "checked": len(same),
        "snapshot_mb": round(snapshot.megabytes, 1),
        "build_s": round(build_s, 2),
        "stations": stations,
        "queries": len(asked),
        "seed": seed,
    }


def _timed_us(act: Callable[[bytes], object], asked: list[bytes]) -> NDArray[np.float64]:
    """Return thread CPU of an act for each query, microseconds."""
    taken_us = np.empty(len(asked))
    for index, query in enumerate(asked):
        start = time.thread_time_ns()
        act(query)
        taken_us[index] = (time.thread_time_ns() - start) / 1000
    return taken_us


def _scan_of(columns: StationColumns) -> Callable[[bytes], object]:
    """Return a function that gives the ten stations nearest to a query's position."""
    points = np.ascontiguousarray(unit_xyz(columns.lat_deg, columns.lon_deg))

    def scan(query: bytes) -> NDArray[np.intp]:
        wanted = parse_query(query, now_s=0)
        closeness = points @ np.array(unit_vector(wanted.lat, wanted.lon))
        nearest: NDArray[np.intp] = np.argpartition(closeness, -10)[-10:]
        ordered: NDArray[np.intp] = nearest[closeness[nearest].argsort()[::-1]]
        return ordered

    return scan


def columns_of(count: int, rng: np.random.Generator) -> StationColumns:
    """Draw stations around 2,000 towns of very different size, as they lie in a country."""
    towns = np.stack([rng.uniform(22, 42, 2000), rng.uniform(103, 122, 2000)], axis=1)
    town = rng.choice(2000, count, p=rng.dirichlet(np.full(2000, 0.35)))
    points = towns[town] + rng.normal(0, 0.05, (count, 2))
    masks = ((rng.random((count, 16)) < _SHARES) << np.arange(16)).sum(axis=1)
    schedule = np.where(rng.random(count) < 0.065, 0, rng.integers(1, len(TEXTS), count))
    now_s = int(dt.datetime(2026, 3, 10, 10, tzinfo=CIVIL).timestamp())
    times = rng.poisson(4, (count, 48)).astype(np.uint8)
    weight = np.where(
        rng.random((count, len(KINDS))) < 0.15, rng.normal(1.5, 2, (count, len(KINDS))), 0.0
    )
    return StationColumns(
        static_json=[
            _static(index, point[0], point[1], mask)
            for index, (point, mask) in enumerate(zip(points.tolist(), masks.tolist(), strict=True))
        ],
        lat_deg=points[:, 0], lon_deg=points[:, 1],
        facility_mask=masks.astype(np.uint64), group_mask=np.full(count, 7, dtype=np.uint32),
        is_open_access=rng.random(count) < 0.9, is_24h=schedule == 0, has_hours=rng.random(count) < 0.98,
        schedule=schedule.astype(np.int32), permit=np.zeros(count, dtype=np.int32),
        evidence_at_s=now_s - rng.integers(60, 40_000, (count, len(KINDS))), evidence_weight=weight.astype(np.float32),
        hits=rng.binomial(times, 0.9).astype(np.uint8), times=times,
        host_type=rng.integers(0, 10, count).astype(np.int16),
        shut_until_s=np.where(rng.random(count) < 0.02, now_s + 7200, 0),
        doubt_until_s=np.where(rng.random(count) < 0.01, now_s + 7200, 0),
    )  # fmt: skip


def _static(index: int, lat_deg: float, lon_deg: float, mask: int) -> bytes:
    """Return a row as long and as varied as the product's."""
    row = {
        "id": str(UUID(int=index)),
        "code": f"{index:012d}",
        "name": f"{_HOSTS[index % 97 % len(_HOSTS)]}第{index}号网点驿站",
        "brand": "工会驿站",
        "host": _HOSTS[index % 97 % len(_HOSTS)],
        "is_co_built": index % 30 > 0,
        "address": f"人民中路{index % 4000}号第{index % 7}幢临街",
        "floor": "一楼",
        "parking": _PARKING[index % len(_PARKING)],
        "access": "open",
        "facilities": [code for code, bit in BITS.items() if mask >> bit & 1],
        "is_24h": False,
        "lat": round(lat_deg, 6),
        "lon": round(lon_deg, 6),
    }
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":"))[:-1] + ",").encode()


def snapshot_of(columns: StationColumns) -> FinderSnapshot:
    """Build the snapshot of the bench's stations."""
    return FinderSnapshot(
        columns,
        host_rates=np.full((10, 48), 0.9),
        readings=[parse_hours(text) for text in TEXTS],
        permits=[parse_hours("24/7")],
        calendar=lambda _first, _days: CALENDAR,
        today=TODAY,
        vocabulary=Vocabulary(BITS, {}),
        params=_PARAMS,
    )


def _queries(columns: StationColumns, count: int, rng: np.random.Generator) -> list[bytes]:
    """Ask near stations, a tenth of the time far from any town, half of the time for two facilities."""
    near = rng.integers(0, len(columns.lat_deg), count)
    lat = columns.lat_deg[near] + rng.normal(0, 0.01, count)
    lon = columns.lon_deg[near] + rng.normal(0, 0.01, count)
    sparse = rng.random(count) < 0.1
    lat = np.where(sparse, rng.uniform(22, 42, count), lat)
    lon = np.where(sparse, rng.uniform(103, 122, count), lon)
    asked = []
    for index in range(count):
        need = f"&need={','.join(PAIRS[index // 2 % len(PAIRS)])}" if index % 2 else ""
        asked.append(f"lat={lat[index]:.4f}&lon={lon[index]:.4f}{need}".encode())
    return asked


def _is_same(snapshot: FinderSnapshot, columns: StationColumns, query: bytes, now_s: int) -> bool:
    rows = json.loads(answer(snapshot, query, now_s=now_s).body)["stations"]
    given = [(UUID(row["id"]).int, row["state"], row["score_ms"]) for row in rows]
    return given == _plain(columns, query.decode(), now_s)


def _plain(columns: StationColumns, query: str, now_s: int) -> list[tuple[int, str, int]]:
    """Answer by the plain rules, over every station in a box that holds the radius."""
    wanted = dict(pair.split("=") for pair in query.split("&"))
    lat, lon, mode = float(wanted["lat"]), float(wanted["lon"]), MODES["ebike"]
    mask = sum(1 << BITS[code] for code in wanted.get("need", "").split(",") if code)
    reach = mode.radius_m / 110_000 * 1.01
    box = (abs(columns.lat_deg - lat) < reach) & (
        abs(columns.lon_deg - lon) < reach / math.cos(math.radians(lat))
    )
    found = []
    for index in _ints(np.flatnonzero(box)):
        if int(columns.facility_mask[index]) & mask != mask:
            continue
        distance_m = _haversine_m(lat, lon, columns.lat_deg[index], columns.lon_deg[index])
        if distance_m <= mode.radius_m:
            state, score_ms = _judged(columns, index, distance_m, mode, now_s)
            found.append((state is State.UNKNOWN, score_ms, index, state))
    offered = [row for row in found if row[3] is not State.CLOSED] or found
    return [
        (index, state.name.lower(), score_ms) for _u, score_ms, index, state in sorted(offered)[:10]
    ]


def _judged(
    columns: StationColumns, index: int, distance_m: float, mode: TravelMode, now_s: int
) -> tuple[State, int]:
    travel_ms = round(distance_m * mode.detour / mode.speed_mps * 1000)
    arrive_s = now_s + travel_ms // 1000
    moment = dt.datetime.fromtimestamp(arrive_s, CIVIL)
    minute = moment.hour * 60 + moment.minute
    spans = parse_hours(TEXTS[columns.schedule[index]]).intervals(moment.date(), 1, CALENDAR)
    cell = CALENDAR.kind(moment.date()) * 12 + moment.hour // 2
    lines = {
        kind: EvidenceLine(
            int(columns.evidence_at_s[index, k]), float(columns.evidence_weight[index, k])
        )
        for k, kind in enumerate(KINDS)
        if columns.evidence_weight[index, k]
    }
    door = Door(
        has_hours=bool(columns.has_hours[index]),
        is_posted_open=any(first <= minute < last for first, last in spans),
        lines=lines,
        hits=int(columns.hits[index, cell]),
        times=int(columns.times[index, cell]),
        host_rate=0.9,
        shut_until_s=int(columns.shut_until_s[index]),
        doubt_until_s=int(columns.doubt_until_s[index]),
    )
    told = openness(door, arrival_s=arrive_s, params=_PARAMS)
    return told.state, travel_ms + round((1 - told.p) * _PARAMS.shut_cost_ms)


def _haversine_m(lat: float, lon: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat), math.radians(lat2)
    east = math.radians(lon2 - lon)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


def _ints(index: NDArray[np.intp]) -> list[int]:
    listed: list[int] = index.tolist()
    return listed
