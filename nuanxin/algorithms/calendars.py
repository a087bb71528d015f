"""The Chinese working calendar: which kind of day a date is, and whether that is certain yet.

The State Council publishes each year's holidays, swapped rest days and make-up workdays in the
November before. Until then the days around the statutory holidays can only be estimated, and an
estimate is marked as not confirmed, so that nobody is sent to a door on the strength of it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import holidays
import numpy as np

__all__ = [
    "Calendar",
    "CalendarRow",
    "DayKind",
    "estimated_days",
    "is_plausible",
    "known_calendar",
    "notice_days",
]

_DAY = timedelta(days=1)
_SATURDAY = 5
# A weekend this near to a holiday may be turned into make-up workdays. Held against every notice
# since 2008 by tests/algorithms/test_calendars.py.
_WEEKEND_REACH_DAYS = 7
# So many working days on either side of a holiday may be swapped into rest days (same check).
_BRIDGE_WORKDAYS = 2
# The `holidays` library labels the rest days that a notice swapped with this word.
_SWAPPED_LABEL = "休息日"


class DayKind(IntEnum):
    """What a date is in the Chinese working calendar."""

    WORKDAY = 0
    """An ordinary working day, Monday to Friday."""
    REST = 1
    """An ordinary weekend day."""
    HOLIDAY = 2
    """A statutory holiday, or a day of rest that the yearly notice gives with it."""
    MAKEUP = 3
    """A weekend day that is worked in exchange (调休上班)."""


class CalendarRow(NamedTuple):
    """One date that is not what its weekday says, or not certain to be."""

    on: date
    kind: DayKind
    is_confirmed: bool
    name: str = ""


class Calendar:
    """An immutable mapping from date to (kind of day, is it confirmed).

    A date without a row is what its weekday says, and confirmed.

    Parameters
    ----------
    rows
        ``(date, DayKind, is_confirmed)`` or ``CalendarRow``, in any order; names are not kept.

    Raises
    ------
    ValueError
        When two rows contradict each other about one date, or a kind is not a ``DayKind``.
    """

    __slots__ = ("_hash", "_rows")

    def __init__(self, rows: Iterable[CalendarRow | tuple[date, int, bool]] = ()) -> None:
        self._rows: dict[date, tuple[DayKind, bool]] = {}
        for on, kind, is_confirmed, *_ in rows:
            entry = (DayKind(kind), bool(is_confirmed))
            if self._rows.setdefault(on, entry) != entry:
                msg = f"two rows contradict each other about {on}"
                raise ValueError(msg)
        self._hash = hash(frozenset(self._rows.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self._rows == other._rows

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Calendar({len(self._rows)} rows)"

    def __iter__(self) -> Iterator[CalendarRow]:
        for on in sorted(self._rows):
            yield CalendarRow(on, *self._rows[on])

    def kind(self, on: date) -> DayKind:
        """Return what kind of day a date is."""
        row = self._rows.get(on)
        return _kind_by_weekday(on) if row is None else row[0]

    def is_confirmed(self, on: date) -> bool:
        """Return whether the kind of this date is certain."""
        row = self._rows.get(on)
        return True if row is None else row[1]

    def kinds(self, day_from: date, days: int) -> np.ndarray:
        """Return the kinds of consecutive dates.

        Parameters
        ----------
        day_from
            First date.
        days
            Number of dates, >= 0.

        Returns
        -------
        np.ndarray
            Shape (days,), uint8, values of ``DayKind``, by date.
        """
        span = range(days)
        return np.array([self.kind(day_from + i * _DAY) for i in span], dtype=np.uint8)

    def confirmed(self, day_from: date, days: int) -> np.ndarray:
        """Return for consecutive dates whether each is certain.

        Parameters
        ----------
        day_from
            First date.
        days
            Number of dates, >= 0.

        Returns
        -------
        np.ndarray
            Shape (days,), bool, by date.
        """
        span = range(days)
        return np.array([self.is_confirmed(day_from + i * _DAY) for i in span], dtype=np.bool_)


def is_plausible(on: date, kind: DayKind) -> bool:
    """Return whether a date may be of this kind at all: work on weekdays, rest and make-up on weekends."""
    is_weekend = on.weekday() >= _SATURDAY
    return kind == DayKind.HOLIDAY or is_weekend == (kind in (DayKind.REST, DayKind.MAKEUP))


def estimated_days(year: int) -> list[CalendarRow]:
    """Return the days of a year that cannot be known before its notice is published.

    These are the statutory holidays that law and the lunar calendar fix, the two working days on
    either side of each (any of them may become a rest day) and the weekends within seven days of
    all those (any of them may become a make-up workday).

    Parameters
    ----------
    year
        Calendar year, 2008 <= year <= 2099.

    Returns
    -------
    list[CalendarRow]
        By date, each date once, all with ``is_confirmed`` false: HOLIDAY with its Chinese name, or
        what the weekday says with an empty name.

    Raises
    ------
    ValueError
        When the year is outside the range for which the holidays are computed.

    References
    ----------
    .. [1] 《全国年节及纪念日放假办法》, State Council Decree 795, 2024, articles 2 and 7.
    """
    _check_year(year)
    statutory = {
        on: name for near in (year - 1, year, year + 1) for on, name in _statutory(near).items()
    }
    uncertain = set(statutory)
    for on in statutory:
        uncertain |= _bridge_days(on, statutory)
    uncertain |= {day for on in uncertain for day in _weekends_near(on)}
    rows = sorted(on for on in uncertain if on.year == year)
    return [_estimated_row(on, statutory.get(on)) for on in rows]


def notice_days(year: int) -> list[CalendarRow]:
    """Return the days of a year as its published notice fixed them, if the library knows the notice.

    Parameters
    ----------
    year
        Calendar year, 2008 <= year <= 2099.

    Returns
    -------
    list[CalendarRow]
        By date, each date once, all confirmed: HOLIDAY for every day of each holiday period,
        weekends inside it included, and MAKEUP. Empty when no notice is known.

    Raises
    ------
    ValueError
        When the year is outside the range for which the holidays are computed.
    """
    _check_year(year)
    makeup = _makeup_days(year)
    if not makeup:
        return []
    named = _named_days(year)
    period = {day for on in named for day in _days_off_around(on, named, makeup)}
    rows = [CalendarRow(on, DayKind.MAKEUP, True, "调休上班") for on in makeup]
    rows += [CalendarRow(on, DayKind.HOLIDAY, True, named.get(on, "")) for on in period]
    return sorted(row for row in rows if row.on.year == year)


def known_calendar(*years: int) -> Calendar:
    """Return the calendar of some years: by notice where the library knows it, else estimated.

    Parameters
    ----------
    years
        Calendar years, each 2008 <= year <= 2099; other years are what their weekdays say.

    Returns
    -------
    Calendar
        For tests, benchmarks and a first seed; the running system reads its own table.
    """
    return Calendar(row for year in years for row in notice_days(year) or estimated_days(year))


def _kind_by_weekday(on: date) -> DayKind:
    return DayKind.REST if on.weekday() >= _SATURDAY else DayKind.WORKDAY


def _check_year(year: int) -> None:
    if not 2008 <= year <= 2099:
        msg = f"holidays are computed for 2008 to 2099, not for {year}"
        raise ValueError(msg)


@lru_cache(maxsize=64)
def _library(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, language="zh_CN", expand=False)


@lru_cache(maxsize=64)
def _named_days(year: int) -> dict[date, str]:
    return dict(_library(year).items())


def _statutory(year: int) -> dict[date, str]:
    return {
        on: name for on, name in _named_days(year).items() if not name.startswith(_SWAPPED_LABEL)
    }


def _makeup_days(year: int) -> frozenset[date]:
    return frozenset(on for on in _library(year).weekend_workdays if on.year == year)


def _is_day_off(on: date, named: dict[date, str], makeup: frozenset[date]) -> bool:
    return on in named or (on.weekday() >= _SATURDAY and on not in makeup)


def _days_off_around(on: date, named: dict[date, str], makeup: frozenset[date]) -> Iterator[date]:
    for step in (-_DAY, _DAY):
        day = on
        while _is_day_off(day, named, makeup):
            yield day
            day += step


def _bridge_days(on: date, statutory: dict[date, str]) -> set[date]:
    bridges: set[date] = set()
    for step in (-_DAY, _DAY):
        day, left = on + step, _BRIDGE_WORKDAYS
        while left:
            if day.weekday() < _SATURDAY and day not in statutory:
                bridges.add(day)
                left -= 1
            day += step
    return bridges


def _weekends_near(on: date) -> Iterator[date]:
    for offset in range(-_WEEKEND_REACH_DAYS, _WEEKEND_REACH_DAYS + 1):
        day = on + offset * _DAY
        if day.weekday() >= _SATURDAY:
            yield day


def _estimated_row(on: date, name: str | None) -> CalendarRow:
    kind = _kind_by_weekday(on) if name is None else DayKind.HOLIDAY
    return CalendarRow(on, kind, False, name or "")
