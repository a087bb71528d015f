"""Reading an opening-hours text into rules (docs/adr/0003-opening-hours.md says which grammar)."""

from dataclasses import replace
from typing import NoReturn

from nuanxin.algorithms.hours_cursor import Cursor
from nuanxin.algorithms.hours_dates import read_dates, read_weeks
from nuanxin.algorithms.hours_errors import HoursError, HoursErrorCode
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval
from nuanxin.algorithms.hours_rules import WHOLE_DAY, DayClass, Rule, WeekdayRange
from nuanxin.algorithms.hours_tokens import Token

__all__ = ["MAX_TEXT_LENGTH", "WEEKDAYS", "read_rules"]

MAX_TEXT_LENGTH = 1000
WEEKDAYS = {name: number for number, name in enumerate(["mo", "tu", "we", "th", "fr", "sa", "su"])}
_CLASSES = {"wd": DayClass.WORKING, "ph": DayClass.HOLIDAY}
_DAY_WORDS = WEEKDAYS.keys() | _CLASSES.keys()
_MODIFIERS = {"open": True, "off": False, "closed": False}
_UNSUPPORTED = {
    "unknown": "hours that are unknown cannot be stored",
    "sh": "school holidays are not supported",
    "easter": "movable feasts are not supported",
    **dict.fromkeys(("sunrise", "sunset", "dawn", "dusk"), "times of the sun are not supported"),
}
_LAST_NTH = 5


