"""The finder: query bytes to JSON bytes, over one immutable snapshot.

A few stations around the position are weighed in the order of the best score each can have, until
none left can enter the answer; if stations further off still could, the reach grows to where they
no longer can. ``openness.py`` says plainly what ``finder_weigh.py`` says of columns; tests and the
benchmark hold the two together.
"""

import json
from bisect import insort
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_candidates import (
    Candidates,
    candidates,
    first_reach_m,
    is_nothing_known,
    ms_per_m,
    openable,
    score_floors_ms,
    without_closed,
)
from nuanxin.algorithms.finder_query import MODES, Query, QueryError, TravelMode, parse_query
from nuanxin.algorithms.finder_rows import Row, render, render_rows
from nuanxin.algorithms.finder_snapshot import (
    IS_24H,
    FinderSnapshot,
    StationColumns,
    Vocabulary,
    unit_vector,
)
from nuanxin.algorithms.finder_weigh import Weighed, closes_s, opens_s, tell, weigh
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
    "find",
    "nearest_id",
    "round_the_clock",
]

_NEVER_MS = float("inf")


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
    rows, fallback = find(snapshot, wanted)
    return Answer(200, render(snapshot, wanted, rows, fallback, now_s=now_s))


def find(
    snapshot: FinderSnapshot, query: Query
) -> tuple[list[Row], tuple[Row | None, Row | None] | None]:
    """Return the rows of an answer, in order, and the fallback when none of them is good.

    Parameters
    ----------
    snapshot
        What is known.
    query
        What is asked.

    Returns
    -------
    (rows, fallback)
        The fallback holds the next to open and the nearest round-the-clock station; None when the
        rows hold a confirmed or expected station.
    """
    best = _open_rows(snapshot, query) or _closed_rows(snapshot, query)
    rows = [(weighed, tell(snapshot, weighed)) for weighed in best]
    if any(told.state <= State.EXPECTED for _weighed, told in rows):
        return rows, None
    found = candidates(snapshot, query, query.mode.radius_m)
    pair = (_next_to_open(snapshot, query, found), _nearest_24h(snapshot, query, found))
    return rows, (_row(snapshot, pair[0]), _row(snapshot, pair[1]))


class _Best:
    """The best rows so far, in order, and the score from which nothing can enter any more."""

    def __init__(self, snapshot: FinderSnapshot, query: Query) -> None:
        self.snapshot, self.query = snapshot, query
        self.rows: list[Weighed] = []
        self.bar_ms = _NEVER_MS
        self._weighed: set[int] = set()
        self._is_nothing_known = is_nothing_known(snapshot, query)

    def look_at(self, found: Candidates) -> None:
        """Weigh candidates by the best score each can have, as long as one can enter."""
        floors = score_floors_ms(self.snapshot, self.query, found)
        order = floors.argsort()
        columns = (floors[order], found.rows[order], found.distance_m[order])
        for floor_ms, index, distance_m in zip(*(c.tolist() for c in columns), strict=True):
            if floor_ms > self.bar_ms:
                return
            if index not in self._weighed:
                self._weighed.add(index)
                self._offer(weigh(self.snapshot, self.query, index, distance_m))

    def _offer(self, row: Weighed) -> None:
        if row.closed_by or not _has_time(self.snapshot, row, self.query.rest_s):
            return
        rows, limit = self.rows, self.query.limit
        if len(rows) == limit and rows[-1] < row:
            return
        insort(rows, row)
        del rows[limit:]
        # while the last row is an unknown one, any known station still comes before it
        if len(rows) == limit and (self._is_nothing_known or not rows[-1].is_unknown):
            self.bar_ms = rows[-1].score_ms


def _open_rows(snapshot: FinderSnapshot, query: Query) -> list[Weighed]:
    """Return the best stations that are not closed, in order; empty when there is none."""
    radius_m = query.mode.radius_m
    reach_m = first_reach_m(snapshot, query)
    best = _Best(snapshot, query)
    while True:
        best.look_at(without_closed(snapshot, query, candidates(snapshot, query, reach_m)))
        # nothing further off than this can enter, even if it is certainly open
        needed_m = min((best.bar_ms + 2.0) / ms_per_m(query), radius_m)
        if reach_m >= needed_m:
            return best.rows
        reach_m = needed_m if best.bar_ms < _NEVER_MS else min(3.0 * reach_m, radius_m)


