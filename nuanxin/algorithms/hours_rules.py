"""One rule of an opening-hours text as data: on which days it speaks, and what it says of them."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, merge, shift, subtract

__all__ = [
    "LAST_YEAR",
    "WHOLE_DAY",
    "DateRange",
    "Day",
    "DayClass",
    "Rule",
    "WeekRange",
    "WeekdayRange",
]

LAST_YEAR = 9999
WHOLE_DAY: Interval = (0, DAY_MIN)


class Day(NamedTuple):
    """One date with what the calendar says of it."""

    on: date
    kind: DayKind


class DayClass(StrEnum):
    """A class of days that the calendar, not the weekday, decides."""

    WORKING = "WD"
    """Working days, make-up workdays included."""
    HOLIDAY = "PH"
    """Statutory holidays, swapped rest days included."""

    def holds(self, kind: DayKind) -> bool:
        """Return whether a kind of day belongs to this class."""
        if self is DayClass.HOLIDAY:
            return kind == DayKind.HOLIDAY
        return kind in (DayKind.WORKDAY, DayKind.MAKEUP)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Dates of the year, every year or in some years, both ends included.

    Parameters
    ----------
    first, last
        (month, day); February 29 is simply absent from common years.
    years
        First and last of the years in which the range begins; None means every year.
    years_later
        In how many years' time the range ends: 0 the same year, 1 over the turn of the year.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    years: tuple[int, int] | None = None
    years_later: int = 0

    def matches(self, on: date) -> bool:
        """Return whether a date lies in the range."""
        at = (on.year, (on.month, on.day))
        return any(
            self._may_begin_in(year)
            and (year, self.first) <= at <= (year + self.years_later, self.last)
            for year in range(on.year - self.years_later, on.year + 1)
        )

    @property
    def is_one_off(self) -> bool:
        """Whether the range has a last year."""
        return self.years is not None and self.years[1] < LAST_YEAR

    def _may_begin_in(self, year: int) -> bool:
        return self.years is None or self.years[0] <= year <= self.years[1]


@dataclass(frozen=True, slots=True)
class WeekRange:
    """ISO weeks ``first`` to ``last``, every ``step``-th of them."""

    first: int
    last: int
    step: int = 1

    def matches(self, on: date) -> bool:
        """Return whether a date lies in one of the weeks."""
        week = on.isocalendar().week
        return self.first <= week <= self.last and (week - self.first) % self.step == 0


@dataclass(frozen=True, slots=True)
class WeekdayRange:
    """Weekdays ``first`` to ``last`` (Monday 0), perhaps over Sunday; ``nths`` of the month if given.

    ``nths`` counts that weekday within the month: 1 the first, -1 the last.
    """

    first: int
    last: int
    nths: tuple[int, ...] = ()

    def matches(self, on: date) -> bool:
        """Return whether a date is one of the days."""
        inside = (on.weekday() - self.first) % 7 <= (self.last - self.first) % 7
        return inside and (not self.nths or self._is_nth(on))

    def _is_nth(self, on: date) -> bool:
        days_left = monthrange(on.year, on.month)[1] - on.day
        return (on.day - 1) // 7 + 1 in self.nths or -(days_left // 7 + 1) in self.nths


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: selectors of days, spans of time, open or off.

    Parameters
    ----------
    spans
        (start, end) in minutes from midnight of the day the rule speaks of, 0 <= start < 1440,
        start < end <= 2880; empty only for a rule that closes whole days.
    dates, weeks
        Alternatives; empty means all.
    weekdays, classes
        Alternatives to each other, unless ``needs_both``: then the day must be in both. Both empty
        means every day.
    is_open
        False when the rule closes.
    is_additional
        True when the rule adds to those before it instead of replacing their reading of the day.
    comment
        What stood in quotes; it never changes the reading.
    """

    spans: tuple[Interval, ...]
    dates: tuple[DateRange, ...] = ()
    weeks: tuple[WeekRange, ...] = ()
    weekdays: tuple[WeekdayRange, ...] = ()
    classes: tuple[DayClass, ...] = ()
    needs_both: bool = False
    is_open: bool = True
    is_additional: bool = False
    comment: str = ""

    @property
    def is_one_off(self) -> bool:
        """Whether the rule will be over one day."""
        return bool(self.dates) and all(dates.is_one_off for dates in self.dates)

    @property
    def is_weekly(self) -> bool:
        """Whether weekday and kind of day alone decide if the rule speaks."""
        return not (self.dates or self.weeks or any(days.nths for days in self.weekdays))

    def matches(self, day: Day) -> bool:
        """Return whether the rule speaks of a day."""
        return self._matches_date(day.on) and self._matches_day(day)

    def apply(self, owned: list[list[Interval]], days: Sequence[Day]) -> None:
        """Change the reading of consecutive days, as the rules before left it, by this rule.

        Parameters
        ----------
        owned
            Per day the spans that *begin* on it, minutes from its midnight; changed in place.
        days
            The same days, consecutive.
        """
        for index, day in enumerate(days):
            if not self.matches(day):
                continue
            if not self.is_open and self.spans:
                self._cut(owned, index)
            elif self.is_additional and self.is_open:
                owned[index] = merge([*owned[index], *self.spans])
            else:
                owned[index] = merge(self.spans)

    def _matches_date(self, on: date) -> bool:
        return (not self.dates or any(dates.matches(on) for dates in self.dates)) and (
            not self.weeks or any(weeks.matches(on) for weeks in self.weeks)
        )

    def _matches_day(self, day: Day) -> bool:
        if not self.weekdays and not self.classes:
            return True
        on_weekday = any(weekdays.matches(day.on) for weekdays in self.weekdays)
        in_class = any(each.holds(day.kind) for each in self.classes)
        return on_weekday and in_class if self.needs_both else on_weekday or in_class

    def _cut(self, owned: list[list[Interval]], index: int) -> None:
        # "12:00-13:00 off" is about the clock, so it also cuts what began the day before.
        for near in range(max(index - 1, 0), min(index + 2, len(owned))):
            cuts = shift(self.spans, (index - near) * DAY_MIN)
            owned[near] = subtract(owned[near], cuts)
