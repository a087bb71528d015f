"""Our reading against opening-hours-py, on texts that do not need the Chinese calendar."""

from datetime import date, datetime, timedelta

import pytest
from opening_hours import OpeningHours

from nuanxin.algorithms.hours import DAY_MIN, Interval, parse_hours
from nuanxin.algorithms.hours_intervals import merge
from tests.algorithms.hours_oracle import CALENDAR
from tests.algorithms.test_hours_parse import PUBLISHED

PLAIN = [text for text in PUBLISHED if "WD" not in text and "PH" not in text]
MORE = [
    "08:00-26:00",
    "Fr-Su 22:00-02:00",
    "08:00-18:00; 12:00-13:00 off",
    "Mo-Fr 08:00-12:00, We 14:00-18:00",
    "08:00-18:00, We off",
    "24/7; Feb 16-24 off",
    "2025 Dec 28-2026 Jan 03 10:00-12:00",
    "2026 May-Sep Sa[1] 10:00-12:00",
    "Sa[1,3] 10:00-12:00; Su[-1] 08:00-09:00",
    "week 10-20/3 Mo-We 10:00-12:00",
    "Oct 31+ 09:00-10:00",
    "08:00-08:00",
]
FIRST_DAY, DAYS = date(2026, 1, 1), 365


@pytest.mark.parametrize("text", PLAIN + MORE)
def test_a_year_of_open_minutes_is_the_same(text):
    assert parse_hours(text).intervals(FIRST_DAY, DAYS, CALENDAR) == by_library(text)


def by_library(text: str) -> list[Interval]:
    midnight = datetime(2026, 1, 1)  # noqa: DTZ001 - the library compares local times without zones
    end = midnight + timedelta(days=DAYS)
    changes = OpeningHours(text).intervals(midnight, end)
    open_spans = [(since, until) for since, until, state, *_ in changes if str(state) == "open"]
    return merge(
        (minute_of(since - midnight), minute_of(until - midnight)) for since, until in open_spans
    )


def minute_of(passed: timedelta) -> int:
    return passed // timedelta(minutes=1)


def test_the_year_compared_is_a_whole_one():
    assert by_library("24/7") == [(0, DAYS * DAY_MIN)]
