"""The week as people fill it in: a row for each weekday, one for holidays, one for make-up workdays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours_format import WEEKDAY_NAMES, format_spans
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, merge
from nuanxin.algorithms.hours_kinds import from_day_kinds, is_by_day_alone
from nuanxin.algorithms.hours_readings import Hours
from nuanxin.algorithms.hours_rules import WHOLE_DAY, Day

__all__ = [
    "ALL_DAY",
    "CLOSED",
    "MAX_SPANS",
    "DaySpans",
    "WeekGrid",
    "fits_row",
    "from_grid",
    "joined_row",
    "to_grid",
]

DaySpans = tuple[Interval, ...]
"""What begins on one day: (start, end) minutes from its midnight, by start, disjoint, not touching."""

CLOSED: Final[DaySpans] = ()
ALL_DAY: Final[DaySpans] = (WHOLE_DAY,)
MAX_SPANS: Final = 3
"""So many spans fit one row of the form."""

_A_MONDAY = date(2001, 1, 1)
_WEEK = tuple(_A_MONDAY + timedelta(i) for i in range(7))
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """The hours of a week, row by row, brought to one normal form.

    Parameters
    ----------
    days
        Seven rows, Monday first. A row has at most three spans; 0 <= start < 1440, and a span ends
        at most at the same minute of the next day, exclusive: start < end < start + 1440, or the
        whole day from midnight to midnight.
    holiday
        The row of statutory holidays; None: the hours of the weekday on which one falls.
    makeup
        The row of make-up workdays, likewise; they are Saturdays and Sundays.

    Notes
    -----
    Touching and overlapping spans are joined. A last row of None becomes explicit where the
    weekdays concerned are alike, so that equal meaning is an equal grid.

    Raises
    ------
    ValueError
        When there are not seven rows, or a row does not fit the form.
    """

    days: tuple[DaySpans, ...]
    holiday: DaySpans | None = None
    makeup: DaySpans | None = None

    def __post_init__(self) -> None:
        if len(self.days) != len(_WEEK):
            msg = f"a week has seven days, not {len(self.days)}"
            raise ValueError(msg)
        days = tuple(map(joined_row, self.days))
        weekend = days[_SATURDAY:]
        object.__setattr__(self, "days", days)
        object.__setattr__(self, "holiday", _special(self.holiday, days))
        object.__setattr__(self, "makeup", _special(self.makeup, weekend))


def to_grid(hours: Hours) -> WeekGrid | None:
    """Return the grid that says what a text says.

    Parameters
    ----------
    hours
        An understood text.

    Returns
    -------
    WeekGrid | None
        None when the text says more than a grid can: dates, weeks, n-th weekdays, comments, more
        than three spans or more than a day in one, times that are cut out of the night before,
        holidays that are like none of their weekdays nor like each other.
    """
    if any(rule.comment for rule in hours.rules) or not is_by_day_alone(hours):
        return None
    ordinary = [_spans_on(hours, on, _ordinary_kind(on)) for on in _WEEK]
    holidays = [_spans_on(hours, on, DayKind.HOLIDAY) for on in _WEEK]
    makeups = [_spans_on(hours, on, DayKind.MAKEUP) for on in _WEEK[_SATURDAY:]]
    is_sayable = _is_one_row(holidays, ordinary) and _is_one_row(makeups, ordinary[_SATURDAY:])
    if not is_sayable or not all(map(fits_row, [*ordinary, *holidays, *makeups])):
        return None
    return WeekGrid(
        tuple(ordinary),
        holidays[0] if len(set(holidays)) == 1 else None,
        makeups[0] if len(set(makeups)) == 1 else None,
    )


def from_grid(grid: WeekGrid) -> str:
    """Return the canonical hours text of a grid.

    Parameters
    ----------
    grid
        The week.

    Returns
    -------
    str
        Canonical OSM text with ``PH`` and ``WD``; what ``from_day_kinds`` writes where the kind of
        day alone decides. At most 340 characters.
    """
    workdays, weekend = grid.days[:_SATURDAY], grid.days[_SATURDAY:]
    if len(set(workdays)) == len(set(weekend)) == 1 and grid.holiday is not None:
        makeup = None if grid.makeup is None else format_spans(grid.makeup)
        return from_day_kinds(
            workday=format_spans(workdays[0]),
            rest=format_spans(weekend[0]),
            holiday=format_spans(grid.holiday),
            makeup=makeup,
        )
    rules = [
        f"{_names(numbers)} {format_spans(spans)}" for spans, numbers in _alike(grid.days) if spans
    ]
    if grid.holiday is not None:
        rules.append(f"PH {format_spans(grid.holiday)}")
    if grid.makeup is not None and set(weekend) != {grid.makeup}:
        is_office_day = set(workdays) == {grid.makeup}
        days = "WD" if is_office_day and grid.holiday is not None else "WD Sa-Su"
        rules.append(f"{days} {format_spans(grid.makeup)}")
    return "; ".join(rules)


def fits_row(spans: Sequence[Interval]) -> bool:
    """Return whether spans that begin on one day fit one row of the form."""
    return len(spans) <= MAX_SPANS and all(
        (start, end) == WHOLE_DAY or (0 <= start < DAY_MIN and start < end < start + DAY_MIN)
        for start, end in spans
    )


def joined_row(spans: Sequence[Interval]) -> DaySpans:
    """Return some spans of one day as a row: by start, those that touch or overlap joined.

    Raises
    ------
    ValueError
        When they do not fit one row.
    """
    joined = tuple(merge(spans))
    if not fits_row(joined):
        msg = f"these times do not fit one row: {joined}"
        raise ValueError(msg)
    return joined


def _special(spans: DaySpans | None, days: Sequence[DaySpans]) -> DaySpans | None:
    if spans is not None:
        return joined_row(spans)
    return days[0] if len(set(days)) == 1 else None


def _is_one_row(said: Sequence[DaySpans], ordinary: Sequence[DaySpans]) -> bool:
    return len(set(said)) == 1 or list(said) == list(ordinary)


def _spans_on(hours: Hours, on: date, kind: DayKind) -> DaySpans:
    return tuple(hours.spans([Day(on, kind)])[0])


def _ordinary_kind(on: date) -> DayKind:
    return DayKind.REST if on.weekday() >= _SATURDAY else DayKind.WORKDAY


def _alike(days: Sequence[DaySpans]) -> Iterable[tuple[DaySpans, list[int]]]:
    """Group weekdays of the same hours, by the first day of each group."""
    groups: dict[DaySpans, list[int]] = {}
    for number, spans in enumerate(days):
        groups.setdefault(spans, []).append(number)
    return groups.items()


def _names(numbers: Iterable[int]) -> str:
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return ",".join(_run([number for _index, number in run]) for _offset, run in runs)


def _run(numbers: Sequence[int]) -> str:
    first, last = WEEKDAY_NAMES[numbers[0]], WEEKDAY_NAMES[numbers[-1]]
    return first if first == last else f"{first}-{last}"
