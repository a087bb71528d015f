"""What brings a station onto the public map: its stage of life and its checked point."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.stations import policies
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.models import Station
from nuanxin.stations.services import announce

LAT_RANGE_DEG = (3.0, 54.0)
LON_RANGE_DEG = (73.0, 136.0)


@transaction.atomic
def check_coordinates(
    *, station: Station, lat_wgs84: float, lon_wgs84: float, by: Actor
) -> Station:
    """Confirm where the door of a station is, or put it right.

    Parameters
    ----------
    station
        The station, its union loaded.
    lat_wgs84, lon_wgs84
        Degrees, WGS 84, as found on the spot or on a map of the same datum; kept to six decimals.
    by
        Who acts; needs officer rights over the station's union.

    Returns
    -------
    Station
        Saved, with the moment of the check.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the point does not lie in China.

    Notes
    -----
    One UPDATE, one change row, one audit row that says whether the point moved, never where it is.
    """
    policies.can_edit_station(by, station).enforce()
    point = (round(lat_wgs84, 6), round(lon_wgs84, 6))
    if not _is_in_china(*point):
        raise Invalid(_("This point does not lie in China."), code="point_abroad")
    has_moved = point != (station.lat_wgs84, station.lon_wgs84)
    station.lat_wgs84, station.lon_wgs84 = point
    station.coordinates_checked_at = clock.now()
    station.save(update_fields=["lat_wgs84", "lon_wgs84", "coordinates_checked_at"])
    announce(station)
    audit.record(
        by=by,
        verb="station.coordinates_checked",
        subject=station,
        scope_path=policies.path_of(station),
        data={"has_moved": has_moved},
    )
    return station


@transaction.atomic
def set_lifecycle(
    *, station: Station, lifecycle: Lifecycle, by: Actor, accepted_on: dt.date | None = None
) -> Station:
    """Move a station to another stage of its life; riders see only accepted ones.

    Parameters
    ----------
    station
        The station, its union loaded.
    lifecycle
        The stage.
    by
        Who acts; needs officer rights over the station's union.
    accepted_on
        Day of acceptance; needed to accept a station that has none on record.

    Returns
    -------
    Station
        Saved; the same stage and day again write nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When a station is accepted without a day, or with one that lies ahead.

    Notes
    -----
    One UPDATE, one change row, one audit row.
    """
    policies.can_edit_station(by, station).enforce()
    accepted_on = accepted_on or station.accepted_on
    if lifecycle == Lifecycle.ACCEPTED:
        _check_acceptance(accepted_on)
    before = (station.lifecycle, station.accepted_on)
    if before == (lifecycle, accepted_on):
        return station
    station.lifecycle, station.accepted_on = lifecycle, accepted_on
    station.save(update_fields=["lifecycle", "accepted_on"])
    announce(station)
    audit.record(
        by=by,
        verb="station.lifecycle_set",
        subject=station,
        scope_path=policies.path_of(station),
        data={"before": before[0], "after": lifecycle},
    )
    return station


def _is_in_china(lat_deg: float, lon_deg: float) -> bool:
    south, north = LAT_RANGE_DEG
    west, east = LON_RANGE_DEG
    return south <= lat_deg <= north and west <= lon_deg <= east


def _check_acceptance(accepted_on: dt.date | None) -> None:
    if accepted_on is None:
        text = _("Name the day on which the station was accepted.")
        raise Invalid(text, code="acceptance_undated", fields={"accepted_on": text})
    if accepted_on > clock.civil_date():
        text = _("A station cannot be accepted on a day to come.")
        raise Invalid(text, code="acceptance_ahead", fields={"accepted_on": text})
