"""What pages and the API read: the finder's answer, a station's door, typed places."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nuanxin.algorithms import finder, finder_posted
from nuanxin.algorithms.hours import DayView, week_view
from nuanxin.algorithms.places import PlaceHit
from nuanxin.core import clock
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import calendar, current_divisions
from nuanxin.stations import doors, loading, places, snapshots
from nuanxin.stations.enums import Condition
from nuanxin.stations.models import (
    Closure,
    Facility,
    Station,
    StationFacility,
    WelcomedGroup,
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StationPage:
    """What stands on a station's door, and whether to believe it.

    Parameters
    ----------
    station
        With brand, outlet, host and division loaded.
    row
        State, probability, closing time and reason at the moment asked for, as in the finder's
        rows, without the fields of a journey.
    week
        Seven days from the day asked for; empty when no hours are posted.
    facilities, groups, closures
        What it has (working things first), whom it welcomes, what is planned.
    """

    station: Station
    row: Row
    week: tuple[DayView, ...]
    facilities: list[StationFacility]
    groups: list[WelcomedGroup]
    closures: list[Closure]


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a reader may filter by, in the catalogue's order."""

    facilities: list[Facility]
    groups: list[WelcomedGroup]


def nearby_bytes(query: bytes, *, now_s: int) -> finder.Answer:
    """Answer a query of the finder with its own bytes.

    Parameters
    ----------
    query
        The query string as it stands in the address.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    finder.Answer
        Status and JSON body; a bad value has status 422 and a problem as body.

    Notes
    -----
    No query where a thread follows the change feed; else as `snapshots.SnapshotHolder.held`.
    """
    return finder.answer(snapshots.current(now_s=now_s), query, now_s=now_s)


def find_nearby(query: bytes, *, now_s: int) -> dict[str, Any]:
    """Return the finder's answer as data.

    Raises
    ------
    Invalid
        When a value of the query does not fit, with the finder's own code.
    """
    answer = nearby_bytes(query, now_s=now_s)
    body: dict[str, Any] = json.loads(answer.body)
    if answer.status != 200:
        raise Invalid(body["title"], code=body["code"])
    return body


def station_page(code: str, *, now_s: int) -> StationPage:
    """Return the page of a listed station.

    Parameters
    ----------
    code
        Station number.
    now_s
        Moment for which the state is wanted, epoch seconds.

    Raises
    ------
    NotFound
        When no listed station has this number.

    Notes
    -----
    Nine queries, whatever the station.
    """
    station = loading.door_rows().filter(code=code).first()
    if station is None:
        raise NotFound
    moment = clock.from_epoch_s(now_s)
    days = calendar(moment.date() - dt.timedelta(days=1), moment.date() + dt.timedelta(days=9))
    cell = days.kind(moment.date()) * 12 + moment.hour // 2
    rate = host_rate(station, cell=cell, now_s=now_s)
    reading = doors.visible_reading(station)
    return StationPage(
        station=station,
        row=doors.row_of(station, now_s=now_s, days=days, host_rate=rate),
        week=week_view(reading, day_from=moment.date(), calendar=days) if reading else (),
        facilities=sorted(
            station.facility_rows.all(),
            key=lambda f: (f.condition != Condition.WORKING, f.facility.rank),
        ),
        groups=[link.group for link in station.group_rows.all()],
        closures=[c for c in station.closures.all() if c.ends_at > moment],
    )


def host_rate(station: Station, *, cell: int, now_s: int) -> float:
    """Return how often doors of a station's type of host are found open in a cell of the record.

    Parameters
    ----------
    station
        The station, its outlet and host loaded.
    cell
        Kind of day times 12 plus two-hour band.
    now_s
        The present moment, epoch seconds.

    Notes
    -----
    One query for the change feed, at most once a second.
    """
    kind = loading.host_type(station.host_kind, has_hours=any(station.posted_hours))
    return float(snapshots.current(now_s=now_s).host_rates[kind, cell])


def county_index() -> list[tuple[Division, list[Division]]]:
    """Return the cities and counties that have listed stations, for a page without a position.

    Returns
    -------
    list of (city, counties)
        Both by code; only counties with a listed station. Two queries.
    """
    towns = Station.objects.listed().order_by().values_list("division_id", flat=True).distinct()
    used = {code[:6] for code in towns}
    divisions = current_divisions().filter(level__in=[Level.CITY, Level.COUNTY])
    by_city: dict[str, list[Division]] = {}
    cities: dict[str, Division] = {}
    for division in divisions:
        if division.level == Level.CITY:
            cities[division.code] = division
        elif division.code in used and division.seat_lat_wgs84 is not None:
            by_city.setdefault(division.code[:4], []).append(division)
    return [(cities[code], counties) for code, counties in by_city.items()]


