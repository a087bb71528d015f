"""The week as a grid: to text and back, and from texts as far as a grid can say them."""

from datetime import date

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import DayKind, known_calendar
from nuanxin.algorithms.hours import (
    ALL_DAY,
    CLOSED,
    DAY_MIN,
    WeekGrid,
    canonical,
    from_day_kinds,
    from_grid,
    parse_hours,
    to_day_kinds,
    to_grid,
)
from nuanxin.algorithms.hours_grid import fits_row
from nuanxin.algorithms.hours_intervals import merge
from nuanxin.algorithms.hours_rules import Day
from tests.algorithms.hours_oracle import hours_texts

CALENDAR = known_calendar(2023, 2024, 2025, 2026)
FIRST, DAYS = date(2024, 1, 1), 3 * 366
OFFICE = ((510, 1050),)
MORNING = ((540, 720),)


def span(start, length):
    return start, start + length


spans = st.builds(span, st.integers(0, DAY_MIN - 1), st.integers(1, DAY_MIN - 1))
rows = st.one_of(
    st.sampled_from([CLOSED, ALL_DAY, OFFICE, MORNING, ((1320, 1560),), ((0, 1439),)]),
    st.lists(spans, max_size=3).map(tuple),
).filter(lambda row: fits_row(merge(row)))
# few different rows in one grid, or hardly two days would ever be alike
weeks = st.lists(rows, min_size=1, max_size=3).flatmap(
    lambda some: st.tuples(*[st.sampled_from(some)] * 7)
)
grids = st.builds(WeekGrid, weeks, st.none() | rows, st.none() | rows)

weekday_names = st.sampled_from(["Mo", "Mo-Fr", "Tu-Su", "Sa-Su", "Fr-Mo", "Mo,We-Th", "Sa", "Su"])
selectors = st.one_of(
    st.just(""),
    weekday_names,
    st.sampled_from(["PH", "WD", "PH,WD", "WD Sa-Su", "PH Mo", "Sa-Su,PH"]),
)
times = st.sampled_from(
    ["off", "24/7", "08:30-17:30", "09:00-12:00,14:00-18:00", "18:00-02:00", "08:00-32:00"]
)
weekly_rules = st.builds(
    lambda days, hours: f"{days} {hours.replace('24/7', '00:00-24:00')}".strip(), selectors, times
)
weekly_texts = st.lists(weekly_rules, min_size=1, max_size=5).map("; ".join)


def said(grid, on):
    kind = CALENDAR.kind(on)
    if kind is DayKind.HOLIDAY and grid.holiday is not None:
        return grid.holiday
    if kind is DayKind.MAKEUP and grid.makeup is not None:
        return grid.makeup
    return grid.days[on.weekday()]


@given(grids)
def test_grid_as_text_is_read_as_the_same_grid(grid):
    text = from_grid(grid)

    assert to_grid(parse_hours(text)) == grid
    assert canonical(parse_hours(text)) == text
    assert len(text) <= 340


@given(grids)
def test_text_of_a_grid_gives_every_day_its_row(grid):
    hours = parse_hours(from_grid(grid))

    days = [date.fromordinal(FIRST.toordinal() + i) for i in range(DAYS)]
    read = hours.spans([Day(on, CALENDAR.kind(on)) for on in days])
    assert [tuple(row) for row in read] == [said(grid, on) for on in days]


@given(st.one_of(hours_texts, weekly_texts))
def test_text_that_a_grid_can_say_keeps_its_meaning(text):
    hours = parse_hours(text)
    grid = to_grid(hours)
    if grid is None:
        reject()

    again = parse_hours(from_grid(grid))
    assert again.intervals(FIRST, DAYS, CALENDAR) == hours.intervals(FIRST, DAYS, CALENDAR)


@given(rows, rows, rows, rows)
def test_grid_by_kind_of_day_is_written_as_the_kinds_are(workday, rest, holiday, makeup):
    grid = WeekGrid((workday,) * 5 + (rest,) * 2, holiday, makeup)
    hours = parse_hours(from_grid(grid))

    kinds = to_day_kinds(hours)
    assert kinds is not None
    assert from_grid(grid) == from_day_kinds(**kinds._asdict())


@pytest.mark.parametrize(
    ("grid", "text"),
    [
        (WeekGrid((ALL_DAY,) * 7), "24/7"),
        (WeekGrid((CLOSED,) * 7), "off"),
        (WeekGrid((OFFICE,) * 7), "08:30-17:30"),
        (WeekGrid((OFFICE,) * 5 + (CLOSED,) * 2), "Mo-Fr 08:30-17:30"),
        (WeekGrid((OFFICE,) * 5 + (CLOSED,) * 2, CLOSED, OFFICE), "WD 08:30-17:30"),
        (
            WeekGrid((*(OFFICE,) * 5, MORNING, CLOSED), CLOSED, OFFICE),
            "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off; WD 08:30-17:30",
        ),
        (
            WeekGrid((*(OFFICE,) * 5, MORNING, CLOSED), None, OFFICE),
            "Mo-Fr 08:30-17:30; Sa 09:00-12:00; WD Sa-Su 08:30-17:30",
        ),
        (
            WeekGrid((OFFICE, MORNING, OFFICE, MORNING, MORNING, CLOSED, OFFICE), MORNING),
            "Mo,We,Su 08:30-17:30; Tu,Th-Fr 09:00-12:00; PH 09:00-12:00",
        ),
        (
            WeekGrid((((1320, 1560),),) * 7, CLOSED),
            "Sa-Su 22:00-02:00; PH off; WD 22:00-02:00",
        ),
    ],
)
def test_text_of_a_grid_is_the_canonical_one(grid, text):
    assert from_grid(grid) == text


@pytest.mark.parametrize(
    "text",
    [
        "May-Sep 08:00-18:00",
        "Th[3] 08:00-18:00",
        "week 02-52/2 Mo 08:00-18:00",
        "2026 Feb 16-2026 Feb 23 off; 24/7",
        'Mo-Fr 08:00-18:00 "ring the bell"',
        "08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        "08:00-08:00",
        "08:00-32:00",
        "18:00-02:00; 00:00-01:00 off",
        "Mo 08:00-18:00; PH Tu 09:00-10:00",
        "Sa-Su 08:00-18:00; WD Sa off",
    ],
)
def test_text_that_says_more_than_a_grid_has_none(text):
    assert to_grid(parse_hours(text)) is None


@pytest.mark.parametrize(
    "days",
    [
        (OFFICE,) * 6,
        (((480, 480 + DAY_MIN),), *(CLOSED,) * 6),
        (((0, 1), (2, 3), (4, 5), (6, 7)), *(CLOSED,) * 6),
        (((-1, 60),), *(CLOSED,) * 6),
        (((1440, 1500),), *(CLOSED,) * 6),
    ],
)
def test_week_that_fits_no_form_is_refused(days):
    with pytest.raises(ValueError, match=r"week|fit"):
        WeekGrid(days)


def test_rows_that_touch_are_joined_and_last_rows_made_explicit():
    grid = WeekGrid((((540, 720), (720, 1080)),) * 7)

    assert grid == WeekGrid((((540, 1080),),) * 7, ((540, 1080),), ((540, 1080),))
