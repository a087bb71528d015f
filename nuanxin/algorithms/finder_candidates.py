"""Stations that may enter an answer, with a floor of the score each can have."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_bounds import STEPS
from nuanxin.algorithms.finder_grid import M_PER_DEG
from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import (
    COARSE_FROM_M,
    FINE_DEG,
    HAS_HOURS,
    IS_24H,
    IS_OPEN_ACCESS,
    FinderSnapshot,
    unit_vector,
)
from nuanxin.algorithms.geo import EARTH_RADIUS_M

_ONES = np.ones(3)
_DIAMETER_M = 2.0 * EARTH_RADIUS_M
_ROUNDING_MS = 2.0  # travel and risk are each rounded to a millisecond; a hair for the floats
_COUNTED_M = 2_000.0  # the neighbourhood whose density sets the first reach
_SHARE_FLOOR = 1e-4
_FEW = 40  # of so few stations each is weighed sooner than its hours are looked up at once


class Candidates(NamedTuple):
    """Fitting stations around a place.

    Parameters
    ----------
    rows
        Rows of the snapshot, shape (n,), intp.
    distance_m
        Great-circle distances, shape (n,), float64, none beyond the mode's radius.
    """

    rows: NDArray[np.intp]
    distance_m: NDArray[np.float64]


def ms_per_m(query: Query) -> float:
    """Return milliseconds of travel for a metre as the crow flies."""
    return query.mode.detour / query.mode.speed_mps * 1000.0


def first_reach_m(snapshot: FinderSnapshot, query: Query) -> float:
    """Return a distance within which about enough fitting stations are to be expected, metres."""
    share = 1.0
    for code in query.need:
        bit = snapshot.vocabulary.facility_bits.get(code)
        share *= _SHARE_FLOOR if bit is None else snapshot.facility_share[bit]
    wanted = (1.5 * query.limit + 5.0) / max(share, _SHARE_FLOOR)
    count = snapshot.fine.count(query.lat, query.lon, _COUNTED_M)
    # whole cells are counted: half a cell more on every side, on average
    side_m = 2.0 * _COUNTED_M + FINE_DEG * M_PER_DEG
    per_m2 = max(count, 0.2) / (side_m * side_m)
    return min(math.sqrt(wanted / (per_m2 * math.pi)), query.mode.radius_m)


def candidates(snapshot: FinderSnapshot, query: Query, reach_m: float) -> Candidates:
    """Return all fitting stations within a distance and the mode's radius, and perhaps some more.

    Parameters
    ----------
    snapshot, query
        What is known, and what is asked.
    reach_m
        Distance, metres.

    Returns
    -------
    Candidates
        In no particular order; those beyond ``reach_m`` are not all there are.
    """
    grid = snapshot.coarse if reach_m > COARSE_FROM_M else snapshot.fine
    index = fitting(snapshot, query, grid.near(query.lat, query.lon, reach_m))
    apart = snapshot.points.take(index, 0)
    apart -= unit_vector(query.lat, query.lon)
    apart *= apart
    half_chord = np.sqrt(apart @ _ONES)
    half_chord *= 0.5
    distance_m = np.arcsin(np.minimum(half_chord, 1.0, out=half_chord), out=half_chord)
    distance_m *= _DIAMETER_M
    is_near = distance_m <= query.mode.radius_m
    if not is_near.all():
        index, distance_m = index[is_near], distance_m[is_near]
    return Candidates(index, distance_m)


def fitting(snapshot: FinderSnapshot, query: Query, index: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those stations that have what the query needs, in the order given."""
    words = snapshot.vocabulary
    if query.need:
        bits = [words.facility_bits.get(code, -1) for code in query.need]
        if -1 in bits:
            return index[:0]
        mask = np.uint64(sum(1 << bit for bit in set(bits)))
        index = index[(snapshot.facility_mask.take(index) & mask) == mask]
    if query.group:
        bit = words.group_bits.get(query.group, -1)
        if bit < 0:
            return index[:0]
        index = index[(snapshot.group_mask.take(index) & np.uint32(1 << bit)) != 0]
    flags = query.is_open_access * IS_OPEN_ACCESS + query.is_24h * IS_24H
    if flags:
        index = index[(snapshot.flags.take(index) & flags) == flags]
    return index


def score_floors_ms(
    snapshot: FinderSnapshot, query: Query, found: Candidates
) -> NDArray[np.float64]:
    """Return a score that no candidate can beat, shape (n,), milliseconds."""
    floors: NDArray[np.float64] = found.distance_m * ms_per_m(query)
    last_s = query.departs_s + int(floors.max(initial=0.0) / 1000.0) + 1
    bands = snapshot.bands(query.departs_s, last_s)
    # the floors of the risk count on evidence that only fades
    if bands is not None and query.departs_s >= snapshot.as_of_s:
        step_ms = snapshot.params.shut_cost_ms / STEPS
        cells = {snapshot.cell_of_band[band] for band in bands}
        risks = [snapshot.cost_floor[cell].take(found.rows) for cell in cells]
        risk = risks[0] if len(risks) == 1 else np.minimum.reduce(risks)
        floors += risk * step_ms
    floors -= _ROUNDING_MS
    return floors


def openable(
    snapshot: FinderSnapshot, query: Query, found: Candidates
) -> tuple[NDArray[np.bool_], NDArray[np.int64]] | None:
    """Say which candidates may be open by their hours or by fresh evidence from inside.

    Returns
    -------
    may_open, earliest_min : tuple of np.ndarray or None
        Shape (n,): false only for stations certainly closed on arrival; and a minute of the horizon
        before which none that is posted shut opens. None outside the horizon.
    """
    last_s = query.departs_s + int(found.distance_m.max(initial=0.0) * ms_per_m(query) / 1000.0) + 1
    if snapshot.bands(query.departs_s, last_s) is None:
        return None
    from_min = (query.departs_s - snapshot.first_s) // 60
    to_min = (last_s - snapshot.first_s) // 60
    sid = snapshot.schedule.take(found.rows)
    may_open, earliest_min = snapshot.hours.may_open(sid, from_min, to_min)
    may_open |= (snapshot.flags.take(found.rows) & HAS_HOURS) == 0
    fresh_from_s = max(0, query.departs_s - snapshot.params.inside_fresh_s)
    may_open |= snapshot.inside_latest_s.take(found.rows) >= fresh_from_s
    return may_open, earliest_min


def without_closed(snapshot: FinderSnapshot, query: Query, found: Candidates) -> Candidates:
    """Return the candidates without those certainly closed, where that saves work."""
    if len(found.rows) <= _FEW:
        return found
    told = openable(snapshot, query, found)
    if told is None:
        return found
    return Candidates(found.rows[told[0]], found.distance_m[told[0]])


def is_nothing_known(snapshot: FinderSnapshot, query: Query) -> bool:
    """Return whether every arrival within the radius falls on a day that is not confirmed."""
    last_s = query.departs_s + int(query.mode.radius_m * ms_per_m(query) / 1000.0) + 1
    bands = snapshot.bands(query.departs_s, last_s)
    if bands is None:
        return query.departs_s >= snapshot.last_s or last_s < snapshot.first_s
    confirmed = snapshot.is_band_confirmed
    return not (confirmed[bands[0]] or confirmed[bands[-1]])
