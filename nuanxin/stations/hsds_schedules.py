"""Hours of a station as schedules of the Human Services Data Specification."""

import datetime as dt
from typing import Any, Final

from django.utils.translation import gettext as _

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours import DAY_MIN, Interval
from nuanxin.algorithms.hours_format import clock as clock_text
from nuanxin.algorithms.hours_weekly import DatedSpans, WeeklySpan, dated_spans, weekly_spans
from nuanxin.core.ids import computed_id
from nuanxin.stations import doors
from nuanxin.stations.models import Station
from nuanxin.stations.presentation import weekday_words

Item = dict[str, Any]
DAYS: Final = 60
"""So many days ahead are looked at for dates that differ."""
_UTC_OFFSET_H: Final = 8
_ZONE: Final = "+08:00"
_BYDAY: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def schedules(
    station: Station, *, service_id: str, today: dt.date, calendar: Calendar
) -> list[Item]:
    """Return when a station is open: its ordinary week, and the dates of the next weeks that differ.

    Parameters
    ----------
    station
        With outlet, exceptions and closures loaded.
    service_id
        Identifier of the service whose schedules they are.
    today
        First day looked at.
    calendar
        Covers `DAYS` days from then, and a few around them.

    Returns
    -------
    list of dict
        Weekly ones by time, then dated ones by date; none when no hours are posted. A closing time
        not later than the opening time is one of the next day; a date without times is shut.
    """
    reading = doors.visible_reading(station)
    if reading is None:
        return []
    own: Item = {"service_id": service_id, "timezone": _UTC_OFFSET_H}
    until = None if reading.is_weekly else today + dt.timedelta(days=DAYS)
    weekly = weekly_spans(reading, day_from=today)
    found = [_weekly(each, station, until) for each in weekly]
    dated = dated_spans(reading, day_from=today, days=DAYS, calendar=calendar)
    return [
        item | own for item in (*found, *(item for each in dated for item in _dated(each, station)))
    ]


def _weekly(each: WeeklySpan, station: Station, until: dt.date | None) -> Item:
    byday = ",".join(_BYDAY[day] for day in each.weekdays)
    days = _(", ").join(weekday_words(day) for day in each.weekdays)
    item = _identified(station, byday, each.span) | {
        "freq": "WEEKLY",
        "interval": 1,
        "wkst": "MO",
        "byday": byday,
        "description": f"{days} {_span_text(each.span)}",
    }
    # a season may end: then these times hold no longer than they were looked at
    return item | ({"valid_to": until.isoformat()} if until else {})


def _dated(each: DatedSpans, station: Station) -> list[Item]:
    first, last = each.first_on.isoformat(), each.last_on.isoformat()
    days = first if first == last else f"{first} – {last}"
    valid = {"valid_from": first, "valid_to": last}
    if not each.spans:
        return [
            _identified(station, first, None) | valid | {"description": f"{days} {_('closed')}"}
        ]
    return [
        _identified(station, first, span) | valid | {"description": f"{days} {_span_text(span)}"}
        for span in each.spans
    ]


def _identified(station: Station, days: str, span: Interval | None) -> Item:
    key = computed_id("hsds_schedule", str(station.pk), days, "-" if span is None else str(span))
    if span is None:
        return {"id": str(key)}
    opens, closes = (clock_text(minute % DAY_MIN) for minute in span)
    return {"id": str(key), "opens_at": f"{opens}{_ZONE}", "closes_at": f"{closes}{_ZONE}"}


def _span_text(span: Interval) -> str:
    opens, closes = span
    return f"{clock_text(opens)}–{clock_text(closes if closes <= DAY_MIN else closes - DAY_MIN)}"
