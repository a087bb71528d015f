"""The finder's answer as JSON bytes."""

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache

from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import CIVIL, FinderSnapshot
from nuanxin.algorithms.finder_weigh import Told, Weighed
from nuanxin.algorithms.openness import State

Row = tuple[Weighed, Told]

_STATES = [state.name.lower().encode() for state in State]
_ROW = (
    b'%b"state":"%b","p":%.3f,"distance_m":%.0f,"bearing_deg":%d,"travel_s":%d,'
    b'"arrive_at":"%b:%02d+08:00","closes_at":%b,"stay_s":%b,"opens_at":%b,'
    b'"reason":{"kind":"%b","age_s":%b},"record":{"hits":%d,"times":%d},"score_ms":%d}'
)
_BODY = (
    b'{"now":"%b:%02d+08:00","by":"%b","is_confirmed_day":%b,"stations":[%b],'
    b'"next_to_open":%b,"nearest_24h":%b}'
)
_DEG = 180.0 / math.pi
Axes = tuple[float, float, float, float, float]


def render(
    snapshot: FinderSnapshot,
    query: Query,
    rows: Sequence[Row],
    fallback: tuple[Row | None, Row | None] | None,
    *,
    now_s: int,
) -> bytes:
    """Return the body of an answer.

    Parameters
    ----------
    snapshot, query
        What is known, and what was asked.
    rows
        In the order of the answer.
    fallback
        Next to open and nearest round-the-clock station; None when not needed.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    bytes
        UTF-8 JSON on one line.
    """
    axes = _axes(query)
    opening, around = (
        b"null" if row is None else _text(snapshot, axes, row) for row in fallback or (None, None)
    )
    bands = snapshot.bands(query.departs_s, query.departs_s)
    is_confirmed = bands is not None and snapshot.is_band_confirmed[bands[0]]
    return _BODY % (
        _minute_text(now_s // 60),
        now_s % 60,
        query.mode.code.encode(),
        b"true" if is_confirmed else b"false",
        b",".join([_text(snapshot, axes, row) for row in rows]),
        opening,
        around,
    )


def render_rows(snapshot: FinderSnapshot, query: Query, rows: Sequence[Row]) -> bytes:
    """Return rows alone, as a JSON list."""
    axes = _axes(query)
    return b"[%b]" % b",".join([_text(snapshot, axes, row) for row in rows])


def _text(snapshot: FinderSnapshot, axes: Axes, row: Row) -> bytes:
    weighed, told = row
    closes_s, opens_s, arrive_s = told.closes_s, told.opens_s, weighed.arrive_s
    return _ROW % (
        snapshot.static[weighed.row],
        _STATES[told.state],
        weighed.p,
        weighed.distance_m,
        _bearing_deg(axes, snapshot.point_view, 3 * weighed.row),
        weighed.travel_ms // 1000,
        _minute_text(arrive_s // 60),
        arrive_s % 60,
        b"null" if closes_s is None else b'"%b:00+08:00"' % _minute_text(closes_s // 60),
        b"null" if closes_s is None else b"%d" % (closes_s - arrive_s),
        b"null" if opens_s is None else b'"%b:00+08:00"' % _minute_text(opens_s // 60),
        told.reason.encode(),
        b"null" if told.age_s is None else b"%d" % told.age_s,
        told.hits,
        told.times,
        weighed.score_ms,
    )


@lru_cache(maxsize=4096)
def _minute_text(epoch_min: int) -> bytes:
    return dt.datetime.fromtimestamp(epoch_min * 60, CIVIL).strftime("%Y-%m-%dT%H:%M").encode()


def _axes(query: Query) -> Axes:
    """Return the parts of the directions east and north at the place: (ex, ey, nx, ny, nz)."""
    lat, lon = math.radians(query.lat), math.radians(query.lon)
    sin_lon, cos_lon = math.sin(lon), math.cos(lon)
    sin_lat = math.sin(lat)
    return -sin_lon, cos_lon, -sin_lat * cos_lon, -sin_lat * sin_lon, math.cos(lat)


def _bearing_deg(axes: Axes, points: memoryview, at: int) -> int:
    """Return the initial bearing of the great circle to a point, whole degrees."""
    x, y, z = points[at], points[at + 1], points[at + 2]
    east_x, east_y, north_x, north_y, north_z = axes
    east = east_x * x + east_y * y
    north = north_x * x + north_y * y + north_z * z
    return round(math.atan2(east, north) * _DEG) % 360
