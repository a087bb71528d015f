"""Compiled hours of some days, for asking about many doors at once."""

import copy
import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours import DAY_MIN, Boundaries, Reading, compile_boundaries

CIVIL: Final = dt.timezone(dt.timedelta(hours=8))
HORIZON_DAYS: Final = 10
BAND_S: Final = 7_200
STRIDE: Final = float(HORIZON_DAYS * DAY_MIN + 1)
"""Keys of one reading lie so far from those of the next: a minute more than the horizon, so that a
closing filled in at its end is not the next reading's."""
NEVER_MIN: Final = float("inf")
_PAST_DAYS: Final = 1  # a span of last night may still be running
_DAY_S: Final = 86_400
_KEPT: Final = 4

CalendarOf = Callable[[dt.date, int], Calendar]
"""The kinds of some days from a date on."""
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class Timetable:
    """Openings and closings of all readings as one sorted array.

    Every reading has an even number of keys, an opening first, so that the parity of a place in the
    array says open or shut; one that is open at the end closes with the horizon.

    Parameters
    ----------
    boundaries
        Of ``HORIZON_DAYS`` days.
    behind
        A timetable of the same days, which stays as it is: the readings follow its own.
    """

    def __init__(self, boundaries: Boundaries, *, behind: "Timetable | None" = None) -> None:
        first = len(behind) if behind else 0
        horizon_min = boundaries.horizon_min
        start, flat = boundaries.start.tolist(), boundaries.flat.tolist()
        keys: list[float] = []
        for sid, (low, high) in enumerate(pairwise(start)):
            base = (first + sid) * STRIDE
            keys += [base + key - sid * horizon_min for key in flat[low:high]]
            if (high - low) % 2:
                keys.append(base + horizon_min)
        self._count = first + len(boundaries)
        self._running: dict[int, frozenset[float]] = {}
        known = behind.keys[:-1] if behind else np.empty(0)
        self.keys: Floats = np.concatenate([known, keys, [(self._count + 1) * STRIDE]])

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory held, bytes."""
        return self.keys.nbytes

    def place(self, base: Floats, minute: Floats) -> Places:
        """Return where moments lie among the keys; an odd place is open.

        Parameters
        ----------
        base
            ``sid * STRIDE`` of each door, shape (n,).
        minute
            Minutes since the first midnight, inside the horizon, shape (n,).
        """
        return self.keys.searchsorted(base + minute, "right")

    def running(self, minute: int) -> frozenset[float]:
        """Return ``sid * STRIDE`` of all readings that are open at a minute; the last are kept."""
        kept = self._running.get(minute)
        if kept is None:
            base = np.arange(self._count, dtype=np.float64) * STRIDE
            is_open = self.place(base, np.full(self._count, float(minute))) & 1 == 1
            kept = frozenset(base[is_open].tolist())
            if len(self._running) >= _KEPT:
                self._running.clear()
            self._running[minute] = kept
        return kept

    def opens_min(self, base: Floats, place: Places) -> Floats:
        """Return the next openings after places; ``NEVER_MIN`` for none in the horizon."""
        minute = self.keys.take(place + (place & 1), mode="clip") - base
        return np.where(minute < STRIDE - 1, minute, NEVER_MIN)


class Horizon:
    """What is posted, and which kinds of day it is, from the day before a moment on.

    Parameters
    ----------
    readings, permits
        Distinct posted hours, and distinct times outside planned closures.
    calendar
        Kinds of the days.
    today
        Its second day.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        permits: Sequence[Reading],
        calendar: CalendarOf,
        today: dt.date,
    ) -> None:
        first = today - dt.timedelta(days=_PAST_DAYS)
        days = calendar(first, HORIZON_DAYS)
        self._first, self._days = first, days
        self.hours, self.permits = self._timetable(readings), self._timetable(permits)
        self.first_s = int(dt.datetime.combine(first, dt.time(), CIVIL).timestamp())
        bands = range(_DAY_S // BAND_S)
        kinds, confirmed = days.kinds(first, HORIZON_DAYS), days.confirmed(first, HORIZON_DAYS)
        # one entry for each two-hour band
        self.cells = [int(kind) * 12 + band for kind in kinds for band in bands]
        self.is_confirmed_band = [bool(sure) for sure in confirmed for _band in bands]
        self.is_any_confirmed = any(self.is_confirmed_band)

    @property
    def calendar(self) -> Calendar:
        """Kinds of its days."""
        return self._days

    def _timetable(
        self, readings: Sequence[Reading], *, behind: Timetable | None = None
    ) -> Timetable:
        boundaries = compile_boundaries(
            readings, day_from=self._first, days=HORIZON_DAYS, calendar=self._days
        )
        return Timetable(boundaries, behind=behind)

    def extended(self, readings: Sequence[Reading], permits: Sequence[Reading]) -> "Horizon":
        """Return a horizon of the same days with more readings behind; this one stays as it is."""
        more = copy.copy(self)
        if readings:
            more.hours = self._timetable(readings, behind=self.hours)
        if permits:
            more.permits = self._timetable(permits, behind=self.permits)
        return more

    def covers(self, from_s: float, to_s: float) -> bool:
        """Return whether a stretch of time lies after the first day and inside the horizon."""
        return (
            self.first_s + _PAST_DAYS * _DAY_S <= from_s
            and to_s < self.first_s + HORIZON_DAYS * _DAY_S
        )

    def is_confirmed(self, at_s: int) -> bool:
        """Return whether the kind of a moment's day is certain."""
        return self.is_confirmed_band[(at_s - self.first_s) // BAND_S]

    def is_all_confirmed(self, band: int | Places) -> bool:
        """Return whether the days of all these bands are certain."""
        if isinstance(band, int):
            return self.is_confirmed_band[band]
        return all(self.is_confirmed_band[one] for one in np.unique(band).tolist())

    def next_opening_min(self, sid: int, permit: int, minute: float) -> float:
        """Return when one door next opens, posted open and outside planned closures.

        Returns
        -------
        float
            Minutes since the first midnight; ``NEVER_MIN`` for not in the horizon.
        """
        opens = minute
        if _is_open(self.permits, permit, opens):
            opens = _opens(self.hours, sid, opens)
        while opens < NEVER_MIN and not _is_open(self.permits, permit, opens):
            # the door opens when the closure ends, or, if it is not posted open then, after
            opens = _opens(self.permits, permit, opens)
            if opens < NEVER_MIN and not _is_open(self.hours, sid, opens):
                opens = _opens(self.hours, sid, opens)
        return opens

    def permitted_until_min(self, permit: int, minute: float) -> float:
        """Return when the next planned closure begins for a door that none closes at a minute."""
        keys = self.permits.keys
        until = float(keys[keys.searchsorted(permit * STRIDE + minute, "right")]) - permit * STRIDE
        return until if until < STRIDE - 1 else NEVER_MIN


class Horizons:
    """Readings, and their compiled hours: of one day beforehand, of others when first asked for.

    Parameters
    ----------
    readings, permits
        Distinct posted hours, and distinct times outside planned closures.
    calendar
        Kinds of any days.
    today
        The day whose horizon is compiled at once.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        permits: Sequence[Reading],
        calendar: CalendarOf,
        today: dt.date,
    ) -> None:
        self.readings, self.permits, self._calendar = tuple(readings), tuple(permits), calendar
        self.today = Horizon(self.readings, self.permits, calendar, today)
        self._forget_others()
        self._places: tuple[dict[Reading, int], dict[Reading, int]] | None = None

    def _forget_others(self) -> None:
        readings, permits, calendar = self.readings, self.permits, self._calendar

        @lru_cache(maxsize=_KEPT)
        def of_day(day: dt.date) -> Horizon:
            return Horizon(readings, permits, calendar, day)

        self.of_day = of_day

    def knowing(
        self, readings: Sequence[Reading], permits: Sequence[Reading]
    ) -> tuple["Horizons", Places, Places]:
        """Find readings here, or behind these when some are new; this stays as it is.

        Returns
        -------
        horizons : Horizons
            With all of the readings and permits; this one, when nothing is new.
        schedule, permit : np.ndarray
            The places of the readings and of the permits in it.
        """
        known = self._places = self._places or self._all_places()
        more = [_new(known[0], readings), _new(known[1], permits)]
        horizons = self._extended(*more) if any(more) else self
        found = horizons._places or horizons._all_places()
        schedule, permit = (
            np.array([places[one] for one in given], dtype=np.intp)
            for places, given in zip(found, (readings, permits), strict=True)
        )
        return horizons, schedule, permit

    def _extended(self, readings: list[Reading], permits: list[Reading]) -> "Horizons":
        more = copy.copy(self)
        more.readings, more.permits = (*self.readings, *readings), (*self.permits, *permits)
        more.today = self.today.extended(readings, permits)
        more._forget_others()
        more._places = more._all_places()
        return more

    def _all_places(self) -> tuple[dict[Reading, int], dict[Reading, int]]:
        return _places_of(self.readings), _places_of(self.permits)


def _places_of(readings: Sequence[Reading]) -> dict[Reading, int]:
    return {reading: place for place, reading in enumerate(readings)}


def _new(known: dict[Reading, int], readings: Sequence[Reading]) -> list[Reading]:
    return [reading for reading in dict.fromkeys(readings) if reading not in known]


def _is_open(timetable: Timetable, sid: int, minute: float) -> bool:
    return int(timetable.keys.searchsorted(sid * STRIDE + minute, "right")) & 1 == 1


def _opens(timetable: Timetable, sid: int, minute: float) -> float:
    base = np.array([sid * STRIDE])
    return float(timetable.opens_min(base, timetable.place(base, np.array([minute])))[0])
