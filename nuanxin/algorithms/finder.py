"""The finder: query bytes to JSON bytes, over one immutable snapshot.

The stations around the position are weighed together; if stations further off could still enter the
answer, the reach grows to where they no longer can. ``openness.py`` says plainly what
``finder_weigh.py`` says of columns; tests and the benchmark hold the two together.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nuanxin.algorithms.finder_around import DIAMETER_M, expected_m_of, fitting, half_chords
from nuanxin.algorithms.finder_horizon import NEVER_MIN, Floats, Horizon, Places
from nuanxin.algorithms.finder_query import (
    MODES,
    Query,
    QueryError,
    TravelMode,
    ms_per_m,
    parse_query,
)
from nuanxin.algorithms.finder_rows import Row, render, rows_of
from nuanxin.algorithms.finder_snapshot import (
    CLOSED,
    IS_24H,
    UNKNOWN,
    FinderSnapshot,
    StationColumns,
    Vocabulary,
    unit_vector,
)
from nuanxin.algorithms.finder_weigh import (
    ARRIVE_S,
    DISTANCE_M,
    FIGURES,
    SCORE_MS,
    TRAVEL_MS,
    Weighed,
    closes_min,
    opens_min,
    weigh,
)
from nuanxin.algorithms.geo import EARTH_RADIUS_M
from nuanxin.algorithms.openness import State

__all__ = [
    "MODES",
    "Answer",
    "FinderSnapshot",
    "StationColumns",
    "TravelMode",
    "Vocabulary",
    "answer",
    "nearest_id",
    "round_the_clock",
    "told_now",
]

_MARGIN_MS = 2.0  # travel and cost are each rounded to a millisecond
# The first reach: so many fitting stations for each row of the answer, and then as far as a shut
# door's expected cost may carry one of them.
_PER_ROW, _MORE, _RISK = 1.3, 3.0, 0.15


@dataclass(frozen=True, slots=True)
class Answer:
    """HTTP status and body."""

    status: int
    body: bytes


def answer(snapshot: FinderSnapshot, query: bytes, *, now_s: int) -> Answer:
    """Answer a query for the nearest stations that will be open on arrival.

    Parameters
    ----------
    snapshot
        What is known.
    query
        The query string of the address.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    Answer
        200 with stations by (unknown last, score, identifier); closed ones only when nothing else
        lies within the mode's radius; 422 with an RFC 9457 problem for a bad value.

    Notes
    -----
    Time grows with the stations around the position, little with all of them; no answer is kept.
    """
    try:
        wanted = parse_query(query, now_s=now_s)
    except QueryError as error:
        return Answer(422, _problem(error))
    slowest_s = wanted.mode.radius_m * ms_per_m(wanted.mode) / 1000.0
    horizon = snapshot.horizon(wanted.departs_s, wanted.departs_s + slowest_s + 1.0)
    weighed, chosen, reach_m = _best(snapshot, wanted, horizon)
    rows = [] if weighed is None else rows_of(snapshot, wanted, horizon, weighed, chosen)
    fallback: tuple[Row | None, Row | None] = (None, None)
    if not any(state <= State.EXPECTED for state, _text in rows):
        if reach_m < wanted.mode.radius_m:
            weighed, _reach_m = _weighed(snapshot, wanted, horizon, wanted.mode.radius_m)
        fallback = _fallback(snapshot, wanted, horizon, weighed)
    return Answer(200, render(wanted, horizon, rows, fallback, now_s=now_s))


def _best(
    snapshot: FinderSnapshot, query: Query, horizon: Horizon
) -> tuple[Weighed | None, Places, float]:
    """Return the stations around, weighed, those of the answer in order, and how far all are known."""
    radius_m, limit = query.mode.radius_m, query.limit
    reach_m = _first_reach_m(snapshot, query)
    while True:
        weighed, reach_m = _weighed(snapshot, query, horizon, reach_m)
        if weighed is None:
            needed_m, chosen = math.inf, np.empty(0, dtype=np.intp)
        else:
            chosen = _first_rows(snapshot, weighed, limit)
            needed_m = _needed_m(query, horizon, weighed, chosen)
        if reach_m >= min(needed_m, radius_m):
            break
        reach_m = min(needed_m, 3.0 * reach_m, radius_m)
    return weighed, chosen, reach_m


def _first_rows(snapshot: FinderSnapshot, weighed: Weighed, limit: int) -> Places:
    """Return the best stations in order; closed ones only when all are."""
    chosen = weighed.order.argsort()[:limit]
    if weighed.order[chosen[-1]] < CLOSED:
        return chosen
    is_open = weighed.order.take(chosen) < CLOSED
    if is_open[0]:
        return chosen[is_open]
    rank = snapshot.rank.take(weighed.rows)
    return np.lexsort((rank, weighed.figures[SCORE_MS]))[:limit]


def _needed_m(query: Query, horizon: Horizon, weighed: Weighed, chosen: Places) -> float:
    """Return the distance beyond which nothing can enter, even if it is certainly open."""
    if len(chosen) < query.limit:
        return math.inf
    last = chosen[-1]
    # before an unknown one any known station comes, unless no arrival's day is confirmed
    if weighed.order[last] >= UNKNOWN and (
        weighed.order[last] >= CLOSED or horizon.is_any_confirmed
    ):
        return math.inf
    return (float(weighed.figures[SCORE_MS, last]) + _MARGIN_MS) / ms_per_m(query.mode)


def _first_reach_m(snapshot: FinderSnapshot, query: Query) -> float:
    """Return a distance within which the answer is to be expected, metres."""
    risk_m = _RISK * snapshot.params.shut_cost_ms / ms_per_m(query.mode)
    expected_m = expected_m_of(snapshot, query, _PER_ROW * query.limit + _MORE)
    return min(expected_m + risk_m, query.mode.radius_m)


def _weighed(
    snapshot: FinderSnapshot, query: Query, horizon: Horizon, reach_m: float
) -> tuple[Weighed | None, float]:
    """Weigh all fitting stations within a distance and the mode's radius, and perhaps some more.

    Returns
    -------
    (weighed, reached_m)
        None when there are none; no fitting station nearer than ``reached_m`` is missing.
    """
    around, reached_m = snapshot.grid_for(reach_m).near(query.lat, query.lon, reach_m)
    rows = fitting(snapshot, query, around)
    figures = _reached(snapshot, query, rows)
    if reach_m * 3.0 > query.mode.radius_m:  # else no cell reaches past the radius
        is_near = figures[DISTANCE_M] <= query.mode.radius_m
        rows, figures = rows[is_near], figures[:, is_near]
    if not len(rows):
        return None, reached_m
    weighed = weigh(snapshot, query, horizon, rows, figures)
    if query.rest_s:
        return _with_time(snapshot, horizon, weighed, query.rest_s), reached_m
    return weighed, reached_m


def _reached(snapshot: FinderSnapshot, query: Query, rows: Places) -> Floats:
    """Return figures of which only the distances are filled in."""
    figures = np.empty((FIGURES, len(rows)))
    half_chord = half_chords(snapshot, query, rows)
    np.multiply(np.arcsin(half_chord), DIAMETER_M, out=figures[DISTANCE_M])
    return figures


def _with_time(
    snapshot: FinderSnapshot, horizon: Horizon, weighed: Weighed, rest_s: int
) -> Weighed | None:
    """Leave out stations that close sooner after arrival than one wants to rest."""
    everyone = np.arange(len(weighed.rows))
    closes_s = horizon.first_s + 60.0 * np.array(closes_min(snapshot, horizon, weighed, everyone))
    has_time = (closes_s - weighed.figures[ARRIVE_S] >= rest_s) | weighed.is_closed
    return weighed.take(np.flatnonzero(has_time)) if has_time.any() else None


def _fallback(
    snapshot: FinderSnapshot, query: Query, horizon: Horizon, weighed: Weighed | None
) -> tuple[Row | None, Row | None]:
    """Return the rows of the next to open and of the nearest round-the-clock station.

    Parameters
    ----------
    weighed
        All fitting stations within the mode's radius; None when there are none.
    """
    if weighed is None:
        return None, None

    def told(first: Places) -> Row | None:
        return next(iter(rows_of(snapshot, query, horizon, weighed, first)), None)

    is_24h = snapshot.flags.take(weighed.rows) & IS_24H != 0
    around = np.flatnonzero(is_24h & ~weighed.is_closed)
    closed = np.flatnonzero(weighed.is_closed)
    opens = opens_min(snapshot, horizon, weighed, closed)
    will_open = opens < NEVER_MIN
    return (
        told(_first(snapshot, weighed, closed[will_open], opens[will_open])),
        told(_first(snapshot, weighed, around, np.zeros(len(around)))),
    )


def _first(snapshot: FinderSnapshot, weighed: Weighed, among: Places, by: Floats) -> Places:
    """Return the first by a number, ties the nearer in time, then by identifier; none of none."""
    rank = snapshot.rank.take(weighed.rows.take(among))
    return among[np.lexsort((rank, weighed.figures[TRAVEL_MS].take(among), by))[:1]]


def _problem(error: QueryError) -> bytes:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(error),
        "status": 422,
        "code": f"bad_{error.key}",
    }
    return json.dumps(body).encode()


def round_the_clock(snapshot: FinderSnapshot, *, now_s: int, limit: int) -> bytes:
    """Return rows of stations posted open round the clock, for a page without a position.

    Parameters
    ----------
    snapshot
        What is known.
    now_s
        The present moment, epoch seconds.
    limit
        At most so many.

    Returns
    -------
    bytes
        JSON list of rows, likeliest open first, ties by identifier; closed ones left out; the
        fields of a journey are zero.

    Notes
    -----
    Every round-the-clock station is weighed, all at once.
    """
    index = np.flatnonzero(snapshot.flags & IS_24H)
    if not len(index):
        return b"[]"
    query, horizon, weighed = _here_and_now(snapshot, index, now_s)
    order = weighed.order.argsort()
    chosen = order[~weighed.is_closed[order]][:limit]
    return _listed(rows_of(snapshot, query, horizon, weighed, chosen))


def told_now(snapshot: FinderSnapshot, index: Places, *, now_s: int) -> bytes:
    """Return rows of chosen stations as whoever stands before their doors is told.

    Parameters
    ----------
    snapshot
        What is known.
    index
        Places of the stations in the columns that the snapshot was built from, shape (m,).
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    bytes
        JSON list of rows in the order given; the fields of a journey are zero.
    """
    if not len(index):
        return b"[]"
    rows = snapshot.row_of[index].astype(np.intp)
    query, horizon, weighed = _here_and_now(snapshot, rows, now_s)
    return _listed(rows_of(snapshot, query, horizon, weighed, np.arange(len(rows))))


def _here_and_now(
    snapshot: FinderSnapshot, rows: Places, now_s: int
) -> tuple[Query, Horizon, Weighed]:
    """Weigh stations without a journey."""
    query = Query(lat=0.0, lon=0.0, mode=MODES["walk"], departs_s=now_s)
    horizon = snapshot.horizon(now_s, now_s)
    return query, horizon, weigh(snapshot, query, horizon, rows, np.zeros((FIGURES, len(rows))))


def _listed(rows: list[Row]) -> bytes:
    return b"[%b]" % b",".join([text for _state, text in rows])


def nearest_id(snapshot: FinderSnapshot, lat_deg: float, lon_deg: float, *, within_m: float) -> str:
    """Return the identifier of the nearest station, open or not; empty when none is near enough."""
    return next(iter(nearest_ids(snapshot, lat_deg, lon_deg, count=1, within_m=within_m)), "")


def nearest_ids(
    snapshot: FinderSnapshot, lat_deg: float, lon_deg: float, *, count: int, within_m: float
) -> list[str]:
    """Return the identifiers of the nearest stations, open or not.

    Parameters
    ----------
    snapshot
        The stations.
    lat_deg, lon_deg
        Where from, WGS 84 degrees.
    count
        How many at most, at least one.
    within_m
        Those further away are left out.

    Returns
    -------
    list of str
        Nearest first; ties by row.

    Notes
    -----
    One pass over all points; meant for a page, not for the finder's answer.
    """
    half_cosines = snapshot.half_points @ np.array(unit_vector(lat_deg, lon_deg))
    if count < len(half_cosines):
        least = np.partition(half_cosines, -count)[-count]
        rows = np.flatnonzero(half_cosines >= least)
    else:
        rows = np.arange(len(half_cosines))
    angles = np.arccos(np.minimum(1.0, 2.0 * half_cosines[rows]))
    order = np.argsort(angles, kind="stable")[:count]
    near = rows[order][EARTH_RADIUS_M * angles[order] <= within_m]
    return [str(json.loads(snapshot.static[int(row)][:-1] + b"}")["id"]) for row in near]
