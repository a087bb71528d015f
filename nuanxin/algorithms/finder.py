"""The finder: query bytes to JSON bytes, over one immutable snapshot.

Candidates come from a block of grid cells around the position, which doubles until no station
outside it can beat the last row of the answer. `openness.py` and `finder_oracle.py` say the same
things plainly; tests hold the two together.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_query import MODES, Query, QueryError, TravelMode, parse_query
from nuanxin.algorithms.finder_rows import render, render_rows
from nuanxin.algorithms.finder_snapshot import (
    CELL_DEG,
    CELLS_PER_ROW,
    FinderSnapshot,
    StationColumns,
    Vocabulary,
    unit_vectors,
)
from nuanxin.algorithms.finder_states import CLOSED, UNKNOWN, Judged, judge

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

EARTH_RADIUS_M = 6_371_008.8
_M_PER_DEG = EARTH_RADIUS_M * np.pi / 180.0
_FIRST_REACH = 1
_NO_GOOD = 2  # states from here on do not count as a place to go now


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
    Time grows with the stations of the last block looked at; no memory is kept between queries.
    """
    try:
        wanted = parse_query(query, now_s=now_s)
    except QueryError as error:
        return Answer(422, _problem(error))
    found, fallback = find(snapshot, wanted)
    return Answer(200, render(snapshot, wanted, found, fallback, now_s=now_s))


def find(snapshot: FinderSnapshot, query: Query) -> tuple[Judged, tuple[Judged, Judged] | None]:
    """Return the judged rows of an answer, in order, and the fallback when none of them is good.

    Returns
    -------
    (rows, fallback)
        The fallback holds the next to open and the nearest round-the-clock station, each with one
        row or none; None when the rows hold a confirmed or expected station.
    """
    reach = _FIRST_REACH
    whole = int(np.ceil(query.mode.radius_m / _M_PER_DEG / CELL_DEG)) + 1
    while True:
        reach = min(reach, whole)
        rows = _within(snapshot, query, reach)
        best = _best(rows, query.limit)
        bound_ms = _bound_ms(query, reach)
        if reach >= whole or _is_settled(best, query.limit, bound_ms):
            break
        reach *= 2
    if best.state.size and best.state.min() < _NO_GOOD:
        return best, None
    everything = rows if reach >= whole else _within(snapshot, query, whole)
    return best, (_next_to_open(everything), _nearest_24h(snapshot, everything))


def _within(snapshot: FinderSnapshot, query: Query, reach: int) -> Judged:
    block = _block(snapshot, query, reach)
    block = block[_fits(snapshot, query, block)]
    distance_m = _distance_m(snapshot, query, block)
    near = distance_m <= query.mode.radius_m
    return judge(snapshot, query, block[near], distance_m[near])


def _block(snapshot: FinderSnapshot, query: Query, reach: int) -> NDArray[np.intp]:
    row = int(np.floor((query.lat + 90.0) / CELL_DEG))
    column = int(np.floor((query.lon + 180.0) / CELL_DEG))
    # meridians draw together: the same metres are more columns further north
    reach_columns = (
        int(np.ceil(reach / max(0.05, np.cos(np.radians(abs(query.lat) + reach * CELL_DEG))))) + 1
    )
    first = np.arange(row - reach, row + reach + 1, dtype=np.int64) * CELLS_PER_ROW + column
    low = np.searchsorted(snapshot.cell_key, first - reach_columns)
    high = np.searchsorted(snapshot.cell_key, first + reach_columns, "right")
    spans = [np.arange(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True) if a < b]
    return np.concatenate(spans) if spans else np.empty(0, dtype=np.intp)


def _bound_ms(query: Query, reach: int) -> float:
    """Return the least travel time to anything outside the block, milliseconds."""
    return 1000.0 * reach * CELL_DEG * _M_PER_DEG * query.mode.detour / query.mode.speed_mps


def _fits(snapshot: FinderSnapshot, query: Query, block: NDArray[np.intp]) -> NDArray[np.bool_]:
    columns, words = snapshot.columns, snapshot.vocabulary
    fits = np.ones(len(block), dtype=bool)
    if query.need:
        bits = [words.facility_bits.get(code) for code in query.need]
        if None in bits:
            return np.zeros(len(block), dtype=bool)
        mask = np.uint64(sum(1 << bit for bit in set(bits) if bit is not None))
        fits &= (columns.facility_mask[block] & mask) == mask
    if query.group:
        bit = words.group_bits.get(query.group)
        fits &= (columns.group_mask[block] & np.uint32(0 if bit is None else 1 << bit)) != 0
    if query.is_open_access:
        fits &= columns.is_open_access[block]
    if query.is_24h:
        fits &= columns.is_24h[block]
    return fits


def _distance_m(
    snapshot: FinderSnapshot, query: Query, block: NDArray[np.intp]
) -> NDArray[np.float64]:
    here = unit_vectors(np.array([query.lat]), np.array([query.lon]))[0]
    apart = snapshot.points[block] - here
    chord = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    distance: NDArray[np.float64] = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return distance


def _best(rows: Judged, limit: int) -> Judged:
    offered = np.flatnonzero(rows.state != CLOSED)
    if not offered.size:
        offered = np.arange(len(rows.state))
    keys = (rows.rank[offered], rows.score_ms[offered], rows.state[offered] == UNKNOWN)
    return rows.taken(offered[np.lexsort(keys)[:limit]])


def _is_settled(best: Judged, limit: int, bound_ms: float) -> bool:
    """Return whether no station outside the block can enter the answer."""
    if len(best.state) < limit or best.state[-1] == CLOSED:
        return False
    is_known_last = best.state[-1] != UNKNOWN
    return bool((is_known_last or best.is_unknown_everywhere) and best.score_ms.max() < bound_ms)


def _next_to_open(rows: Judged) -> Judged:
    waiting = np.flatnonzero((rows.state == CLOSED) & (rows.opens_s > 0))
    keys = (rows.rank[waiting], rows.travel_ms[waiting], rows.opens_s[waiting])
    return rows.taken(waiting[np.lexsort(keys)[:1]])


def _nearest_24h(snapshot: FinderSnapshot, rows: Judged) -> Judged:
    offered = np.flatnonzero((rows.state != CLOSED) & snapshot.columns.is_24h[rows.index])
    return rows.taken(offered[np.lexsort((rows.rank[offered], rows.travel_ms[offered]))[:1]])


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
    """
    index = np.flatnonzero(snapshot.columns.is_24h)
    query = Query(lat=0.0, lon=0.0, mode=MODES["walk"], departs_s=now_s)
    rows = judge(snapshot, query, index, np.zeros(len(index)))
    offered = np.flatnonzero(rows.state != CLOSED)
    order = np.lexsort((rows.rank[offered], rows.score_ms[offered], rows.state[offered]))
    return render_rows(snapshot, query, rows.taken(offered[order[:limit]]))


def nearest_id(snapshot: FinderSnapshot, lat_deg: float, lon_deg: float, *, within_m: float) -> str:
    """Return the identifier of the nearest station, open or not; empty when none is near enough.

    Notes
    -----
    One pass over all points; meant for a page, not for the finder's answer.
    """
    here = unit_vectors(np.array([lat_deg]), np.array([lon_deg]))[0]
    if not len(snapshot):
        return ""
    apart = snapshot.points @ here
    index = int(apart.argmax())
    if EARTH_RADIUS_M * np.arccos(min(1.0, float(apart[index]))) > within_m:
        return ""
    station: dict[str, Any] = json.loads(snapshot.columns.static_json[index][:-1] + b"}")
    return str(station["id"])
