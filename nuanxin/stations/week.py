"""The week of a station as bars: numbers for the drawing, words for everybody."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours import Bar, DayView
from nuanxin.stations.presentation import weekday_words


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One day: its name, what is special about it, bars in minutes of the day, and the words.

    ``now_min`` is the minute of the reader's clock on today's row, else None.
    """

    name: str
    date: str
    remark: str
    hours: str
    bars: tuple[tuple[int, int], ...]
    is_today: bool
    is_confirmed: bool
    now_min: int | None


def week_rows(days: Sequence[DayView], *, now: dt.datetime) -> list[WeekRow]:
    """Return the rows of a week for the page, in the order given."""
    return [_row(day, now) for day in days]


def _row(day: DayView, now: dt.datetime) -> WeekRow:
    is_today = day.on == now.date()
    return WeekRow(
        name=_("Today") if is_today else weekday_words(day.weekday),
        date=f"{day.on:%m-%d}",
        remark=_remark(day),
        hours=_("closed") if not day.bars else _(", ").join(_span(bar) for bar in day.bars),
        bars=tuple((bar.start_min, bar.end_min - bar.start_min) for bar in day.bars),
        is_today=is_today,
        is_confirmed=day.is_confirmed,
        now_min=now.hour * 60 + now.minute if is_today else None,
    )


def _span(bar: Bar) -> str:
    if (bar.start_min, bar.end_min) == (0, 1440):
        return _("all day")
    return f"{bar.start_text}–{bar.end_text}"


def _remark(day: DayView) -> str:
    if not day.is_confirmed:
        return _("not confirmed")
    return {DayKind.HOLIDAY: _("holiday"), DayKind.MAKEUP: _("make-up workday")}.get(day.kind, "")
