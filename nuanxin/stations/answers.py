"""Strangers' answers at a door, without signing in: came in, found it shut, found something broken."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.algorithms.geo import haversine_one_m
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.algorithms.reports import Claim, worth_of
from nuanxin.algorithms.reports import Place as ShownPlace
from nuanxin.core import clock
from nuanxin.core.devices import Marks
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.regions.selectors import calendar
from nuanxin.stations import alerts, door_codes, doors, evidence
from nuanxin.stations.enums import (
    Condition,
    Discount,
    FaultKind,
    FaultState,
    Outcome,
    Place,
    Source,
)
from nuanxin.stations.judging import PARAMS
from nuanxin.stations.models import DeskDevice, Evidence, Fault, Keeping, Station, StationFacility
from nuanxin.stations.services import announce

REMEMBERED: Final = dt.timedelta(days=30)
_HOUR_S: Final = 3_600
_TOGETHER: Final = dt.timedelta(days=1)
_ENOUGH_FAULTS: Final = 2.0
_CONDITION_OF: Final = {
    FaultKind.BROKEN: Condition.BROKEN,
    FaultKind.EMPTY: Condition.BROKEN,
    FaultKind.EXPIRED: Condition.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer is given, used for this one answer and kept as a word, never as a position.

    Parameters
    ----------
    code
        What a scanned sign carries; empty for none.
    lat_wgs84, lon_wgs84
        The device's position, degrees; None when it is not shown.
    """

    code: str = ""
    lat_wgs84: float | None = None
    lon_wgs84: float | None = None


@transaction.atomic
def answer_door(
    *, station: Station, is_open: bool, spot: Spot, marks: Marks, now: dt.datetime | None = None
) -> Evidence:
    """Take a stranger's answer at a door: came in, or found it shut.

    Parameters
    ----------
    station
        A listed station.
    is_open
        Whether they came in.
    spot
        Where they are.
    marks
        Their device; whoever speaks needs no account, so there is no ``by`` and nothing to refuse.
    now
        The moment; the present one when left out.

    Returns
    -------
    Evidence
        The word that was kept, with its worth; the same answer of a device at a door within the
        hour is one word.

    Notes
    -----
    About twenty-five queries and one change row; the keepers are told on commit. No audit row: a
    word is its own record.
    """
    moment = now or clock.now()
    place = place_of(station, spot)
    worth, discount = worth_of(_claim(station, place, marks, moment, is_shut=not is_open))
    kind = EvidenceKind.INSIDE_SCAN if is_open else EvidenceKind.DOOR_REPORT
    hour = int(moment.timestamp()) // _HOUR_S
    return evidence.take(
        station=station,
        finding=evidence.Finding(kind, moment),
        telling=evidence.Telling(
            Source.RIDER,
            key=(marks.device_key, str(hour)),
            marks=marks,
            place=place,
            worth=worth,
            discount=Discount(discount.value) if discount else None,
        ),
    )


def place_of(station: Station, spot: Spot) -> Place:
    """Return how far a spot shows that somebody stands at a station's door.

    Returns
    -------
    Place
        A code that belongs to the station says most; then a position, near or far.
    """
    shown = door_codes.place_shown(station, spot.code) if spot.code else None
    if shown is not None:
        return shown
    if spot.lat_wgs84 is None or spot.lon_wgs84 is None:
        return Place.UNKNOWN
    away_m = _distance_m(station, spot.lat_wgs84, spot.lon_wgs84)
    return Place.NEAR if away_m is not None and away_m <= PARAMS.near_m else Place.FAR


@transaction.atomic
def report_fault(
    *,
    station: Station,
    facility_code: str,
    kind: FaultKind,
    spot: Spot,
    marks: Marks,
    now: dt.datetime | None = None,
) -> Fault:
    """Take a stranger's word that something at a station does not work.

    Parameters
    ----------
    station
        A listed station.
    facility_code
        Code of one of its facilities.
    kind
        What is wrong.
    spot, marks
        As for `answer_door`.
    now
        The moment; the present one when left out.

    Returns
    -------
    Fault
        The word that was kept; the same from one device on one day is one word.

    Raises
    ------
    Invalid
        When the station has no such facility.

    Notes
    -----
    About ten queries. Two words' worth within a day take the facility off the filters, with a change
    row; the keepers are told with it, once a day for each thing. A word worth nothing is kept and
    tells nobody.
    """
    moment = now or clock.now()
    held = StationFacility.objects.filter(station=station, facility_id=facility_code).first()
    if held is None:
        raise Invalid(_("This station has no such facility."), code="no_such_facility")
    key = (str(station.pk), facility_code, kind, marks.device_key)
    fault_id = computed_id("fault", *key, clock.civil_date(moment).isoformat())
    known = Fault.objects.filter(pk=fault_id).first()
    if known is not None:
        return known
    fault = Fault(id=fault_id, station=station, facility_id=facility_code, kind=kind, at=moment)
    _weigh(fault, place_of(station, spot), marks)
    fault.save(force_insert=True)
    if fault.worth > 0:
        _believe(held, fault)
        alerts.fault_reported(fault)
    return fault


