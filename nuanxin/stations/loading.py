"""The finder's snapshot of the listed stations: read whole, or some stations read again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from django.db.models import Prefetch
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.finder import FinderSnapshot, Vocabulary
from nuanxin.regions.selectors import calendar
from nuanxin.stations import parameters
from nuanxin.stations.columns import Listed, host_rates, read_columns
from nuanxin.stations.columns import host_type as host_type
from nuanxin.stations.models import (
    Facility,
    Station,
    StationFacility,
    StationQuerySet,
    WelcomedGroup,
)

_MARGIN_DAYS = 3


def door_rows() -> StationQuerySet:
    """Return listed stations, by identifier, with everything a door page or a snapshot row needs.

    Notes
    -----
    Seven queries, whatever the number of stations.
    """
    return (
        Station.objects.listed()
        .select_related("brand", "outlet__host", "division__parent", "union", "record")
        .prefetch_related(
            Prefetch("facility_rows", StationFacility.objects.select_related("facility")),
            "group_rows__group",
            "exceptions",
            "closures",
            "evidence_lines",
        )
        .order_by("id")
    )


@dataclass(frozen=True, slots=True)
class Directory:
    """Where each listed station stands in the snapshot's columns.

    Parameters
    ----------
    places
        Place by the station's key.
    places_by_code
        Place by the station's number.
    divisions
        Code of each station's division, shape (n,).
    standing
        What no patch can change, by place: number, division, point.
    """

    places: dict[UUID, int]
    places_by_code: dict[str, int]
    divisions: NDArray[np.str_]
    standing: list[tuple[str, str, float, float]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The finder's snapshot, and where each station stands in it."""

    snapshot: FinderSnapshot
    directory: Directory


def load(*, today: dt.date) -> Loaded:
    """Read every listed station and build the finder's snapshot for some days from yesterday on.

    Parameters
    ----------
    today
        Civil date.

    Returns
    -------
    Loaded
        The listed stations.

    Notes
    -----
    Eleven queries; time grows with stations, hours are compiled once for each distinct reading.
    """
    catalogue = list(Facility.objects.all())
    stations, columns, readings, permits = read_columns(catalogue)
    snapshot = FinderSnapshot(
        columns,
        host_rates=host_rates(columns),
        readings=readings,
        permits=permits,
        calendar=days_around,
        today=today,
        vocabulary=_vocabulary(catalogue),
        params=parameters.openness_params(),
    )
    return Loaded(snapshot, _directory(stations))


def reload(loaded: Loaded, keys: Iterable[UUID]) -> tuple[Loaded, bool]:
    """Read some stations again into a new snapshot; the one at hand stays as it is.

    Parameters
    ----------
    loaded
        What stands.
    keys
        Keys of stations that changed, listed or not.

    Returns
    -------
    loaded : Loaded
        In which those stations are known anew that stand where they stood.
    is_whole : bool
        False when a station came, went or moved, or the catalogue grew: only `load` knows of that.

    Notes
    -----
    Nine queries for every 500 stations; rates of host types stay as they were.
    """
    asked, catalogue = sorted(set(keys)), list(Facility.objects.all())
    stations, columns, readings, permits = read_columns(catalogue, asked)
    directory = loaded.directory
    is_whole = _vocabulary(catalogue) == loaded.snapshot.vocabulary
    is_whole &= {station.pk for station in stations} == directory.places.keys() & set(asked)
    standing = [
        (at, place)
        for at, station in enumerate(stations)
        if (place := directory.places.get(station.pk)) is not None
        and directory.standing[place] == _standing(station)
    ]
    if not standing:
        return loaded, is_whole and not stations
    chosen, places = np.array(standing, dtype=np.intp).T
    snapshot = loaded.snapshot.patched(
        places, columns.take(chosen), readings=readings, permits=permits
    )
    return replace(loaded, snapshot=snapshot), is_whole and len(standing) == len(stations)


def _vocabulary(catalogue: list[Facility]) -> Vocabulary:
    return Vocabulary(
        {facility.code: facility.bit for facility in catalogue},
        dict(WelcomedGroup.objects.values_list("code", "bit")),
    )


def _directory(stations: list[Listed]) -> Directory:
    return Directory(
        {station.pk: place for place, station in enumerate(stations)},
        {station.code: place for place, station in enumerate(stations)},
        np.array([station.division for station in stations], dtype="U9"),
        [_standing(station) for station in stations],
    )


def _standing(station: Listed) -> tuple[str, str, float, float]:
    return station.code, station.division, station.lat, station.lon


def days_around(first: dt.date, days: int) -> Calendar:
    """Return the calendar of some days from a date on, and of a few around them. Two queries."""
    margin = dt.timedelta(days=_MARGIN_DAYS)
    return calendar(first - margin, first + dt.timedelta(days=days) + margin)
