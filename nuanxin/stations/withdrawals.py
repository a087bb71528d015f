"""Taking back what was announced or printed: closures, other hours, door codes."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.stations import policies
from nuanxin.stations.models import Closure, DatedException, Station
from nuanxin.stations.services import announce


@transaction.atomic
def withdraw_closure(*, closure: Closure, by: Actor) -> None:
    """Take back a closure that has not begun, or end one that runs.

    Parameters
    ----------
    closure
        The closure, its station and the station's union loaded.
    by
        Who acts; keepers of the station and the office.

    Raises
    ------
    NotAllowed
        For anybody else.

    Notes
    -----
    At most three queries, one change row, one audit row; one that is over stays as history.
    """
    policies.can_keep_station(by, closure.station).enforce()
    now = clock.now()
    if closure.ends_at <= now:
        return
    span = [closure.starts_at.isoformat(), closure.ends_at.isoformat()]
    if closure.starts_at < now:
        closure.ends_at = now
        closure.save(update_fields=["ends_at"])
        verb = "station.closure_ended"
    else:
        closure.delete()
        verb = "station.closure_withdrawn"
    _tell(closure.station, verb, by, {"closure": span})


@transaction.atomic
def withdraw_exception(*, exception: DatedException, by: Actor) -> None:
    """Take back other hours from today on; the weekly hours apply again.

    Parameters
    ----------
    exception
        The exception, its station and the station's union loaded.
    by
        Who acts; keepers of the station and the office.

    Raises
    ------
    NotAllowed
        For anybody else.

    Notes
    -----
    At most three queries, one change row, one audit row; days that are past keep what was posted.
    """
    policies.can_keep_station(by, exception.station).enforce()
    today = clock.civil_date()
    if exception.last_on < today:
        return
    days = [exception.first_on.isoformat(), exception.last_on.isoformat()]
    if exception.first_on < today:
        exception.last_on = today - dt.timedelta(days=1)
        exception.save(update_fields=["last_on"])
    else:
        exception.delete()
    _tell(exception.station, "station.exception_withdrawn", by, {"days": days})


@transaction.atomic
def void_door_codes(*, station: Station, by: Actor) -> Station:
    """Void every door code printed so far; new signs carry the next version.

    Parameters
    ----------
    station
        The station, its union loaded.
    by
        Who acts; needs officer rights over the station's union.

    Returns
    -------
    Station
        With the new version.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.

    Notes
    -----
    One UPDATE and one read, one audit row; riders' lists say nothing of codes, so no change row.
    """
    policies.can_edit_station(by, station).enforce()
    # counted by the database: two officers at once void twice, and nobody's old sign comes back
    Station.objects.filter(pk=station.pk).update(code_version=F("code_version") + 1)
    station.refresh_from_db(fields=["code_version"])
    audit.record(
        by=by,
        verb="station.door_codes_voided",
        subject=station,
        scope_path=policies.path_of(station),
        data={"version": station.code_version},
    )
    return station


def _tell(station: Station, verb: str, by: Actor, data: dict[str, list[str]]) -> None:
    announce(station)
    audit.record(by=by, verb=verb, subject=station, scope_path=policies.path_of(station), data=data)
