"""Hours as data for pages."""

from datetime import date, timedelta

from hypothesis import given

from nuanxin.algorithms.calendars import DayKind, known_calendar
from nuanxin.algorithms.hours import (
    Bar,
    DatePart,
    DayClass,
    WeekdayPart,
    describe,
    parse_hours,
    week_view,
)
from nuanxin.algorithms.hours_rules import WeekRange
from tests.algorithms.hours_oracle import CALENDAR, days_from, hours_strategy, open_minutes


def test_week_view_cuts_spans_at_midnight_and_names_each_day():
    friday = date(2026, 2, 13)

    days = week_view(
        parse_hours("WD 08:00-12:00; Sa 18:00-02:00"), day_from=friday, calendar=CALENDAR
    )

    assert [day.on for day in days] == [friday + timedelta(i) for i in range(7)]
    assert [day.weekday for day in days] == [4, 5, 6, 0, 1, 2, 3]
    assert [day.kind for day in days[:3]] == [DayKind.WORKDAY, DayKind.MAKEUP, DayKind.HOLIDAY]
    assert days[0].bars == (Bar(480, 720, "08:00", "12:00"),)
    assert days[1].bars == (Bar(1080, 1440, "18:00", "24:00"),)
    assert days[2].bars == (Bar(0, 120, "00:00", "02:00"),)
    assert days[3].bars == ()


def test_week_view_says_which_days_are_not_certain_yet():
    days = week_view(parse_hours("24/7"), day_from=date(2027, 10, 5), calendar=known_calendar(2027))

    assert [day.is_confirmed for day in days] == [False, False, False, True, False, False, True]


@given(hours_strategy, days_from)
def test_bars_of_a_week_are_the_open_minutes_cut_by_day(hours, day_from):
    days = week_view(hours, day_from=day_from, calendar=CALENDAR)

    shown = [
        (i * 1440 + bar.start_min, i * 1440 + bar.end_min)
        for i, day in enumerate(days)
        for bar in day.bars
    ]
    assert open_minutes(shown) == open_minutes(hours.intervals(day_from, 7, CALENDAR))
    assert all(0 <= bar.start_min < bar.end_min <= 1440 for day in days for bar in day.bars)


def test_describe_gives_selectors_and_spans_of_each_rule():
    weekend, workday = describe(parse_hours("Sa-Su,PH off; WD 08:30-12:00,22:00-02:00"))

    assert weekend.weekdays == (WeekdayPart(5, 6, ()),)
    assert weekend.classes == (DayClass.HOLIDAY,)
    assert (weekend.is_open, weekend.bars, weekend.is_whole_day) == (False, (), True)
    assert workday.classes == (DayClass.WORKING,)
    assert workday.bars == (
        Bar(510, 720, "08:30", "12:00"),
        Bar(1320, 1560, "22:00", "02:00", ends_next_day=True),
    )
    assert not workday.is_every_day


def test_describe_tells_round_the_clock_additions_and_comments():
    always, extra = describe(parse_hours('24/7 "ring the bell", PH Sa[1,-1] 08:00-09:00'))

    assert always.is_every_day
    assert always.is_whole_day
    assert always.comment == "ring the bell"
    assert extra.is_additional
    assert extra.needs_both
    assert extra.weekdays == (WeekdayPart(5, 5, (1, -1)),)


def test_describe_names_months_dates_and_years_apart():
    text = "May-Sep,Oct 01-07,2026,2026+ Feb,2025 Dec 28-2026 Jan 03 week 10-20/2 08:00-09:00"

    (part,) = describe(parse_hours(text))

    assert part.dates == (
        DatePart(None, 5, 1, None, 9, 30, is_whole_months=True, is_whole_years=False),
        DatePart(None, 10, 1, None, 10, 7, is_whole_months=False, is_whole_years=False),
        DatePart(2026, 1, 1, 2026, 12, 31, is_whole_months=True, is_whole_years=True),
        DatePart(2026, 2, 1, None, 2, 29, is_whole_months=True, is_whole_years=False),
        DatePart(2025, 12, 28, 2026, 1, 3, is_whole_months=False, is_whole_years=False),
    )
    assert part.weeks == (WeekRange(10, 20, 2),)
