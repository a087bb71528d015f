"""Rules of hours on their way to a text: seasons without dates, order, spelling."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nuanxin.algorithms.hours_dates import MONTHS
from nuanxin.algorithms.hours_format import format_spans
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, subtract
from nuanxin.algorithms.hours_parse import WEEKDAYS
from nuanxin.algorithms.hours_text_phrases import DateSpan, DaySet

__all__ = [
    "ALL_WEEK",
    "HoursRule",
    "rank",
    "rule_text",
    "weekdays_of",
    "with_seasons",
    "without_all_week",
]

ALL_WEEK = frozenset(range(7))
_NAMES = [name.capitalize() for name in WEEKDAYS]
_MONTHS = [name.capitalize() for name in MONTHS]


@dataclass(frozen=True, slots=True)
class HoursRule:
    """Some hours on some days; no spans close them, ``days`` None means every day."""

    dates: tuple[DateSpan, ...]
    days: DaySet | None
    spans: tuple[Interval, ...]
    season: str = ""

    @property
    def is_off(self) -> bool:
        """Whether the rule closes its days."""
        return not self.spans


def weekdays_of(days: DaySet | None) -> frozenset[int]:
    """Return the weekdays of a set of days, all of them for every day."""
    if days is None:
        return ALL_WEEK
    return days.weekdays


def without_all_week(rule: HoursRule) -> HoursRule:
    """Return the rule with Monday to Sunday said as every day."""
    is_every_day = rule.days is not None and rule.days.weekdays == ALL_WEEK
    return replace(rule, days=None) if is_every_day else rule


def with_seasons(rules: list[HoursRule]) -> list[list[HoursRule]]:
    """Return the rules with dates for seasons that have none; as they are without such seasons."""
    names = {rule.season for rule in rules if rule.season}
    if not names:
        return [rules]
    if len(names) == 1 and any(not rule.season and not rule.is_off for rule in rules):
        return [[rule for rule in rules if not rule.season]]
    if not names <= {"summer", "winter"}:
        return []
    winter_only = _cautious(rules)
    pairs = (((5, 9), (10, 4)), ((5, 10), (11, 4)))
    dated = [
        [replace(rule, season="", dates=_months(*pair[rule.season == "winter"]) if rule.season else rule.dates)
         for rule in rules]
        for pair in pairs
    ]  # fmt: skip
    return [winter_only, *dated]


def _cautious(rules: list[HoursRule]) -> list[HoursRule]:
    """Return the hours that hold in both seasons."""
    seasonal = [rule for rule in rules if rule.season]
    if len(seasonal) != 2 or seasonal[0].days != seasonal[1].days:
        return []
    spans = [rule.spans for rule in seasonal]
    shared = subtract(spans[0], subtract(spans[0], spans[1]))
    kept = replace(seasonal[0], spans=tuple(shared), season="")
    return [kept, *(rule for rule in rules if not rule.season)] if shared else []


def _months(first: int, last: int) -> tuple[DateSpan, ...]:
    ends = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return (DateSpan((first, 1), (last, ends[last - 1])),)


def rank(rule: HoursRule) -> tuple[int, int]:
    """Return where a rule stands among others: what is special behind, ``WD`` behind weekends."""
    classes = rule.days.classes if rule.days else frozenset[str]()
    is_one_off = bool(rule.dates) and (rule.is_off or any(span.year for span in rule.dates))
    by_class = 2 if "WD" in classes else 1 if "PH" in classes else 0
    return (
        3 if is_one_off else by_class,
        int(rule.is_off) if by_class == 1 else int(bool(rule.dates)),
    )


def rule_text(rule: HoursRule) -> str:
    """Return the rule in the hours syntax."""
    parts = [",".join(map(_date_text, rule.dates)), _day_text(rule.days)]
    spans = format_spans(rule.spans)
    if rule.spans == ((0, DAY_MIN),) and not any(parts):
        return "24/7"
    return " ".join(filter(None, (*parts, spans)))


def _date_text(span: DateSpan) -> str:
    (month, day), (last_month, last_day) = span.first, span.last
    year = f"{span.year} " if span.year else ""
    last_year = (
        f"{span.last_year} " if span.last_year and span.year and span.last_year != span.year else ""
    )
    first = f"{year}{_MONTHS[month - 1]} {day:02d}"
    return (
        first
        if span.first == span.last and not last_year
        else f"{first}-{last_year}{_MONTHS[last_month - 1]} {last_day:02d}"
    )


def _runs(weekdays: frozenset[int]) -> Iterator[str]:
    """Yield weekdays as runs within the week: Tu-We,Fr-Su."""
    first = None
    for day in range(8):
        if day in weekdays and first is None:
            first = day
        elif day not in weekdays and first is not None:
            yield _NAMES[first] if day - first == 1 else f"{_NAMES[first]}-{_NAMES[day - 1]}"
            first = None


def _day_text(days: DaySet | None) -> str:
    if days is None:
        return ""
    names = list(_runs(days.weekdays))
    classes = [name for name in ("PH", "WD") if name in days.classes]
    return ",".join([*names, *classes])
