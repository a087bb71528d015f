"""Many readings as one sorted array of boundaries, for asking about many places at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours_intervals import DAY_MIN
from nuanxin.algorithms.hours_readings import Reading, calendar_days

__all__ = ["NEVER_MIN", "Boundaries", "compile_boundaries"]

NEVER_MIN = 1 << 40
"""Stands for a minute that does not come inside the horizon; safe to subtract from and to scale."""

_Minutes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """When each of many readings opens and closes, from one day on.

    Parameters
    ----------
    flat
        Shape (n_boundaries,), int64, increasing: ``sid * horizon_min + minute`` of every opening and
        closing of reading ``sid``, minute 0 <= minute < horizon_min counted from local midnight of
        ``day_from``. Openings and closings alternate within a reading, an opening first; a reading
        that is open at the end has no last closing.
    start
        Shape (n_readings + 1,), int64: the boundaries of ``sid`` are ``flat[start[sid]:start[sid+1]]``.
    day_from
        First day.
    days
        Number of days; the horizon is ``1440 * days`` minutes.

    Notes
    -----
    The methods take any sid and minute that broadcast against each other, and cost one binary search
    per element. They are written for arrays but answer scalars too.
    """

    flat: _Minutes
    start: _Minutes
    day_from: date
    days: int

    @property
    def horizon_min(self) -> int:
        """The number of minutes looked ahead."""
        return self.days * DAY_MIN

    def __len__(self) -> int:
        return len(self.start) - 1

    def is_open(self, sid: ArrayLike, minute: ArrayLike) -> NDArray[np.bool_]:
        """Return whether places are open.

        Parameters
        ----------
        sid
            Index of the reading, int, 0 <= sid < len(self), any shape.
        minute
            Minutes from local midnight of ``day_from``, int, 0 <= minute < horizon_min, any shape
            that broadcasts with ``sid``.

        Returns
        -------
        np.ndarray
            Bool, the broadcast shape; a place is open at its opening minute and shut at its closing
            minute.

        Raises
        ------
        ValueError
            When a sid or a minute is out of range.
        """
        return self._locate(sid, minute)[1]

    def closes(self, sid: ArrayLike, minute: ArrayLike) -> _Minutes:
        """Return the next closing after a minute, whether or not the place is open then.

        Parameters
        ----------
        sid, minute
            As for ``is_open``.

        Returns
        -------
        np.ndarray
            Int64, the broadcast shape, minutes, strictly later than ``minute``; ``NEVER_MIN`` where
            none comes inside the horizon.

        Raises
        ------
        ValueError
            When a sid or a minute is out of range.
        """
        return self._next(sid, minute, closing=True)

    def opens(self, sid: ArrayLike, minute: ArrayLike) -> _Minutes:
        """Return the next opening after a minute, whether or not the place is open then.

        Parameters
        ----------
        sid, minute
            As for ``is_open``.

        Returns
        -------
        np.ndarray
            Int64, the broadcast shape, minutes, strictly later than ``minute``; ``NEVER_MIN`` where
            none comes inside the horizon.

        Raises
        ------
        ValueError
            When a sid or a minute is out of range.
        """
        return self._next(sid, minute, closing=False)

    def extended(self, readings: Sequence[Reading], calendar: Calendar) -> "Boundaries":
        """Return new boundaries with some readings added behind; these stay as they are.

        Parameters
        ----------
        readings
            The new ones; their sids follow the last one here.
        calendar
            Kinds of the days, the same as before.

        Returns
        -------
        Boundaries
            Equal to compiling all readings together.
        """
        more = compile_boundaries(
            readings, day_from=self.day_from, days=self.days, calendar=calendar
        )
        flat = np.concatenate([self.flat, more.flat + len(self) * self.horizon_min])
        start = np.concatenate([self.start, more.start[1:] + len(self.flat)])
        return Boundaries(flat, start, self.day_from, self.days)

    def _locate(self, sid: ArrayLike, minute: ArrayLike) -> tuple[_Minutes, NDArray[np.bool_]]:
        sid, minute = np.asarray(sid, dtype=np.int64), np.asarray(minute, dtype=np.int64)
        _check_range("sid", sid, len(self))
        _check_range("minute", minute, self.horizon_min)
        passed = np.searchsorted(self.flat, sid * self.horizon_min + minute, "right")
        return passed, np.asarray((passed - self.start[sid]) % 2 == 1)

    def _next(self, sid: ArrayLike, minute: ArrayLike, *, closing: bool) -> _Minutes:
        passed, is_open = self._locate(sid, minute)
        # the boundary after next where the next one is of the other sort
        at = passed + (is_open != closing)
        sid = np.asarray(sid, dtype=np.int64)
        key = self.flat.take(at, mode="clip") if len(self.flat) else at
        return np.where(at < self.start[sid + 1], key - sid * self.horizon_min, NEVER_MIN)


def compile_boundaries(
    readings: Sequence[Reading], *, day_from: date, days: int, calendar: Calendar
) -> Boundaries:
    """Work out when each of many readings opens and closes.

    Parameters
    ----------
    readings
        Distinct readings; their indices are the sids.
    day_from
        First day, local.
    days
        Number of days, >= 1.
    calendar
        Kinds of the days.

    Returns
    -------
    Boundaries
        For all readings, in their order.

    Raises
    ------
    ValueError
        When ``days`` is less than 1.

    Notes
    -----
    Time grows with readings x days x rules; nothing is shared between readings, so compile distinct
    ones only.
    """
    if days < 1:
        msg = f"there is nothing to compile for {days} days"
        raise ValueError(msg)
    padded, horizon = calendar_days(calendar, day_from, days), days * DAY_MIN
    keys: list[int] = []
    start = [0]
    for sid, reading in enumerate(readings):
        minutes = (minute for interval in reading.intervals_on(padded) for minute in interval)
        keys.extend(sid * horizon + minute for minute in minutes if minute < horizon)
        start.append(len(keys))
    flat = np.array(keys, dtype=np.int64)
    return Boundaries(flat, np.array(start, dtype=np.int64), day_from, days)


def _check_range(name: str, values: _Minutes, stop: int) -> None:
    if values.size and not (values.min() >= 0 and values.max() < stop):
        msg = f"{name} must lie in [0, {stop})"
        raise ValueError(msg)
