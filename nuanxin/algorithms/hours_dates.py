"""Reading the date selectors of a rule: years, months, days, weeks."""

from calendar import isleap

from nuanxin.algorithms.hours_cursor import Cursor
from nuanxin.algorithms.hours_errors import HoursErrorCode
from nuanxin.algorithms.hours_rules import LAST_YEAR, DateRange, WeekRange
from nuanxin.algorithms.hours_tokens import Token

__all__ = ["MONTHS", "MONTH_DAYS", "read_dates", "read_weeks"]

MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR_DIGITS = 4
_FIRST_YEAR = 1900
_LAST_WEEK = 53
_Years = tuple[int, int] | None
_MonthDay = tuple[int, int]
_NEW_YEAR, _NEW_YEARS_EVE = (1, 1), (12, 31)


def read_dates(cursor: Cursor) -> tuple[DateRange, ...]:
    """Return the date ranges that begin at the cursor, none if there are none.

    Parameters
    ----------
    cursor
        Stands at the beginning of a rule; afterwards behind the dates.

    Returns
    -------
    tuple[DateRange, ...]
        In the order of the text. A range without a year takes the years of the one before it, a day
        without a month its month.

    Raises
    ------
    HoursError
        When a date does not exist, ends before it begins, or has a form that is not supported.
    """
    ranges: list[DateRange] = []
    while _at_year(cursor.token) or cursor.at_word(MONTHS) or (ranges and cursor.at("number")):
        ranges += _read_item(cursor, ranges[-1] if ranges else None)
        if not (cursor.at("sign", ",") and _continues_dates(cursor.next_token)):
            break
        cursor.take()
    return tuple(ranges)


def read_weeks(cursor: Cursor) -> tuple[WeekRange, ...]:
    """Return the ISO week ranges after the word ``week`` at the cursor, none if it is not there.

    Parameters
    ----------
    cursor
        Stands behind the dates of a rule; afterwards behind the weeks.

    Returns
    -------
    tuple[WeekRange, ...]
        In the order of the text.

    Raises
    ------
    HoursError
        When a week does not exist or a range ends before it begins.
    """
    weeks: list[WeekRange] = []
    if cursor.at_word(("week",)):
        cursor.take()
        weeks.append(_read_week_range(cursor))
        while cursor.at("sign", ",") and cursor.next_token.kind == "number":
            cursor.take()
            weeks.append(_read_week_range(cursor))
    return tuple(weeks)


def _at_year(token: Token) -> bool:
    return token.kind == "number" and len(token.text) == _YEAR_DIGITS


def _continues_dates(token: Token) -> bool:
    return token.kind == "number" or (token.kind == "word" and token.text in MONTHS)


def _read_item(cursor: Cursor, before: DateRange | None) -> list[DateRange]:
    has_year = _at_year(cursor.token)
    years = _read_years(cursor) if has_year else before.years if before else None
    if cursor.at_word(MONTHS):
        return _read_monthdays(cursor, years, MONTHS[cursor.take().text])
    if has_year:
        return [DateRange(_NEW_YEAR, _NEW_YEARS_EVE, years)]
    return _read_monthdays(cursor, years, before.last[0] if before else 0)


def _read_years(cursor: Cursor) -> _Years:
    first = _read_year(cursor)
    if cursor.skip("+"):
        return first, LAST_YEAR
    if not (cursor.at("sign", "-") and _at_year(cursor.next_token)):
        return first, first
    cursor.take()
    at = cursor.token
    last = _read_year(cursor)
    if last < first:
        cursor.fail(HoursErrorCode.BAD_DATE, "the years end before they begin", at)
    return first, last


def _read_year(cursor: Cursor) -> int:
    token = cursor.take()
    if int(token.text) < _FIRST_YEAR:
        cursor.fail(HoursErrorCode.BAD_DATE, f"{token.text} is no year", token)
    return int(token.text)


def _read_monthdays(cursor: Cursor, years: _Years, month: int) -> list[DateRange]:
    at = cursor.token
    day = _read_day(cursor, month, years)
    first, last = (month, day or 1), (month, day or MONTH_DAYS[month - 1])
    if cursor.at("sign", "+"):
        return _read_open_end(cursor, years, first)
    later: int | None = None
    if cursor.skip("-"):
        at = cursor.token
        last, later = _read_last(cursor, years, month, is_day=day is not None)
    years_later = int(last < first) if later is None else later
    if years_later == 0 and last < first:
        cursor.fail(HoursErrorCode.BAD_DATE, "the dates end before they begin", at)
    return [DateRange(first, last, years, years_later)]


def _read_open_end(cursor: Cursor, years: _Years, first: _MonthDay) -> list[DateRange]:
    cursor.take()
    ranges = [DateRange(first, _NEW_YEARS_EVE, years)]
    if years is not None and years[1] < LAST_YEAR:
        ranges.append(DateRange(_NEW_YEAR, _NEW_YEARS_EVE, (years[1] + 1, LAST_YEAR)))
    return ranges


def _read_last(
    cursor: Cursor, years: _Years, month: int, *, is_day: bool
) -> tuple[_MonthDay, int | None]:
    later: int | None = None
    end_years: _Years = None
    if _at_year(cursor.token):
        later, end_years = _read_years_later(cursor, years)
    if cursor.at_word(MONTHS):
        month, is_day = MONTHS[cursor.take().text], False
    elif not (is_day and later is None and cursor.at("number")):
        cursor.fail(
            HoursErrorCode.UNEXPECTED, "a month, or a day of the same month, must end the dates"
        )
    else:
        later = 0
    return (month, _read_day(cursor, month, end_years) or MONTH_DAYS[month - 1]), later


def _read_years_later(cursor: Cursor, years: _Years) -> tuple[int, _Years]:
    token = cursor.token
    year = _read_year(cursor)
    if years is None or years[0] != years[1]:
        cursor.fail(HoursErrorCode.BAD_DATE, "a year ends the dates, but none begins them", token)
    if year < years[0]:
        cursor.fail(HoursErrorCode.BAD_DATE, "the dates end before they begin", token)
    return year - years[0], (year, year)


def _read_day(cursor: Cursor, month: int, years: _Years) -> int | None:
    if not cursor.at("number"):
        return None
    token = cursor.take()
    day = int(token.text)
    if not 1 <= day <= MONTH_DAYS[month - 1]:
        cursor.fail(HoursErrorCode.BAD_DATE, f"the month has no day {token.text}", token)
    if (month, day) == (2, 29) and years is not None and not any(map(isleap, _span(*years))):
        cursor.fail(HoursErrorCode.BAD_DATE, "that year has no February 29", token)
    return day


def _span(first_year: int, last_year: int) -> range:
    # nine years always hold a leap year
    return range(first_year, min(last_year, first_year + 8) + 1)


def _read_week_range(cursor: Cursor) -> WeekRange:
    first = last = _read_week(cursor)
    step = 1
    if cursor.skip("-"):
        at = cursor.token
        last = _read_week(cursor)
        if last < first:
            cursor.fail(HoursErrorCode.BAD_DATE, "the weeks end before they begin", at)
        if cursor.skip("/"):
            step = _read_week(cursor)
    return WeekRange(first, last, step)


def _read_week(cursor: Cursor) -> int:
    token = cursor.token
    if not cursor.at("number") or not 1 <= int(token.text) <= _LAST_WEEK:
        cursor.fail(HoursErrorCode.BAD_DATE, f"a week is a number from 1 to {_LAST_WEEK}")
    cursor.take()
    return int(token.text)
