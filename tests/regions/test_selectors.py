"""Divisions of a day, their tree, their successors, and the working calendar."""

import datetime as dt
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.calendars import Calendar, DayKind, estimated_days
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.imports import import_calendar
from nuanxin.regions.models import CalendarDay, CalendarNotice, Division
from nuanxin.regions.selectors import (
    _reached,
    calendar,
    calendar_state,
    current_divisions,
    division_tree,
    successors_of,
)
from tests.regions.worlds import DATA, DAY, SYSTEM, make_divisions, succession

pytestmark = pytest.mark.django_db

CHANGE = DAY(2021, 4, 9)


@pytest.fixture
def hangzhou():
    make_divisions("330102", "330105", "330109", "330110")
    make_divisions("330103", valid_to=CHANGE)
    make_divisions("330104", valid_to=CHANGE)
    make_divisions("330113", valid_from=CHANGE)
    make_divisions("330114", valid_from=CHANGE)
    pairs = [
        ("330103", "330105"),
        ("330104", "330102"),
        ("330104", "330114"),
        ("330109", "330114"),
        ("330110", "330113"),
    ]
    for predecessor, successor in pairs:
        succession(predecessor, successor, CHANGE).save()


def codes(divisions: Iterable[Division]) -> list[str]:
    return [division.code for division in divisions]


def test_current_divisions_are_those_of_the_day(hangzhou):
    before = current_divisions(on=CHANGE - dt.timedelta(days=1), level=Level.COUNTY)
    after = current_divisions(on=CHANGE, level=Level.COUNTY, under="3301")

    assert codes(before) == ["330102", "330103", "330104", "330105", "330109", "330110"]
    assert codes(after) == ["330102", "330105", "330109", "330110", "330113", "330114"]


def test_current_divisions_without_a_day_are_those_of_today_in_shanghai(hangzhou, time_machine):
    time_machine.move_to("2021-04-08T15:59:59+00:00", tick=False)
    assert "330103" in codes(current_divisions())

    time_machine.move_to("2021-04-08T16:00:00+00:00", tick=False)
    assert "330103" not in codes(current_divisions())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("330103", ["330105"]),
        ("330104", ["330102", "330114"]),
        ("330109", ["330109", "330114"]),
        ("330110", ["330110", "330113"]),
        ("330105", ["330105"]),
        ("330199", []),
    ],
)
def test_successors_of_hangzhou_hold_the_ground_today(hangzhou, code, expected):
    assert codes(successors_of(code, on=DAY(2026, 11, 24))) == expected


def test_successors_before_the_change_are_the_division_itself(hangzhou):
    assert codes(successors_of("330104", on=DAY(2021, 4, 8))) == ["330104"]


def test_successors_are_followed_through_later_changes_only():
    make_divisions("330203", "330212")
    make_divisions("330204", valid_to=DAY(2016, 9, 28))
    # on the day Yinzhou receives Jiangdong it gives other towns to Haishu
    succession("330204", "330212", DAY(2016, 9, 28)).save()
    succession("330212", "330203", DAY(2016, 9, 28)).save()

    assert codes(successors_of("330204", on=DAY(2026, 1, 1))) == ["330212"]
    assert codes(successors_of("330212", on=DAY(2026, 1, 1))) == ["330203", "330212"]


def test_successors_follow_a_chain_in_two_queries(django_assert_num_queries):
    make_divisions("330203")
    for code in ("330201", "330202"):
        make_divisions(code, valid_to=DAY(2020, 1, 1))
    succession("330201", "330202", DAY(2010, 1, 1)).save()
    succession("330202", "330203", DAY(2020, 1, 1)).save()

    with django_assert_num_queries(2):
        assert codes(successors_of("330201", on=DAY(2026, 1, 1))) == ["330203"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 9)), max_size=12
    )
)
def test_reached_units_equal_all_paths_of_rising_days(changes):
    steps: dict[str, list[tuple[str, dt.date]]] = {}
    for predecessor, successor, day in changes:
        steps.setdefault(predecessor, []).append((successor, DAY(2000, 1, day)))

    def walk(unit: str, since: dt.date) -> set[str]:
        found = {unit}
        for successor, day in steps.get(unit, ()):
            if day > since:
                found |= walk(successor, day)
        return found

    assert _reached("a", steps) == walk("a", dt.date.min)


def test_division_tree_nests_by_level_in_one_query(hangzhou, django_assert_num_queries):
    make_divisions("330102001", "3401")

    with django_assert_num_queries(1):
        country = division_tree(on=CHANGE)

    assert [node.code for node in country] == ["33", "34"]
    city = country[0].children[0]
    assert (city.code, city.level) == ("3301", Level.CITY)
    assert [node.code for node in city.children][:2] == ["330102", "330105"]
    assert city.children[0].children == ()


