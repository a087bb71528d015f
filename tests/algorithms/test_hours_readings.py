"""What a text means on the calendar, and how texts, exceptions and closures combine."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import DayKind, known_calendar
from nuanxin.algorithms.hours import (
    DAY_MIN,
    AnyOf,
    ClosedDuring,
    DatedException,
    Excepted,
    Interval,
    Reading,
    from_day_kinds,
    local_minute,
    parse_hours,
    station_reading,
)
from nuanxin.algorithms.hours_readings import calendar_days
from nuanxin.algorithms.hours_rules import Day, DayClass
from tests.algorithms.hours_oracle import (
    CALENDAR,
    calendars,
    clock,
    days_from,
    hours_strategy,
    is_open_at,
    open_minutes,
)

FEB_14, FEB_17, FEB_20 = date(2026, 2, 14), date(2026, 2, 17), date(2026, 2, 20)
OCT_5, OCT_10 = date(2026, 10, 5), date(2026, 10, 10)
FIVE_DATES = (FEB_14, FEB_17, FEB_20, OCT_5, OCT_10)

BY_KIND = from_day_kinds(workday="08:30-17:30", rest="09:00-12:00", holiday="off")
FOUR_KINDS = from_day_kinds(
    workday="08:30-17:30", rest="09:00-12:00", holiday="10:00-11:00", makeup="13:00-14:00"
)


def told(text: str, on: date) -> str:
    intervals = parse_hours(text).intervals(on, 1, CALENDAR)
    return ",".join(f"{clock(start)}-{clock(end)}" for start, end in intervals)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", ["00:00-24:00"] * 5),
        ("off", [""] * 5),
        ("08:00-22:00", ["08:00-22:00"] * 5),
        (BY_KIND, ["08:30-17:30", "", "", "", "08:30-17:30"]),
        (FOUR_KINDS, ["13:00-14:00", *["10:00-11:00"] * 3, "13:00-14:00"]),
        ("WD 08:30-12:00,14:00-17:30", ["08:30-12:00,14:00-17:30", "", "", "", "08:30-12:00,14:00-17:30"]),
        ("Mo-Fr 09:00-17:00", ["", "09:00-17:00", "09:00-17:00", "09:00-17:00", ""]),
        ("Mo-Fr 09:00-17:00; PH off", ["", "", "", "", ""]),
        (
            "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off",
            ["09:00-12:00", "", "", "", "09:00-12:00"],
        ),
        ("Sa-Su,PH 09:00-23:00; WD 09:00-22:00", ["09:00-22:00", *["09:00-23:00"] * 3, "09:00-22:00"]),
        ("WD 09:00-22:00; Sa-Su,PH 09:00-23:00", ["09:00-23:00"] * 5),
        ("WD Sa 10:00-11:00", ["10:00-11:00", "", "", "", "10:00-11:00"]),
        ("PH Mo-Th 10:00-11:00", ["", "10:00-11:00", "", "10:00-11:00", ""]),
        ("08:00-17:00; Feb 16-24 off", ["08:00-17:00", "", "", "08:00-17:00", "08:00-17:00"]),
        ("08:00-17:00; 2026 Oct 01-2026 Oct 07 off", [*["08:00-17:00"] * 3, "", "08:00-17:00"]),
        ("May 01-Sep 30 07:00-19:00; Oct-Apr 08:00-18:00", ["08:00-18:00"] * 5),
    ],
)  # fmt: skip
def test_hours_on_the_five_odd_dates_of_2026(text, expected):
    assert [told(text, on) for on in FIVE_DATES] == expected


@pytest.mark.parametrize(
    ("text", "on", "expected"),
    [
        ("22:00-02:00", date(2026, 3, 4), "00:00-02:00,22:00-24:00"),
        ("08:00-26:00", date(2026, 3, 4), "00:00-02:00,08:00-24:00"),
        ("08:00-22:00,22:00-08:00", date(2026, 3, 4), "00:00-24:00"),
        ("Fr 22:00-02:00", date(2026, 3, 6), "22:00-24:00"),
        ("Fr 22:00-02:00", date(2026, 3, 7), "00:00-02:00"),
        # what began the evening before ends when it would have
        ("Mo-Sa 18:00-02:00; Su off", date(2026, 3, 8), "00:00-02:00"),
        ("Fr 22:00-02:00; Sa 10:00-12:00", date(2026, 3, 7), "00:00-02:00,10:00-12:00"),
        ("18:00-02:00; PH off", date(2026, 10, 1), "00:00-02:00"),
        ("18:00-02:00; PH off", date(2026, 10, 2), ""),
        # times with "off" speak of the clock
        ("18:00-02:00; Su 00:00-01:00 off", date(2026, 3, 8), "01:00-02:00,18:00-24:00"),
        ("18:00-02:00; Sa 23:00-25:00 off", date(2026, 3, 7), "00:00-02:00,18:00-23:00"),
        ("18:00-02:00; Sa 23:00-25:00 off", date(2026, 3, 8), "01:00-02:00,18:00-24:00"),
        ("08:00-18:00; 12:00-13:00 off", date(2026, 3, 4), "08:00-12:00,13:00-18:00"),
        ("08:00-18:00; We 14:00-20:00", date(2026, 3, 4), "14:00-20:00"),
        ("08:00-12:00, We 14:00-18:00", date(2026, 3, 4), "08:00-12:00,14:00-18:00"),
        ("08:00-12:00, We 11:00-18:00", date(2026, 3, 4), "08:00-18:00"),
        ("08:00-18:00, We off", date(2026, 3, 4), ""),
        ("Fr-Mo 08:00-12:00", date(2026, 3, 1), "08:00-12:00"),
        ("Fr-Mo 08:00-12:00", date(2026, 3, 3), ""),
        ("Th[3] 08:00-10:00", date(2026, 3, 19), "08:00-10:00"),
        ("Th[3] 08:00-10:00", date(2026, 3, 12), ""),
        ("08:00-18:00; Fr[-1] off", date(2026, 3, 27), ""),
        ("08:00-18:00; Fr[-1] off", date(2026, 3, 20), "08:00-18:00"),
        ("Dec 28-Jan 03 off", date(2026, 1, 1), ""),
        ("08:00-18:00; 2025 Dec 28-Jan 03 off", date(2026, 1, 3), ""),
        ("08:00-18:00; 2025 Dec 28-Jan 03 off", date(2026, 12, 29), "08:00-18:00"),
        ("Dec 01-Feb 29 08:00-17:00", date(2026, 2, 28), "08:00-17:00"),
        ("Dec 01-Feb 29 08:00-17:00", date(2026, 3, 1), ""),
        ("Feb 08:00-17:00", date(2024, 2, 29), "08:00-17:00"),
        ("Feb 01-28 08:00-17:00", date(2024, 2, 29), ""),
        ("2025-2026 May 08:00-09:00", date(2026, 5, 31), "08:00-09:00"),
        ("2025-2026 May 08:00-09:00", date(2027, 5, 31), ""),
        ("2026 Feb 24+ 08:00-09:00", date(2031, 1, 1), "08:00-09:00"),
        ("2026 Feb 24+ 08:00-09:00", date(2026, 2, 23), ""),
        ("Feb 24+ 08:00-09:00", date(2031, 1, 1), ""),
        ("week 10 08:00-09:00", date(2026, 3, 4), "08:00-09:00"),
        ("week 2-52/2 08:00-09:00", date(2026, 3, 11), ""),
    ],
)
def test_text_means_on_a_date(text, on, expected):
    assert told(text, on) == expected


@given(hours_strategy, calendars, days_from, st.integers(1, 3))
def test_intervals_are_the_minutes_at_which_the_rules_say_open(hours, calendar, day_from, days):
    intervals = hours.intervals(day_from, days, calendar)

    expected = {
        day * DAY_MIN + minute
        for day in range(days)
        for minute in range(0, DAY_MIN, 30)
        if is_open_at(hours, day_from + timedelta(day), minute, calendar)
    }
    assert {minute for minute in open_minutes(intervals) if minute % 30 == 0} == expected
    assert all(minute % 30 == 0 for interval in intervals for minute in interval)


@given(hours_strategy, days_from, st.integers(0, 9))
def test_intervals_are_sorted_apart_and_inside_the_window(hours, day_from, days):
    intervals = hours.intervals(day_from, days, CALENDAR)

    edges = [minute for interval in intervals for minute in interval]
    assert edges == sorted(set(edges))
    assert all(0 <= minute <= days * DAY_MIN for minute in edges)


@given(hours_strategy, days_from, st.integers(1, 6))
def test_a_window_sees_the_same_as_a_longer_one_around_it(hours, day_from, days):
    longer = hours.intervals(day_from - timedelta(3), days + 6, CALENDAR)

    inside = {m - 3 * DAY_MIN for m in open_minutes(longer)} & set(range(days * DAY_MIN))
    assert open_minutes(hours.intervals(day_from, days, CALENDAR)) == inside


@given(st.lists(hours_strategy, max_size=3), days_from)
def test_any_of_is_open_when_one_part_is(parts, day_from):
    together = AnyOf(tuple(parts)).intervals(day_from, 3, CALENDAR)

    apart = [open_minutes(part.intervals(day_from, 3, CALENDAR)) for part in parts]
    assert open_minutes(together) == set().union(*apart)


@given(
    hours_strategy, days_from, st.lists(st.tuples(st.integers(-500, 5000), st.integers(1, 2000)))
)
def test_nothing_is_open_during_a_closure_and_nothing_else_changes(hours, day_from, pairs):
    cuts = [(start, start + length) for start, length in pairs]
    midnight = local_minute(day_from)
    closed = ClosedDuring(hours, tuple((midnight + a, midnight + b) for a, b in cuts))

    before = open_minutes(hours.intervals(day_from, 3, CALENDAR))

    assert open_minutes(closed.intervals(day_from, 3, CALENDAR)) == before - open_minutes(cuts)


@given(hours_strategy, hours_strategy, hours_strategy, days_from)
def test_last_exception_that_covers_a_day_gives_that_day(base, first, second, day_from):
    two, three = day_from + timedelta(2), day_from + timedelta(3)
    exceptions = (DatedException(day_from, two, first), DatedException(two, three, second))
    reading = Excepted(base, exceptions)

    openings = begun(reading, day_from, 5)

    chosen = [first, first, second, second, base]
    assert openings == [begun(each, day_from, 5)[i] for i, each in enumerate(chosen)]


def begun(reading: Reading, day_from: date, days: int) -> list[list[Interval]]:
    return reading.spans(calendar_days(CALENDAR, day_from, days))[2:-1]


def test_closure_cuts_what_runs_past_midnight_of_the_last_day_too():
    wednesday = date(2026, 3, 4)
    at_one = local_minute(wednesday, DAY_MIN + 60)
    reading = ClosedDuring(parse_hours("18:00-02:00"), ((at_one, at_one + 30),))

    assert reading.spans([Day(wednesday, DayKind.WORKDAY)]) == [[(1080, 1500), (1530, 1560)]]
    assert reading.spans([]) == []


def test_exception_leaves_the_night_before_and_the_day_after_alone():
    off = DatedException(date(2026, 3, 4), date(2026, 3, 4), parse_hours("off"))
    reading = Excepted(parse_hours("18:00-02:00"), (off,))

    assert reading.intervals(date(2026, 3, 4), 2, CALENDAR) == [(0, 120), (1440 + 1080, 2880)]


def test_exception_elsewhere_in_the_year_changes_nothing_now():
    day_off = DatedException(date(2026, 7, 1), date(2026, 7, 1), parse_hours("off"))
    always = parse_hours("24/7")

    assert begun(Excepted(always, (day_off,)), date(2026, 3, 4), 2) == [[(0, 1440)]] * 2


def test_exception_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends on 2026-03-03, before it begins on 2026-03-04"):
        DatedException(date(2026, 3, 4), date(2026, 3, 3), parse_hours("off"))


def test_station_is_open_with_staff_or_without_save_for_exceptions_and_closures():
    staffed, self_service = parse_hours("Mo-Fr 08:00-12:00"), parse_hours("07:00-09:00")
    tuesday = DatedException(date(2026, 3, 3), date(2026, 3, 3), parse_hours("10:00-11:00"))
    closure = (local_minute(date(2026, 3, 4), 480), local_minute(date(2026, 3, 4), 500))

    reading = station_reading(staffed, self_service, exceptions=[tuesday], closures=[closure])

    assert reading is not None
    assert reading.intervals(date(2026, 3, 2), 3, CALENDAR) == [
        (420, 720),
        (1440 + 600, 1440 + 660),
        (2880 + 420, 2880 + 480),
        (2880 + 500, 2880 + 720),
    ]
    assert reading == station_reading(
        staffed, self_service, exceptions=[tuesday], closures=[closure]
    )
    assert len({reading, reading}) == 1


def test_station_that_states_no_hours_has_no_reading_exceptions_or_not():
    open_day = DatedException(date(2026, 3, 4), date(2026, 3, 4), parse_hours("08:00-12:00"))

    assert station_reading(None) is None
    assert station_reading(None, None, exceptions=[open_day]) is None
    assert station_reading(None, parse_hours("24/7")) == parse_hours("24/7")


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("24/7", False),
        ("Mo-Fr 08:00-17:00", False),
        ("08:00-17:00; PH off", True),
        ("WD open", True),
    ],
)
def test_only_working_days_and_holidays_make_hours_depend_on_the_calendar(text, depends):
    hours = parse_hours(text)
    sunday = DatedException(date(2026, 3, 1), date(2026, 3, 1), hours)

    assert hours.depends_on_calendar is depends
    assert AnyOf((parse_hours("off"), hours)).depends_on_calendar is depends
    assert ClosedDuring(hours, ()).depends_on_calendar is depends
    assert Excepted(hours, ()).depends_on_calendar is depends
    assert Excepted(parse_hours("off"), (sunday,)).depends_on_calendar is depends


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("Mo-Fr 08:00-17:00; PH off", True),
        ("24/7; 2026 Feb 16-18 off", True),
        ("24/7; Feb 16-18 off", False),
        ("Th[3] off", False),
        ("week 10 off", False),
    ],
)
def test_only_recurring_dates_keep_hours_from_being_the_same_every_week(text, weekly):
    hours = parse_hours(text)

    assert hours.is_weekly is weekly
    assert AnyOf((parse_hours("off"), hours)).is_weekly is weekly
    assert ClosedDuring(hours, ()).is_weekly is weekly
    assert Excepted(hours, ()).is_weekly is weekly


@given(hours_strategy, calendars, calendars, days_from)
def test_hours_that_do_not_depend_on_the_calendar_are_the_same_on_any(hours, one, other, day_from):
    same = hours.intervals(day_from, 4, one) == hours.intervals(day_from, 4, other)

    assert same or hours.depends_on_calendar


@pytest.mark.parametrize("kind", DayKind)
def test_working_days_and_holidays_never_meet(kind):
    held = [each for each in DayClass if each.holds(kind)]

    assert len(held) == (0 if kind is DayKind.REST else 1)


def test_local_minute_counts_from_midnight_of_the_first_of_january_1970():
    assert local_minute(date(1970, 1, 1)) == 0
    assert local_minute(date(1970, 1, 3), 7) == 2 * 1440 + 7


def test_estimated_calendar_still_reads_hours():
    new_year = date(2027, 1, 1)

    assert parse_hours("24/7; PH off").intervals(new_year, 2, known_calendar(2027)) == [
        (1440, 2880)
    ]