def _closed_rows(snapshot: FinderSnapshot, query: Query) -> list[Weighed]:
    """Return the nearest stations when all within the radius are closed, in order."""
    found = candidates(snapshot, query, query.mode.radius_m)
    order = found.distance_m.argsort()
    rows: list[Weighed] = []
    for index, distance_m in _pairs(found, order):
        row = weigh(snapshot, query, index, distance_m)
        if len(rows) >= query.limit and row.score_ms > rows[query.limit - 1].score_ms:
            break
        if row.closed_by:
            insort(rows, row)
    return rows[: query.limit]


def _next_to_open(snapshot: FinderSnapshot, query: Query, found: Candidates) -> Weighed | None:
    """Return the closed station that opens first, ties the nearer, then by identifier."""
    told = openable(snapshot, query, found)
    if told is None:
        return None
    first: tuple[int, int, int] | None = None
    best = None
    earliest_s = snapshot.first_s + 60 * told[1]
    order = np.lexsort((found.distance_m, earliest_s))
    bounds = earliest_s[order].tolist()
    for bound_s, (index, distance_m) in zip(bounds, _pairs(found, order), strict=True):
        if first is not None and (bound_s, distance_m * ms_per_m(query) - 1.0) > first[:2]:
            continue
        row = weigh(snapshot, query, index, distance_m)
        opens = opens_s(snapshot, row)
        if opens is not None and (first is None or (opens, row.travel_ms, row.rank) < first):
            first, best = (opens, row.travel_ms, row.rank), row
    return best


def _nearest_24h(snapshot: FinderSnapshot, query: Query, found: Candidates) -> Weighed | None:
    """Return the nearest round-the-clock station that is not closed, ties by identifier."""
    is_24h = (snapshot.flags.take(found.rows) & IS_24H) != 0
    around = Candidates(found.rows[is_24h], found.distance_m[is_24h])
    best: Weighed | None = None
    for index, distance_m in _pairs(around, around.distance_m.argsort()):
        row = weigh(snapshot, query, index, distance_m)
        if best is not None and row.travel_ms > best.travel_ms:
            break
        is_offered = not row.closed_by and _has_time(snapshot, row, query.rest_s)
        if is_offered and (best is None or row.rank < best.rank):
            best = row
    return best


def _pairs(found: Candidates, order: NDArray[np.intp]) -> list[tuple[int, float]]:
    return list(zip(found.rows[order].tolist(), found.distance_m[order].tolist(), strict=True))


def _has_time(snapshot: FinderSnapshot, row: Weighed, rest_s: int) -> bool:
    if not rest_s:
        return True
    closes = closes_s(snapshot, row)
    return closes is None or closes - row.arrive_s >= rest_s


def _row(snapshot: FinderSnapshot, weighed: Weighed | None) -> Row | None:
    return None if weighed is None else (weighed, tell(snapshot, weighed))


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
    Every round-the-clock station is weighed: a few microseconds each.
    """
    query = Query(lat=0.0, lon=0.0, mode=MODES["walk"], departs_s=now_s)
    index = np.flatnonzero(snapshot.flags & IS_24H).tolist()
    weighed = (weigh(snapshot, query, row, 0.0) for row in index)
    rows = [(row, tell(snapshot, row)) for row in weighed if not row.closed_by]
    rows.sort(key=lambda row: (row[1].state, row[0].score_ms, row[0].rank))
    return render_rows(snapshot, query, rows[:limit])


def nearest_id(snapshot: FinderSnapshot, lat_deg: float, lon_deg: float, *, within_m: float) -> str:
    """Return the identifier of the nearest station, open or not; empty when none is near enough.

    Notes
    -----
    One pass over all points; meant for a page, not for the finder's answer.
    """
    if not len(snapshot):
        return ""
    apart = snapshot.points @ np.array(unit_vector(lat_deg, lon_deg))
    index = int(apart.argmax())
    if EARTH_RADIUS_M * np.arccos(min(1.0, float(apart[index]))) > within_m:
        return ""
    station: dict[str, Any] = json.loads(snapshot.static[index][:-1] + b"}")
    return str(station["id"])
