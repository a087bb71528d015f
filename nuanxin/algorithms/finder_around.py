"""Which stations around a position come into question, and how far away they are."""

from typing import Final

import numpy as np

from nuanxin.algorithms.finder_horizon import Floats, Places
from nuanxin.algorithms.finder_query import Query
from nuanxin.algorithms.finder_snapshot import (
    IS_24H,
    IS_OPEN_ACCESS,
    FinderSnapshot,
    unit_vector,
)
from nuanxin.algorithms.geo import EARTH_RADIUS_M

DIAMETER_M: Final = 2.0 * EARTH_RADIUS_M
_ONES: Final = np.ones(3)
_SHARE_FLOOR: Final = 1e-4


def expected_m_of(snapshot: FinderSnapshot, query: Query, wanted: float) -> float:
    """Return about the distance within which so many fitting stations lie, metres; inf for a void."""
    share = 1.0
    for code in query.need:
        bit = snapshot.vocabulary.facility_bits.get(code)
        share *= _SHARE_FLOOR if bit is None else snapshot.facility_share[bit]
    return snapshot.density.radius_m(query.lat, query.lon, wanted / max(share, _SHARE_FLOOR))


def half_chords(snapshot: FinderSnapshot, query: Query, rows: Places) -> Floats:
    """Return half the straight lines from the position to stations, in diameters of the Earth.

    Returns
    -------
    np.ndarray
        Shape (rows,), 0 to 1: the sine of half the angle, so the great circle is ``DIAMETER_M``
        times its arc sine.
    """
    half_chord: Floats = np.sqrt(squared_half_chords(snapshot, query, rows))
    return np.minimum(half_chord, 1.0, out=half_chord)


def squared_half_chords(snapshot: FinderSnapshot, query: Query, rows: Places) -> Floats:
    """Return the squares of ``half_chords``, which rounding may leave a hair above 1."""
    x, y, z = unit_vector(query.lat, query.lon)
    apart = snapshot.half_points.take(rows, 0)
    apart -= (0.5 * x, 0.5 * y, 0.5 * z)
    apart *= apart
    squares: Floats = apart @ _ONES
    return squares


def fitting(snapshot: FinderSnapshot, query: Query, rows: Places) -> Places:
    """Return those stations that have what the query needs, in the order given."""
    need, group, flag = needed_bits(snapshot, query)
    if need < 0 or group < 0:
        return rows[:0]
    if need:
        mask = np.uint64(need)
        rows = rows[(snapshot.facility_mask.take(rows) & mask) == mask]
    if group:
        rows = rows[(snapshot.group_mask.take(rows) & np.uint32(group)) != 0]
    if flag:
        rows = rows[(snapshot.flags.take(rows) & flag) == flag]
    return rows


def needed_bits(snapshot: FinderSnapshot, query: Query) -> tuple[int, int, int]:
    """Return the bits that a fitting station has: of amenities, of groups, of flags.

    Returns
    -------
    (need, group, flag)
        Minus one, all bits, for a code that nobody knows: no station has them.
    """
    words = snapshot.vocabulary
    need = group = 0
    for code in query.need:
        bit = words.facility_bits.get(code, -1)
        need = need | 1 << bit if bit >= 0 and need >= 0 else -1
    if query.group:
        bit = words.group_bits.get(query.group, -1)
        group = 1 << bit if bit >= 0 else -1
    return need, group, query.is_open_access * IS_OPEN_ACCESS + query.is_24h * IS_24H
