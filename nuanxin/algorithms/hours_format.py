"""Writing rules back as text: one canonical form for rules that are equal."""

from collections.abc import Iterable

from nuanxin.algorithms.hours_dates import MONTH_DAYS, MONTHS
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval
from nuanxin.algorithms.hours_parse import WEEKDAYS
from nuanxin.algorithms.hours_rules import (
    LAST_YEAR,
    WHOLE_DAY,
    DateRange,
    Rule,
    WeekdayRange,
    WeekRange,
)

__all__ = ["WEEKDAY_NAMES", "clock", "format_rules", "format_spans"]

_MONTH_NAMES = [name.capitalize() for name in MONTHS]
WEEKDAY_NAMES = [name.capitalize() for name in WEEKDAYS]
_WHOLE_YEAR = ((1, 1), (12, 31))


def clock(minute: int) -> str:
    """Return a minute of the day as ``HH:MM``; 1440 is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def format_spans(spans: Iterable[Interval]) -> str:
    """Return spans as hours text, such as ``08:00-12:00,22:00-02:00``; ``off`` for none."""
    return ",".join(_span(*span) for span in spans) or "off"


def format_rules(rules: Iterable[Rule]) -> str:
    """Return the canonical text of some rules.

    Parameters
    ----------
    rules
        At least one, in the order in which they apply.

    Returns
    -------
    str
        A text that reads as exactly these rules.
    """
    text = ""
    for rule in rules:
        written = _rule(rule)
        if rule.is_additional and text[-1:].isdigit() and written[:1].isdigit():
            text += " open"  # or its clock times would read on from the times of the rule before
        separator = ", " if rule.is_additional else "; "
        text += (separator if text else "") + written
    return text


def _span(start: int, end: int) -> str:
    # "22:00-02:00" where that is plain; "08:00-32:00" where it would look like nothing at all
    next_day = end - DAY_MIN
    return f"{clock(start)}-{clock(next_day if 0 < next_day < start else end)}"


def _rule(rule: Rule) -> str:
    parts = [
        ",".join(map(_dates, rule.dates)),
        "week " + ",".join(map(_weeks, rule.weeks)) if rule.weeks else "",
        _days(rule),
    ]
    is_always = rule.spans in ((), (WHOLE_DAY,)) and not any(parts)
    if rule.spans:
        parts.append("24/7" if is_always and rule.is_open else format_spans(rule.spans))
    if not rule.is_open:
        parts.append("off")
    if rule.comment:
        parts.append(f'"{rule.comment}"')
    return " ".join(filter(None, parts))


def _days(rule: Rule) -> str:
    weekdays = ",".join(map(_weekdays, rule.weekdays))
    classes = ",".join(rule.classes)
    if rule.needs_both:
        return f"{classes} {weekdays}"
    return ",".join(filter(None, (weekdays, classes)))


def _weekdays(days: WeekdayRange) -> str:
    name = _range(WEEKDAY_NAMES[days.first], WEEKDAY_NAMES[days.last])
    return f"{name}[{','.join(map(str, days.nths))}]" if days.nths else name


def _weeks(weeks: WeekRange) -> str:
    text = _range(f"{weeks.first:02d}", f"{weeks.last:02d}")
    return f"{text}/{weeks.step}" if weeks.step > 1 else text


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"


def _dates(dates: DateRange) -> str:
    if dates.years is None:
        return _monthdays(dates, "")
    low, high = dates.years
    years = f"{low}+" if high == LAST_YEAR else _range(str(low), str(high))
    if (dates.first, dates.last) == _WHOLE_YEAR and not dates.years_later:
        return years
    # a range that merely runs over New Year needs no second year
    is_longer = dates.years_later > int(dates.last < dates.first)
    end_year = f"{low + dates.years_later} " if is_longer else ""
    return f"{years} {_monthdays(dates, end_year)}"


def _monthdays(dates: DateRange, end_year: str) -> str:
    (month, day), (last_month, last_day) = dates.first, dates.last
    name, last_name = _MONTH_NAMES[month - 1], _MONTH_NAMES[last_month - 1]
    if day == 1 and last_day == MONTH_DAYS[last_month - 1]:
        return _range(name, last_name) if not end_year else f"{name}-{end_year}{last_name}"
    first, last = f"{name} {day:02d}", f"{last_name} {last_day:02d}"
    return _range(first, last) if not end_year else f"{first}-{end_year}{last}"
