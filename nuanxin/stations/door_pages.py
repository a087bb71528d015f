"""What the pages at a door read: the station behind a sign, what is open instead, what is out of order."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import DomainError, NotFound
from nuanxin.stations import door_codes, selectors
from nuanxin.stations.enums import FaultState, Place
from nuanxin.stations.models import Fault, Station

NEARBY: Final = 3
_LOOKED_AT: Final = 8
_SHOWN: Final = dt.timedelta(days=1)
_LIKELY: Final = ("confirmed", "expected")


class Outdated(DomainError):
    """The sign was voided since it was printed."""

    def __init__(self) -> None:
        sentence = _("This sign is out of date. Look the station up instead.")
        super().__init__(sentence, code="outdated_sign", status=410)


class FaultStage(enum.StrEnum):
    """How far a fault has come."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    MENDED = "mended"


@dataclass(frozen=True, slots=True)
class FaultNote:
    """What people say of one facility.

    Parameters
    ----------
    stage
        How far it has come.
    people
        How many devices said so.
    kind
        What the last of them said is wrong.
    """

    stage: FaultStage
    people: int
    kind: str


def listed_station(code: str) -> Station:
    """Return a listed station by its number. One query.

    Raises
    ------
    NotFound
        When no listed station has this number.
    """
    # PostgreSQL refuses to look for a NUL
    named = Station.objects.listed().filter(code=code.replace("\x00", " "))
    station = named.select_related("union").first()
    if station is None:
        raise NotFound
    return station


def station_of_sign(code: str, given: str, *, place: Place) -> Station:
    """Return the station on whose sign, outside or inside, a signature stands. One query.

    Raises
    ------
    NotFound
        When it stands on no such sign; whether the station exists is not told.
    Outdated
        When the sign was voided since.
    """
    station = listed_station(code)
    if door_codes.place_shown(station, given) is place:
        return station
    if door_codes.is_outdated(station, place, given):
        raise Outdated
    raise NotFound


def open_near(station: Station, *, now_s: int, by: str) -> list[dict[str, Any]]:
    """Return the nearest other stations that should be open, measured from a station's own door.

    Returns
    -------
    list of rows
        Rows of the finder, at most three, best first. No query of its own.
    """
    pairs = {"lat": station.lat_wgs84, "lon": station.lon_wgs84, "by": by, "limit": _LOOKED_AT}
    rows = selectors.find_nearby(urlencode(pairs).encode(), now_s=now_s)["stations"]
    others = [row for row in rows if row["code"] != station.code and row["state"] in _LIKELY]
    return others[:NEARBY]


def fault_notes(station: Station, *, now: dt.datetime) -> dict[str, FaultNote]:
    """Return what is said to be out of order at a station, or was mended within a day.

    Returns
    -------
    dict
        By the facility's code. One query.
    """
    told = Fault.objects.filter(station=station, worth__gt=0)
    pending, mended = (
        told.pending(),
        told.filter(state=FaultState.MENDED, ended_at__gt=now - _SHOWN),
    )
    by_facility: dict[str, list[Fault]] = {}
    for fault in (pending | mended).order_by("-at", "id"):
        by_facility.setdefault(fault.facility_id, []).append(fault)
    return {code: _note(faults) for code, faults in by_facility.items()}


def _note(faults: list[Fault]) -> FaultNote:
    pending = [fault for fault in faults if fault.state != FaultState.MENDED]
    if not pending:
        return FaultNote(FaultStage.MENDED, 0, faults[0].kind)
    is_accepted = any(fault.state == FaultState.ACCEPTED for fault in pending)
    stage = FaultStage.ACCEPTED if is_accepted else FaultStage.REPORTED
    return FaultNote(stage, len({fault.device_key for fault in pending}), pending[0].kind)
