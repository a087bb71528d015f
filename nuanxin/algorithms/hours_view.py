"""Opening hours as data for pages: a week of bars, and the parts of a text without a language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from nuanxin.algorithms.calendars import Calendar, DayKind
from nuanxin.algorithms.hours_dates import MONTH_DAYS
from nuanxin.algorithms.hours_format import clock
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, clip, shift
from nuanxin.algorithms.hours_readings import Hours, Reading
from nuanxin.algorithms.hours_rules import (
    LAST_YEAR,
    WHOLE_DAY,
    DateRange,
    DayClass,
    Rule,
    WeekRange,
)

__all__ = ["Bar", "DatePart", "DayView", "HoursPart", "WeekdayPart", "describe", "week_view"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of time on a day.

    Parameters
    ----------
    start_min, end_min
        Minutes from midnight of the day, start < end; the end is beyond 1440 when the span of a
        text runs into the next day (never in a week view, which cuts at midnight).
    start_text, end_text
        The same as ``HH:MM`` on a clock; midnight at the end is 24:00.
    ends_next_day
        Whether ``end_text`` is a time of the next day.
    """

    start_min: int
    end_min: int
    start_text: str
    end_text: str
    ends_next_day: bool = False


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a week view; ``weekday`` 0 is Monday; no bars means closed all day."""

    on: date
    weekday: int
    kind: DayKind
    is_confirmed: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class DatePart:
    """A range of dates, both ends included.

    Parameters
    ----------
    year_from, year_to
        Years of the two ends; both None when it comes every year, ``year_to`` None when it has no
        end.
    is_whole_months
        The range covers whole months: name the months, not the days.
    is_whole_years
        The range covers whole years: name the years only.
    """

    year_from: int | None
    month_from: int
    day_from: int
    year_to: int | None
    month_to: int
    day_to: int
    is_whole_months: bool
    is_whole_years: bool


@dataclass(frozen=True, slots=True)
class WeekdayPart:
    """Weekdays ``first`` to ``last`` (Monday 0), perhaps over Sunday; ``nths`` of the month if any."""

    first: int
    last: int
    nths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoursPart:
    """One rule in words a page can choose itself; the fields mean what they mean in ``Rule``."""

    dates: tuple[DatePart, ...]
    weeks: tuple[WeekRange, ...]
    weekdays: tuple[WeekdayPart, ...]
    classes: tuple[DayClass, ...]
    needs_both: bool
    bars: tuple[Bar, ...]
    is_open: bool
    is_additional: bool
    is_every_day: bool
    is_whole_day: bool
    comment: str


def week_view(
    reading: Reading, *, day_from: date, calendar: Calendar, days: int = 7
) -> tuple[DayView, ...]:
    """Return the open hours of consecutive days, cut at midnight, for drawing.

    Parameters
    ----------
    reading
        Hours of the place.
    day_from
        First day.
    calendar
        Kinds of the days, and which are certain.
    days
        Number of days, >= 0.

    Returns
    -------
    tuple[DayView, ...]
        By date; the bars of each day by start, disjoint, inside [0, 1440].
    """
    intervals = reading.intervals(day_from, days, calendar)
    return tuple(_day_view(intervals, i, day_from + timedelta(i), calendar) for i in range(days))


def describe(hours: Hours) -> tuple[HoursPart, ...]:
    """Return the rules of a text as plain data, so that a page can say them in its language.

    Parameters
    ----------
    hours
        An understood text.

    Returns
    -------
    tuple[HoursPart, ...]
        In the order of the text: a later part replaces what earlier ones say of its days, unless it
        is additional.
    """
    return tuple(map(_part, hours.rules))


def _day_view(intervals: Iterable[Interval], index: int, on: date, calendar: Calendar) -> DayView:
    low = index * DAY_MIN
    inside = shift(clip(intervals, low, low + DAY_MIN), -low)
    kind, is_confirmed = calendar.kind(on), calendar.is_confirmed(on)
    return DayView(on, on.weekday(), kind, is_confirmed, tuple(map(_bar, inside)))


def _bar(span: Interval) -> Bar:
    start, end = span
    ends_next_day = end > DAY_MIN
    end_text = clock(end - DAY_MIN if ends_next_day else end)
    return Bar(start, end, clock(start), end_text, ends_next_day)


def _part(rule: Rule) -> HoursPart:
    return HoursPart(
        dates=tuple(map(_date_part, rule.dates)),
        weeks=rule.weeks,
        weekdays=tuple(WeekdayPart(days.first, days.last, days.nths) for days in rule.weekdays),
        classes=rule.classes,
        needs_both=rule.needs_both,
        bars=tuple(map(_bar, rule.spans)),
        is_open=rule.is_open,
        is_additional=rule.is_additional,
        is_every_day=not (rule.dates or rule.weeks or rule.weekdays or rule.classes),
        is_whole_day=rule.spans in ((), (WHOLE_DAY,)),
        comment=rule.comment,
    )


def _date_part(dates: DateRange) -> DatePart:
    (month, day), (last_month, last_day) = dates.first, dates.last
    whole_months = day == 1 and last_day == MONTH_DAYS[last_month - 1]
    whole_years = whole_months and bool(dates.years) and (month, last_month) == (1, 12)
    year_from, year_to = _years(dates)
    return DatePart(year_from, month, day, year_to, last_month, last_day, whole_months, whole_years)


def _years(dates: DateRange) -> tuple[int | None, int | None]:
    if not dates.years:
        return None, None
    low, high = dates.years
    return low, None if high == LAST_YEAR else high + dates.years_later
