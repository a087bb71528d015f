"""A holiday notice that was read, as pages show it: what is wrong, what changes, the year drawn."""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy, pgettext

from nuanxin.algorithms.calendars_notice import NoticeDay, NoticeFault, NoticeFaultCode
from nuanxin.core.errors import Text
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.models import CalendarDay
from nuanxin.regions.services import DayOfNotice

_FAULTS: Mapping[NoticeFaultCode, Text] = {
    NoticeFaultCode.TOO_LONG: gettext_lazy("The text is longer than a notice is."),
    NoticeFaultCode.NO_YEAR: gettext_lazy(
        "The title is missing: it says which year the notice arranges."
    ),
    NoticeFaultCode.NO_ITEMS: gettext_lazy("There is no numbered item with a holiday."),
    NoticeFaultCode.UNREAD: gettext_lazy("This sentence was not understood: “%(sentence)s”."),
    NoticeFaultCode.NO_SUCH_DATE: gettext_lazy(
        "There is no such date or range of dates, %(found)s: “%(sentence)s”."
    ),
    NoticeFaultCode.WRONG_WEEKDAY: gettext_lazy(
        "The weekday does not fit; it is %(found)s: “%(sentence)s”."
    ),
    NoticeFaultCode.WRONG_COUNT: gettext_lazy(
        "The number of days does not fit; there are %(found)s: “%(sentence)s”."
    ),
    NoticeFaultCode.NOT_A_WEEKEND: gettext_lazy(
        "A make-up workday falls on a weekend, and %(found)s does not: “%(sentence)s”."
    ),
    NoticeFaultCode.TWICE: gettext_lazy("%(found)s stands twice: “%(sentence)s”."),
    NoticeFaultCode.OTHER_YEAR: gettext_lazy("%(found)s belongs to another year: “%(sentence)s”."),
    NoticeFaultCode.UNKNOWN_HOLIDAY: gettext_lazy(
        "“%(found)s” is none of the seven holidays: “%(sentence)s”."
    ),
    NoticeFaultCode.MISSING_HOLIDAY: gettext_lazy("There is nothing about %(found)s."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One date that would be something else: before and after in words."""

    on: dt.date
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a drawn month; ``mark`` is the sign that stands beside the number."""

    day: int
    kind: str
    mark: str
    name: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One drawn month: its name, and weeks of seven cells, None where another month's day is."""

    name: str
    weeks: list[list[Cell | None]]


def fault_words(fault: NoticeFault) -> str:
    """Return what is wrong with a sentence."""
    return str(_FAULTS[fault.code]) % {"sentence": fault.sentence, "found": fault.found}


def days_of(days: Sequence[NoticeDay]) -> list[DayOfNotice]:
    """Return the days that were read as the service takes them."""
    return [
        DayOfNotice(day.on, CalendarDayKind[day.kind.name], day.name_zh, day.name_en)
        for day in days
    ]


def changes(days: Sequence[DayOfNotice], stored: Sequence[CalendarDay]) -> list[Change]:
    """Return the dates that publishing would make something else.

    Parameters
    ----------
    days
        What the notice says.
    stored
        The rows it would replace: those of its dates, and those of the same notice before.

    Returns
    -------
    list of Change
        By date.
    """
    after = {day.date: (day.kind, day.name_zh) for day in days}
    before = {day.date: (CalendarDayKind(day.kind), day.name_zh) for day in stored}
    found = []
    for on in sorted(after.keys() | before.keys()):
        old, new = (said.get(on, (_by_weekday(on), "")) for said in (before, after))
        if old != new:
            found.append(Change(on, _words(*old), _words(*new)))
    return found


def months(year: int, days: Sequence[DayOfNotice], changed: Sequence[Change]) -> list[Month]:
    """Return a year drawn month by month, the days of a notice marked."""
    said = {day.date: day for day in days}
    new = {change.on for change in changed}
    return [
        Month(
            str(MONTHS[month]),
            [
                [
                    _cell(on, said.get(on), is_new=on in new) if on.month == month else None
                    for on in week
                ]
                for week in calendar.Calendar().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _cell(on: dt.date, day: DayOfNotice | None, *, is_new: bool) -> Cell:
    kind = day.kind if day else _by_weekday(on)
    marks = {
        CalendarDayKind.HOLIDAY: pgettext("mark in a calendar: day off", "off"),
        CalendarDayKind.MAKEUP: pgettext("mark in a calendar: worked", "work"),
    }
    return Cell(on.day, kind.value, marks.get(kind, ""), day.name_zh if day else "", is_new)


def _by_weekday(on: dt.date) -> CalendarDayKind:
    return CalendarDayKind.REST if on.weekday() >= 5 else CalendarDayKind.WORKDAY


def _words(kind: CalendarDayKind, name: str) -> str:
    return f"{kind.label} ({name})" if name else str(kind.label)