def test_division_tree_from_a_county_down_to_towns(hangzhou):
    make_divisions("330102001")

    (county,) = division_tree(root="330102", deepest=Level.TOWN, on=CHANGE)

    assert (county.code, [node.code for node in county.children]) == ("330102", ["330102001"])


def test_division_tree_of_an_abolished_root_is_empty(hangzhou):
    assert division_tree(root="330103", on=CHANGE) == ()


@pytest.fixture
def notices():
    import_calendar(DATA, by=SYSTEM)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (DAY(2024, 2, 4), DayKind.MAKEUP),
        (DAY(2024, 2, 9), DayKind.WORKDAY),
        (DAY(2025, 1, 28), DayKind.HOLIDAY),
        (DAY(2025, 10, 11), DayKind.MAKEUP),
        (DAY(2026, 2, 14), DayKind.MAKEUP),
        (DAY(2026, 2, 17), DayKind.HOLIDAY),
        (DAY(2026, 2, 20), DayKind.HOLIDAY),
        (DAY(2026, 10, 5), DayKind.HOLIDAY),
        (DAY(2026, 10, 10), DayKind.MAKEUP),
        (DAY(2026, 10, 11), DayKind.REST),
        (DAY(2026, 11, 24), DayKind.WORKDAY),
    ],
)
def test_calendar_of_noticed_years_is_what_the_notices_say(notices, on, kind):
    year = calendar(DAY(on.year, 1, 1), DAY(on.year, 12, 31))

    assert (year.kind(on), year.is_confirmed(on)) == (kind, True)


def test_calendar_of_a_year_without_notice_is_confirmed_far_from_holidays_only(notices):
    year = calendar(DAY(2027, 1, 1), DAY(2027, 12, 31))

    assert (year.kind(DAY(2027, 2, 6)), year.is_confirmed(DAY(2027, 2, 6))) == (
        DayKind.HOLIDAY,
        False,
    )
    assert (year.kind(DAY(2027, 1, 9)), year.is_confirmed(DAY(2027, 1, 9))) == (DayKind.REST, False)
    assert (year.kind(DAY(2027, 3, 10)), year.is_confirmed(DAY(2027, 3, 10))) == (
        DayKind.WORKDAY,
        True,
    )
    assert year == Calendar(estimated_days(2027))


def test_calendar_doubts_december_until_the_next_notice(notices):
    last_saturday = DAY(2026, 12, 26)
    assert not calendar(DAY(2026, 12, 1), DAY(2026, 12, 31)).is_confirmed(last_saturday)
    assert calendar(DAY(2025, 12, 1), DAY(2025, 12, 31)).is_confirmed(DAY(2025, 12, 27))

    CalendarNotice.objects.create(year=2027, published_on=DAY(2026, 11, 25), title="通知")

    assert calendar(DAY(2026, 12, 1), DAY(2026, 12, 31)).is_confirmed(last_saturday)


def test_calendar_takes_a_day_of_the_table_over_the_estimate():
    CalendarDay.objects.create(
        date=DAY(2027, 1, 2), kind=CalendarDayKind.MAKEUP, name_zh="上班", name_en="work"
    )

    year = calendar(DAY(2027, 1, 1), DAY(2027, 1, 31))

    assert (year.kind(DAY(2027, 1, 2)), year.is_confirmed(DAY(2027, 1, 2))) == (
        DayKind.MAKEUP,
        True,
    )
    assert not year.is_confirmed(DAY(2027, 1, 1))


def test_calendar_holds_no_day_outside_its_span(notices):
    first, last = DAY(2026, 9, 26), DAY(2027, 1, 1)

    days = [row.on for row in calendar(first, last)]

    assert (days[0], days[-1]) == (first, last)


def test_calendar_reads_four_years_in_two_queries(notices, django_assert_num_queries):
    with django_assert_num_queries(2):
        calendar(DAY(2024, 1, 1), DAY(2027, 12, 31))


def test_calendar_beyond_the_computed_years_is_refused():
    with pytest.raises(ValueError, match="2099"):
        calendar(DAY(2100, 1, 1), DAY(2100, 1, 2))


def test_state_of_the_calendar_moves_with_every_day_and_notice():
    states = [calendar_state()]
    CalendarNotice.objects.create(year=2031, published_on=DAY(2030, 11, 1), title="通知")
    states.append(calendar_state())
    day = CalendarDay.objects.create(date=DAY(2031, 5, 6), kind=CalendarDayKind.REST)
    states.append(calendar_state())
    day.kind = CalendarDayKind.WORKDAY
    day.save()
    states.append(calendar_state())

    assert len(set(states)) == 4
    assert calendar_state() == states[-1]
