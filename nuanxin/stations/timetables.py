"""Planned closures and other hours as iCalendar, so that they stand in a rider's or a partner's calendar.

What one subscribes to shows its rows with keys that never change: a closure filed again, moved or
withdrawn is moved or gone there too.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from nuanxin.core import clock
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.stations.models import Closure, DatedException, Station

KEPT_DAYS: Final = 30
DIVISION_DIGITS: Final = (4, 6, 9)
_REFRESH: Final = dt.timedelta(hours=1)
_PRODUCT: Final = "-//Nuanxin//Stations//ZH"
# a calendar without a moment of its own would differ from itself at every look
_STAMP: Final = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def station_calendar(code: str, *, now: dt.datetime, absolute: str) -> bytes:
    """Return one station's closures and other hours.

    Parameters
    ----------
    code
        Station number.
    now
        The present moment; what ended more than ``KEPT_DAYS`` days before is left out.
    absolute
        Address of the site, without a slash at its end.

    Returns
    -------
    bytes
        iCalendar: closures by their beginning, then other hours by their first day.

    Raises
    ------
    NotFound
        When no listed station has this number.

    Notes
    -----
    Three queries.
    """
    stations = Station.objects.listed().filter(code=code)
    station = stations.first()
    if station is None:
        raise NotFound
    return _written(stations, now=now, title=station.name, absolute=absolute)


def division_calendar(division: str, *, now: dt.datetime, absolute: str) -> bytes:
    """Return the closures and other hours of all listed stations of a city, county or town.

    Parameters
    ----------
    division
        Code of 4, 6 or 9 digits.
    now, absolute
        As for `station_calendar`.

    Returns
    -------
    bytes
        As for `station_calendar`; without events where nothing is planned.

    Raises
    ------
    Invalid
        When it is no such code.

    Notes
    -----
    Two queries.
    """
    if not (division.isascii() and division.isdigit() and len(division) in DIVISION_DIGITS):
        raise Invalid(_("Name a city, county or town by its code."), code="bad_division")
    stations = Station.objects.listed().filter(division__code__startswith=division)
    title = _("Stations of %s: closures and other hours") % division
    return _written(stations, now=now, title=title, absolute=absolute)


def etag_of(calendar: bytes) -> str:
    """Return the tag by which a subscriber knows that nothing has changed."""
    return f'"{hashlib.sha256(calendar).hexdigest()[:32]}"'


def _written(stations: QuerySet[Station], *, now: dt.datetime, title: str, absolute: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    since = now - dt.timedelta(days=KEPT_DAYS)
    for event in (*_closures(stations, since, absolute), *_exceptions(stations, since, absolute)):
        calendar.add_component(event)
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _closures(stations: QuerySet[Station], since: dt.datetime, absolute: str) -> Iterator[Event]:
    rows = Closure.objects.filter(station__in=stations.order_by(), ends_at__gt=since)
    for closure in rows.select_related("station").order_by("starts_at", "pk"):
        event = _event(closure.station, f"closure-{closure.pk}", absolute)
        reason = closure.get_reason_display()
        event.add("summary", _closed(closure.station))
        event.add("description", " · ".join(filter(None, [reason, closure.note])))
        event.add("dtstart", closure.starts_at.astimezone(dt.UTC))
        event.add("dtend", closure.ends_at.astimezone(dt.UTC))
        yield event


def _exceptions(stations: QuerySet[Station], since: dt.datetime, absolute: str) -> Iterator[Event]:
    rows = DatedException.objects.filter(
        station__in=stations.order_by(), last_on__gte=clock.civil_date(since)
    )
    for exception in rows.select_related("station").order_by("first_on", "pk"):
        event = _event(exception.station, f"hours-{exception.pk}", absolute)
        event.add("summary", _other_hours(exception))
        # days without a clock; the end is the day after the last
        event.add("dtstart", exception.first_on)
        event.add("dtend", exception.last_on + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        yield event


def _event(station: Station, key: str, absolute: str) -> Event:
    event = Event()
    event.add("uid", f"{key}@{station.code}.nuanxin")
    event.add("dtstamp", _STAMP)
    event.add("location", station.address)
    event.add("geo", (station.lat_wgs84, station.lon_wgs84))
    event.add("url", absolute + reverse("stations:station_detail", args=[station.code]))
    return event


def _closed(station: Station) -> str:
    return _("%(name)s is closed") % {"name": station.name}


def _other_hours(exception: DatedException) -> str:
    station = exception.station
    if exception.hours == "off":
        return _closed(station)
    words = {"name": station.name, "hours": exception.hours}
    return _("%(name)s has other hours: %(hours)s") % words
