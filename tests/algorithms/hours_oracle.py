"""Opening hours the slow way: minute by minute from the rules; and random texts to try it on."""

from datetime import date, timedelta

from hypothesis import strategies as st

from nuanxin.algorithms.calendars import Calendar, DayKind, known_calendar
from nuanxin.algorithms.hours import DAY_MIN, Hours, Interval, parse_hours
from nuanxin.algorithms.hours_rules import Day, Rule

CALENDAR = known_calendar(2025, 2026)
ONE_DAY = timedelta(days=1)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def is_open_at(hours: Hours, on: date, minute: int, calendar: Calendar) -> bool:
    """Say whether the opening that began today or yesterday covers this minute."""
    return any(_covers(hours, begun, on, minute, calendar) for begun in (on - ONE_DAY, on))


def _covers(hours: Hours, begun: date, on: date, minute: int, calendar: Calendar) -> bool:
    is_open = False
    since = minute + (on - begun).days * DAY_MIN
    for rule in hours.rules:
        inside = any(start <= since < end for start, end in rule.spans)
        if not rule.is_open and rule.spans:
            is_open &= not _is_cut(rule, on, minute, calendar)
        elif rule.matches(Day(begun, calendar.kind(begun))):
            is_open = rule.is_open and (inside or (is_open and rule.is_additional))
    return is_open


def _is_cut(rule: Rule, on: date, minute: int, calendar: Calendar) -> bool:
    return any(
        rule.matches(Day(day, calendar.kind(day)))
        and any(start <= minute + (on - day).days * DAY_MIN < end for start, end in rule.spans)
        for day in (on - ONE_DAY, on)
    )


def open_minutes(intervals: list[Interval]) -> set[int]:
    return {minute for start, end in intervals for minute in range(start, end)}


def _text_of(start: int, length: int) -> str:
    end = start + length
    next_day = 0 < end - DAY_MIN <= start
    return f"{clock(start)}-{clock(end - DAY_MIN if next_day else end)}"


# Steps of half an hour keep the minute-by-minute oracle honest and the boundaries colliding.
span_texts = st.builds(
    _text_of, st.integers(0, 47).map(lambda n: 30 * n), st.integers(1, 48).map(lambda n: 30 * n)
)
span_lists = st.lists(span_texts, min_size=1, max_size=3).map(",".join)
weekday_texts = st.sampled_from(
    ["Mo", "Mo-Fr", "Tu-Su", "Sa-Su", "Fr-Mo", "Mo,We-Th", "We", "Th[3]", "Fr[-1]", "Sa[1,-1]"]
)
class_texts = st.sampled_from(["PH", "WD", "PH,WD"])
day_texts = st.one_of(
    st.just(""),
    weekday_texts,
    class_texts,
    st.builds("{},{}".format, weekday_texts, class_texts),
    st.builds("{} {}".format, class_texts, weekday_texts),
)
date_texts = st.sampled_from(
    [
        "",
        "",
        "Feb 14-20",
        "Feb",
        "Jan-Feb",
        "Dec 28-Feb 17",
        "2026 Feb 16-2026 Feb 23",
        "2026 Feb 16-18,Feb 20",
        "2025 Dec 30-2026 Feb 15",
        "2024 Dec-2026 Feb 19",
        "2026",
        "2026+ Feb",
        "2026 Feb 18+",
        "Feb 18+",
        "2025-2026 Feb 17",
        "week 07",
        "week 02-52/2",
        "Feb week 08",
    ]
)
modified = st.one_of(
    span_lists,
    st.just("off"),
    st.just("open"),
    st.builds("{} off".format, span_lists),
    st.builds('{} "ring the bell; please"'.format, span_lists),
)
rule_texts = st.builds(
    lambda *parts: " ".join(filter(None, parts)), date_texts, day_texts, modified
)


def _joined(first: str, rest: list[tuple[str, str]]) -> str:
    return first + "".join(separator + rule for separator, rule in rest)


hours_texts = st.builds(
    _joined,
    rule_texts,
    st.lists(st.tuples(st.sampled_from(["; ", "; ", ", "]), rule_texts), max_size=3),
)
hours_strategy = hours_texts.map(parse_hours)
# The weeks around the Spring Festival of 2026 hold every kind of day.
days_from = st.dates(date(2026, 2, 9), date(2026, 2, 27))
calendars = st.dictionaries(
    st.dates(date(2026, 2, 7), date(2026, 3, 5)), st.sampled_from(DayKind), max_size=6
).map(lambda days: Calendar((on, kind, True) for on, kind in days.items()))
