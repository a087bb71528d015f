"""The working calendar: kinds of day, what a notice fixed, and what is only estimated."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import (
    Calendar,
    CalendarRow,
    DayKind,
    estimated_days,
    is_plausible,
    known_calendar,
    notice_days,
)

KINDS_OF_2026 = [
    (date(2026, 2, 13), DayKind.WORKDAY),
    (date(2026, 2, 14), DayKind.MAKEUP),
    (date(2026, 2, 15), DayKind.HOLIDAY),
    (date(2026, 2, 17), DayKind.HOLIDAY),
    (date(2026, 2, 20), DayKind.HOLIDAY),
    (date(2026, 2, 23), DayKind.HOLIDAY),
    (date(2026, 2, 24), DayKind.WORKDAY),
    (date(2026, 2, 28), DayKind.MAKEUP),
    (date(2026, 3, 1), DayKind.REST),
    (date(2026, 9, 20), DayKind.MAKEUP),
    (date(2026, 10, 4), DayKind.HOLIDAY),
    (date(2026, 10, 5), DayKind.HOLIDAY),
    (date(2026, 10, 8), DayKind.WORKDAY),
    (date(2026, 10, 10), DayKind.MAKEUP),
    (date(2026, 10, 11), DayKind.REST),
]
# Rows that may contradict the weekday: the calendar stores what it is told.
rows_strategy = st.dictionaries(
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.tuples(st.sampled_from(DayKind), st.booleans()),
    max_size=20,
).map(lambda days: [(on, kind, sure) for on, (kind, sure) in days.items()])


@pytest.mark.parametrize(("on", "kind"), KINDS_OF_2026)
def test_known_calendar_2026_follows_the_notice(on, kind):
    calendar = known_calendar(2026)

    assert calendar.kind(on) is kind
    assert calendar.is_confirmed(on)


def test_date_without_row_is_what_its_weekday_says_and_confirmed():
    calendar = Calendar()

    assert [calendar.kind(date(2026, 3, 2) + timedelta(i)) for i in range(7)] == [
        *[DayKind.WORKDAY] * 5,
        *[DayKind.REST] * 2,
    ]
    assert calendar.confirmed(date(2026, 3, 2), 7).all()


@given(rows_strategy, st.dates(date(2025, 1, 1), date(2027, 12, 1)), st.integers(0, 40))
def test_arrays_over_a_span_equal_lookups_day_by_day(rows, day_from, days):
    calendar = Calendar(rows)
    dates = [day_from + timedelta(i) for i in range(days)]

    kinds, confirmed = calendar.kinds(day_from, days), calendar.confirmed(day_from, days)

    assert kinds.dtype == np.uint8
    assert confirmed.dtype == np.bool_
    assert kinds.tolist() == [calendar.kind(on) for on in dates]
    assert confirmed.tolist() == [calendar.is_confirmed(on) for on in dates]


@given(rows_strategy, st.randoms())
def test_calendar_does_not_depend_on_the_order_of_its_rows(rows, rng):
    shuffled = rng.sample(rows, len(rows))

    assert Calendar(shuffled) == Calendar(rows)
    assert hash(Calendar(shuffled)) == hash(Calendar(rows))
    assert Calendar(Calendar(rows)) == Calendar(rows)


def test_calendar_accepts_plain_numbers_for_kinds_as_a_table_stores_them():
    calendar = Calendar([(date(2026, 2, 14), 3, True)])

    assert calendar.kind(date(2026, 2, 14)) is DayKind.MAKEUP
    assert list(calendar) == [CalendarRow(date(2026, 2, 14), DayKind.MAKEUP, True)]


def test_rows_that_contradict_each_other_are_refused():
    twice = [(date(2026, 2, 14), DayKind.MAKEUP, True), (date(2026, 2, 14), DayKind.REST, True)]

    with pytest.raises(ValueError, match="contradict each other about 2026-02-14"):
        Calendar(twice)
    with pytest.raises(ValueError, match="9 is not a valid DayKind"):
        Calendar([(date(2026, 2, 14), 9, True)])


def test_calendars_with_other_rows_differ():
    sure, unsure = (Calendar([(date(2027, 2, 6), DayKind.HOLIDAY, s)]) for s in (True, False))

    assert sure != unsure
    assert sure != "a calendar"
    assert repr(sure) == "Calendar(1 rows)"


def test_estimated_days_of_2027_cover_the_statutory_holidays_and_weekends_within_a_week():
    rows = {row.on: row for row in estimated_days(2027)}
    spring_festival = rows[date(2027, 2, 6)]

    assert spring_festival == (date(2027, 2, 6), DayKind.HOLIDAY, False, "春节")
    assert not any(row.is_confirmed for row in rows.values())
    holidays = [on for on, row in rows.items() if row.kind is DayKind.HOLIDAY]
    weekends = {
        day
        for on in holidays
        for offset in range(-7, 8)
        if (day := on + timedelta(offset)).weekday() >= 5 and day.year == 2027
    }
    assert weekends <= rows.keys()
    assert date(2027, 7, 3) not in rows


def test_weekday_beside_a_holiday_is_not_promised_as_a_workday_before_the_notice():
    calendar = known_calendar(2027)

    assert calendar.kind(date(2027, 10, 6)) is DayKind.WORKDAY
    assert not calendar.is_confirmed(date(2027, 10, 6))
    assert calendar.is_confirmed(date(2027, 10, 8))
    assert not calendar.is_confirmed(date(2027, 12, 31))


@pytest.mark.parametrize("year", range(2008, 2027))
def test_estimate_would_have_left_open_whatever_the_notice_changed(year):
    estimated = {row.on for row in estimated_days(year)}
    changed = {row.on for row in notice_days(year) if not is_ordinary(row)}

    # The one make-up Saturday since 2008 that lay farther off: there the estimate said "rest day".
    assert changed - estimated <= {date(2024, 5, 11)}


def is_ordinary(row: CalendarRow) -> bool:
    return row.kind is DayKind.HOLIDAY and row.on.weekday() >= 5


def test_notice_days_of_2026_are_the_33_days_off_and_6_make_up_days_of_the_notice():
    rows = notice_days(2026)

    assert [row.on for row in rows if row.kind is DayKind.MAKEUP] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert sum(row.kind is DayKind.HOLIDAY for row in rows) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert all(row.is_confirmed and is_plausible(row.on, row.kind) for row in rows)
    assert rows == sorted(rows)


def test_year_without_a_known_notice_has_no_notice_days():
    assert notice_days(2060) == []


@pytest.mark.parametrize("ask", [estimated_days, notice_days])
def test_year_outside_the_computed_range_is_refused(ask):
    with pytest.raises(ValueError, match="2008 to 2099, not for 2100"):
        ask(2100)


@pytest.mark.parametrize(
    ("on", "kinds"),
    [
        (date(2026, 2, 13), {DayKind.WORKDAY, DayKind.HOLIDAY}),
        (date(2026, 2, 14), {DayKind.REST, DayKind.HOLIDAY, DayKind.MAKEUP}),
    ],
)
def test_kinds_that_a_date_may_have_follow_its_weekday(on, kinds):
    assert {kind for kind in DayKind if is_plausible(on, kind)} == kinds