def read_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of an opening-hours text.

    Parameters
    ----------
    text
        At most ``MAX_TEXT_LENGTH`` characters.

    Returns
    -------
    tuple[Rule, ...]
        At least one, in the order of the text.

    Raises
    ------
    HoursError
        When the text is empty, too long, or cannot be read without guessing.
    """
    if len(text) > MAX_TEXT_LENGTH:
        reason = f"opening hours have at most {MAX_TEXT_LENGTH} characters"
        raise HoursError(HoursErrorCode.TOO_LONG, MAX_TEXT_LENGTH, reason)
    cursor = Cursor(text)
    if cursor.at("end"):
        cursor.fail(HoursErrorCode.EMPTY, "the text is empty")
    rules = [_read_rule(cursor, is_additional=False)]
    while not cursor.at("end"):
        is_additional = _read_separator(cursor)
        if is_additional or not cursor.at("end"):
            rules.append(_read_rule(cursor, is_additional=is_additional))
    return tuple(rules)


def _read_separator(cursor: Cursor) -> bool:
    if cursor.at("sign", "||"):
        cursor.fail(HoursErrorCode.UNSUPPORTED, "fallback rules are not supported")
    if not (cursor.at("sign", ";") or cursor.at("sign", ",")):
        _refuse(cursor)
    return cursor.take().text == ","


def _read_rule(cursor: Cursor, *, is_additional: bool) -> Rule:
    start = cursor.token
    is_always = cursor.at("always")
    if is_always:
        cursor.take()
    rule = Rule(()) if is_always else _read_selectors(cursor)
    is_open = _read_modifier(cursor)
    comment = cursor.take().text.strip('"') if cursor.at("comment") else ""
    if is_open is None and not rule.spans and not is_always:
        _refuse_without_times(cursor, start)
    if is_open is not False and not rule.spans:
        rule = replace(rule, spans=(WHOLE_DAY,))
    return replace(rule, is_open=is_open is not False, is_additional=is_additional, comment=comment)


def _read_selectors(cursor: Cursor) -> Rule:
    dates = read_dates(cursor)
    weeks = read_weeks(cursor)
    if dates or weeks:
        cursor.skip(":")
    weekdays, classes, needs_both = _read_days(cursor)
    if weekdays or classes:
        cursor.skip(":")
    spans = _read_spans(cursor)
    return Rule(spans, dates, weeks, weekdays, classes, needs_both)


def _read_days(cursor: Cursor) -> tuple[tuple[WeekdayRange, ...], tuple[DayClass, ...], bool]:
    weekdays, classes = _read_day_list(cursor)
    if not cursor.at_word(_DAY_WORDS):
        return weekdays, classes, False
    if weekdays:
        reason = 'write "Sa,PH" for either, "PH Sa" for both'
        cursor.fail(HoursErrorCode.AMBIGUOUS, reason)
    at = cursor.token
    weekdays, more_classes = _read_day_list(cursor)
    if more_classes:
        cursor.fail(HoursErrorCode.AMBIGUOUS, 'only weekdays may follow "PH" or "WD"', at)
    return weekdays, classes, True


def _read_day_list(cursor: Cursor) -> tuple[tuple[WeekdayRange, ...], tuple[DayClass, ...]]:
    weekdays: list[WeekdayRange] = []
    classes: list[DayClass] = []
    while cursor.at_word(_DAY_WORDS):
        if cursor.at_word(_CLASSES):
            classes.append(_read_class(cursor))
        else:
            weekdays.append(_read_weekdays(cursor))
        following = cursor.next_token
        if not (
            cursor.at("sign", ",") and following.kind == "word" and following.text in _DAY_WORDS
        ):
            break
        cursor.take()
    return tuple(weekdays), tuple(classes)


def _read_class(cursor: Cursor) -> DayClass:
    each = _CLASSES[cursor.take().text]
    if cursor.at("sign", "+") or cursor.at("sign", "-"):
        cursor.fail(HoursErrorCode.UNSUPPORTED, "days before or after a holiday are not supported")
    return each


def _read_weekdays(cursor: Cursor) -> WeekdayRange:
    first = last = WEEKDAYS[cursor.take().text]
    if cursor.skip("-"):
        if not cursor.at_word(WEEKDAYS):
            cursor.fail(HoursErrorCode.UNEXPECTED, "a weekday must end the range")
        return WeekdayRange(first, WEEKDAYS[cursor.take().text])
    nths: list[int] = []
    if cursor.skip("["):
        nths.append(_read_nth(cursor))
        while cursor.skip(","):
            nths.append(_read_nth(cursor))
        if not cursor.skip("]"):
            _refuse(cursor)
    return WeekdayRange(first, last, tuple(nths))


def _read_nth(cursor: Cursor) -> int:
    sign = -1 if cursor.skip("-") else 1
    token = cursor.token
    if not cursor.at("number") or not 1 <= int(token.text) <= _LAST_NTH:
        reason = f"a weekday of the month has a number from 1 to {_LAST_NTH}, or -1 to -{_LAST_NTH}"
        cursor.fail(HoursErrorCode.BAD_DATE, reason)
    return sign * int(cursor.take().text)


def _read_spans(cursor: Cursor) -> tuple[Interval, ...]:
    spans: list[Interval] = []
    while cursor.at("time"):
        spans.append(_read_span(cursor))
        if not (cursor.at("sign", ",") and cursor.next_token.kind == "time"):
            break
        cursor.take()
    return tuple(spans)


def _read_span(cursor: Cursor) -> Interval:
    start_at = cursor.take()
    start = _minutes(cursor, start_at, DAY_MIN - 1)
    if cursor.at("sign", "+"):
        cursor.fail(HoursErrorCode.OPEN_ENDED, "when does it close?")
    if not cursor.skip("-"):
        cursor.fail(HoursErrorCode.POINT_IN_TIME, "a closing time must follow", start_at)
    if not cursor.at("time"):
        cursor.fail(HoursErrorCode.UNEXPECTED, "a closing time such as 17:30 must follow")
    end = _minutes(cursor, cursor.take(), 2 * DAY_MIN)
    if cursor.at("sign", "+"):
        cursor.fail(HoursErrorCode.OPEN_ENDED, "when does it close?")
    if cursor.at("sign", "/"):
        cursor.fail(HoursErrorCode.UNSUPPORTED, "repeated times are not supported")
    return start, end if end > start else end + DAY_MIN


def _minutes(cursor: Cursor, token: Token, latest: int) -> int:
    hour, minute = (int(part) for part in token.text.split(":"))
    total = hour * 60 + minute
    if minute > 59 or total > latest:
        cursor.fail(HoursErrorCode.BAD_TIME, f"{token.text} is no such time", token)
    return total


def _read_modifier(cursor: Cursor) -> bool | None:
    return _MODIFIERS[cursor.take().text] if cursor.at_word(_MODIFIERS) else None


def _refuse_without_times(cursor: Cursor, start: Token) -> NoReturn:
    if cursor.token is not start and cursor.token.kind in ("end", "sign"):
        reason = 'the rule needs times such as 08:00-17:30, "open" or "off"'
        cursor.fail(HoursErrorCode.NO_TIMES, reason)
    _refuse(cursor)


def _refuse(cursor: Cursor) -> NoReturn:
    token = cursor.token
    if token.kind == "word":
        if token.text in _UNSUPPORTED:
            cursor.fail(HoursErrorCode.UNSUPPORTED, _UNSUPPORTED[token.text])
        cursor.fail(HoursErrorCode.UNKNOWN_WORD, f"{token.text!r} is not a word of opening hours")
    if token.kind == "end":
        cursor.fail(HoursErrorCode.UNEXPECTED, "the text breaks off")
    cursor.fail(HoursErrorCode.UNEXPECTED, f"{token.text!r} is not expected here")
