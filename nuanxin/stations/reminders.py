"""Ten minutes after the posted opening a keeper who has not opened is reminded, once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from django.db import transaction

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.regions.selectors import calendar
from nuanxin.stations import alerts, doors
from nuanxin.stations.models import Evidence, Keeping, Reminder, Station

AFTER: Final = dt.timedelta(minutes=10)
AHEAD: Final = dt.timedelta(hours=2)
TOO_LATE: Final = dt.timedelta(hours=1)
KEPT: Final = dt.timedelta(days=30)
_EARLY: Final = dt.timedelta(hours=1)
_BATCH: Final = 500
Hours = tuple[str, str]


def plan(now: dt.datetime) -> int:
    """Write the reminders of the openings that are posted for the coming two hours.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    int
        Reminders that were not written before; the same moment again writes none.

    Notes
    -----
    Five queries and one INSERT for every 500 openings; hours are read once for each distinct text.
    """
    by_hours: dict[Hours, list[UUID]] = defaultdict(list)
    for station in _kept(now):
        by_hours[station.posted_hours].append(station.pk)
    today = clock.civil_date(now)
    days = calendar(today - dt.timedelta(days=1), today + dt.timedelta(days=2))
    wanted = [
        Reminder(
            id=computed_id("reminder", str(pk), opened_at.isoformat()),
            station_id=pk,
            due_at=opened_at + AFTER,
        )
        for hours, pks in by_hours.items()
        for opened_at in _openings(hours, now, days)
        for pk in pks
    ]
    known = set(Reminder.objects.filter(due_at__gt=now).values_list("pk", flat=True))
    fresh = [reminder for reminder in wanted if reminder.pk not in known]
    Reminder.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
    return len(fresh)


def send(now: dt.datetime) -> int:
    """Send the reminders that are due, each once, whoever ticks.

    Parameters
    ----------
    now
        The moment, aware.

    Returns
    -------
    int
        Messages written.

    Notes
    -----
    One query, and one UPDATE and some ten queries for each due reminder, each in a transaction of
    its own. What is due for more than an hour, after a long halt, reminds nobody any more.
    """
    due = Reminder.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at", "id")
    return sum(_send_one(pk, now) for pk in list(due.values_list("pk", flat=True)))


def trim(now: dt.datetime) -> int:
    """Delete reminders done with a month ago; return how many."""
    deleted, _by_table = Reminder.objects.filter(due_at__lt=now - KEPT).delete()
    return deleted


@transaction.atomic
def _send_one(pk: UUID, now: dt.datetime) -> int:
    claimed = Reminder.objects.filter(pk=pk, done_at__isnull=True).update(done_at=now)
    if not claimed:
        return 0
    reminder = Reminder.objects.select_related("station__outlet__host").get(pk=pk)
    opened_at = reminder.due_at - AFTER
    if now - reminder.due_at > TOO_LATE or not _is_awaited(reminder.station, opened_at, now):
        return 0
    sent = alerts.opening_missed(reminder.station, opened_at, now=now)
    Reminder.objects.filter(pk=pk).update(is_sent=sent > 0)
    return sent


def _kept(now: dt.datetime) -> Iterable[Station]:
    """Return the listed stations that somebody keeps, with what decides their posted hours."""
    kept = Keeping.objects.in_force(now)
    own = Station.objects.filter(pk__in=kept.filter(station__isnull=False).values("station"))
    hosted = Station.objects.filter(outlet__host__in=kept.filter(host__isnull=False).values("host"))
    listed = (own | hosted).listed().select_related("outlet__host").distinct()
    return listed.order_by("pk").iterator(chunk_size=_BATCH)


def _openings(hours: Hours, now: dt.datetime, days: Calendar) -> Iterator[dt.datetime]:
    """Yield the openings whose reminder falls into the time ahead."""
    reading = doors.reading(hours, ())
    if reading is None:
        return
    midnight = dt.datetime.combine(clock.civil_date(now), dt.time(), tzinfo=clock.CIVIL_ZONE)
    for first, _last in reading.intervals(midnight.date(), 2, days):
        opened_at = midnight + dt.timedelta(minutes=first)
        if first > 0 and now < opened_at + AFTER <= now + AHEAD:
            yield opened_at


def _is_awaited(station: Station, opened_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether the station should be open, and nobody was there to be seen."""
    civil = now.astimezone(clock.CIVIL_ZONE)
    days = calendar(civil.date() - dt.timedelta(days=1), civil.date() + dt.timedelta(days=1))
    if not doors.is_in_hours(doors.visible_reading(station), civil, days):
        return False
    seen = Evidence.objects.between(opened_at - _EARLY, now).filter(station=station, worth__gt=0)
    return not seen.exclude(kind=EvidenceKind.DOOR_REPORT).exists()