def _weigh(fault: Fault, place: Place, marks: Marks) -> None:
    """Write on a fault where it comes from and what it is worth."""
    claim = _claim(fault.station, place, marks, fault.at, is_shut=False)
    fault.worth, fault.discount = worth_of(claim)
    fault.place, fault.device_key = place, marks.device_key
    fault.origin_key, fault.network_key = marks.origin_key, marks.network_key


def _believe(held: StationFacility, fault: Fault) -> None:
    """Take a facility off the filters once enough people say the same."""
    same = Fault.objects.pending().filter(
        station=held.station, facility=held.facility, at__gt=fault.at - _TOGETHER
    )
    by_origin: dict[str, float] = {}
    for origin, worth in same.values_list("origin_key", "worth"):
        by_origin[origin] = max(worth, by_origin.get(origin, 0.0))
    if sum(by_origin.values()) < _ENOUGH_FAULTS or held.condition != Condition.WORKING:
        return
    same.update(state=FaultState.ACCEPTED)
    fault.state = FaultState.ACCEPTED
    held.condition = _CONDITION_OF[FaultKind(fault.kind)]
    held.save(update_fields=["condition"])
    announce(held.station)


def _claim(
    station: Station, place: Place, marks: Marks, moment: dt.datetime, *, is_shut: bool
) -> Claim:
    """Gather what is known of an answer before it is weighed. At most seven queries."""
    desks = DeskDevice.objects.filter(user__in=_keepers(station, moment))
    is_own = desks.filter(device_key=marks.device_key) | desks.filter(origin_key=marks.origin_key)
    earlier = Evidence.objects.filter(
        device_key=marks.device_key, at__gt=moment - REMEMBERED, at__lte=moment
    )
    outcomes = list(earlier.order_by().values_list("outcome", flat=True))
    today = earlier.filter(at__gt=moment - dt.timedelta(days=1), worth__gt=0)
    return Claim(
        place=ShownPlace(place),
        token_age_s=marks.token_age_s,
        is_keepers_own=is_own.exists(),
        is_on_keepers_network=desks.filter(network_key=marks.network_key).exists(),
        answers_today=today.count(),
        speed_mps=_speed_mps(station, earlier.order_by("-at").first(), moment),
        wrong=outcomes.count(Outcome.CONTRADICTED),
        right=outcomes.count(Outcome.BORNE_OUT),
        is_in_hours=is_in_hours(station, moment),
        is_shut=is_shut,
    )


def _keepers(station: Station, moment: dt.datetime) -> list[UUID]:
    kept = Keeping.objects.in_force(moment).of_station(station)
    return list(kept.order_by().values_list("user_id", flat=True))


def is_in_hours(station: Station, moment: dt.datetime) -> bool:
    """Return whether riders are told to expect a station open at a moment, or that it posts no hours.

    Notes
    -----
    Four queries. Outside its hours, and while a closure is filed, *shut* says what is told anyway.
    """
    civil = moment.astimezone(clock.CIVIL_ZONE)
    days = calendar(civil.date() - dt.timedelta(days=1), civil.date() + dt.timedelta(days=1))
    if any(row.starts_at <= moment < row.ends_at for row in station.closures.all()):
        return False
    return doors.is_in_hours(doors.posted_reading(station), civil, days)


def _speed_mps(station: Station, last: Evidence | None, moment: dt.datetime) -> float | None:
    """Return how fast a device came from the door of its last answer."""
    if last is None or last.station_id == station.pk:
        return None
    there = Station.objects.filter(pk=last.station_id).first()
    if there is None or there.lat_wgs84 is None or there.lon_wgs84 is None:
        return None
    away_m = _distance_m(station, there.lat_wgs84, there.lon_wgs84)
    if away_m is None:
        return None
    # two doors of one building may be answered at once
    apart_m = max(0.0, away_m - PARAMS.near_m)
    return apart_m / max(1.0, (moment - last.at).total_seconds())


def _distance_m(station: Station, lat_deg: float, lon_deg: float) -> float | None:
    if station.lat_wgs84 is None or station.lon_wgs84 is None:
        return None
    return haversine_one_m(station.lat_wgs84, station.lon_wgs84, lat_deg, lon_deg)
