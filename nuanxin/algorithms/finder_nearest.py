"""The nearest stations that are posted open: what any map can tell, from the finder's own columns.

It knows no evidence and no journey: order is distance, *open* is what the hours on the door say at
the moment of asking. It is the question on which the finder is compared with other stores.
"""

from math import asin, sqrt
from typing import Final

from nuanxin.algorithms.finder_around import (
    DIAMETER_M,
    expected_m_of,
    fitting,
    needed_bits,
    squared_half_chords,
)
from nuanxin.algorithms.finder_horizon import STRIDE, Horizon
from nuanxin.algorithms.finder_query import Query, parse_query
from nuanxin.algorithms.finder_snapshot import HAS_HOURS, FinderSnapshot

# The first reach: so many fitting and open stations as it takes for ten to be likely there.
_PER_ROW: Final = 1.4
_MORE: Final = 4.0
_LEAST_OPEN: Final = 0.1
_LOOKED_AT: Final = 4


def nearest_posted_open(snapshot: FinderSnapshot, query: bytes, *, now_s: int) -> bytes:
    """Answer which fitting stations that are posted open lie nearest.

    Parameters
    ----------
    snapshot
        What is known.
    query
        The query string of the finder's address; of the way to travel the radius alone counts, and
        a time of rest does not.
    now_s
        The moment when the query names none, epoch seconds.

    Returns
    -------
    bytes
        JSON: under ``stations`` the unchanging half of each row with ``distance_m``, whole metres,
        by distance, ties as the grid has them (by cell, then identifier); at most the query's limit, within the mode's radius.

    Raises
    ------
    QueryError
        When a value of the query is missing, malformed or out of range.

    Notes
    -----
    A station of which no hours are posted is not posted open. No answer is kept.
    """
    wanted = parse_query(query, now_s=now_s)
    reach_m = min(_first_reach_m(snapshot, wanted), wanted.mode.radius_m)
    while True:
        found, reached_m = _found(snapshot, wanted, reach_m)
        is_full = len(found) == wanted.limit
        if reach_m >= wanted.mode.radius_m or (is_full and found[-1][1] <= reached_m):
            break
        needed_m = found[-1][1] if is_full else 2.0 * reach_m
        reach_m = min(needed_m, 3.0 * reach_m, wanted.mode.radius_m)
    texts = snapshot.static.texts([row for row, _far_m in found])
    parts: list[bytes] = []
    for text, (_row, far_m) in zip(texts, found, strict=True):
        parts += text, b'"distance_m":%d},' % round(far_m)
    return b'{"stations":[%b]}' % b"".join(parts)[:-1]


def _first_reach_m(snapshot: FinderSnapshot, query: Query) -> float:
    """Return a distance within which the answer is to be expected, metres."""
    horizon, minute = _moment(snapshot, query)
    # of the stations about as many are open as of the schedules
    share = max(len(horizon.hours.running(minute)) / len(horizon.hours), _LEAST_OPEN)
    return expected_m_of(snapshot, query, (_PER_ROW * query.limit + _MORE) / share)


def _moment(snapshot: FinderSnapshot, query: Query) -> tuple[Horizon, int]:
    """Return the compiled hours, and the minute in them of the moment asked for."""
    horizon = snapshot.horizon(query.departs_s, query.departs_s)
    return horizon, (query.departs_s - horizon.first_s) // 60


def _found(
    snapshot: FinderSnapshot, query: Query, reach_m: float
) -> tuple[list[tuple[int, float]], float]:
    """Return rows and metres of the answer as far as a reach tells, and how far it tells all.

    The stations around are sorted by distance at once; of their doors only as many are looked at as
    the answer needs.
    """
    around, reached_m = snapshot.grid_for(reach_m).near(query.lat, query.lon, reach_m)
    if query.group:
        around = fitting(snapshot, query, around)
    half_chord2 = squared_half_chords(snapshot, query, around)
    order = half_chord2.argsort(kind="stable")
    # most answers end among the first of them
    found: list[tuple[int, float]] = []
    for places in (order[: _LOOKED_AT * query.limit], order[_LOOKED_AT * query.limit :]):
        if len(found) < query.limit:
            half2 = half_chord2.take(places).tolist()
            _look(snapshot, query, around.take(places).tolist(), half2, found)
    return found, reached_m


def _look(
    snapshot: FinderSnapshot,
    query: Query,
    rows: list[int],
    half2: list[float],
    found: list[tuple[int, float]],
) -> None:
    """Add those of the rows that have what is needed, whose hours run and that no closure covers."""
    horizon, minute = _moment(snapshot, query)
    running = horizon.hours.running(minute)
    need, _group, flag = needed_bits(snapshot, query)
    flag |= HAS_HOURS
    masks, flags = snapshot.facility_mask.data, snapshot.flags.data
    bases, closures = snapshot.hours_base.data, snapshot.has_closures.data
    for row, half2_of_row in zip(rows, half2, strict=True):
        if masks[row] & need != need or flags[row] & flag != flag or bases[row] not in running:
            continue
        if closures[row] and not _is_permitted(snapshot, horizon, row, minute):
            continue
        far_m = DIAMETER_M * asin(min(1.0, sqrt(half2_of_row)))
        if far_m > query.mode.radius_m:
            return
        found.append((row, far_m))
        if len(found) == query.limit:
            return


def _is_permitted(snapshot: FinderSnapshot, horizon: Horizon, row: int, minute: int) -> bool:
    permit = float(snapshot.doors["permit"][row]) * STRIDE
    return permit in horizon.permits.running(minute)
