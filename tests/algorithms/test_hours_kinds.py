"""Hours by kind of day, make-up workdays, and what is round the clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours import (
    DAY_MIN,
    AnyOf,
    ClosedDuring,
    DatedException,
    DayKindHours,
    Excepted,
    HoursError,
    canonical,
    from_day_kinds,
    is_round_the_clock,
    parse_hours,
    to_day_kinds,
    with_makeup_workdays,
)
from nuanxin.algorithms.hours_format import format_spans
from nuanxin.algorithms.hours_intervals import merge
from nuanxin.algorithms.hours_readings import calendar_days
from tests.algorithms.hours_oracle import CALENDAR, hours_strategy, span_lists

plain_hours = st.one_of(st.sampled_from(["off", "24/7", "08:00-18:00", "09:00-12:00"]), span_lists)
YEAR = calendar_days(CALENDAR, date(2026, 1, 1), 365)


def plain(text: str) -> str:
    return format_spans(merge(parse_hours(text).rules[0].spans))


@given(st.tuples(plain_hours, plain_hours, plain_hours, plain_hours))
def test_text_from_kinds_gives_every_day_of_a_year_the_hours_of_its_kind(four):
    text = from_day_kinds(workday=four[0], rest=four[1], holiday=four[2], makeup=four[3])
    hours = parse_hours(text)

    said = [merge(parse_hours(each).rules[0].spans) for each in four]
    assert hours.spans(YEAR) == [said[day.kind] for day in YEAR]
    assert to_day_kinds(hours) == DayKindHours(*map(plain, four))
    assert canonical(hours) == text


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        (("08:00-18:00",) * 4, "08:00-18:00"),
        (("24/7",) * 4, "24/7"),
        (("off",) * 4, "off"),
        (("08:00-18:00", "off", "off", "08:00-18:00"), "WD 08:00-18:00"),
        (("08:00-18:00", "off", "off", "off"), "Mo-Fr 08:00-18:00; Sa-Su,PH off"),
        (("08:00-18:00", "09:00-12:00", "off", "08:00-18:00"), "Sa-Su 09:00-12:00; PH off; WD 08:00-18:00"),
        (("08:00-18:00", "09:00-12:00", "09:00-12:00", "08:00-18:00"), "Sa-Su,PH 09:00-12:00; WD 08:00-18:00"),
        (("off", "09:00-12:00", "24/7", "off"), "Sa-Su 09:00-12:00; PH 00:00-24:00; WD off"),
        (("08:00-18:00", "off", "off", "10:00-12:00"), "WD 10:00-12:00; Mo-Fr 08:00-18:00; PH off"),
    ],
)  # fmt: skip
def test_text_from_kinds_is_the_canonical_one(kinds, text):
    workday, rest, holiday, makeup = kinds

    assert from_day_kinds(workday=workday, rest=rest, holiday=holiday, makeup=makeup) == text


def test_make_up_workday_is_a_workday_unless_said_otherwise():
    told = from_day_kinds(workday="08:00-18:00", rest="off", holiday="off")

    assert to_day_kinds(parse_hours(told)) == ("08:00-18:00", "off", "off", "08:00-18:00")


@pytest.mark.parametrize("text", ["Mo 08:00-12:00", "08:00-12:00; PH off", "12:00-13:00 off", "x"])
def test_hours_of_one_kind_are_times_alone(text):
    with pytest.raises(HoursError):
        from_day_kinds(workday=text, rest="off", holiday="off")


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 08:00-17:00",  # tells holidays on workdays from those on weekends
        "Sa 09:00-12:00; Su off; WD 08:00-17:00",
        "Feb 08:00-17:00",
        "Th[3] off",
        "week 10 08:00-09:00",
        "18:00-02:00; 00:00-01:00 off",
    ],
)
def test_text_that_tells_days_of_one_kind_apart_has_no_hours_by_kind(text):
    assert to_day_kinds(parse_hours(text)) is None


@pytest.mark.parametrize(
    ("text", "explicit"),
    [
        ("Mo-Fr 08:30-17:30; PH off", "Mo-Fr 08:30-17:30; PH off; WD 08:30-17:30"),
        (
            "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off",
            "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off; WD 08:30-17:30",
        ),
        ("Mo-Sa 08:00-18:00; Su off", "Mo-Sa 08:00-18:00; Su off; WD 08:00-18:00"),
    ],
)
def test_office_days_are_kept_on_make_up_saturdays_when_asked(text, explicit):
    assert canonical(with_makeup_workdays(parse_hours(text))) == explicit


@pytest.mark.parametrize(
    "text",
    [
        "WD 08:30-17:30",
        "Tu-Su 09:00-17:00",
        "Sa-Su 09:00-17:00",
        "May-Sep Mo-Fr 08:00-18:00",
        "off",
    ],
)
def test_text_without_one_kind_of_office_day_is_left_alone(text):
    hours = parse_hours(text)

    assert with_makeup_workdays(hours) is hours


@given(hours_strategy)
def test_reading_make_up_workdays_changes_no_other_day(hours):
    changed = with_makeup_workdays(hours)

    pairs = zip(YEAR, hours.spans(YEAR), changed.spans(YEAR), strict=True)
    assert all(before == after for day, before, after in pairs if day.kind is not DayKind.MAKEUP)


@pytest.mark.parametrize(
    ("text", "always"),
    [
        ("24/7", True),
        ("00:00-24:00", True),
        ("08:00-22:00,22:00-08:00", True),
        ("08:00-08:00", True),
        ("WD 00:00-24:00; Sa-Su,PH 00:00-24:00", True),
        ("24/7; 2026 Feb 16-2026 Feb 23 off", True),
        ("00:00-23:59", False),
        ("24/7; PH off", False),
        ("24/7; Feb 16-24 off", False),
        ("Mo-Sa 00:00-24:00", False),
        ("2026+ 00:00-24:00", False),
        ("2026 00:00-24:00", False),
        ("off", False),
    ],
)
def test_round_the_clock_is_what_never_closes_but_for_particular_years(text, always):
    assert is_round_the_clock(parse_hours(text)) is always


def test_round_the_clock_looks_through_exceptions_and_at_the_union():
    always, day, night = map(parse_hours, ("24/7", "08:00-22:00", "22:00-08:00"))
    closed = DatedException(date(2026, 3, 4), date(2026, 3, 4), parse_hours("off"))

    assert is_round_the_clock(AnyOf((day, night)))
    assert is_round_the_clock(AnyOf((parse_hours("May-Sep 08:00-09:00"), always)))
    assert is_round_the_clock(ClosedDuring(Excepted(always, (closed,)), ((0, 1),)))
    assert not is_round_the_clock(Excepted(day, (closed,)))
    assert not is_round_the_clock(AnyOf((parse_hours("May-Sep 08:00-09:00"), night)))
    assert not is_round_the_clock(ClosedDuring(day, ()))


@given(hours_strategy)
def test_what_is_called_round_the_clock_has_no_closed_minute_in_years_without_exceptions(hours):
    far_off, days = date(2060, 1, 1), 400
    if is_round_the_clock(hours):
        assert hours.intervals(far_off, days, CALENDAR) == [(0, days * DAY_MIN)]


def test_kinds_of_day_cover_the_year_compared():
    assert {day.kind for day in YEAR} == set(DayKind)
    assert YEAR[2].on == date(2026, 1, 1)
    assert YEAR[-2].on + timedelta(1) == date(2027, 1, 1)
