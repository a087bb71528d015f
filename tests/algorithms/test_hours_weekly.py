"""A week and the dates that differ say together what the reading says."""

from datetime import date, timedelta

import pytest

from nuanxin.algorithms.calendars import Calendar, DayKind
from nuanxin.algorithms.hours import (
    ClosedDuring,
    DatedException,
    Reading,
    local_minute,
    parse_hours,
    station_reading,
)
from nuanxin.algorithms.hours_readings import calendar_days
from nuanxin.algorithms.hours_weekly import DatedSpans, WeeklySpan, dated_spans, weekly_spans

TUESDAY = date(2026, 9, 22)
HOLIDAYS = [(date(2026, 10, day), DayKind.HOLIDAY, True) for day in range(1, 8)]
CALENDAR = Calendar([*HOLIDAYS, (date(2026, 10, 10), DayKind.MAKEUP, True)])
TEXTS = [
    "24/7",
    "08:00-18:00",
    "Mo-Fr 08:30-12:00,13:30-17:30; PH off",
    "WD 09:00-17:00",
    "Mo-Su 22:00-06:00; PH 08:00-12:00",
    "Apr-Sep 06:00-20:00; Oct-Mar 08:00-18:00; PH off",
    "Sa[1] 09:00-12:00; We 10:00-11:00",
    "off",
]


def told(weekly: tuple[WeeklySpan, ...], dated: tuple[DatedSpans, ...], on: date) -> list[tuple[int, int]]:  # fmt: skip
    for each in dated:
        if each.first_on <= on <= each.last_on:
            return list(each.spans)
    return sorted(each.span for each in weekly if on.weekday() in each.weekdays)


def check(reading: Reading, *, days: int = 40) -> None:
    weekly = weekly_spans(reading, day_from=TUESDAY)
    dated = dated_spans(reading, day_from=TUESDAY, days=days, calendar=CALENDAR)

    read = reading.spans(calendar_days(CALENDAR, TUESDAY, days))[2 : 2 + days]
    for index, spans in enumerate(read):
        on = TUESDAY + timedelta(index)
        assert told(weekly, dated, on) == spans, on


@pytest.mark.parametrize("text", TEXTS)
def test_week_and_dates_say_what_the_text_says(text):
    check(parse_hours(text))


@pytest.mark.parametrize("text", TEXTS)
def test_exceptions_and_closures_are_dates_that_differ(text):
    exception = DatedException(date(2026, 9, 28), date(2026, 9, 29), parse_hours("10:00-11:00"))
    closed = (local_minute(date(2026, 10, 12), 600), local_minute(date(2026, 10, 13), 660))

    reading = station_reading(parse_hours(text), exceptions=[exception], closures=[closed])

    assert isinstance(reading, ClosedDuring)
    check(reading)


def test_days_of_the_same_hours_stand_together():
    hours = parse_hours("Mo-Fr 08:30-12:00,13:30-17:30; Sa 08:30-12:00; PH off")

    weekly = weekly_spans(hours, day_from=TUESDAY)
    dated = dated_spans(hours, day_from=TUESDAY, days=40, calendar=CALENDAR)

    assert weekly == (
        WeeklySpan((0, 1, 2, 3, 4, 5), (510, 720)),
        WeeklySpan((0, 1, 2, 3, 4), (810, 1050)),
    )
    # the Sunday is closed anyway
    assert dated == (
        DatedSpans(date(2026, 10, 1), date(2026, 10, 3), ()),
        DatedSpans(date(2026, 10, 5), date(2026, 10, 7), ()),
    )


def test_of_a_day_nobody_is_sure_of_nothing_is_said():
    unsure = Calendar([(date(2026, 10, 1), DayKind.HOLIDAY, False)])

    def differing(text: str) -> int:
        found = dated_spans(parse_hours(text), day_from=TUESDAY, days=40, calendar=unsure)
        return len(found)

    assert differing("08:00-18:00; PH off") == 0
    # of no kind of day is there a word in it
    assert differing("08:00-18:00; Oct 01 off") == 1