def filter_choices() -> FilterChoices:
    """Return the facilities and groups a reader may filter by. Two queries."""
    return FilterChoices(
        facilities=list(Facility.objects.filter(is_filter=True)),
        groups=list(WelcomedGroup.objects.all()),
    )


def open_round_the_clock(limit: int = 3, *, now_s: int | None = None) -> list[Row]:
    """Return rows of stations posted open round the clock, for a page without a position.

    Returns
    -------
    list of rows
        Likeliest open first, at most ``limit``; the fields of a journey are zero.
    """
    moment_s = clock.now_s() if now_s is None else now_s
    snapshot = snapshots.current(now_s=moment_s)
    rows: list[Row] = json.loads(finder.round_the_clock(snapshot, now_s=moment_s, limit=limit))
    return rows


def posted_texts(codes: Iterable[str], *, now_s: int) -> dict[str, str]:
    """Return what is posted at listed doors over seven days, as a kept page carries it.

    Parameters
    ----------
    codes
        Station numbers.
    now_s
        Present moment, epoch seconds; its civil day is the first.

    Returns
    -------
    dict of str
        By number: ``-`` without hours, else ``midnight;days not announced;from-to,from-to`` with
        the first midnight in epoch seconds and spans in minutes from it. No number that is not
        listed. No query.
    """
    loaded = snapshots.holder.held(now_s=now_s).loaded
    snapshot, places_by_code = loaded.snapshot, loaded.directory.places_by_code
    day = clock.from_epoch_s(now_s).date()
    unsure = ",".join(map(str, finder_posted.unsure_days(snapshot, day_from=day)))
    midnight_s = int(dt.datetime.combine(day, dt.time(), clock.CIVIL_ZONE).timestamp())
    texts = {}
    for code in codes:
        if (place := places_by_code.get(code)) is None:
            continue
        row = int(snapshot.row_of[place])
        spans = finder_posted.posted_spans(snapshot, row, day_from=day)
        told = None if spans is None else ",".join(f"{start}-{end}" for start, end in spans)
        texts[code] = "-" if told is None else f"{midnight_s};{unsure};{told}"
    return texts


def search_places(text: str, *, limit: int = 8) -> list[PlaceHit]:
    """Return places that match a typed text, best first; see `algorithms.places`.

    Notes
    -----
    The index is built on first use: three queries; afterwards none.
    """
    return list(places.index().search(text, limit=limit))


def warm_up() -> None:
    """Build what the first reader would otherwise wait for: the snapshot and the index of places."""
    snapshots.current(now_s=clock.now_s())
    places.index()


def stations_near(lat: float, lon: float, *, limit: int) -> list[Station]:
    """Return the listed stations nearest to a position, whatever their state.

    Parameters
    ----------
    lat, lon
        WGS 84 degrees.
    limit
        How many at most.

    Returns
    -------
    list of Station
        Nearest first, none beyond a hundred kilometres; with brand, host, town, facilities and
        closures. Three queries.
    """
    snapshot = snapshots.current(now_s=clock.now_s())
    keys = finder.nearest_ids(snapshot, lat, lon, count=limit, within_m=100_000.0)
    rows = (
        Station.objects.listed()
        .filter(pk__in=keys)
        .select_related("brand", "outlet__host", "division", "union")
        .prefetch_related("facility_rows__facility", "closures")
    )
    by_key = {str(station.pk): station for station in rows}
    return [by_key[key] for key in keys if key in by_key]


def stations_of(division: str, *, limit: int) -> list[Station]:
    """Return listed stations of a city, county or town.

    Parameters
    ----------
    division
        Code of 4, 6 or 9 digits.
    limit
        How many at most.

    Returns
    -------
    list of Station
        By town, then name; with brand, host and town.

    Raises
    ------
    Invalid
        When it is no such code.

    Notes
    -----
    One query.
    """
    if not (division.isascii() and division.isdigit() and len(division) in (4, 6, 9)):
        raise Invalid(_("Name a city, county or town by its code."), code="bad_division")
    within = Station.objects.listed().filter(division__in=Division.objects.under(division))
    rows = within.select_related("brand", "outlet__host", "division")
    return list(rows.order_by("division_id", "name", "id")[:limit])


def place_near(lat: float, lon: float) -> str:
    """Return a position in words: county and street of the nearest listed station.

    Returns
    -------
    str
        Empty when no station lies within ten kilometres. One query.
    """
    snapshot = snapshots.current(now_s=clock.now_s())
    key = finder.nearest_id(snapshot, lat, lon, within_m=10_000.0)
    if not key:
        return ""
    station = Station.objects.select_related("division__parent").get(pk=key)
    county = station.division.parent or station.division
    return f"{county.name} {station.street or station.division.name}"
