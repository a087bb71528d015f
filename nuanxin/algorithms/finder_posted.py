"""What is posted at a door over the coming days, for a phone that will have no network then."""

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from nuanxin.algorithms.finder_horizon import CIVIL, STRIDE, Horizon
from nuanxin.algorithms.finder_snapshot import FinderSnapshot
from nuanxin.algorithms.hours_intervals import Interval

DAYS = 7


def posted_spans(snapshot: FinderSnapshot, row: int, *, day_from: dt.date) -> list[Interval] | None:
    """Return the posted hours of one station over seven days, planned closures cut out.

    Parameters
    ----------
    snapshot
        The finder's columns.
    row
        Row of the station in them.
    day_from
        First day, civil.

    Returns
    -------
    list of Interval or None
        Minutes from the midnight before the first day, disjoint, by start; None when the station
        posts no hours.
    """
    door = snapshot.doors[row]
    if not door["has_hours"]:
        return None
    horizons = snapshot.horizons
    calendar = _horizon(snapshot, day_from).calendar
    schedule = round(float(snapshot.hours_base[row]) / STRIDE)
    posted = horizons.readings[schedule].intervals(day_from, DAYS, calendar)
    permitted = horizons.permits[int(door["permit"])].intervals(day_from, DAYS, calendar)
    return list(_both(posted, permitted))


def unsure_days(snapshot: FinderSnapshot, *, day_from: dt.date) -> list[int]:
    """Return which of the seven days have no announced arrangement, counted from the first."""
    sure = _horizon(snapshot, day_from).calendar.confirmed(day_from, DAYS)
    return [int(day) for day in np.flatnonzero(~np.asarray(sure, dtype=bool))]


def _horizon(snapshot: FinderSnapshot, day: dt.date) -> Horizon:
    midnight_s = dt.datetime.combine(day, dt.time(), CIVIL).timestamp()
    return snapshot.horizon(midnight_s, midnight_s)


def _both(first: Sequence[Interval], second: Sequence[Interval]) -> Iterator[Interval]:
    for start, end in first:
        for begins, ends in second:
            if start < ends and begins < end:
                yield max(start, begins), min(end, ends)
