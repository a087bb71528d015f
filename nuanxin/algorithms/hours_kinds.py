"""Opening hours by kind of day: from four answers to one text, and back where a text allows it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from nuanxin.algorithms.calendars import DayKind, is_plausible
from nuanxin.algorithms.hours_errors import HoursError, HoursErrorCode
from nuanxin.algorithms.hours_format import format_rules, format_spans
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, clip, merge, shift
from nuanxin.algorithms.hours_readings import AnyOf, Hours, Reading, parse_hours
from nuanxin.algorithms.hours_rules import WHOLE_DAY, Day

__all__ = [
    "DayKindHours",
    "canonical",
    "from_day_kinds",
    "is_by_day_alone",
    "is_round_the_clock",
    "to_day_kinds",
    "with_makeup_workdays",
]

_A_MONDAY = date(2001, 1, 1)
_WEEK = tuple(_A_MONDAY + timedelta(i) for i in range(7))


class DayKindHours(NamedTuple):
    """Hours of each kind of day, as texts without day selectors, such as ``08:00-17:30`` or ``off``."""

    workday: str
    rest: str
    holiday: str
    makeup: str


def canonical(hours: Hours) -> str:
    """Return the canonical text: equal rules, one spelling."""
    return format_rules(hours.rules)


def from_day_kinds(*, workday: str, rest: str, holiday: str, makeup: str | None = None) -> str:
    """Return one hours text for what a place says of the four kinds of day.

    Parameters
    ----------
    workday, rest, holiday, makeup
        Times such as ``08:30-12:00,14:00-17:30``, ``24/7`` or ``off``. A make-up workday is a
        workday unless said otherwise.

    Returns
    -------
    str
        Canonical text: ``WD`` last, so that a make-up Saturday is read as worked.

    Raises
    ------
    HoursError
        When one of them is not a plain list of times.
    """
    work, free, feast = _plain(workday), _plain(rest), _plain(holiday)
    extra = work if makeup is None else _plain(makeup)
    if work == free == feast == extra:
        return "24/7" if work == format_spans([WHOLE_DAY]) else work
    weekend = [("Sa-Su,PH", free)] if free == feast else [("Sa-Su", free), ("PH", feast)]
    if extra == work:
        rules = [*weekend, ("WD", work)]
    elif extra == free:
        rules = [("Mo-Fr", work), *weekend]
    else:
        rules = [("Sa-Su", free), ("WD", extra), ("Mo-Fr", work), ("PH", feast)]
    while rules[0][1] == "off":
        rules.pop(0)
    return "; ".join(" ".join(rule) for rule in rules)


def to_day_kinds(hours: Hours) -> DayKindHours | None:
    """Return what a text says of the four kinds of day, if the kind alone decides.

    Parameters
    ----------
    hours
        An understood text.

    Returns
    -------
    DayKindHours | None
        None when the text has dates or tells days of one kind apart, as ``Mo-Fr`` does with
        holidays and ``Sa`` with Sundays.
    """
    if not is_by_day_alone(hours):
        return None
    said = [_texts_on(hours, kind) for kind in DayKind]
    if any(len(texts) != 1 for texts in said):
        return None
    return DayKindHours(*(next(iter(texts)) for texts in said))


def with_makeup_workdays(hours: Hours) -> Hours:
    """Return the hours with make-up workdays read as the Monday to Friday they stand in for.

    ``Mo-Fr`` is read literally, so a make-up Saturday has Saturday's hours. A place whose people keep
    office days works then; its text becomes explicit by a last rule with ``WD``.

    Parameters
    ----------
    hours
        An understood text.

    Returns
    -------
    Hours
        Differs on make-up workdays only. The same object when the text has dates, already speaks of
        ``WD``, is closed on workdays, or does not treat Monday to Friday alike.
    """
    speaks_of_working_days = any("WD" in rule.classes for rule in hours.rules)
    if speaks_of_working_days or not is_by_day_alone(hours):
        return hours
    texts = _texts_on(hours, DayKind.WORKDAY)
    if len(texts) != 1 or "off" in texts:
        return hours
    (extra,) = parse_hours(f"WD {next(iter(texts))}").rules
    rules = (*hours.rules, extra)
    return Hours(format_rules(rules), rules)


@lru_cache(maxsize=8192)
def is_round_the_clock(reading: Reading) -> bool:
    """Return whether a place is always open, particular years and dates aside.

    Parameters
    ----------
    reading
        Hours of the place.

    Returns
    -------
    bool
        True only when no minute of any kind of day is closed; a text with seasons that still is
        open throughout is not recognised.
    """
    standing = reading.standing()
    if isinstance(standing, AnyOf) and any(map(is_round_the_clock, standing.parts)):
        return True
    return standing.is_weekly and all(
        _covers_second_day(standing, days) for days in _neighbouring_days()
    )


def is_by_day_alone(hours: Hours) -> bool:
    """Return whether weekday and kind of a day decide what begins on it, whatever its neighbours say."""
    # A rule such as "00:00-02:00 off" cuts what began the night before: then days are not alone.
    reaches = any(end > DAY_MIN for rule in hours.rules for _, end in rule.spans)
    cuts = any(rule.spans for rule in hours.rules if not rule.is_open)
    return all(rule.is_weekly for rule in hours.rules) and not (reaches and cuts)


def _plain(text: str) -> str:
    hours = parse_hours(text)
    rule = hours.rules[0]
    bare = Hours(text, (type(rule)(rule.spans, is_open=rule.is_open),))
    if hours != bare or not (rule.is_open or not rule.spans):
        reason = "only times without days, such as 08:00-17:30, or off can be said of a kind of day"
        raise HoursError(HoursErrorCode.UNEXPECTED, 0, reason)
    return format_spans(merge(rule.spans))


def _texts_on(hours: Hours, kind: DayKind) -> set[str]:
    days = (Day(on, kind) for on in _WEEK if is_plausible(on, kind))
    return {format_spans(hours.spans([day])[0]) for day in days}


def _neighbouring_days() -> Iterator[list[Day]]:
    for on in _WEEK:
        for kind_before in DayKind:
            for kind in DayKind:
                days = [Day(on, kind_before), Day(on + timedelta(1), kind)]
                if all(is_plausible(*day) for day in days):
                    yield days


def _covers_second_day(reading: Reading, days: list[Day]) -> bool:
    before, second = reading.spans(days)
    open_then: list[Interval] = clip(merge([*shift(before, -DAY_MIN), *second]), 0, DAY_MIN)
    return open_then == [WHOLE_DAY]
