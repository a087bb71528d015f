import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.algorithms.hours import HoursError, parse_hours
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.stations import policies
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import (
    HOURS_LENGTH,
    Closure,
    DatedException,
    Station,
    StationChange,
)


def announce(station: Station) -> None:
    """Tell every process that a station changed, in the transaction of the change.

    Notes
    -----
    One INSERT.
    """
    StationChange.objects.create(station=station)


def checked_hours(text: str) -> str:
    """Return an hours text in its stored form.

    Raises
    ------
    Invalid
        When the text cannot be read, with the position and the reason, or is too long to be kept.
    """
    cleaned = " ".join(text.split())
    if len(cleaned) > HOURS_LENGTH:
        sentence = _("These hours are too long to be kept: more than %(count)d characters.") % {
            "count": HOURS_LENGTH
        }
        raise Invalid(sentence, code="hours_too_long", fields={"hours": sentence})
    if cleaned:
        try:
            parse_hours(cleaned)
        except HoursError as error:
            sentence = _("These hours cannot be read: %(reason)s") % {"reason": error}
            raise Invalid(sentence, code="bad_hours", fields={"hours": sentence}) from error
    return cleaned


@transaction.atomic
def set_hours(*, station: Station, staffed: str, self_service: str, by: Actor) -> Station:
    """Post a station's own hours; two empty texts mean that its host's hours apply.

    Parameters
    ----------
    station
        The station, its union loaded.
    staffed, self_service
        OSM texts with ``WD`` and ``PH``.
    by
        Who acts; keepers of the station and the office.

    Returns
    -------
    Station
        Saved; unchanged hours write nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When a text cannot be read.

    Notes
    -----
    One UPDATE, one change row, one audit row.
    """
    policies.can_keep_station(by, station).enforce()
    before = (station.staffed_hours, station.self_service_hours)
    after = (checked_hours(staffed), checked_hours(self_service))
    if before == after:
        return station
    station.staffed_hours, station.self_service_hours = after
    station.save(update_fields=["staffed_hours", "self_service_hours"])
    announce(station)
    audit.record(
        by=by,
        verb="station.hours_changed",
        subject=station,
        scope_path=policies.path_of(station),
        data={"before": before, "after": after},
    )
    return station


@transaction.atomic
def file_closure(
    *,
    station: Station,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: ClosureReason,
    by: Actor,
    note: str = "",
) -> Closure:
    """File a planned closure; filing the same one twice changes nothing.

    Parameters
    ----------
    station
        The station, its union loaded.
    starts_at, ends_at
        Aware datetimes, the end exclusive.
    reason, note
        Why; the note is shown to riders.
    by
        Who acts; keepers of the station and the office.

    Returns
    -------
    Closure
        The saved closure.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When it ends before it starts.

    Notes
    -----
    Two queries, one change row, one audit row.
    """
    policies.can_keep_station(by, station).enforce()
    if ends_at <= starts_at:
        raise Invalid(_("A closure ends after it starts."), code="closure_order")
    key = (str(station.pk), starts_at.isoformat(), ends_at.isoformat())
    closure, is_new = Closure.objects.get_or_create(
        id=computed_id("closure", *key),
        defaults={
            "station": station,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "reason": reason,
            "note": note,
            "filed_at": clock.now(),
            "filed_by": by.actor_key,
        },
    )
    if is_new:
        announce(station)
        audit.record(
            by=by,
            verb="station.closure_filed",
            subject=station,
            scope_path=policies.path_of(station),
            data={"closure": key[1:]},
        )
    return closure


@transaction.atomic
def set_exception(
    *, station: Station, first_on: dt.date, last_on: dt.date, hours: str, by: Actor
) -> DatedException:
    """Post other hours for some days; the same days again replace them.

    Parameters
    ----------
    station
        The station, its union loaded.
    first_on, last_on
        First and last day, both included.
    hours
        OSM text, or ``off``.
    by
        Who acts; keepers of the station and the office.

    Returns
    -------
    DatedException
        The saved exception.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the text cannot be read or the days are in the wrong order.

    Notes
    -----
    Two queries, one change row, one audit row.
    """
    policies.can_keep_station(by, station).enforce()
    text = checked_hours(hours)
    if not text or last_on < first_on:
        raise Invalid(_("Give hours, and a last day not before the first."), code="bad_exception")
    key = (str(station.pk), first_on.isoformat(), last_on.isoformat())
    exception, _is_new = DatedException.objects.update_or_create(
        id=computed_id("exception", *key),
        defaults={"station": station, "first_on": first_on, "last_on": last_on, "hours": text},
    )
    announce(station)
    audit.record(
        by=by,
        verb="station.exception_set",
        subject=station,
        scope_path=policies.path_of(station),
        data={"days": key[1:], "hours": text},
    )
    return exception
