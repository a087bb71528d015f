"""The stations around a place as a table for the wall: what is posted, never a state."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nuanxin.algorithms.geo import haversine_one_m, initial_bearing_one_deg
from nuanxin.core import clock
from nuanxin.core.qr import qr_svg
from nuanxin.stations.hours_words import posted_sentences
from nuanxin.stations.models import Closure, Station
from nuanxin.stations.presentation import compass_words, distance_words


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One line of the table; ``closures`` are those announced, ``qr`` leads to the station's page."""

    code: str
    name: str
    kind: str
    address: str
    way: str
    hours: list[str]
    closures: list[str]
    facilities: list[str]
    phone: str
    qr: SafeString


def printed_rows(
    stations: Sequence[Station],
    *,
    lat_wgs84: float,
    lon_wgs84: float,
    now: dt.datetime,
    absolute: Callable[[str], str],
) -> list[PrintedRow]:
    """Return the lines of a printed list, in the order given.

    Parameters
    ----------
    stations
        As `selectors.stations_near` gives them.
    lat_wgs84, lon_wgs84
        Where the list hangs, WGS 84 degrees: ways are told from there.
    now
        Closures that ended before this moment are left out.
    absolute
        Makes an address with the host of a path.

    Returns
    -------
    list of PrintedRow
        Posted hours alone: paper cannot know whether a door is open.
    """
    return [
        PrintedRow(
            code=station.code,
            name=station.name,
            kind=" · ".join(filter(None, [str(station.brand), _host(station)])),
            address=f"{station.division.name} {station.address}",
            way=_way(station, lat_wgs84, lon_wgs84),
            hours=posted_sentences(station.posted_hours),
            closures=[_closure(each) for each in station.closures.all() if each.ends_at > now],
            facilities=[
                str(row.facility)
                for row in sorted(station.facility_rows.all(), key=lambda row: row.facility.rank)
            ],
            phone=station.manager_phone,
            qr=qr_svg(absolute(reverse("stations:station_detail", args=(station.code,)))),
        )
        for station in stations
    ]


def _host(station: Station) -> str:
    return str(station.outlet.host) if station.outlet else ""


def _way(station: Station, lat_deg: float, lon_deg: float) -> str:
    ends = (lat_deg, lon_deg, station.lat_wgs84 or 0.0, station.lon_wgs84 or 0.0)
    distance = distance_words(haversine_one_m(*ends))
    return f"{compass_words(initial_bearing_one_deg(*ends))} {distance}"


def _closure(closure: Closure) -> str:
    first, last = (
        f"{moment.astimezone(clock.CIVIL_ZONE):%m-%d %H:%M}"
        for moment in (closure.starts_at, closure.ends_at)
    )
    return _("not used %(first)s to %(last)s: %(reason)s") % {
        "first": first,
        "last": last,
        "reason": closure.get_reason_display(),
    }
