"""From rows of the database to the finder's columns."""

import datetime as dt
import functools
import json
from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from django.db.models import Prefetch
from numpy.typing import NDArray

from nuanxin.algorithms.finder import FinderSnapshot, StationColumns, Vocabulary
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.hours import ClosedDuring, Reading, compile_boundaries, parse_hours
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, parameters
from nuanxin.stations.enums import Access, Condition, HostKind
from nuanxin.stations.models import (
    Facility,
    Station,
    StationFacility,
    StationQuerySet,
    WelcomedGroup,
)

PAST_DAYS = 1  # a span of last night may still be running
HORIZON_DAYS = 10
HOST_TYPES = [*HostKind.values, "self_built"]
_TYPE_STRENGTH = 50.0  # visits' worth of the general rate in a host type's rate
_GENERAL_RATE = 0.9
_NEVER = parse_hours("off")
_ALWAYS = parse_hours("24/7")
Key = TypeVar("Key", bound=Hashable)


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


def build_snapshot(*, today: dt.date) -> FinderSnapshot:
    """Read every listed station and build the finder's snapshot for some days from yesterday on.

    Parameters
    ----------
    today
        Civil date.

    Returns
    -------
    FinderSnapshot
        Of the listed stations.

    Notes
    -----
    Twelve queries; time grows with stations, hours are compiled once for each distinct reading.
    """
    stations = list(door_rows())
    first = today - dt.timedelta(days=PAST_DAYS)
    days = calendar(first - dt.timedelta(days=3), first + dt.timedelta(days=HORIZON_DAYS + 3))
    readings, schedule = _distinct(
        [doors.posted_reading(station) or _NEVER for station in stations]
    )
    permits, permit = _distinct([_permit(station) for station in stations])
    columns = _columns(stations, schedule, permit)
    compiled = functools.partial(
        compile_boundaries, day_from=first, days=HORIZON_DAYS, calendar=days
    )
    return FinderSnapshot(
        columns,
        host_rates=_host_rates(columns),
        hours=compiled(readings or [_NEVER]),
        permits=compiled(permits or [_ALWAYS]),
        calendar=days,
        vocabulary=Vocabulary(
            dict(Facility.objects.values_list("code", "bit")),
            dict(WelcomedGroup.objects.values_list("code", "bit")),
        ),
        params=parameters.openness_params(),
    )


def host_type_of(station: Station) -> int:
    """Return the row of a station in the host rates."""
    return HOST_TYPES.index(station.outlet.host.kind if station.outlet else "self_built")


def _distinct(values: Sequence[Key]) -> tuple[list[Key], list[int]]:
    places: dict[Key, int] = {}
    index = [places.setdefault(value, len(places)) for value in values]
    return list(places), index


def _permit(station: Station) -> Reading:
    """Return the time outside planned closures, as a reading."""
    spans = tuple(doors.closure_minutes(row) for row in station.closures.all())
    return ClosedDuring(_ALWAYS, spans) if spans else _ALWAYS


def _columns(stations: list[Station], schedule: list[int], permit: list[int]) -> StationColumns:
    at_s, weight = _evidence(stations)
    hits, times = _records(stations)
    return StationColumns(
        static_json=[_static_json(station) for station in stations],
        lat_deg=np.array([station.lat_wgs84 for station in stations], dtype=np.float64),
        lon_deg=np.array([station.lon_wgs84 for station in stations], dtype=np.float64),
        facility_mask=np.array([_facility_mask(station) for station in stations], dtype=np.uint64),
        group_mask=np.array([_group_mask(station) for station in stations], dtype=np.uint32),
        is_open_access=np.array([s.access == Access.OPEN for s in stations], dtype=np.bool_),
        is_24h=np.array([doors.is_24h(station) for station in stations], dtype=np.bool_),
        has_hours=np.array([any(station.posted_hours) for station in stations], dtype=np.bool_),
        schedule=np.array(schedule, dtype=np.int32),
        permit=np.array(permit, dtype=np.int32),
        evidence_at_s=at_s,
        evidence_weight=weight,
        hits=hits,
        times=times,
        host_type=np.array([host_type_of(station) for station in stations], dtype=np.int16),
        shut_until_s=_until(stations, "shut_until"),
        doubt_until_s=_until(stations, "doubt_until"),
    )


def working_facilities(station: Station) -> list[Facility]:
    """Return what works at a station, in the catalogue's order."""
    rows = [row for row in station.facility_rows.all() if row.condition == Condition.WORKING]
    return sorted(
        (row.facility for row in rows), key=lambda facility: (facility.rank, facility.code)
    )


def _facility_mask(station: Station) -> int:
    return sum(1 << facility.bit for facility in working_facilities(station))


def _group_mask(station: Station) -> int:
    return sum(1 << link.group.bit for link in station.group_rows.all())


def _static_json(station: Station) -> bytes:
    host = station.outlet.host.name if station.outlet else ""
    fields = {
        "id": str(station.pk),
        "code": station.code,
        "name": station.name,
        "brand": station.brand.name_zh,
        "host": host,
        "is_co_built": station.is_co_built,
        "address": station.address,
        "floor": station.floor,
        "parking": station.parking,
        "access": station.access,
        "facilities": [facility.code for facility in working_facilities(station)],
        "is_24h": doors.is_24h(station),
        "lat": station.lat_wgs84,
        "lon": station.lon_wgs84,
    }
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return (text[:-1] + ",").encode()


def _evidence(stations: list[Station]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    column = {kind.value: index for index, kind in enumerate(KINDS)}
    at_s = np.zeros((len(stations), len(KINDS)), dtype=np.int64)
    weight = np.zeros((len(stations), len(KINDS)), dtype=np.float32)
    for row, station in enumerate(stations):
        for line in station.evidence_lines.all():
            at_s[row, column[line.kind]] = int(line.at.timestamp())
            weight[row, column[line.kind]] = line.weight
    return at_s, weight


def _records(stations: list[Station]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    hits = np.zeros((len(stations), doors.CELLS), dtype=np.uint8)
    times = np.zeros((len(stations), doors.CELLS), dtype=np.uint8)
    for row, station in enumerate(stations):
        if (record := doors.record_of(station)) is not None:
            hits[row] = np.frombuffer(bytes(record.hits), dtype=np.uint8)
            times[row] = np.frombuffer(bytes(record.times), dtype=np.uint8)
    return hits, times


def _until(stations: list[Station], name: str) -> NDArray[np.int64]:
    records = [doors.record_of(station) for station in stations]
    return np.array([doors.epoch_s(getattr(r, name)) if r else 0 for r in records], dtype=np.int64)


def _host_rates(columns: StationColumns) -> NDArray[np.float64]:
    """Return the rate of each host type in each cell, shrunk to the general rate."""
    hits = np.zeros((len(HOST_TYPES), doors.CELLS))
    times = np.zeros((len(HOST_TYPES), doors.CELLS))
    np.add.at(hits, columns.host_type, columns.hits)
    np.add.at(times, columns.host_type, columns.times)
    rates: NDArray[np.float64] = (hits + _TYPE_STRENGTH * _GENERAL_RATE) / (times + _TYPE_STRENGTH)
    return rates
