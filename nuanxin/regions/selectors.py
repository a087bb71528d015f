"""What other rooms read: the division tree, today's divisions, and the working calendar."""

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from nuanxin.algorithms.calendars import Calendar, CalendarRow, estimated_days
from nuanxin.core import clock
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.models import (
    CalendarDay,
    CalendarNotice,
    Division,
    DivisionQuerySet,
    DivisionSuccession,
)


@dataclass(frozen=True, slots=True)
class DivisionNode:
    """A division with what lies below it.

    Parameters
    ----------
    code, name, level
        As stored.
    children
        The divisions one level down, by code; empty at the deepest level asked for.
    """

    code: str
    name: str
    level: Level
    children: tuple["DivisionNode", ...] = ()


def current_divisions(
    *, on: dt.date | None = None, level: Level | None = None, under: str = ""
) -> DivisionQuerySet:
    """Return the divisions that exist on a day.

    Parameters
    ----------
    on
        The day; today in Asia/Shanghai when left out.
    level
        Only this level.
    under
        Only this division and what lies below it; empty for the whole country.

    Returns
    -------
    DivisionQuerySet
        By code. One query, when read.
    """
    divisions = Division.objects.valid_on(on or clock.civil_date()).under(under).order_by("code")
    return divisions if level is None else divisions.filter(level=level)


def division_tree(
    *, root: str = "", deepest: Level = Level.COUNTY, on: dt.date | None = None
) -> tuple[DivisionNode, ...]:
    """Return the tree of divisions that exist on a day.

    Parameters
    ----------
    root
        Code of the division to start from; empty for all provinces.
    deepest
        The last level of the tree; towns are left out unless asked for.
    on
        The day; today in Asia/Shanghai when left out.

    Returns
    -------
    tuple of DivisionNode
        The root alone, or the provinces, by code; empty when the root does not exist on that day.

    Notes
    -----
    One query; time and memory linear in the number of divisions.
    """
    levels = [level for level in Level if level.code_length <= deepest.code_length]
    divisions = current_divisions(on=on, under=root).filter(level__in=levels)
    children: dict[str | None, list[tuple[str, str, Level]]] = defaultdict(list)
    for code, name, level, parent in divisions.values_list("code", "name", "level", "parent_id"):
        children[None if code == root else parent].append((code, name, Level(level)))
    return _grow(children, None)


def _grow(
    children: dict[str | None, list[tuple[str, str, Level]]], parent: str | None
) -> tuple[DivisionNode, ...]:
    return tuple(
        DivisionNode(code, name, level, _grow(children, code))
        for code, name, level in children.get(parent, ())
    )


def successors_of(code: str, *, on: dt.date | None = None) -> list[Division]:
    """Return the divisions that hold the ground of a code on a day.

    Parameters
    ----------
    code
        Code of a division, abolished or not.
    on
        The day; today in Asia/Shanghai when left out.

    Returns
    -------
    list of Division
        By code. A division that still exists is among its own successors, beside those to which it
        gave a part; an abolished one is not. Empty when the code is unknown, or when its unit ended
        without a recorded successor.

    Notes
    -----
    Two queries. Ground is followed through later changes only: what a successor had given away
    before, or on the day it received this ground, was other ground.
    """
    on = on or clock.civil_date()
    steps: dict[str, list[tuple[str, dt.date]]] = defaultdict(list)
    recorded = DivisionSuccession.objects.filter(effective_on__lte=on)
    for predecessor, successor, day in recorded.values_list(
        "predecessor_id", "successor_id", "effective_on"
    ):
        steps[predecessor].append((successor, day))
    return list(current_divisions(on=on).filter(code__in=_reached(code, steps)))


def _reached(code: str, steps: dict[str, list[tuple[str, dt.date]]]) -> set[str]:
    # a unit may be reached on several days; the earliest sees the most later changes
    since = {code: dt.date.min}
    pending = [code]
    while pending:
        unit = pending.pop()
        for successor, day in steps.get(unit, ()):
            if day > since[unit] and day < since.get(successor, dt.date.max):
                since[successor] = day
                pending.append(successor)
    return set(since)


def calendar(first: dt.date, last: dt.date) -> Calendar:
    """Return the working calendar of a span of days.

    Parameters
    ----------
    first, last
        First and last day, both included; years 2008 to 2099.

    Returns
    -------
    Calendar
        Days from the table are confirmed. In a year without a notice the computed statutory
        holidays, the working days beside them and the weekends near them are not confirmed, unless
        the table has that day; so are the last days of a December when the next year has no notice.
        Every other day is what its weekday says.

    Raises
    ------
    ValueError
        When a year without notice lies outside 2008 to 2099.

    Notes
    -----
    Two queries, whatever the length of the span.
    """
    stored = CalendarDay.objects.filter(date__range=(first, last)).values_list("date", "kind")
    known = {on: CalendarRow(on, CalendarDayKind(kind).day_kind, True) for on, kind in stored}
    years = range(first.year, last.year + 1)
    noticed = set(
        CalendarNotice.objects.filter(year__range=(first.year, last.year + 1)).values_list(
            "year", flat=True
        )
    )
    uncertain = (
        row
        for row in _uncertain_days(years, noticed)
        if first <= row.on <= last and row.on not in known
    )
    return Calendar([*known.values(), *uncertain])


def calendar_state() -> int:
    """Return a number that changes when any day or notice of the calendar does.

    Notes
    -----
    Two queries; the same in every process.
    """
    days = CalendarDay.objects.order_by("date").values_list("date", "kind")
    notices = CalendarNotice.objects.order_by("year").values_list("year", flat=True)
    text = [*(f"{on}{kind}" for on, kind in days), *map(str, notices)]
    return zlib.crc32(" ".join(text).encode())


def _uncertain_days(years: Sequence[int], noticed: set[int]) -> Iterator[CalendarRow]:
    for year in years:
        if year not in noticed:
            yield from estimated_days(year)
        elif year + 1 not in noticed:
            # a notice may swap days of the December before its New Year
            yield from (row for row in estimated_days(year) if row.on.month == 12)


def unconfirmed_years(*, on: dt.date | None = None) -> list[int]:
    """Return which of this year and the next have no holiday notice.

    Parameters
    ----------
    on
        The day; today in Asia/Shanghai when left out.

    Returns
    -------
    list of int
        In order; empty when both are confirmed. One query.
    """
    year = (on or clock.civil_date()).year
    years = [year, year + 1]
    noticed = set(CalendarNotice.objects.filter(year__in=years).values_list("year", flat=True))
    return [year for year in years if year not in noticed]


def days_a_notice_replaces(year: int, dates: Sequence[dt.date]) -> list[CalendarDay]:
    """Return the stored days that publishing a notice would replace or withdraw.

    Parameters
    ----------
    year
        The year of the notice.
    dates
        The dates it moves.

    Returns
    -------
    list of CalendarDay
        By date: the days of these dates, whoever set them, and all of the notice of this year.

    Notes
    -----
    One query.
    """
    replaced = Q(notice=year) | Q(date__in=dates)
    return list(CalendarDay.objects.filter(replaced).order_by("date"))
