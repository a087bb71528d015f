"""A reading as calendars elsewhere have it: what returns every week, and the dates that differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from nuanxin.algorithms.calendars import Calendar, DayKind
from nuanxin.algorithms.hours_intervals import Interval
from nuanxin.algorithms.hours_readings import Reading, calendar_days
from nuanxin.algorithms.hours_rules import Day

__all__ = ["DatedSpans", "WeeklySpan", "dated_spans", "weekly_spans"]

_WEEK = 7
_SATURDAY = 5
_PADDING = 2


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """A span that begins on some weekdays.

    Parameters
    ----------
    weekdays
        Monday 0, in order.
    span
        Minutes from midnight; an end beyond 1440 lies on the next day.
    """

    weekdays: tuple[int, ...]
    span: Interval


@dataclass(frozen=True, slots=True)
class DatedSpans:
    """Consecutive dates, both included, on which other spans begin than their weekdays say."""

    first_on: date
    last_on: date
    spans: tuple[Interval, ...]


def weekly_spans(reading: Reading, *, day_from: date) -> tuple[WeeklySpan, ...]:
    """Return what a reading says of seven ordinary days.

    Parameters
    ----------
    reading
        Hours of the place; what concerns particular dates is left out.
    day_from
        First of the seven days; it matters to a reading with seasons alone.

    Returns
    -------
    tuple of WeeklySpan
        By span; equal spans stand together.
    """
    weekdays: dict[Interval, list[int]] = {}
    for weekday, spans in enumerate(_ordinary_week(reading, day_from)):
        for span in spans:
            weekdays.setdefault(span, []).append(weekday)
    return tuple(WeeklySpan(tuple(days), span) for span, days in sorted(weekdays.items()))


def dated_spans(
    reading: Reading, *, day_from: date, days: int, calendar: Calendar
) -> tuple[DatedSpans, ...]:
    """Return the dates on which a reading differs from its ordinary week.

    Parameters
    ----------
    reading
        Hours of the place, with exceptions and closures.
    day_from, days
        The dates looked at, days >= 0.
    calendar
        Kinds of the days. Of a day that is not certain nothing is said where its kind matters.

    Returns
    -------
    tuple of DatedSpans
        By date; consecutive dates of the same spans stand together.
    """
    week = _ordinary_week(reading, day_from)
    padded = calendar_days(calendar, day_from, days)
    read = reading.spans(padded)[_PADDING : _PADDING + days]
    differing = (
        (day_from + timedelta(index), tuple(spans))
        for index, spans in enumerate(read)
        if (not reading.depends_on_calendar or calendar.is_confirmed(day_from + timedelta(index)))
        and tuple(spans) != week[(day_from + timedelta(index)).weekday()]
    )
    # dates in a row keep their distance to their number
    runs = groupby(
        enumerate(differing), key=lambda pair: (pair[1][0] - timedelta(pair[0]), pair[1][1])
    )
    return tuple(_run([on for _index, (on, _spans) in run], spans) for (_key, spans), run in runs)


def _run(dates: list[date], spans: tuple[Interval, ...]) -> DatedSpans:
    return DatedSpans(dates[0], dates[-1], spans)


def _ordinary_week(reading: Reading, day_from: date) -> tuple[tuple[Interval, ...], ...]:
    """Return what begins on each weekday, Monday first, in a week that no holiday touches."""
    standing = reading.standing()
    spans = standing.spans(list(_ordinary_days(day_from)))[_PADDING : _PADDING + _WEEK]
    by_weekday = {
        (day_from + timedelta(index)).weekday(): tuple(each) for index, each in enumerate(spans)
    }
    return tuple(by_weekday[weekday] for weekday in range(_WEEK))


def _ordinary_days(day_from: date) -> Iterator[Day]:
    for index in range(-_PADDING, _WEEK + _PADDING):
        on = day_from + timedelta(index)
        yield Day(on, DayKind.REST if on.weekday() >= _SATURDAY else DayKind.WORKDAY)
