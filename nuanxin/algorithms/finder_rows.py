"""The finder's answer as JSON bytes."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from struct import Struct
from typing import Any, Final

import numpy as np

from nuanxin.algorithms.finder_horizon import CIVIL, NEVER_MIN, Horizon, Places
from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import DOOR_FORMAT, KINDS, FinderSnapshot
from nuanxin.algorithms.finder_weigh import Weighed, closes_min, opens_min
from nuanxin.algorithms.openness import HAIR, OpennessParams, State

DOOR_RECORD: Final = Struct(DOOR_FORMAT)
# places in a door's record, which begins with the moments of the evidence by kind
_DOUBT, _PRESENT, _POSITIVE, _HAS_HOURS = (len(KINDS) + place for place in (0, 3, 4, 5))
_NAMES: Final = [kind.value for kind in KINDS]
_DOOR_REPORT: Final = _NAMES.index("door_report")
# which kinds the bits of ``present`` name
_KINDS_OF: Final = [
    tuple(kind for kind in range(len(KINDS)) if bits >> kind & 1) for bits in range(1 << len(KINDS))
]
STATES: Final = [state.name.lower() for state in State]
_DEG: Final = 180.0 / math.pi
_BODY: Final = (
    b'{"now":"%b:%02d+08:00","by":"%b","is_confirmed_day":%b,"stations":[%b],'
    b'"next_to_open":%b,"nearest_24h":%b}'
)
Door = tuple[Any, ...]
Seen = tuple[int, int]
Told = tuple[State, str, str, str, str, str]
"""State, reason, and as JSON: its age, when it closes, how long one can stay, when it opens."""


Row = tuple[State, bytes]
"""One station of an answer: what a rider is told of it, and the whole as JSON."""


def rows_of(
    snapshot: FinderSnapshot, query: Query, horizon: Horizon, weighed: Weighed, chosen: Places
) -> list[Row]:
    """Return the rows of chosen stations, in the order given.

    Parameters
    ----------
    snapshot, query, horizon, weighed
        What was known, asked and weighed.
    chosen
        Places in ``weighed``.
    """
    rows = weighed.rows.take(chosen)
    columns = zip(
        snapshot.static.texts(rows.tolist()),
        DOOR_RECORD.iter_unpack(snapshot.doors.take(rows).tobytes()),
        *weighed.figures.take(chosen, 1).tolist(),
        _records(snapshot, horizon, weighed, chosen, rows),
        closes_min(snapshot, horizon, weighed, chosen),
        closed_by(snapshot, horizon, weighed, chosen),
        _bearings_deg(snapshot, query, rows),
        strict=True,
    )
    made: list[Row] = []
    params = snapshot.params
    for (
        static,
        door,
        metres,
        travel_ms,
        arrive_s,
        risk,
        score_ms,
        record,
        closes,
        closed,
        bearing,
    ) in columns:
        at_s = int(arrive_s)
        state, reason, age_s, closes_at, stay_s, opens_at = (
            told_closed(horizon, door, at_s, *closed)
            if closed
            else told_open(horizon, params, door, at_s, 1.0 - risk, closes)
        )
        text = (
            f'"state":"{STATES[state]}","p":{1.0 - risk:.3f},"distance_m":{round(metres)},'
            f'"bearing_deg":{bearing},"travel_s":{int(travel_ms) // 1000},'
            f'"arrive_at":"{_minute_text(at_s // 60)}:{at_s % 60:02d}+08:00",'
            f'"closes_at":{closes_at},"stay_s":{stay_s},"opens_at":{opens_at},'
            f'"reason":{{"kind":"{reason}","age_s":{age_s}}},'
            f'"record":{{"hits":{record & 255},"times":{record >> 8}}},"score_ms":{int(score_ms)}}}'
        )
        made.append((state, static + text.encode()))
    return made


def render(
    query: Query,
    horizon: Horizon,
    rows: Sequence[Row],
    fallback: Sequence[Row | None],
    *,
    now_s: int,
) -> bytes:
    """Return the body of an answer.

    Parameters
    ----------
    query, horizon
        What was asked, and the compiled hours.
    rows
        In the order of the answer.
    fallback
        Next to open and nearest round-the-clock station.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    bytes
        UTF-8 JSON on one line.
    """
    is_confirmed = horizon.is_confirmed(query.departs_s)
    opening, around = (b"null" if row is None else row[1] for row in fallback)
    return _BODY % (
        _minute_text(now_s // 60).encode(),
        now_s % 60,
        query.mode.code.encode(),
        b"true" if is_confirmed else b"false",
        b",".join([text for _state, text in rows]),
        opening,
        around,
    )


def told_open(
    horizon: Horizon, params: OpennessParams, door: Door, arrive_s: int, p: float, closes: float
) -> Told:
    """Say what is told of a door that is not closed, by the rules of ``openness.openness``."""
    closes_at = stay_s = "null"
    if closes < NEVER_MIN:
        closes_s = horizon.first_s + 60 * int(closes)
        closes_at, stay_s = _quoted(closes_s), str(closes_s - arrive_s)
    positive, negative = _youngest(door, arrive_s)
    if not (door[_HAS_HOURS] or positive or negative):
        return State.UNKNOWN, "no_hours", "null", closes_at, stay_s, "null"
    if not horizon.is_confirmed(arrive_s):
        return State.UNKNOWN, "unconfirmed_day", "null", closes_at, stay_s, "null"
    fresh = positive if positive and positive[0] <= params.fresh_s else None
    state = State.DOUBTFUL
    if arrive_s >= door[_DOUBT] and p >= params.expected_p - HAIR:
        is_confirmed = fresh and p >= params.confirmed_p - HAIR
        state = State.CONFIRMED if is_confirmed else State.EXPECTED
    why = negative if state is State.DOUBTFUL and negative else fresh
    if why:
        return state, _NAMES[why[1]], str(why[0]), closes_at, stay_s, "null"
    reason = "record" if door[_HAS_HOURS] else "no_hours"
    return state, reason, "null", closes_at, stay_s, "null"


def told_closed(horizon: Horizon, door: Door, arrive_s: int, reason: str, opens: float) -> Told:
    """Say what is told of a closed door."""
    age_s = arrive_s - door[_DOOR_REPORT]
    is_seen = reason == "reports" and door[_PRESENT] >> _DOOR_REPORT & 1 and age_s >= 0
    opens_at = _quoted(horizon.first_s + 60 * int(opens)) if opens < NEVER_MIN else "null"
    return State.CLOSED, reason, str(age_s) if is_seen else "null", "null", "null", opens_at


def _records(
    snapshot: FinderSnapshot, horizon: Horizon, weighed: Weighed, chosen: Places, rows: Places
) -> list[int]:
    """Return hits and, times 256, visits in the cells of arrival."""
    band = weighed.band
    if isinstance(band, int):
        record: list[int] = snapshot.records[horizon.cells[band]].take(rows).tolist()
        return record
    cells = [horizon.cells[one] for one in band.take(chosen).tolist()]
    return [
        int(snapshot.records[cell, row]) for cell, row in zip(cells, rows.tolist(), strict=True)
    ]


def closed_by(
    snapshot: FinderSnapshot, horizon: Horizon, weighed: Weighed, chosen: Places
) -> Iterable[tuple[str, float] | None]:
    """Return why chosen stations are closed and when they next open; None for one that is not."""
    is_closed = weighed.is_closed.take(chosen)
    if True not in is_closed.tobytes():
        return repeat(None, len(chosen))
    reasons = np.where(weighed.is_outside_hours[chosen], "schedule", "reports")
    if weighed.is_barred is not None:
        reasons[weighed.is_barred[chosen]] = "closure"
    told = zip(
        reasons.tolist(), opens_min(snapshot, horizon, weighed, chosen).tolist(), strict=True
    )
    return [one if closed else None for one, closed in zip(told, is_closed.tolist(), strict=True)]


def _youngest(door: Door, arrive_s: int) -> tuple[Seen | None, Seen | None]:
    """Return (age, kind) of the youngest evidence for and against, ties by the order of kinds."""
    positive = negative = None
    for kind in _KINDS_OF[door[_PRESENT]]:
        age_s = arrive_s - door[kind]
        if age_s < 0:
            continue
        if door[_POSITIVE] >> kind & 1:
            if positive is None or age_s < positive[0]:
                positive = age_s, kind
        elif negative is None or age_s < negative[0]:
            negative = age_s, kind
    return positive, negative


def _quoted(at_s: int) -> str:
    return f'"{_minute_text(at_s // 60)}:00+08:00"'


@lru_cache(maxsize=4096)
def _minute_text(epoch_min: int) -> str:
    return dt.datetime.fromtimestamp(epoch_min * 60, CIVIL).strftime("%Y-%m-%dT%H:%M")


def _bearings_deg(snapshot: FinderSnapshot, query: Query, rows: Places) -> list[int]:
    """Return the initial bearings of the great circles to stations, whole degrees."""
    lat, lon = math.radians(query.lat), math.radians(query.lon)
    sin_lon, cos_lon, sin_lat = math.sin(lon), math.cos(lon), math.sin(lat)
    # the directions east and north at the place
    east_x, east_y = -sin_lon, cos_lon
    north_x, north_y, north_z = -sin_lat * cos_lon, -sin_lat * sin_lon, math.cos(lat)
    return [
        round(math.atan2(east_x * x + east_y * y, north_x * x + north_y * y + north_z * z) * _DEG)
        % 360
        for x, y, z in snapshot.half_points.take(rows, 0).tolist()
    ]
